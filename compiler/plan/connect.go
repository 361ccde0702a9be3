package plan

import (
	"fmt"
	"slices"
	"strings"

	"tapir/compiler/ir"
	"tapir/lang/builtin"
)

// maxFuncs bounds the copies of functions, which can double with each call in a
// chain of them.
const maxFuncs = 1000

// connect makes body, which it changes, what the VM runs: calls go to the plan's
// own functions, and what has to be known of the moment is noted for capture.
func (p *planner) connect(body *ir.Block, d *definitions) {
	ir.Walk(body, func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Call:
			p.connectCall(n, d)
		case *ir.Builtin:
			p.moment(n, d)
		}
		return true
	})
}

// connectCall sends a call to a copy of its function in which the parameters that
// addresses depend on have the values that they have here.
func (p *planner) connectCall(c *ir.Call, d *definitions) {
	f := c.Func
	bound := map[*ir.Local]ir.Expr{}
	var args []ir.Expr
	for i, a := range c.Args {
		x := p.closedForm(a, d)
		if p.needs[f][i] {
			why := p.whyOpen(x, d)
			if why == "" {
				bound[f.Locals[i]] = x
				continue
			}
			p.unbound[f.Locals[i]] = why
		}
		args = append(args, a)
	}
	_, known := p.funcs[funcKey(f, bound)]
	if !known && (p.open[f] || len(p.funcs) > maxFuncs) {
		// A function that calls itself with ever new addresses: what it reads
		// from memory is refused.
		bound, args = nil, c.Args
	}
	c.Func = p.function(f, bound)
	c.Args = args
}

// function is the plan's copy of f with some parameters bound.
func (p *planner) function(f *ir.Func, bound map[*ir.Local]ir.Expr) *ir.Func {
	key := funcKey(f, bound)
	if g, ok := p.funcs[key]; ok {
		return g
	}
	outer := p.open[f]
	p.open[f] = true
	defer func() { p.open[f] = outer }()
	g := &ir.Func{
		Name: f.Name, Index: len(p.in.Funcs) + len(p.plan.Funcs), Params: f.Params - len(bound),
		Result: f.Result, Pos: f.Pos,
	}
	p.funcs[key] = g
	p.plan.Funcs = append(p.plan.Funcs, g)
	locals := map[*ir.Local]*ir.Local{}
	for _, l := range f.Locals {
		if _, ok := bound[l]; ok {
			continue
		}
		m := &ir.Local{Name: l.Name, Type: l.Type, Index: len(g.Locals)}
		g.Locals = append(g.Locals, m)
		locals[l] = m
	}
	c := ir.Copier{
		Replace: ir.ReplaceLocals(bound),
		Local:   func(l *ir.Local) *ir.Local { return locals[l] },
	}
	g.Body = c.Block(f.Body)
	g.Body.Stmts = splice(nil, g.Body.Stmts)
	d := p.definitions(g.Body)
	for l, why := range p.unbound {
		if m, ok := locals[l]; ok && d.why[m] == "" {
			d.why[m] = why
		}
	}
	p.connect(g.Body, d)
	return g
}

func funcKey(f *ir.Func, bound map[*ir.Local]ir.Expr) string {
	var b strings.Builder
	fmt.Fprint(&b, f.Index)
	for _, l := range f.Locals[:f.Params] {
		if x, ok := bound[l]; ok {
			fmt.Fprintf(&b, " %d=%s", l.Index, ir.ExprString(x))
		}
	}
	return b.String()
}

// findNeeds finds for each function the parameters on which addresses, lengths
// and argument numbers in it depend, directly or through what it calls.
func (p *planner) findNeeds() map[*ir.Func][]bool {
	p.needs = map[*ir.Func][]bool{}
	bodies := map[*ir.Func]*ir.Block{}
	defs := map[*ir.Func]*definitions{}
	for _, f := range p.in.Funcs {
		body := ir.Copier{}.Block(f.Body)
		body.Stmts = splice(nil, body.Stmts)
		bodies[f], defs[f] = body, p.parametric(body, f.Locals[:f.Params])
		p.needs[f] = make([]bool, f.Params)
	}
	for changed := true; changed; {
		changed = false
		for _, f := range p.in.Funcs {
			for n := range ir.All(bodies[f]) {
				for _, x := range p.fixedArgs(n) {
					changed = mark(p.needs[f], f, p.closedForm(x, defs[f]), defs[f]) || changed
				}
			}
		}
	}
	return p.needs
}

// fixedArgs are the arguments of n that must be known when the event happens.
func (p *planner) fixedArgs(n ir.Node) []ir.Expr {
	var xs []ir.Expr
	switch n := n.(type) {
	case *ir.Builtin:
		switch n.Fn.Class {
		case builtin.Argument:
			return n.Args
		case builtin.Memory:
			xs = append(xs, n.Args[0])
			if hasLen(n.Fn.Read) {
				xs = append(xs, n.Args[n.Fn.Read.LenArg])
			}
		}
	case *ir.Call:
		for i, a := range n.Args {
			if p.needs[n.Func][i] {
				xs = append(xs, a)
			}
		}
	}
	return xs
}

func hasLen(r *builtin.Read) bool { return r.Size == 0 && !r.CString && !r.Vector }

// mark notes the parameters of f that occur in x, and reports whether any is new.
func mark(needs []bool, f *ir.Func, x ir.Expr, d *definitions) (changed bool) {
	for n := range ir.All(x) {
		r, ok := n.(*ir.LocalRef)
		if !ok || d.values[r.Local] == nil {
			continue
		}
		if i := slices.Index(f.Locals[:f.Params], r.Local); i >= 0 && !needs[i] {
			needs[i], changed = true, true
		}
	}
	return changed
}
