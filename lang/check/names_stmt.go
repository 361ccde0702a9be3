package check

import (
	"fmt"

	"tapir/lang/syntax"
)

// bindStmt resolves the names of a statement, and checks what depends on where
// it stands.
func (c *checker) bindStmt(b *body, s syntax.Stmt) {
	switch s := s.(type) {
	case nil, *syntax.EmptyStmt:
	case *syntax.Block:
		if s == nil {
			return
		}
		for _, stmt := range s.Stmts {
			c.bindStmt(b, stmt)
		}
	case *syntax.ExprStmt:
		c.bindExpr(b, s.X, unused(s.X))
	case *syntax.IfStmt:
		c.bindExpr(b, s.Cond, read)
		c.bindStmt(b, s.Then)
		c.bindStmt(b, s.Else)
	case *syntax.WhileStmt:
		c.bindExpr(b, s.Cond, read)
		c.bindStmt(b, s.Body)
	case *syntax.ForStmt:
		if s.Init != nil {
			c.bindExpr(b, s.Init, unused(s.Init))
		}
		c.bindExprs(b, s.Cond)
		c.bindStmt(b, s.Body)
		if s.Post != nil {
			c.bindExpr(b, s.Post, unused(s.Post))
		}
	case *syntax.ForeachStmt:
		c.bindForeach(b, s)
	case *syntax.ReturnStmt:
		if s.X != nil {
			c.bindExpr(b, s.X, read)
			if b.fn != nil {
				c.info(b.fn).returns = true
			}
		}
	case *syntax.NextStmt, *syntax.BreakStmt, *syntax.ContinueStmt:
	case *syntax.DeleteStmt:
		c.bindDelete(b, s)
	case *syntax.TryStmt:
		c.bindStmt(b, s.Body)
		if s.Var != nil {
			c.bindVariable(b, s.Var, write)
		}
		c.bindStmt(b, s.Handler)
	default:
		panic(fmt.Sprintf("check: unexpected statement %T", s))
	}
}

// unused is the use of an expression that is evaluated for its effect. What it
// is made of is read, unless it is a step or assignment itself.
func unused(e syntax.Expr) use {
	switch e.(type) {
	case *syntax.Assign, *syntax.IncDec:
		return 0
	}
	return read
}

func (c *checker) bindForeach(b *body, s *syntax.ForeachStmt) {
	switch array := s.Array.(type) {
	case *syntax.Ident:
		c.bindArray(b, array, len(s.Keys), read)
		if s.Slice != nil && len(s.Slice) != len(s.Keys) {
			c.error(codeArity, array.Token(), "inconsistent arity (%d vs %d)", len(s.Keys), len(s.Slice))
		}
	case *syntax.HistOp:
		c.bindExpr(b, array.Stat, read)
		if len(s.Keys) != 1 || s.Slice != nil {
			c.error(codeHistogram, array.Token(), "a histogram has one index, the bucket's number")
		}
	}
	loopVars := s.Keys
	if s.Value != nil {
		loopVars = append([]*syntax.Ident{s.Value}, loopVars...)
	}
	for _, v := range loopVars {
		c.bindVariable(b, v, write)
	}
	c.bindExprs(b, s.Slice...)
	c.bindExprs(b, s.Limit)
	c.bindStmt(b, s.Body)
}

func (c *checker) bindDelete(b *body, s *syntax.DeleteStmt) {
	switch x := s.X.(type) {
	case *syntax.Ident:
		if b.locals[x.Name] == nil && c.global(x.Name, x.Token()) != nil {
			c.bindArray(b, x, 0, write)
			return
		}
		c.bindVariable(b, x, write)
	case *syntax.Index:
		if array, ok := x.X.(*syntax.Ident); ok {
			c.bindArray(b, array, len(x.Keys), write)
		} else {
			c.error(codeDelete, s.X.Token(), "invalid operand of delete expression")
		}
		c.bindExprs(b, x.Keys...)
	default:
		c.error(codeDelete, s.X.Token(), "invalid operand of delete expression")
	}
}

// condition binds an arming condition, which may only look at globals.
func (c *checker) condition(b *body, e syntax.Expr) {
	switch e := e.(type) {
	case *syntax.IntLit, *syntax.StringLit:
	case *syntax.Ident:
		g := c.global(e.Name, e.Token())
		if g == nil {
			c.error(codeCondition, e.Token(), "probe condition must not reference undeclared global")
			return
		}
		c.prog.Uses[e] = g
		c.arity(g, 0, e.Token())
		c.note(g, e.Token(), read)
	case *syntax.Unary:
		c.condition(b, e.X)
	case *syntax.Binary:
		c.condition(b, e.X)
		c.condition(b, e.Y)
	case *syntax.Ternary:
		c.condition(b, e.Cond)
		c.condition(b, e.X)
		c.condition(b, e.Y)
	case *syntax.Index:
		c.conditions(b, e.Keys)
		c.bindExpr(b, e, read)
	case *syntax.In:
		c.conditions(b, e.Keys)
		c.bindExpr(b, e, read)
	case *syntax.StatOp:
		c.condition(b, e.Stat)
		c.statParams(e)
	case *syntax.Regex:
		c.condition(b, e.X)
		c.pattern(e)
	case *syntax.Call, *syntax.Print:
		c.error(codeCondition, e.Token(), "probe condition must not reference function")
	case *syntax.Assign, *syntax.IncDec:
		c.error(codeCondition, e.Token(), "probe condition must not modify any variables")
	default:
		c.bindExpr(b, e, read)
	}
}

func (c *checker) conditions(b *body, list []syntax.Expr) {
	for _, e := range list {
		if e != nil {
			c.condition(b, e)
		}
	}
}
