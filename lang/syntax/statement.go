package syntax

import "github.com/alecthomas/participle/v2/lexer"

// functionBlock is a function's body.
func (p *parser) functionBlock() Node {
	if t := p.peek(); t.Type == tokEmbedded {
		p.next()
		return &EmbeddedCode{Base: p.base(t, t), Text: t.Value}
	}
	p.inFunction = true
	return p.block()
}

func (p *parser) block() *Block {
	start := p.expect("{")
	b := &Block{}
	for !p.accept("}") {
		b.Stmts = append(b.Stmts, p.statement())
	}
	b.Base = p.base(start, start)
	return b
}

// statement reads one statement and the semicolon that may end it.
func (p *parser) statement() Stmt {
	p.nest()
	defer func() { p.depth-- }()
	switch t := p.peek(); t.Type {
	case tokKeyword:
		if s, ok := p.keywordStatement(t); ok {
			return s
		}
		if !isTypeCall(t) {
			p.fail(t, "expected statement")
		}
		return p.expressionStatement()
	case tokOp:
		switch t.Value {
		case "{":
			return p.block()
		case ";":
			return &EmptyStmt{p.word()}
		}
		return p.expressionStatement()
	case tokIdent, tokNumber, tokString, tokEmbedded:
		return p.expressionStatement()
	}
	p.fail(p.peek(), "expected statement")
	return nil
}

// keywordStatement reads a statement that begins with the keyword t; ok is
// false if none does.
func (p *parser) keywordStatement(t *lexer.Token) (s Stmt, ok bool) {
	switch t.Value {
	case "if":
		return p.ifStatement(t), true
	case "while":
		return p.whileStatement(t), true
	case "for":
		return p.forStatement(t), true
	case "foreach":
		return p.foreachStatement(t), true
	case "try":
		return p.tryStatement(t), true
	case "return":
		return p.returnStatement(t), true
	case "delete":
		return p.deleteStatement(t), true
	case "next":
		return p.ended(&NextStmt{p.word()}), true
	case "break":
		return p.ended(&BreakStmt{p.word()}), true
	case "continue":
		return p.ended(&ContinueStmt{p.word()}), true
	}
	return nil, false
}

// word consumes a token that is a node by itself.
func (p *parser) word() Base {
	t := p.next()
	return p.base(t, t)
}

// ended passes over the semicolon behind a simple statement.
func (p *parser) ended(s Stmt) Stmt {
	p.accept(";")
	return s
}

func (p *parser) expressionStatement() Stmt {
	start := p.peek()
	x := p.expr()
	return p.ended(&ExprStmt{Base: p.base(start, start), X: x})
}

func (p *parser) condition() Expr {
	p.expect("(")
	x := p.expr()
	p.expect(")")
	return x
}

func (p *parser) ifStatement(t *lexer.Token) Stmt {
	p.next()
	s := &IfStmt{Cond: p.condition()}
	s.Then = p.statement()
	if isKeyword(p.peek(), "else") {
		p.next()
		s.Else = p.statement()
	}
	s.Base = p.base(t, t)
	return s
}

func (p *parser) whileStatement(t *lexer.Token) Stmt {
	p.next()
	s := &WhileStmt{Cond: p.condition()}
	s.Body = p.statement()
	s.Base = p.base(t, t)
	return s
}

func (p *parser) forStatement(t *lexer.Token) Stmt {
	p.next()
	p.expect("(")
	s := &ForStmt{Init: p.exprUnless(";")}
	p.expect(";")
	s.Cond = p.exprUnless(";")
	p.expect(";")
	s.Post = p.exprUnless(")")
	p.expect(")")
	s.Body = p.statement()
	s.Base = p.base(t, t)
	return s
}

func (p *parser) exprUnless(op string) Expr {
	if p.at(op) {
		return nil
	}
	return p.expr()
}

func (p *parser) tryStatement(t *lexer.Token) Stmt {
	p.next()
	s := &TryStmt{Body: p.block()}
	p.expectKeyword("catch")
	if p.accept("(") {
		s.Var = p.ident()
		p.expect(")")
	}
	s.Handler = p.block()
	s.Base = p.base(t, t)
	return s
}

func (p *parser) returnStatement(t *lexer.Token) Stmt {
	if !p.inFunction {
		panic(&problem{message: "found 'return' not in function context", token: *t, code: "return-outside"})
	}
	p.next()
	s := &ReturnStmt{}
	if u := p.peek(); !isOp(u, ";") && !isOp(u, "}") && !u.EOF() && (u.Type != tokKeyword || isTypeCall(u)) {
		s.X = p.expr()
	}
	s.Base = p.base(t, t)
	return p.ended(s)
}

func (p *parser) deleteStatement(t *lexer.Token) Stmt {
	p.next()
	x := p.expr()
	return p.ended(&DeleteStmt{Base: p.base(t, t), X: x})
}
