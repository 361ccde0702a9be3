package plan

import (
	"cmp"
	"slices"

	"tapir/compiler/ir"
)

// A naming lets a handler's expressions be shown in the script's own words: where
// a variable stands for a value, its name stands for the expression.
type naming struct {
	values map[string]ir.Expr   // closed, by variable
	locals map[string]*ir.Local // by the text of the value
	used   map[string]bool      // variables that were shown
}

// name keeps what the handler's definitions are called, for explain.
func (h *handler) name() {
	for l, x := range h.defs.values {
		h.out.named = append(h.out.named, named{l, x})
	}
	slices.SortFunc(h.out.named, func(a, b named) int { return cmp.Compare(a.local.Index, b.local.Index) })
}

// named is a variable that stands for one value of the event.
type named struct {
	local *ir.Local
	value ir.Expr // closed
}

// naming is that of the probe, without variables that the VM has as such and
// without those that stand for a literal.
func (p *Probe) naming() *naming {
	n := &naming{map[string]ir.Expr{}, map[string]*ir.Local{}, map[string]bool{}}
	kept := stores(p.Body)
	for _, d := range p.named {
		switch d.value.(type) {
		case *ir.Int, *ir.Str:
			continue
		}
		text := ir.ExprString(d.value)
		if kept[d.local] == 0 && n.locals[text] == nil {
			n.values[d.local.Name] = d.value
			n.locals[text] = d.local
		}
	}
	return n
}

// copier puts names in the place of values, but for the one given.
func (n *naming) copier(but string) ir.Copier {
	return ir.Copier{Replace: func(x ir.Expr) (ir.Expr, bool) {
		l := n.locals[ir.ExprString(x)]
		if l == nil || l.Name == but {
			return nil, false
		}
		n.used[l.Name] = true
		return &ir.LocalRef{At: ir.At{Pos: x.Span()}, Local: l}, true
	}}
}

// expr is x in the script's words.
func (n *naming) expr(x ir.Expr) string { return ir.ExprString(n.copier("").Expr(x)) }

// meanings are the variables that were shown so far, and those that they are made
// of, with their values.
func (n *naming) meanings(p *Probe) []string {
	texts := map[string]string{}
	for grown := true; grown; {
		grown = false
		for _, d := range p.named {
			name := d.local.Name
			if _, ok := texts[name]; !ok && n.used[name] {
				texts[name] = name + " = " + ir.ExprString(n.copier(name).Expr(d.value))
				grown = true
			}
		}
	}
	var lines []string
	for _, d := range p.named {
		if t, ok := texts[d.local.Name]; ok {
			lines = append(lines, t)
		}
	}
	return lines
}
