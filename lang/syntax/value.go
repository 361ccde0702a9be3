package syntax

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// access reads a value and what is selected from it: `&x->f[1]$$`.
func (p *parser) access() Expr {
	start := p.peek()
	address := p.accept("&")
	x := p.value()
	path, pretty := p.path()
	switch x := x.(type) {
	case *Target:
		if len(x.Path) == 0 && !x.Address {
			x.Path, x.Address = path, address
			x.Pretty = max(x.Pretty, pretty)
			x.Range = spanFrom(p.lex, start)
			return x
		}
	case *AtOp:
		// In parentheses it may have selected already: (&@cast(0, "t")->f).
		if atOperators[x.Name].selects && len(x.Path) == 0 && !x.Address && x.Pretty == 0 {
			x.Path, x.Address, x.Pretty = path, address, pretty
			x.Range = spanFrom(p.lex, start)
			return x
		}
	}
	if path == nil {
		if address {
			p.fail(start, "use of '&' operator without target variable, @cast or member")
		}
		return x
	}
	a := &Autocast{X: x, Address: address, Path: path, Pretty: pretty}
	a.Tok, a.Range = path[0].Tok, spanFrom(p.lex, start)
	return a
}

// path reads selectors and the dollars that ask for pretty printing.
func (p *parser) path() (path []Selector, pretty int) {
	for pretty == 0 {
		t := p.peek()
		switch {
		case isOp(t, "->"):
			p.next()
			name := p.next()
			if name.Type != tokIdent && name.Type != tokKeyword {
				p.fail(name, "expected identifier")
			}
			var field string
			field, pretty = cutPretty(name.Value)
			path = append(path, Selector{Base: p.base(t, t), Field: field})
		case isOp(t, "["):
			p.next()
			index := p.expr()
			p.expect("]")
			path = append(path, Selector{Base: p.base(t, t), Index: index})
		case t.Type == tokIdent && glued(t) && (t.Value == "$" || t.Value == "$$"):
			p.next()
			pretty = len(t.Value)
		default:
			return path, pretty
		}
	}
	return path, pretty
}

// cutPretty takes one or two dollars off the end of a name.
func cutPretty(name string) (string, int) {
	bare := strings.TrimRight(name, "$")
	if strings.Trim(bare, "$") == "" {
		return name, 0
	}
	n := min(len(name)-len(bare), 2)
	return name[:len(name)-n], n
}

func (p *parser) value() Expr {
	switch t := p.peek(); t.Type {
	case tokIdent:
		return p.named(t)
	case tokNumber:
		return p.number()
	case tokString:
		return p.stringLit(false)
	case tokKeyword:
		if isTypeCall(t) {
			return p.named(t)
		}
	case tokEmbedded:
		p.next()
		return &EmbeddedExpr{p.base(t, t), &EmbeddedCode{p.base(t, t), t.Value}}
	case tokOp:
		if t.Value == "(" {
			p.next()
			x := p.expr()
			p.expect(")")
			return x
		}
		if t.Value[0] == '@' {
			return p.atOperator(t)
		}
	case tokEOF:
		p.fail(t, "expected value")
	}
	p.fail(p.peek(), "expected literal string or number")
	return nil
}

// isTypeCall tells the keywords that are also functions' names.
func isTypeCall(t *lexer.Token) bool { return isKeyword(t, "string") || isKeyword(t, "long") }

// named reads what begins with a name.
func (p *parser) named(t *lexer.Token) Expr {
	p.next()
	if kind, ok := printKinds[t.Value]; ok {
		return p.print(t, kind)
	}
	switch {
	case t.Value[0] == '$':
		name, pretty := cutPretty(t.Value)
		return &Target{Base: p.base(t, t), Name: name, Pretty: pretty}
	case p.accept("("):
		args := p.arguments()
		return &Call{Base: p.base(t, t), Name: t.Value, Args: args}
	case t.Type == tokKeyword:
		p.fail(p.peek(), "expected '('")
	}
	x := &Ident{Base: p.base(t, t), Name: t.Value}
	if !p.accept("[") {
		return x
	}
	keys := p.keys()
	return &Index{Base: p.base(t, t), X: x, Keys: keys}
}

// arguments reads what follows a call's opening parenthesis.
func (p *parser) arguments() []Expr {
	if p.accept(")") {
		return nil
	}
	return p.moreArguments(nil)
}

// moreArguments reads at least one argument, up to the closing parenthesis.
func (p *parser) moreArguments(args []Expr) []Expr {
	for {
		args = append(args, p.expr())
		if p.accept(")") {
			return args
		}
		if !p.accept(",") {
			p.fail(p.peek(), "expected ',' or ')'")
		}
	}
}
