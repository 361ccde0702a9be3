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
		case *ir.AtEntry:
			p.entry(n)
			return false
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
	locals := p.bind(g, f, bound)
	d := p.definitions(g.Body)
	for l, why := range p.unbound {
		if m, ok := locals[l]; ok && d.why[m] == "" {
			d.why[m] = why
		}
	}
	if passesOn(f) && f.Next != nil {
		g.Next = p.function(f.Next, p.boundNext(f, bound))
	}
	if p.automatic() {
		p.words(g.Body, d, false)
	}
	p.connect(g.Body, d)
	return g
}

// bind gives g the body of f with some parameters bound, and says which variables
// of g take the place of f's.
func (p *planner) bind(g, f *ir.Func, bound map[*ir.Local]ir.Expr) map[*ir.Local]*ir.Local {
	locals := map[*ir.Local]*ir.Local{}
	add := func(l *ir.Local) {
		m := &ir.Local{Name: l.Name, Type: l.Type, Index: len(g.Locals)}
		g.Locals = append(g.Locals, m)
		locals[l] = m
	}
	set := stores(f.Body)
	replaced := map[*ir.Local]ir.Expr{}
	var first []ir.Stmt
	for i, l := range f.Locals {
		if _, ok := bound[l]; i >= f.Params || !ok {
			add(l)
		}
	}
	for _, l := range f.Locals[:f.Params] {
		x, ok := bound[l]
		switch {
		case !ok:
		case set[l] == 0:
			replaced[l] = x
		default: // a chain's other function needs its value
			add(l)
			at := ir.At{Pos: f.Pos}
			left := &ir.LocalRef{At: at, Local: locals[l]}
			first = append(first, &ir.Eval{At: at, X: &ir.Assign{At: at, Left: left, Value: ir.Copier{}.Expr(x)}})
		}
	}
	c := ir.Copier{
		Replace: ir.ReplaceLocals(replaced),
		Local:   func(l *ir.Local) *ir.Local { return locals[l] },
	}
	g.Body = c.Block(f.Body)
	g.Body.Stmts = splice(first, g.Body.Stmts)
	return locals
}

// boundNext is what the parameters of f's next are bound to where f's own are to
// bound. Reasons why others are not bound go with them.
func (p *planner) boundNext(f *ir.Func, bound map[*ir.Local]ir.Expr) map[*ir.Local]ir.Expr {
	next := map[*ir.Local]ir.Expr{}
	for i, l := range f.Locals[:f.Params] {
		m := f.Next.Locals[i]
		if x, ok := bound[l]; ok {
			next[m] = x
		}
		if why, ok := p.unbound[l]; ok {
			p.unbound[m] = why
		}
	}
	return next
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
				if _, ok := n.(*ir.NextFunc); ok && f.Next != nil {
					changed = adopt(p.needs[f], p.needs[f.Next]) || changed
				}
			}
		}
	}
	return p.needs
}

// adopt adds what a function needs to which calls are passed on.
func adopt(needs, next []bool) (changed bool) {
	for i, n := range next {
		if n && !needs[i] {
			needs[i], changed = true, true
		}
	}
	return changed
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
			if n.Fn.Read.Stack {
				return nil
			}
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

func hasLen(r *builtin.Read) bool { return r.Size == 0 && !r.CString && !r.Vector && !r.Stack }

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
