package check

import (
	"fmt"

	"tapir/lang/syntax"
	"tapir/lang/types"
)

func (c *checker) inferStmt(b *body, s syntax.Stmt) {
	switch s := s.(type) {
	case nil, *syntax.EmptyStmt, *syntax.NextStmt, *syntax.BreakStmt, *syntax.ContinueStmt:
	case *syntax.Block:
		if s == nil {
			return
		}
		for _, stmt := range s.Stmts {
			c.inferStmt(b, stmt)
		}
	case *syntax.ExprStmt:
		c.infer(s.X, types.Unknown)
	case *syntax.IfStmt:
		c.value(s.Cond, types.Long)
		c.inferStmt(b, s.Then)
		c.inferStmt(b, s.Else)
	case *syntax.WhileStmt:
		c.value(s.Cond, types.Long)
		c.inferStmt(b, s.Body)
	case *syntax.ForStmt:
		c.inferFor(b, s)
	case *syntax.ForeachStmt:
		c.inferForeach(b, s)
	case *syntax.ReturnStmt:
		if s.X != nil {
			k := known(c.infer(s.X, types.Unknown))
			c.noStats(s.X, k)
			if k == types.Unknown {
				k = c.infer(s.X, c.resultOf(b))
			}
			if b.fn != nil {
				c.unify(b.fn, &b.fn.Result, known(k), s.X.Token())
			}
		}
	case *syntax.DeleteStmt:
		switch x := s.X.(type) {
		case *syntax.Index:
			if g := c.inferKeys(x.X, x.Keys); g != nil && c.final {
				c.prog.Types[x] = types.Type{Kind: orLong(g.Type.Kind)}
			}
		case *syntax.Ident:
			c.infer(x, types.Unknown)
		}
	case *syntax.TryStmt:
		c.inferStmt(b, s.Body)
		if s.Var != nil {
			c.value(s.Var, types.String)
		}
		c.inferStmt(b, s.Handler)
	default:
		panic(fmt.Sprintf("check: unexpected statement %T", s))
	}
}

func (c *checker) inferFor(b *body, s *syntax.ForStmt) {
	if s.Init != nil {
		c.infer(s.Init, types.Unknown)
	}
	if s.Cond != nil {
		c.value(s.Cond, types.Long)
	}
	c.inferStmt(b, s.Body)
	if s.Post != nil {
		c.infer(s.Post, types.Unknown)
	}
}

func (c *checker) inferForeach(b *body, s *syntax.ForeachStmt) {
	if h, ok := s.Array.(*syntax.HistOp); ok {
		c.inferBuckets(s, h)
	} else if g := c.inferKeys(s.Array, s.Slice); g != nil && len(c.info(g).keys) == len(s.Keys) {
		c.inferElements(s, g)
	}
	if s.Limit != nil {
		c.value(s.Limit, types.Long)
	}
	c.inferStmt(b, s.Body)
}

// inferBuckets infers the variables of a loop over a histogram.
func (c *checker) inferBuckets(s *syntax.ForeachStmt, h *syntax.HistOp) {
	c.inferHistogram(h)
	for _, key := range s.Keys {
		c.value(key, types.Long)
	}
	if s.Value != nil {
		c.value(s.Value, types.Long)
	}
}

// inferElements infers the variables of a loop over an array.
func (c *checker) inferElements(s *syntax.ForeachStmt, g *Global) {
	for i, key := range s.Keys {
		k := c.infer(key, c.info(g).keys[i])
		c.key(g, i, k, key.Token())
	}
	if s.Aggregate != "" {
		c.unify(g, &g.Type.Kind, types.Stats, s.Array.Token())
	}
	switch {
	case s.Value == nil:
	case g.Type.Kind == types.Stats:
		c.invalid(s.Value.Token(), types.Stats)
	default:
		k := c.infer(s.Value, g.Type.Kind)
		c.unify(g, &g.Type.Kind, k, s.Array.Token())
	}
}

// resultOf is what is known of the result of the function that b is.
func (c *checker) resultOf(b *body) types.Kind {
	if b.fn == nil {
		return types.Unknown
	}
	return known(b.fn.Result)
}
