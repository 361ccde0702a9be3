package format

import "tapir/lang/syntax"

// brackets writes a list of expressions, each of which may also be a lone *,
// with its brackets.
func (p *printer) brackets(open string, g gap, close string) {
	defer p.nest()()
	p.expect(open, g)
	p.inside++
	for g := snug; !p.at(close); g = spread {
		if p.at("*") && (p.after(1).is(",") || p.after(1).is(close)) {
			p.put(g)
		} else {
			p.expr(g)
		}
		if !p.at(",") {
			break
		}
		p.put(none)
	}
	p.expect(close, snug)
	p.inside--
}

// expr writes an expression: operands with operators between them. How tightly
// those bind makes no difference here.
func (p *printer) expr(g gap) {
	defer p.nest()()
	p.operand(g)
	for {
		t := p.peek()
		switch {
		case isBinary(t):
			p.put(spread)
			p.operand(spread)
		case t.is("?"):
			p.put(spread)
			p.expr(spread)
			p.expect(":", spread)
			p.operand(spread)
		case t.Text == "" || t.is("@define"):
			return
		case t.isOpaque() && (p.inside > 0 || !t.breaks()):
			p.operand(opaqueGap(t))
		case (endsOpen(p.last) || p.last.is("%)")) && startsOperand(t) && (p.inside > 0 || !t.breaks()):
			p.operand(opaqueGap(t))
		default:
			return
		}
	}
}

// opaqueGap keeps together what stands together where an argument's text will
// be put.
func opaqueGap(t *token) gap {
	if t.glued {
		return none
	}
	return spread
}

func isBinary(t *token) bool {
	switch {
	case t.isWord("in"):
		return true
	case t.Kind != syntax.LexOp || t.Text == "?":
		return false
	}
	return syntax.Level(t.Text) > 0
}

func startsOperand(t *token) bool {
	switch t.Kind {
	case syntax.LexIdent, syntax.LexString, syntax.LexNumber, syntax.LexEmbedded, syntax.LexArgument:
		return true
	case syntax.LexKeyword:
		return isType(t)
	case syntax.LexOp:
		return t.Text[0] == '@' || t.is("(") || t.is("[") || t.is("%(") || isPrefix(t)
	}
	return false
}

func isPrefix(t *token) bool {
	switch t.Text {
	case "+", "-", "!", "~", "&", "++", "--":
		return t.Kind == syntax.LexOp
	}
	return false
}

// operand writes a value with what selects from it and the signs before it.
func (p *printer) operand(g gap) {
	for isPrefix(p.peek()) {
		p.put(g)
		g = none
	}
	t := p.peek()
	switch t.Kind {
	case syntax.LexIdent:
		p.put(g)
		if p.at("(") {
			p.brackets("(", none, ")")
		}
	case syntax.LexNumber, syntax.LexEmbedded:
		p.put(g)
	case syntax.LexString:
		p.strings(g)
	case syntax.LexArgument:
		p.put(g)
		if p.peek().Kind == syntax.LexString {
			p.strings(opaqueGap(p.peek()))
		}
	case syntax.LexKeyword:
		if !isType(t) {
			p.fail()
		}
		p.put(g)
		p.brackets("(", none, ")")
	case syntax.LexOp:
		p.bracketed(t, g)
	default:
		p.fail()
	}
	p.postfix()
}

// strings writes literals that become one.
func (p *printer) strings(g gap) {
	for ; p.peek().Kind == syntax.LexString; g = spread {
		p.put(g)
	}
}

// bracketed writes an operand that begins with punctuation.
func (p *printer) bracketed(t *token, g gap) {
	switch {
	case t.is("("):
		p.brackets("(", g, ")")
	case t.is("["):
		p.brackets("[", g, "]")
	case t.is("%("):
		p.verbatim(t.pair+1, g)
	case t.is("@define"):
		p.fail()
	case t.Text[0] == '@':
		known := syntax.IsAtOperator(t.Text)
		p.put(g)
		switch {
		case !p.at("("):
		case known || p.peek().glued:
			p.brackets("(", none, ")")
		case p.inside > 0 || !p.peek().breaks():
			p.brackets("(", space, ")")
		}
	default:
		p.fail()
	}
}

// postfix writes what follows a value: indices, fields, dollars, ++ and --.
func (p *printer) postfix() {
	for {
		t := p.peek()
		switch {
		case t.is("["):
			p.brackets("[", none, "]")
		case t.is("->"):
			p.put(none)
			if f := p.peek(); f.Kind != syntax.LexIdent && f.Kind != syntax.LexKeyword {
				p.fail()
			}
			p.put(none)
		case t.glued && t.Kind == syntax.LexIdent && (t.Text == "$" || t.Text == "$$"):
			p.put(none)
		case t.is("++"), t.is("--"):
			p.put(none)
			return
		default:
			return
		}
	}
}
