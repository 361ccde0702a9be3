package plan

import (
	"cmp"
	"fmt"
	"slices"

	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/source"
)

// handler is the placement of one probe under way.
type handler struct {
	*planner
	out  *Probe
	body *ir.Block // what the filter leaves
	defs *definitions
	// barrier is the statement whose effects the VM must see first; conditions
	// behind it stay where they are.
	barrier ir.Node
	// counted says that the handler has loops and keeps all its statements, those too
	// of which the filter knows the outcome, since they count against MAXACTION.
	counted bool
}

// filter moves the conditions that guard all that follows them from stmts, the
// end of a handler, to the kernel, and gives what is left.
//
// A condition can go if the kernel can compute it and nothing before it has an
// effect. Conditions that stay but have no effect themselves don't hold up those
// behind them: the order of pure tests can't be seen.
func (h *handler) filter(stmts []ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	for i, s := range stmts {
		rest := stmts[i+1:]
		g, ok := guardOf(s, len(rest) == 0)
		if !ok {
			if len(rest) == 0 {
				h.lookInto(s)
			}
			if e := h.effects.of(s); e != 0 && h.barrier == nil {
				h.barrier = s
			}
			out = append(out, s)
			continue
		}
		left := h.conditions(g.cond)
		if g.nested {
			inner := h.filter(g.then)
			if len(left) == 0 {
				return append(out, inner...)
			}
			body := &ir.Block{At: ir.At{Pos: s.Span()}, Stmts: inner}
			return append(out, &ir.If{At: ir.At{Pos: s.Span()}, Cond: conjunction(left), Then: body})
		}
		if len(left) > 0 {
			out = append(out, &ir.If{At: ir.At{Pos: s.Span()}, Cond: ir.Negate(conjunction(left)), Then: g.leave})
		}
		return append(out, h.filter(append(g.then, rest...))...)
	}
	return out
}

// A guard is a statement that lets the handler go on only if cond holds.
type guard struct {
	cond   ir.Expr
	nested bool      // what it guards is then, and nothing follows
	then   []ir.Stmt // comes first of what is guarded
	leave  *ir.Block // holds a next
}

// guardOf recognises `if (c) next`, `if (c) next else S`, `if (c) S else next`,
// and, as the handler's last statement, `if (c) S` and `if (c) {} else S`.
func guardOf(s ir.Stmt, last bool) (guard, bool) {
	f, ok := s.(*ir.If)
	switch {
	case !ok:
		return guard{}, false
	case leaves(f.Then):
		return guard{cond: ir.Negate(f.Cond), then: stmtsOf(f.Else), leave: f.Then}, true
	case leaves(f.Else):
		return guard{cond: f.Cond, then: stmtsOf(f.Then), leave: f.Else}, true
	case !last:
		return guard{}, false
	case isEmpty(f.Else):
		return guard{cond: f.Cond, nested: true, then: f.Then.Stmts}, true
	case isEmpty(f.Then):
		return guard{cond: ir.Negate(f.Cond), nested: true, then: f.Else.Stmts}, true
	}
	return guard{}, false
}

func leaves(b *ir.Block) bool {
	if b == nil || len(b.Stmts) != 1 {
		return false
	}
	switch b.Stmts[0].(type) {
	case *ir.Next, *ir.Return: // the latter where a function's body is looked at
		return true
	}
	return false
}

func stmtsOf(b *ir.Block) []ir.Stmt {
	if b == nil {
		return nil
	}
	return b.Stmts[:len(b.Stmts):len(b.Stmts)]
}

// conjuncts takes a condition apart at each && on its top.
func conjuncts(x ir.Expr) []ir.Expr {
	switch y := x.(type) {
	case *ir.Logical:
		if !y.Or {
			return append(conjuncts(y.X), conjuncts(y.Y)...)
		}
	case *ir.Cond:
		// What functions with several returns come to.
		if v, ok := y.Y.(*ir.Int); ok && v.Value == 0 {
			return append(conjuncts(y.C), conjuncts(y.X)...)
		}
		if v, ok := y.X.(*ir.Int); ok && v.Value == 0 {
			return append(conjuncts(ir.Negate(y.C)), conjuncts(y.Y)...)
		}
	case *ir.Unary:
		if y.Op != ir.OpNot {
			break
		}
		if n, ok := ir.Negate(y.X).(*ir.Unary); !ok || n.Op != ir.OpNot {
			return conjuncts(ir.Negate(y.X))
		}
	case *ir.Binary:
		// Of truth values: x != 0.
		if v, ok := y.Y.(*ir.Int); ok && v.Value == 0 && y.Op == ir.OpNe && ir.IsTruth(y.X) {
			return conjuncts(y.X)
		}
	}
	return []ir.Expr{x}
}

func conjunction(xs []ir.Expr) ir.Expr {
	all := xs[0]
	for _, x := range xs[1:] {
		all = &ir.Logical{At: ir.At{Pos: all.Span().Union(x.Span())}, X: all, Y: x}
	}
	return all
}

