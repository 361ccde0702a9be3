package plan

import (
	"fmt"
	"iter"

	"tapir/compiler/ir"
	"tapir/lang/source"
)

// reach yields n, all that it holds, and all that the functions hold that it
// calls, each function once.
func reach(n ir.Node) iter.Seq[ir.Node] {
	return func(yield func(ir.Node) bool) {
		seen := map[*ir.Func]bool{}
		var walk func(n ir.Node) bool
		walk = func(n ir.Node) bool {
			for n := range ir.All(n) {
				if !yield(n) {
					return false
				}
				c, ok := n.(*ir.Call)
				if ok && !seen[c.Func] {
					seen[c.Func] = true
					if !walk(c.Func.Body) {
						return false
					}
				}
			}
			return true
		}
		walk(n)
	}
}

// at is a place as notes have it: LINE:COL, with the file's name if it is not the
// script's.
func (p *planner) at(s source.Span) string { return place(p.in.Sources, s) }

func place(set *source.Set, s source.Span) string {
	if set == nil || !s.IsValid() {
		return "?"
	}
	pos := set.Position(s.Start)
	if pos.File == nil {
		return "?"
	}
	if pos.File.Library {
		return fmt.Sprintf("%s:%d:%d", pos.File.Name, pos.Line, pos.Col)
	}
	return fmt.Sprintf("%d:%d", pos.Line, pos.Col)
}
