package syntax

import "fmt"

// Walk calls visit for n and, as long as visit returns true for a node, for
// what is below it, in the order of the text. Absent parts (a nil Else, the *
// of an index) are not visited.
func Walk(n Node, visit func(Node) bool) {
	if visit(n) {
		children(n, func(c Node) { Walk(c, visit) })
	}
}

// children calls do for the nodes directly below n.
func children(n Node, do func(Node)) {
	switch n := n.(type) {
	case Stmt:
		statementParts(n, do)
	case Expr:
		expressionParts(n, do)
	case *GlobalDecl:
		each(n.Vars, do)
	case *GlobalVar:
		expressions(do, n.Size, n.Init)
	case *FuncDecl:
		each(n.Params, do)
		optional(n.Body, do)
		optional(n.Embedded, do)
	case *ProbeDecl:
		each(n.Aliases, do)
		each(n.Points, do)
		optional(n.Body, do)
		optional(n.After, do)
	case *EmbeddedDecl:
		do(n.Code)
	case *ProbePoint:
		each(n.Components, do)
		expressions(do, n.Cond)
	case *Component:
		expressions(do, n.Arg)
		each(n.Group, do)
	case *Param, *EmbeddedCode:
	default:
		panic(fmt.Sprintf("syntax: unexpected node %T", n))
	}
}

func statementParts(s Stmt, do func(Node)) {
	switch s := s.(type) {
	case *Block:
		each(s.Stmts, do)
	case *ExprStmt:
		do(s.X)
	case *IfStmt:
		do(s.Cond)
		do(s.Then)
		if s.Else != nil {
			do(s.Else)
		}
	case *WhileStmt:
		do(s.Cond)
		do(s.Body)
	case *ForStmt:
		expressions(do, s.Init, s.Cond, s.Post)
		do(s.Body)
	case *ForeachStmt:
		optional(s.Value, do)
		each(s.Keys, do)
		do(s.Array)
		expressions(do, s.Slice...)
		expressions(do, s.Limit)
		do(s.Body)
	case *ReturnStmt:
		expressions(do, s.X)
	case *DeleteStmt:
		do(s.X)
	case *TryStmt:
		do(s.Body)
		optional(s.Var, do)
		do(s.Handler)
	case *EmptyStmt, *NextStmt, *BreakStmt, *ContinueStmt:
	default:
		panic(fmt.Sprintf("syntax: unexpected statement %T", s))
	}
}

func expressionParts(x Expr, do func(Node)) {
	switch x := x.(type) {
	case *IntLit, *StringLit, *Ident:
	case *Index:
		do(x.X)
		expressions(do, x.Keys...)
	case *Call:
		expressions(do, x.Args...)
	case *Unary:
		do(x.X)
	case *Binary:
		expressions(do, x.X, x.Y)
	case *Ternary:
		expressions(do, x.Cond, x.X, x.Y)
	case *Assign:
		expressions(do, x.L, x.R)
	case *IncDec:
		do(x.X)
	case *In:
		expressions(do, x.Keys...)
		do(x.Array)
	case *Regex:
		do(x.X)
		do(x.Pattern)
	case *Target:
		selected(x.Path, do)
	case *AtOp:
		expressions(do, x.Args...)
		selected(x.Path, do)
	case *Autocast:
		do(x.X)
		selected(x.Path, do)
	case *StatOp:
		do(x.Stat)
		expressions(do, x.Params...)
	case *HistOp:
		do(x.Stat)
		expressions(do, x.Params...)
	case *Print:
		optional(x.Format, do)
		expressions(do, x.Args...)
	case *EmbeddedExpr:
		do(x.Code)
	default:
		panic(fmt.Sprintf("syntax: unexpected expression %T", x))
	}
}

func each[T Node](nodes []T, do func(Node)) {
	for _, n := range nodes {
		do(n)
	}
}

func expressions(do func(Node), xs ...Expr) {
	for _, x := range xs {
		if x != nil {
			do(x)
		}
	}
}

func selected(path []Selector, do func(Node)) {
	for _, s := range path {
		expressions(do, s.Index)
	}
}

// optional does n unless it is a nil pointer.
func optional[T any, P interface {
	*T
	Node
}](n P, do func(Node)) {
	if n != nil {
		do(n)
	}
}
