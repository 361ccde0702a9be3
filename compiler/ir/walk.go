package ir

import (
	"fmt"
	"iter"

	"tapir/lang/source"
)

// Node is an expression or a statement.
type Node interface {
	Span() source.Span
	Token() source.Span
}

// Walk calls visit for n and, where visit returns true, for all that n holds, in
// order of evaluation as far as there is one. Absent parts (no else, wildcard
// keys) are skipped; an assignment's place is visited before its value.
func Walk(n Node, visit func(Node) bool) {
	if !visit(n) {
		return
	}
	for c := range Children(n) {
		Walk(c, visit)
	}
}

// All yields n and everything in it, parents first.
func All(n Node) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		on := true
		Walk(n, func(n Node) bool {
			on = on && yield(n)
			return on
		})
	}
}

// Children yields the expressions and statements that n holds directly.
func Children(n Node) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		c := children{yield: yield}
		switch n := n.(type) {
		case Expr:
			c.ofExpr(n)
		case Stmt:
			c.ofStmt(n)
		default:
			panic(fmt.Sprintf("ir: unexpected node %T", n))
		}
	}
}

type children struct {
	yield func(Node) bool
	done  bool
}

func (c *children) exprs(xs ...Expr) {
	for _, x := range xs {
		if x != nil && !c.done {
			c.done = !c.yield(x)
		}
	}
}

func (c *children) blocks(bs ...*Block) {
	for _, b := range bs {
		if b != nil && !c.done {
			c.done = !c.yield(b)
		}
	}
}

func (c *children) ofExpr(x Expr) {
	switch x := x.(type) {
	case *Int, *Str, *LocalRef, *GlobalRef:
	case *Elem:
		c.exprs(x.Keys...)
	case *In:
		c.exprs(x.Keys...)
	case *Unary:
		c.exprs(x.X)
	case *Binary:
		c.exprs(x.X, x.Y)
	case *Logical:
		c.exprs(x.X, x.Y)
	case *Cond:
		c.exprs(x.C, x.X, x.Y)
	case *Assign:
		c.exprs(x.Left, x.Value)
	case *Step:
		c.exprs(x.Left)
	case *Call:
		c.exprs(x.Args...)
	case *Builtin:
		c.exprs(x.Args...)
	case *StatAdd:
		c.exprs(x.Left, x.Value)
	case *StatOp:
		c.exprs(x.Stat)
	case *HistBucket:
		c.exprs(x.Stat, x.Index)
	case *HistText:
		c.exprs(x.Stat)
	case *Regex:
		c.exprs(x.X)
	case *Sprint:
		c.exprs(x.Format.Args...)
	case *AtEntry:
		c.exprs(x.X)
	default:
		panic(fmt.Sprintf("ir: unexpected expression %T", x))
	}
}

func (c *children) ofStmt(s Stmt) {
	switch s := s.(type) {
	case *Next, *NextFunc, *Break, *Continue:
	case *Block:
		for _, s := range s.Stmts {
			if !c.done {
				c.done = !c.yield(s)
			}
		}
	case *Eval:
		c.exprs(s.X)
	case *Print:
		c.exprs(s.Format.Args...)
	case *If:
		c.exprs(s.Cond)
		c.blocks(s.Then, s.Else)
	case *Loop:
		c.exprs(s.Cond)
		c.blocks(s.Body)
		c.exprs(s.Post)
	case *Foreach:
		c.exprs(s.Hist)
		c.exprs(s.Slice...)
		c.exprs(s.Limit)
		c.blocks(s.Body)
	case *Return:
		c.exprs(s.X)
	case *Delete:
		c.exprs(s.Keys...)
	case *Try:
		c.blocks(s.Body, s.Handler)
	case *PrintHist:
		c.exprs(s.Stat)
	default:
		panic(fmt.Sprintf("ir: unexpected statement %T", s))
	}
}
