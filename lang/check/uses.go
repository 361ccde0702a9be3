package check

import (
	"tapir/lang/builtin"
	"tapir/lang/syntax"
)

// uses is what a part of the program does with variables. Unlike info.read, a
// step or compound assignment counts as a read, whether its value is used or not.
type uses struct {
	c    *checker
	vars map[Object]use
	// effect says that it prints, acts on the session, or calls what does.
	effect bool
	// impure is the functions whose calls are effects.
	impure map[*Func]bool
}

func (u *uses) note(e syntax.Expr, how use) {
	if o := u.c.prog.Uses[e]; o != nil {
		u.vars[o] |= how
	}
}

func (u *uses) stmts(list ...syntax.Stmt) {
	for _, s := range list {
		u.stmt(s)
	}
}

func (u *uses) stmt(s syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.Block:
		u.stmts(s.Stmts...)
	case *syntax.ExprStmt:
		u.expr(s.X, read)
	case *syntax.IfStmt:
		u.expr(s.Cond, read)
		u.stmts(s.Then, s.Else)
	case *syntax.WhileStmt:
		u.expr(s.Cond, read)
		u.stmt(s.Body)
	case *syntax.ForStmt:
		u.exprs(s.Init, s.Cond, s.Post)
		u.stmt(s.Body)
	case *syntax.ForeachStmt:
		if s.Value != nil {
			u.expr(s.Value, write)
		}
		for _, key := range s.Keys {
			u.expr(key, write)
		}
		u.expr(s.Array, read)
		u.exprs(s.Slice...)
		u.exprs(s.Limit)
		u.stmt(s.Body)
	case *syntax.ReturnStmt:
		u.exprs(s.X)
	case *syntax.DeleteStmt:
		u.expr(s.X, read|write)
	case *syntax.TryStmt:
		u.stmt(s.Body)
		if s.Var != nil {
			u.expr(s.Var, read|write)
		}
		u.stmt(s.Handler)
	}
}

func (u *uses) exprs(list ...syntax.Expr) {
	for _, e := range list {
		u.expr(e, read)
	}
}

// expr notes what evaluating e, or with how the place that it is, uses.
func (u *uses) expr(e syntax.Expr, how use) {
	switch e := e.(type) {
	case nil, *syntax.IntLit, *syntax.StringLit:
	case *syntax.Ident:
		u.note(e, how)
	case *syntax.Index:
		u.expr(e.X, how)
		u.exprs(e.Keys...)
	case *syntax.In:
		u.exprs(e.Keys...)
		u.expr(e.Array, read)
	case *syntax.Call:
		u.call(e)
		u.exprs(e.Args...)
	case *syntax.Unary:
		u.expr(e.X, read)
	case *syntax.Binary:
		u.exprs(e.X, e.Y)
	case *syntax.Ternary:
		u.exprs(e.Cond, e.X, e.Y)
	case *syntax.Assign:
		u.exprs(e.R)
		if e.Op == "=" || e.Op == "<<<" {
			u.expr(e.L, write)
		} else {
			u.expr(e.L, read|write)
		}
	case *syntax.IncDec:
		u.expr(e.X, read|write)
	case *syntax.StatOp:
		u.expr(e.Stat, read)
	case *syntax.HistOp:
		u.expr(e.Stat, read)
	case *syntax.Print:
		u.effect = u.effect || e.Kind&syntax.PrintToString == 0
		u.exprs(e.Args...)
	case *syntax.Regex:
		u.effect = true // matched() tells about it
		u.expr(e.X, read)
	case *syntax.AtOp:
		u.exprs(e.Args...)
		u.effect = u.effect || e.Name != atEntry // others are refused later
	default:
		u.effect = true // refused later
	}
}

func (u *uses) call(e *syntax.Call) {
	switch o := u.c.prog.Uses[e].(type) {
	case *Builtin:
		u.effect = u.effect || o.Class == builtin.Effect
	case *Func:
		for f := o; f != nil; f = f.Next {
			u.effect = u.effect || u.impure[f]
		}
	case nil:
		u.effect = true // refused before
	}
}

// usesOf is what all bodies do with variables.
func (c *checker) usesOf(bodies ...*body) map[Object]use {
	u := &uses{c: c, vars: make(map[Object]use)}
	for _, b := range bodies {
		u.exprs(b.conds...)
		u.stmt(b.block)
	}
	return u.vars
}

// impureFunctions is the functions whose calls cannot be left out: they print,
// act on the session, write globals, or call a function that does.
func (c *checker) impureFunctions() map[*Func]bool {
	return c.calling(func(b *body) bool {
		u := &uses{c: c, vars: make(map[Object]use)}
		u.stmt(b.block)
		if u.effect {
			return true
		}
		for o, how := range u.vars {
			if _, isGlobal := o.(*Global); isGlobal && how&write != 0 {
				return true
			}
		}
		return false
	})
}
