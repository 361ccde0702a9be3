package check

import (
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// fold evaluates what is known before the program runs, so far as that decides
// which parts of it there are: @defined, and operators on literals. Operations
// that fail are left to fail when they are run.
func fold(e syntax.Expr) syntax.Expr {
	switch e := e.(type) {
	case *syntax.AtOp:
		if e.Name == "defined" && len(e.Args) == 1 {
			return number(e.Base, truth(defined(e.Args[0])))
		}
	case *syntax.Unary:
		if x, ok := e.X.(*syntax.IntLit); ok {
			return foldUnary(e, x.Value)
		}
	case *syntax.Binary:
		return foldBinary(e)
	case *syntax.Ternary:
		if cond, ok := e.Cond.(*syntax.IntLit); ok {
			if cond.Value != 0 {
				return e.X
			}
			return e.Y
		}
	}
	return e
}

// defined reports whether an expression is there: variables of the probed code
// and what belongs to it are not.
func defined(e syntax.Expr) bool {
	found := true
	syntax.Walk(e, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.AtOp:
			found = n.Name == atEntry
		case *syntax.Target, *syntax.Autocast:
			found = false
		}
		return found
	})
	return found
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func number(b syntax.Base, n int64) *syntax.IntLit {
	return &syntax.IntLit{Base: b, Value: n}
}

func foldUnary(e *syntax.Unary, n int64) syntax.Expr {
	switch e.Op {
	case "-":
		n = -n
	case "~":
		n = ^n
	case "!":
		n = truth(n == 0)
	}
	return number(e.Base, n)
}

func foldBinary(e *syntax.Binary) syntax.Expr {
	switch x := e.X.(type) {
	case *syntax.IntLit:
		if e.Op == "&&" && x.Value == 0 || e.Op == "||" && x.Value != 0 {
			return number(e.Base, truth(x.Value != 0))
		}
		if y, ok := e.Y.(*syntax.IntLit); ok {
			if n, ok := foldNumbers(e.Op, x.Value, y.Value); ok {
				return number(e.Base, n)
			}
		}
	case *syntax.StringLit:
		if y, ok := e.Y.(*syntax.StringLit); ok {
			if n, ok := foldOrder(e.Op, x.Value < y.Value, x.Value == y.Value); ok {
				return number(e.Base, n)
			}
		}
	}
	return e
}

func foldNumbers(op string, x, y int64) (n int64, ok bool) {
	switch op {
	case "+":
		return x + y, true
	case "-":
		return x - y, true
	case "*":
		return x * y, true
	case "&":
		return x & y, true
	case "|":
		return x | y, true
	case "^":
		return x ^ y, true
	case "&&":
		return truth(x != 0 && y != 0), true
	case "||":
		return truth(x != 0 || y != 0), true
	}
	return foldOrder(op, x < y, x == y)
}

func foldOrder(op string, less, equal bool) (n int64, ok bool) {
	switch op {
	case "==":
		return truth(equal), true
	case "!=":
		return truth(!equal), true
	case "<":
		return truth(less), true
	case "<=":
		return truth(less || equal), true
	case ">":
		return truth(!less && !equal), true
	case ">=":
		return truth(!less), true
	}
	return 0, false
}

// foldStmt leaves out of s what literal conditions decide against; nil if nothing
// is left. What follows the end of a block's control is left out too.
func (o *optimizer) foldStmt(s syntax.Stmt) syntax.Stmt {
	switch s := s.(type) {
	case *syntax.Block:
		o.foldBlock(s)
	case *syntax.IfStmt:
		return o.foldIf(s)
	case *syntax.WhileStmt:
		if isZero(s.Cond) {
			o.changed = true
			return nil
		}
		s.Body = orEmpty(o.foldStmt(s.Body), s.Body)
	case *syntax.ForStmt:
		if isZero(s.Cond) {
			o.changed = true
			if s.Init == nil {
				return nil
			}
			return &syntax.ExprStmt{Base: baseOf(s.Init), X: s.Init}
		}
		s.Body = orEmpty(o.foldStmt(s.Body), s.Body)
	case *syntax.ForeachStmt:
		s.Body = orEmpty(o.foldStmt(s.Body), s.Body)
	case *syntax.TryStmt:
		o.foldBlock(s.Body)
		o.foldBlock(s.Handler)
	}
	return s
}

func (o *optimizer) foldIf(s *syntax.IfStmt) syntax.Stmt {
	if cond, ok := s.Cond.(*syntax.IntLit); ok {
		o.changed = true
		taken := s.Then
		if cond.Value == 0 {
			taken = s.Else
		}
		if taken == nil {
			return nil
		}
		return o.foldStmt(taken)
	}
	s.Then = orEmpty(o.foldStmt(s.Then), s.Then)
	if s.Else != nil {
		s.Else = o.foldStmt(s.Else)
	}
	return s
}

func (o *optimizer) foldBlock(b *syntax.Block) {
	list := b.Stmts[:0]
	for i, s := range b.Stmts {
		if s = o.foldStmt(s); s == nil {
			continue
		}
		list = append(list, s)
		if endsControl(s) && i+1 < len(b.Stmts) && !o.keep {
			o.changed = true
			o.warning(codeUnreached, firstToken(b.Stmts[i+1]), "statement will never be reached")
			break
		}
	}
	b.Stmts = list
}

// endsControl reports whether nothing behind s in its block is run.
func endsControl(s syntax.Stmt) bool {
	switch s.(type) {
	case *syntax.ReturnStmt, *syntax.NextStmt, *syntax.BreakStmt, *syntax.ContinueStmt:
		return true
	}
	return false
}

func isZero(e syntax.Expr) bool {
	n, ok := e.(*syntax.IntLit)
	return ok && n.Value == 0
}

// orEmpty is s, or for nil an empty statement in the place of old.
func orEmpty(s, old syntax.Stmt) syntax.Stmt {
	if s != nil {
		return s
	}
	return &syntax.EmptyStmt{Base: syntax.Base{Tok: old.Token(), Range: old.Span()}}
}

func baseOf(n syntax.Node) syntax.Base { return syntax.Base{Tok: n.Token(), Range: n.Span()} }

// firstToken is the token that a message about a statement names.
func firstToken(s syntax.Stmt) source.Token { return s.Token() }
