package syntax

import "fmt"

// CloneBlock is a deep copy of b, or nil. Passes that keep side tables by node
// need a tree of its own for every use of a block.
func CloneBlock(b *Block) *Block {
	if b == nil {
		return nil
	}
	c := *b
	c.Stmts = cloneEach(b.Stmts, CloneStmt)
	return &c
}

// CloneStmt is a deep copy of s, or nil.
func CloneStmt(s Stmt) Stmt {
	switch s := s.(type) {
	case nil:
		return nil
	case *Block:
		return CloneBlock(s)
	case *EmptyStmt:
		return copied(s)
	case *ExprStmt:
		c := copied(s)
		c.X = CloneExpr(s.X)
		return c
	case *IfStmt:
		return &IfStmt{s.Base, CloneExpr(s.Cond), CloneStmt(s.Then), CloneStmt(s.Else)}
	case *WhileStmt:
		return &WhileStmt{s.Base, CloneExpr(s.Cond), CloneStmt(s.Body)}
	case *ForStmt:
		return &ForStmt{s.Base, CloneExpr(s.Init), CloneExpr(s.Cond), CloneExpr(s.Post), CloneStmt(s.Body)}
	case *ForeachStmt:
		c := copied(s)
		c.Value = copied(s.Value)
		c.Keys = cloneEach(s.Keys, copied)
		c.Array = CloneExpr(s.Array)
		c.Slice = cloneEach(s.Slice, CloneExpr)
		c.Limit = CloneExpr(s.Limit)
		c.Body = CloneStmt(s.Body)
		return c
	case *ReturnStmt:
		return &ReturnStmt{s.Base, CloneExpr(s.X)}
	case *NextStmt:
		return copied(s)
	case *BreakStmt:
		return copied(s)
	case *ContinueStmt:
		return copied(s)
	case *DeleteStmt:
		return &DeleteStmt{s.Base, CloneExpr(s.X)}
	case *TryStmt:
		return &TryStmt{s.Base, CloneBlock(s.Body), copied(s.Var), CloneBlock(s.Handler)}
	default:
		panic(fmt.Sprintf("syntax: unexpected statement %T", s))
	}
}

// CloneExpr is a deep copy of x, or nil.
func CloneExpr(x Expr) Expr {
	switch x := x.(type) {
	case nil:
		return nil
	case *IntLit:
		return copied(x)
	case *StringLit:
		return copied(x)
	case *Ident:
		return copied(x)
	case *Index:
		return &Index{x.Base, CloneExpr(x.X), cloneEach(x.Keys, CloneExpr)}
	case *Call:
		return &Call{x.Base, x.Name, cloneEach(x.Args, CloneExpr), x.Made}
	case *Unary:
		return &Unary{x.Base, x.Op, CloneExpr(x.X)}
	case *Binary:
		return &Binary{x.Base, x.Op, CloneExpr(x.X), CloneExpr(x.Y)}
	case *Ternary:
		return &Ternary{x.Base, CloneExpr(x.Cond), CloneExpr(x.X), CloneExpr(x.Y)}
	case *Assign:
		return &Assign{x.Base, x.Op, CloneExpr(x.L), CloneExpr(x.R)}
	case *IncDec:
		return &IncDec{x.Base, x.Op, x.Post, CloneExpr(x.X)}
	case *In:
		return &In{x.Base, cloneEach(x.Keys, CloneExpr), CloneExpr(x.Array)}
	case *Regex:
		return &Regex{x.Base, CloneExpr(x.X), x.Negate, copied(x.Pattern)}
	case *Target:
		c := copied(x)
		c.Path = cloneEach(x.Path, cloneSelector)
		return c
	case *AtOp:
		c := copied(x)
		c.Args = cloneEach(x.Args, CloneExpr)
		c.Path = cloneEach(x.Path, cloneSelector)
		return c
	case *Autocast:
		c := copied(x)
		c.X = CloneExpr(x.X)
		c.Path = cloneEach(x.Path, cloneSelector)
		return c
	case *StatOp:
		return &StatOp{x.Base, x.Name, CloneExpr(x.Stat), cloneEach(x.Params, CloneExpr)}
	case *HistOp:
		return &HistOp{x.Base, x.Name, CloneExpr(x.Stat), cloneEach(x.Params, CloneExpr)}
	case *Print:
		return &Print{x.Base, x.Kind, copied(x.Format), cloneEach(x.Args, CloneExpr)}
	case *EmbeddedExpr:
		return &EmbeddedExpr{x.Base, copied(x.Code)}
	default:
		panic(fmt.Sprintf("syntax: unexpected expression %T", x))
	}
}

// ClonePoint is a deep copy of p, or nil.
func ClonePoint(p *ProbePoint) *ProbePoint {
	if p == nil {
		return nil
	}
	c := *p
	c.Components = cloneEach(p.Components, cloneComponent)
	c.Cond = CloneExpr(p.Cond)
	return &c
}

func cloneComponent(p *Component) *Component {
	c := *p
	c.Arg = CloneExpr(p.Arg)
	c.Group = cloneEach(p.Group, ClonePoint)
	return &c
}

func cloneSelector(s Selector) Selector {
	s.Index = CloneExpr(s.Index)
	return s
}

// cloneEach keeps the difference between no list and an empty one.
func cloneEach[T any](list []T, clone func(T) T) []T {
	if list == nil {
		return nil
	}
	c := make([]T, len(list))
	for i, x := range list {
		c[i] = clone(x)
	}
	return c
}

// copied is a shallow copy of what p points at, or nil.
func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}
