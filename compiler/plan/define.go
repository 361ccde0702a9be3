package plan

import (
	"fmt"

	"tapir/compiler/ir"
)

// definitions are the variables of a body that stand for one value of the event:
// assigned in one place, to an expression that is closed and can't fail, and
// mentioned nowhere but behind that, in the same block or what it holds.
type definitions struct {
	values map[*ir.Local]ir.Expr // closed
	why    map[*ir.Local]string  // of the others: what keeps them from it
	source map[*ir.Local]ir.Expr // of the others that are set in one place: to what
}

func newDefinitions() *definitions {
	return &definitions{map[*ir.Local]ir.Expr{}, map[*ir.Local]string{}, map[*ir.Local]ir.Expr{}}
}

// definitions finds those of a body without blocks in blocks.
func (p *planner) definitions(body *ir.Block) *definitions {
	d := newDefinitions()
	f := definer{p, d, mentions(body), stores(body)}
	f.block(body)
	return d
}

// parametric is like definitions for a function whose first variables are its
// parameters: those that are never set count as closed.
func (p *planner) parametric(body *ir.Block, params []*ir.Local) *definitions {
	d := newDefinitions()
	f := definer{p, d, mentions(body), stores(body)}
	for _, l := range params {
		if f.stores[l] == 0 {
			d.values[l] = &ir.LocalRef{Local: l}
		}
	}
	f.block(body)
	return d
}

type definer struct {
	*planner
	*definitions
	mentions, stores map[*ir.Local]int
}

func (f *definer) block(b *ir.Block) {
	for i, s := range b.Stmts {
		switch s := s.(type) {
		case *ir.Eval:
			f.eval(s, b.Stmts[i+1:])
		case *ir.If:
			f.block(s.Then)
			if s.Else != nil {
				f.block(s.Else)
			}
		case *ir.Loop:
			f.block(s.Body)
		case *ir.Foreach:
			f.block(s.Body)
		case *ir.Try:
			f.block(s.Body)
			f.block(s.Handler)
		}
	}
}

// eval makes s a definition if it is one; rest is what follows it.
func (f *definer) eval(s *ir.Eval, rest []ir.Stmt) {
	l, value, ok := plainStore(s)
	if !ok {
		return
	}
	if f.stores[l] > 1 {
		f.why[l] = fmt.Sprintf("'%s' is assigned more than once", l.Name)
		return
	}
	f.source[l] = value
	behind := 1
	for _, s := range rest {
		behind += mentions(s)[l]
	}
	if behind != f.mentions[l] {
		f.why[l] = fmt.Sprintf("'%s' is used where it may not have been set", l.Name)
		return
	}
	x := f.closedForm(value, f.definitions)
	if reason := f.whyOpen(x, f.definitions); reason != "" {
		f.why[l] = fmt.Sprintf("'%s' is not known in the kernel: %s", l.Name, reason)
		return
	}
	f.values[l] = x
}

// plainStore takes `l = value` apart.
func plainStore(s ir.Stmt) (l *ir.Local, value ir.Expr, ok bool) {
	e, ok := s.(*ir.Eval)
	if !ok {
		return nil, nil, false
	}
	a, ok := e.X.(*ir.Assign)
	if !ok || a.Op != ir.OpNone {
		return nil, nil, false
	}
	r, ok := a.Left.(*ir.LocalRef)
	if !ok {
		return nil, nil, false
	}
	return r.Local, a.Value, true
}

// whyOpen is "" if x, in closed form, has no locals, changes nothing, can't fail and
// has the same value whenever it is computed for the event; else the reason.
func (p *planner) whyOpen(x ir.Expr, d *definitions) string {
	if p.effects.of(x)&(visible|fails) != 0 {
		return p.describe(x)
	}
	size := 0
	for range ir.All(x) {
		if size++; size > maxInlined {
			return "the expression is too long"
		}
	}
	return p.changeable(x, d, func(c *ir.Call) string { return fmt.Sprintf("%s() runs in the VM", c.Func.Name) })
}