// conditions puts what it can of a condition into the filter and gives the
// conjuncts that the VM still has to test.
func (h *handler) conditions(cond ir.Expr) []ir.Expr {
	var left []ir.Expr
	for _, c := range conjuncts(cond) {
		if !h.condition(c) {
			left = append(left, c)
		}
	}
	return left
}

// condition reports whether the VM needs not test c.
func (h *handler) condition(c ir.Expr) bool {
	reason := ""
	for _, part := range conjuncts(h.closedForm(c, h.defs)) {
		if v, ok := part.(*ir.Int); ok && v.Value != 0 {
			continue
		}
		why := h.uncomputable(part, h.defs)
		if why == "" && h.barrier != nil {
			why = h.describe(h.barrier) + " comes first"
		}
		switch {
		case why == "":
			h.require(part, c.Span())
		case reason == "":
			reason = why
		}
		if l := h.loosely(part); why != "" && h.barrier == nil && l != nil {
			h.require(l, c.Span())
			reason += "; the kernel rejects where it surely does not hold"
		}
		if h.barrier == nil && h.effects.of(part) != 0 {
			h.barrier = part
		}
	}
	if reason != "" {
		h.note(c, reason)
	}
	return reason == ""
}

// require adds a condition to the filter, unless it is there already.
func (h *handler) require(x ir.Expr, pos source.Span) {
	text := ir.ExprString(x)
	for _, c := range h.out.Filter {
		if ir.ExprString(c.Expr) == text {
			return
		}
	}
	if v, ok := x.(*ir.Int); ok && v.Value != 0 {
		return
	}
	h.out.Filter = append(h.out.Filter, &Condition{x, pos})
}

// order puts conditions that cost the kernel more behind those that cost less.
// None of them can fail or be seen, so their order is free; those of one class
// stay in the script's, so that a pointer is tested before it is followed.
func order(filter []*Condition) {
	slices.SortStableFunc(filter, func(a, b *Condition) int {
		return cmp.Compare(cost(a.Expr), cost(b.Expr))
	})
}

func cost(x ir.Expr) int {
	most := 0
	for n := range ir.All(x) {
		switch n := n.(type) {
		case *ir.In, *ir.Elem, *ir.Regex:
			most = max(most, 1)
		case *ir.Builtin:
			if n.Fn.Class == builtin.Memory {
				most = 2
			}
		}
	}
	return most
}

// lookInto adds conditions to the filter that guard all that a function does whose
// call is the handler's last statement. The VM tests them once more.
func (h *handler) lookInto(s ir.Stmt) {
	e, ok := s.(*ir.Eval)
	if !ok || h.barrier != nil {
		return
	}
	c, ok := e.X.(*ir.Call)
	if !ok {
		return
	}
	known := map[*ir.Local]ir.Expr{}
	for i, a := range c.Args {
		if h.effects.of(a) != 0 {
			return
		}
		if x := h.closedForm(a, h.defs); h.whyOpen(x, h.defs) == "" {
			known[c.Func.Locals[i]] = x
		}
	}
	set := stores(c.Func.Body)
	for l := range set {
		delete(known, l)
	}
	body := ir.Copier{Replace: ir.ReplaceLocals(known)}.Block(c.Func.Body)
	body.Stmts = splice(nil, body.Stmts)
	h.guards(body.Stmts, h.definitions(body))
}

// guards adds the conditions at the start of a function's body to the filter.
func (h *handler) guards(stmts []ir.Stmt, d *definitions) {
	for i, s := range stmts {
		rest := stmts[i+1:]
		g, ok := guardOf(s, len(rest) == 0)
		switch {
		case ok:
			for _, c := range conjuncts(h.closedForm(g.cond, d)) {
				if h.effects.of(c) != 0 {
					return
				}
				if h.uncomputable(c, d) == "" {
					h.require(c, c.Span())
				}
			}
			h.guards(append(g.then[:len(g.then):len(g.then)], rest...), d)
			return
		case h.effects.of(s) != 0:
			return
		}
	}
}

// callReason says why a call was not replaced by its function's value.
func (p *planner) callReason(c *ir.Call) string {
	e := p.effects.funcs[c.Func]
	for n := range reach(c) {
		if g := written(n); g != nil && e&visible != 0 {
			return fmt.Sprintf("%s() writes '%s'", c.Func.Name, g.Name)
		}
	}
	switch {
	case e&visible != 0:
		return fmt.Sprintf("%s() has effects", c.Func.Name)
	case e&fails != 0:
		return fmt.Sprintf("%s() may fail", c.Func.Name)
	}
	return fmt.Sprintf("%s() is too complex for the kernel", c.Func.Name)
}

// note says why x is tested in the VM.
func (h *handler) note(x ir.Expr, why string) {
	h.out.Notes = append(h.out.Notes, Note{x.Span(), ir.ExprString(x) + " in the VM: " + why})
}
