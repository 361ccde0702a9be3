package syntax

import (
	"math"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// maxDepth bounds how deeply statements and expressions may nest, so that no
// text exhausts the stack of whoever walks the tree.
const maxDepth = 1000

// A parser holds the rules that are written by hand. They fail by panicking
// with a *problem, which catch turns into an error at the border to participle.
type parser struct {
	lex        *lexer.PeekingLexer
	inFunction bool
	depth      int
}

func (p *parser) catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case *problem:
		*err = r
	default:
		panic(r)
	}
}

func (p *parser) fail(t *lexer.Token, message string) {
	panic(expected(t, message))
}

// nest guards a rule that contains itself; call the result when it ends.
func (p *parser) nest() {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.peek(), "nested too deeply")
	}
}

func (p *parser) peek() *lexer.Token { return p.lex.Peek() }

func (p *parser) next() *lexer.Token { return p.lex.Next() }

func (p *parser) at(op string) bool { return isOp(p.lex.Peek(), op) }

func (p *parser) accept(op string) bool {
	if p.at(op) {
		p.lex.Next()
		return true
	}
	return false
}

func (p *parser) expect(op string) *lexer.Token {
	if !p.at(op) {
		p.fail(p.peek(), "expected '"+op+"'")
	}
	return p.next()
}

func (p *parser) expectKeyword(word string) *lexer.Token {
	if !isKeyword(p.peek(), word) {
		p.fail(p.peek(), "expected '"+word+"'")
	}
	return p.next()
}

// base is for a node that begins at start and ends at the last token read.
func (p *parser) base(tok, start *lexer.Token) Base {
	return Base{Tok: sourceToken(tok), Range: spanFrom(p.lex, start)}
}

// baseOf is for a node between two expressions.
func (p *parser) baseOf(tok *lexer.Token, first, last Expr) Base {
	return Base{Tok: sourceToken(tok), Range: first.Span().Union(last.Span())}
}

func (p *parser) ident() *Ident {
	t := p.peek()
	if t.Type != tokIdent {
		p.fail(t, "expected identifier")
	}
	p.next()
	return &Ident{Base: p.base(t, t), Name: t.Value}
}

// literal is a string, or a number that may have a sign.
func (p *parser) literal() Expr {
	switch t := p.peek(); {
	case t.Type == tokString:
		return p.stringLit(false)
	case t.Type == tokNumber, isOp(t, "-"), isOp(t, "+"):
		return p.signedNumber()
	}
	p.fail(p.peek(), "expected literal string or number")
	return nil
}

// stringLit joins adjacent literals. What follows a NUL is not part of the
// value, except in the format of a printf.
func (p *parser) stringLit(format bool) *StringLit {
	t := p.peek()
	if t.Type != tokString {
		p.fail(t, "expected literal string")
	}
	p.next()
	raw, value := t.Value, unescape(t.Value)
	if p.peek().Type == tokString {
		raw, value = p.adjacent(raw, value)
	}
	if !format {
		value = untilNUL(value)
	}
	s := &StringLit{Base: p.base(t, t), Value: value}
	s.Tok.Text, s.Tok.Span = raw, s.Range
	return s
}

// adjacent joins the literals that follow to one with the given text and value.
func (p *parser) adjacent(raw, value string) (string, string) {
	var r, v strings.Builder
	r.WriteString(raw)
	v.WriteString(value)
	for p.peek().Type == tokString {
		part := p.next().Value
		r.WriteString(part)
		v.WriteString(unescape(part))
	}
	return r.String(), v.String()
}

func (p *parser) number() *IntLit {
	t := p.peek()
	if t.Type != tokNumber {
		p.fail(t, "expected number")
	}
	n, ok := parseNumber(t.Value)
	if !ok {
		p.fail(t, "number invalid or out of range")
	}
	p.next()
	return &IntLit{Base: p.base(t, t), Value: n}
}

func (p *parser) signedNumber() *IntLit {
	sign := p.peek()
	negative := p.accept("-")
	if !negative && !p.accept("+") {
		return p.number()
	}
	t := p.peek()
	n := p.number()
	if negative {
		if uint64(n.Value) > 1<<63 {
			p.fail(t, "number invalid or out of range")
		}
		n.Value = -n.Value
	}
	n.Tok.Text = sign.Value + n.Tok.Text
	n.Tok.Span = spanFrom(p.lex, sign)
	n.Range = n.Tok.Span
	return n
}

// smallNumber is a literal in 1..2^31-1.
func smallNumber(n *IntLit) bool { return 1 <= n.Value && n.Value <= math.MaxInt32 }