// changeable says what in x may have another value at another time, or is a call that
// call has a reason against; "" if nothing is.
func (p *planner) changeable(x ir.Expr, d *definitions, call func(*ir.Call) string) string {
	for n := range ir.All(x) {
		var reason string
		switch n := n.(type) {
		case *ir.LocalRef:
			reason = d.reason(n.Local)
		case *ir.GlobalRef, *ir.Elem, *ir.In:
			reason = p.fixed(mentioned(n))
		case *ir.Call:
			reason = call(n)
		case *ir.Assign, *ir.Step, *ir.StatAdd:
			reason = "it assigns"
		}
		if reason != "" {
			return reason
		}
	}
	return ""
}

// reason says why l stands for no value of the event.
func (d *definitions) reason(l *ir.Local) string {
	if d == nil {
		return fmt.Sprintf("'%s' is a variable of the handler", l.Name)
	}
	if v, ok := d.values[l].(*ir.LocalRef); ok && v.Local == l {
		return "" // a parameter
	}
	if r, ok := d.why[l]; ok {
		return r
	}
	return fmt.Sprintf("'%s' is computed in the VM", l.Name)
}

// mentions counts how often each variable occurs in n, as a value or a place.
func mentions(n ir.Node) map[*ir.Local]int {
	count := map[*ir.Local]int{}
	for n := range ir.All(n) {
		switch n := n.(type) {
		case *ir.LocalRef:
			count[n.Local]++
		case *ir.Foreach:
			for _, l := range n.Keys {
				count[l]++
			}
			if n.Value != nil {
				count[n.Value]++
			}
		case *ir.Try:
			if n.Var != nil {
				count[n.Var]++
			}
		}
	}
	return count
}

// stores counts in how many places each variable is set.
func stores(n ir.Node) map[*ir.Local]int {
	count := map[*ir.Local]int{}
	set := func(p ir.Place) {
		if r, ok := p.(*ir.LocalRef); ok {
			count[r.Local]++
		}
	}
	for n := range ir.All(n) {
		switch n := n.(type) {
		case *ir.Assign:
			set(n.Left)
		case *ir.Step:
			set(n.Left)
		case *ir.Foreach:
			for _, l := range n.Keys {
				count[l]++
			}
			if n.Value != nil {
				count[n.Value]++
			}
		case *ir.Try:
			if n.Var != nil {
				count[n.Var]++
			}
		}
	}
	return count
}

// dropDead removes from body, which it changes, assignments to variables that
// are never read, as SystemTap does, and with them values that only they need.
// What is visible of a value stays.
func dropDead(e *effects, body *ir.Block) {
	for {
		read := mentions(body)
		for n := range ir.All(body) {
			if s, ok := n.(ir.Stmt); ok {
				if l, _, ok := plainStore(s); ok {
					read[l]--
				}
			}
		}
		d := dropper{e, read, visible}
		if !d.block(body) {
			return
		}
	}
}

// dropper removes assignments to variables that read does not count.
type dropper struct {
	*effects
	read map[*ir.Local]int
	keep effect // what of a value must happen all the same
}

func (d dropper) block(b *ir.Block) (changed bool) {
	if b == nil {
		return false
	}
	kept := make([]ir.Stmt, 0, len(b.Stmts))
	for _, s := range b.Stmts {
		switch s := s.(type) {
		case *ir.If:
			changed = d.block(s.Then) || changed
			changed = d.block(s.Else) || changed
			if isEmpty(s.Then) && isEmpty(s.Else) && d.of(s.Cond) == 0 && !assigns(s.Cond) {
				changed = true
				continue
			}
		case *ir.Loop:
			changed = d.block(s.Body) || changed
		case *ir.Foreach:
			changed = d.block(s.Body) || changed
		case *ir.Try:
			// An error is what the handler is there for.
			caught := dropper{d.effects, d.read, d.keep | fails}
			changed = caught.block(s.Body) || changed
			changed = d.block(s.Handler) || changed
			if isEmpty(s.Body) {
				changed = true
				continue
			}
		}
		l, value, ok := plainStore(s)
		if !ok || d.read[l] > 0 {
			kept = append(kept, s)
			continue
		}
		changed = true
		if d.of(value)&d.keep != 0 || assigns(value) {
			kept = append(kept, &ir.Eval{At: ir.At{Pos: s.Span()}, X: value})
		}
	}
	b.Stmts = kept
	return changed
}

func isEmpty(b *ir.Block) bool { return b == nil || len(b.Stmts) == 0 }
