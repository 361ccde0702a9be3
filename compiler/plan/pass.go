package plan

import (
	"tapir/compiler/ir"
	"tapir/lang/types"
)

// Functions are inlined in the kernel with numbers as their parameters. A text that is
// passed is put into a copy of the function, wherever that uses it: what is read of
// memory is the same however often it is read for an event.

// maxPassed is how many copies of functions a part of a handler may need.
const maxPassed = 40

// passer makes copies of functions for calls that pass texts.
type passer struct {
	*handler
	copier *ir.Copier // for their bodies
	copies int
	depth  int
}

// call is x with its texts in the function, if they can't fail or change, and the
// function does not set them. Where many probes may share a handler, they could not
// share copies.
func (p *passer) call(x ir.Expr) (ir.Expr, bool) {
	c, ok := x.(*ir.Call)
	if !ok || p.depth >= maxWholeDepth || p.copies >= maxPassed || p.many[crowdOf(p.out.IR)] >= minFamily {
		return nil, false
	}
	set := stores(c.Func.Body)
	texts := map[*ir.Local]ir.Expr{}
	var args []ir.Expr
	for i, a := range c.Args {
		if a.Type().Kind != types.String {
			args = append(args, p.copier.Expr(a))
			continue
		}
		l, text := c.Func.Locals[i], p.known(a)
		if set[l] > 0 || text == nil {
			return nil, false
		}
		texts[l] = text
	}
	if len(texts) == 0 {
		return nil, false
	}
	return &ir.Call{At: c.At, Func: p.with(c.Func, texts), Args: args}, true
}

// known is a text that is the same whenever it is made for an event, or nil.
func (p *passer) known(x ir.Expr) ir.Expr {
	x = p.copier.Expr(x)
	if p.whyOpen(x, p.defs) != "" {
		return nil
	}
	for n := range ir.All(x) {
		if _, entry := n.(*ir.AtEntry); entry {
			return nil
		}
	}
	return x
}

// with is a copy of f without the parameters that texts are for.
func (p *passer) with(f *ir.Func, texts map[*ir.Local]ir.Expr) *ir.Func {
	p.copies++
	p.depth++
	defer func() { p.depth-- }()
	g := &ir.Func{Name: f.Name, Index: f.Index, Params: f.Params - len(texts), Result: f.Result, Pos: f.Pos, Next: f.Next}
	locals := map[*ir.Local]*ir.Local{}
	for _, l := range f.Locals {
		if texts[l] == nil {
			m := &ir.Local{Name: l.Name, Type: l.Type, Index: len(g.Locals)}
			g.Locals = append(g.Locals, m)
			locals[l] = m
		}
	}
	put := ir.Copier{
		Replace: ir.ReplaceLocals(texts),
		Local:   func(l *ir.Local) *ir.Local { return locals[l] },
	}
	g.Body = p.copier.Block(put.Block(f.Body))
	p.effects.funcs[g] = p.effects.funcs[f]
	return g
}
