package check

import "tapir/lang/syntax"

// rewriter changes expressions where they stand: what is in an expression first,
// then the expression itself.
type rewriter func(syntax.Expr) syntax.Expr

func (r rewriter) stmts(list []syntax.Stmt) {
	for _, s := range list {
		r.stmt(s)
	}
}

func (r rewriter) stmt(s syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.Block:
		r.stmts(s.Stmts)
	case *syntax.ExprStmt:
		r.expr(&s.X)
	case *syntax.IfStmt:
		r.expr(&s.Cond)
		r.stmt(s.Then)
		r.stmt(s.Else)
	case *syntax.WhileStmt:
		r.expr(&s.Cond)
		r.stmt(s.Body)
	case *syntax.ForStmt:
		r.expr(&s.Init)
		r.expr(&s.Cond)
		r.expr(&s.Post)
		r.stmt(s.Body)
	case *syntax.ForeachStmt:
		r.exprs(s.Slice)
		r.inside(s.Array)
		r.expr(&s.Limit)
		r.stmt(s.Body)
	case *syntax.ReturnStmt:
		r.expr(&s.X)
	case *syntax.DeleteStmt:
		r.inside(s.X)
	case *syntax.TryStmt:
		r.stmt(s.Body)
		r.stmt(s.Handler)
	}
}

func (r rewriter) exprs(list []syntax.Expr) {
	for i := range list {
		r.expr(&list[i])
	}
}

func (r rewriter) expr(e *syntax.Expr) {
	if *e != nil {
		r.inside(*e)
		*e = r(*e)
	}
}

// inside rewrites what e is made of; places, statistics and arrays stay what they
// are.
func (r rewriter) inside(e syntax.Expr) {
	switch e := e.(type) {
	case *syntax.Index:
		r.inside(e.X)
		r.exprs(e.Keys)
	case *syntax.In:
		r.exprs(e.Keys)
	case *syntax.Call:
		r.exprs(e.Args)
	case *syntax.Unary:
		r.expr(&e.X)
	case *syntax.Binary:
		r.expr(&e.X)
		r.expr(&e.Y)
	case *syntax.Ternary:
		r.expr(&e.Cond)
		r.expr(&e.X)
		r.expr(&e.Y)
	case *syntax.Assign:
		r.inside(e.L)
		r.expr(&e.R)
	case *syntax.IncDec:
		r.inside(e.X)
	case *syntax.StatOp:
		r.inside(e.Stat)
	case *syntax.HistOp:
		r.inside(e.Stat)
	case *syntax.Print:
		r.exprs(e.Args)
	case *syntax.Regex:
		r.expr(&e.X)
	case *syntax.Autocast:
		r.expr(&e.X)
	}
}
