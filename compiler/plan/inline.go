package plan

import (
	"tapir/compiler/ir"
	"tapir/lang/types"
)

// maxInlined bounds the number of nodes of a function's value.
const maxInlined = 400

// closedForm is a copy of x in which definitions and calls of pure functions are
// replaced by what they stand for, simplified. What can't be replaced stays.
func (p *planner) closedForm(x ir.Expr, d *definitions) ir.Expr {
	if len(p.plan.words) > 0 {
		x = p.plan.shown().Expr(x)
	}
	if d != nil {
		x = ir.Substitute(x, d.values)
	}
	return ir.Fold(p.inline(x))
}

// inline copies x with calls replaced by their functions' values.
func (p *planner) inline(x ir.Expr) ir.Expr {
	var c ir.Copier
	c.Replace = func(x ir.Expr) (ir.Expr, bool) {
		call, ok := x.(*ir.Call)
		if !ok {
			return nil, false
		}
		args := make([]ir.Expr, len(call.Args))
		for i, a := range call.Args {
			args[i] = c.Expr(a)
		}
		if v, ok := p.valueOf(call, args); ok {
			return v, true
		}
		return &ir.Call{At: call.At, Func: call.Func, Args: args}, true
	}
	return c.Expr(x)
}

// valueOf is the value of a call as an expression over its arguments. Functions
// with effects, that may fail, or with loops have none.
func (p *planner) valueOf(call *ir.Call, args []ir.Expr) (ir.Expr, bool) {
	f := call.Func
	if f.Result == types.Void || p.effects.funcs[f] != 0 {
		return nil, false
	}
	env := map[*ir.Local]ir.Expr{}
	for i, l := range f.Locals {
		switch {
		case i < len(args):
			if p.effects.of(args[i]) != 0 || assigns(args[i]) {
				return nil, false
			}
			env[l] = args[i]
		default:
			env[l] = zero(l.Type, call.At)
		}
	}
	e := evaluation{at: call.At, result: types.Type{Kind: f.Result}, left: maxInlined}
	v, ok := e.run(f.Body.Stmts, env)
	if !ok {
		return nil, false
	}
	return ir.Fold(p.inline(v)), true
}

// evaluation runs a function's body on expressions instead of values.
type evaluation struct {
	at     ir.At
	result types.Type
	left   int // nodes that may still be made
}

// run is the value that stmts return with variables as in env, which it changes.
func (e *evaluation) run(stmts []ir.Stmt, env map[*ir.Local]ir.Expr) (ir.Expr, bool) {
	for i, s := range stmts {
		switch s := s.(type) {
		case *ir.Block:
			return e.run(append(s.Stmts[:len(s.Stmts):len(s.Stmts)], stmts[i+1:]...), env)
		case *ir.Return:
			if s.X == nil {
				return zero(e.result, e.at), true
			}
			return e.value(s.X, env)
		case *ir.If:
			return e.branch(s, stmts[i+1:], env)
		case *ir.Eval:
			if !e.eval(s.X, env) {
				return nil, false
			}
		default:
			return nil, false
		}
	}
	return zero(e.result, e.at), true
}

func (e *evaluation) branch(s *ir.If, rest []ir.Stmt, env map[*ir.Local]ir.Expr) (ir.Expr, bool) {
	c, ok := e.value(s.Cond, env)
	if !ok {
		return nil, false
	}
	path := func(b *ir.Block) (ir.Expr, bool) {
		own := make(map[*ir.Local]ir.Expr, len(env))
		for l, v := range env {
			own[l] = v
		}
		if b == nil {
			return e.run(rest, own)
		}
		return e.run(append(b.Stmts[:len(b.Stmts):len(b.Stmts)], rest...), own)
	}
	x, ok := path(s.Then)
	if !ok {
		return nil, false
	}
	y, ok := path(s.Else)
	if !ok {
		return nil, false
	}
	return &ir.Cond{At: s.At, C: c, X: x, Y: y}, true
}

// eval carries out an assignment to a variable; other pure expressions do nothing.
func (e *evaluation) eval(x ir.Expr, env map[*ir.Local]ir.Expr) bool {
	switch x := x.(type) {
	case *ir.Assign:
		l, ok := x.Left.(*ir.LocalRef)
		if !ok {
			return false
		}
		value := x.Value
		if x.Op != ir.OpNone {
			value = &ir.Binary{At: x.At, Op: x.Op, X: l, Y: x.Value}
		}
		v, ok := e.value(value, env)
		env[l.Local] = v
		return ok
	case *ir.Step:
		l, ok := x.Left.(*ir.LocalRef)
		if !ok {
			return false
		}
		v, ok := e.value(&ir.Binary{At: x.At, Op: ir.OpAdd, X: l, Y: &ir.Int{At: x.At, Value: x.Delta}}, env)
		env[l.Local] = v
		return ok
	}
	return !assigns(x)
}

// value is x with variables replaced. Assignments inside expressions have none.
func (e *evaluation) value(x ir.Expr, env map[*ir.Local]ir.Expr) (ir.Expr, bool) {
	if assigns(x) {
		return nil, false
	}
	v := ir.Substitute(x, env)
	for range ir.All(v) {
		e.left--
	}
	return v, e.left >= 0
}

func assigns(x ir.Expr) bool {
	for n := range ir.All(x) {
		switch n.(type) {
		case *ir.Assign, *ir.Step, *ir.StatAdd:
			return true
		}
	}
	return false
}

// zero is the value of a variable that was not set.
func zero(t types.Type, at ir.At) ir.Expr {
	if t.Kind == types.String {
		return &ir.Str{At: at}
	}
	return &ir.Int{At: at}
}
