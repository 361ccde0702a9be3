package syntax

import "fmt"

func (p *printer) stmt(s Stmt) {
	switch s := s.(type) {
	case *Block:
		p.block(s)
	case *EmptyStmt:
		p.text(";")
	case *ExprStmt:
		p.simple("", s.X)
	case *IfStmt:
		p.ifStmt(s)
	case *WhileStmt:
		p.text("while (")
		p.expr(s.Cond, levelNone)
		p.text(")")
		p.body(s.Body)
	case *ForStmt:
		p.forStmt(s)
	case *ForeachStmt:
		p.foreachStmt(s)
	case *ReturnStmt:
		p.simple("return", s.X)
	case *NextStmt:
		p.simple("next", nil)
	case *BreakStmt:
		p.simple("break", nil)
	case *ContinueStmt:
		p.simple("continue", nil)
	case *DeleteStmt:
		p.simple("delete", s.X)
	case *TryStmt:
		p.tryStmt(s)
	default:
		panic(fmt.Sprintf("syntax: unexpected statement %T", s))
	}
}

// simple writes what a semicolon ends, so that no statement runs into the next.
func (p *printer) simple(word string, x Expr) {
	p.text(word)
	if x != nil {
		if word != "" {
			p.text(" ")
		}
		p.expr(x, levelNone)
	}
	p.text(";")
}

// body writes the statement under a condition or a loop.
func (p *printer) body(s Stmt) {
	if b, ok := s.(*Block); ok {
		p.text(" ")
		p.block(b)
		return
	}
	p.depth++
	p.newline()
	p.stmt(s)
	p.depth--
}

func (p *printer) ifStmt(s *IfStmt) {
	p.text("if (")
	p.expr(s.Cond, levelNone)
	p.text(")")
	if s.Else == nil {
		p.body(s.Then)
		return
	}
	then := s.Then
	if takesElse(then) {
		then = &Block{Stmts: []Stmt{then}} // made by a pass: no text parses to this
	}
	p.body(then)
	if _, ok := then.(*Block); ok {
		p.text(" else")
	} else {
		p.newline()
		p.text("else")
	}
	if _, ok := s.Else.(*IfStmt); ok {
		p.text(" ")
		p.stmt(s.Else)
		return
	}
	p.body(s.Else)
}

// takesElse reports whether an else behind s would belong to s.
func takesElse(s Stmt) bool {
	switch s := s.(type) {
	case *IfStmt:
		return s.Else == nil || takesElse(s.Else)
	case *WhileStmt:
		return takesElse(s.Body)
	case *ForStmt:
		return takesElse(s.Body)
	case *ForeachStmt:
		return takesElse(s.Body)
	}
	return false
}

func (p *printer) forStmt(s *ForStmt) {
	p.text("for (")
	p.optional(s.Init)
	p.text("; ")
	p.optional(s.Cond)
	p.text("; ")
	p.optional(s.Post)
	p.text(")")
	p.body(s.Body)
}

func (p *printer) optional(x Expr) {
	if x != nil {
		p.expr(x, levelNone)
	}
}

func (p *printer) foreachStmt(s *ForeachStmt) {
	direction := "+"
	if s.Descending {
		direction = "-"
	}
	sign := func(key int) string {
		if s.Sort == key {
			return direction
		}
		return ""
	}
	p.text("foreach (")
	if s.Value != nil {
		p.text(s.Value.Name, " = ")
	}
	if len(s.Keys) > 1 {
		p.text("[")
	}
	for i, k := range s.Keys {
		if i > 0 {
			p.text(", ")
		}
		p.text(k.Name, sign(i+1))
	}
	if len(s.Keys) > 1 {
		p.text("]")
	}
	p.text(" in ")
	p.expr(s.Array, levelNone)
	if s.Slice != nil {
		p.keys(s.Slice)
	}
	if s.Aggregate != "" {
		p.text(" @", s.Aggregate)
	}
	p.text(sign(0))
	if s.Limit != nil {
		p.text(" limit ")
		p.expr(s.Limit, levelNone)
	}
	p.text(")")
	p.body(s.Body)
}

func (p *printer) tryStmt(s *TryStmt) {
	p.text("try ")
	p.block(s.Body)
	p.text(" catch ")
	if s.Var != nil {
		p.text("(", s.Var.Name, ") ")
	}
	p.block(s.Handler)
}
