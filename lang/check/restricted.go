package check

import (
	"cmp"
	"slices"

	"tapir/lang/builtin"
	"tapir/lang/syntax"
)

// Restricted is a call that a script must have a right for.
type Restricted struct {
	Call  *syntax.Call
	Right builtin.Right
}

// Restricted is all such calls, in the order of the text.
func (p *Program) Restricted() []Restricted {
	var list []Restricted
	for x, object := range p.Uses {
		call, isCall := x.(*syntax.Call)
		if b, ok := object.(*Builtin); ok && isCall && b.Right != "" {
			list = append(list, Restricted{call, b.Right})
		}
	}
	slices.SortFunc(list, func(a, b Restricted) int { return cmp.Compare(a.Call.Token().Span.Start, b.Call.Token().Span.Start) })
	return slices.CompactFunc(list, func(a, b Restricted) bool { return a.Call.Token().Span == b.Call.Token().Span })
}
