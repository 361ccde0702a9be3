package format

import "tapir/lang/syntax"

// block writes `{ … }` behind a head.
func (p *printer) block() {
	p.expect("{", space)
	p.blockRest()
}

// blockRest writes what follows the opening brace.
func (p *printer) blockRest() {
	if t := p.peek(); t.is("}") && t.commentsInline() {
		p.put(space)
		return
	}
	p.opened = true
	p.indent++
	p.statements()
	if !p.at("}") {
		p.fail()
	}
	if p.last.is("{") && len(p.peek().comments)+len(p.dropped) == 0 {
		p.indent--
		p.lines = 0
		p.put(space) // it held semicolons only
		return
	}
	p.comments(line)
	p.indent--
	p.lines, p.told = 0, p.next
	p.closeLine()
}

// closeLine writes a closing brace on a line of its own; the comments before it
// are written.
func (p *printer) closeLine() {
	p.newline(false, line)
	t := p.peek()
	p.out = append(p.out, t.Text...)
	p.passed(t, p.next+1)
}

// statements writes those up to the end of the block or branch.
func (p *printer) statements() {
	defer p.nest()()
	for {
		switch t := p.peek(); {
		case t.is("}"), t.is("%:"), t.is("%)"), t.Text == "":
			return
		case t.is(";") && !endsOpen(p.last):
			p.drop()
		default:
			p.statement(line)
		}
	}
}

// endsOpen reports whether a semicolon behind t may end what t stands for.
func endsOpen(t *token) bool {
	return t.is("%?") || t.is("%:") || t.is("%)") || t.isOpaque()
}

// statement writes one; g is what stands before it.
func (p *printer) statement(g gap) {
	defer p.nest()()
	t := p.peek()
	switch {
	case t.is("{"):
		p.put(g)
		p.blockRest()
	case t.is(";"):
		p.put(g)
	case t.is("@define"):
		p.definition()
	case t.is("%("):
		p.conditionalStatement(g)
	case t.Kind == syntax.LexKeyword && !isType(t):
		p.keywordStatement(t, g)
	default:
		p.expr(g)
		p.semicolon(false)
	}
}

func (p *printer) keywordStatement(t *token, g gap) {
	switch t.Text {
	case "if":
		p.put(g)
		p.ifStatement()
	case "while":
		p.put(g)
		p.head(func() { p.brackets("(", space, ")") })
		p.body(false)
	case "for":
		p.put(g)
		p.head(p.forHead)
		p.body(false)
	case "foreach":
		p.put(g)
		p.head(p.foreachHead)
		p.body(false)
	case "try":
		p.put(g)
		p.tryStatement()
	case "return":
		p.put(g)
		value := p.returnsValue()
		if value {
			p.expr(space)
		}
		p.semicolon(!value)
	case "delete":
		p.put(g)
		p.expr(space)
		p.semicolon(false)
	case "next", "break", "continue":
		p.put(g)
		p.semicolon(false)
	default:
		p.fail()
	}
}

// head writes what stands before a body, from which its further lines are set
// off.
func (p *printer) head(write func()) {
	p.hang = 2
	write()
	p.hang = 1
}

// returnsValue reports whether an expression follows `return`.
func (p *printer) returnsValue() bool {
	t := p.peek()
	if t.Text == "" || t.Kind == syntax.LexKeyword {
		return isType(t)
	}
	switch t.Text {
	case ";", "}", "%:", "%)":
		return false
	}
	return true
}

// body writes the statement under a head. It stays on the head's line if the
// text has it there, it is simple, and no else follows.
func (p *printer) body(elseFollows bool) {
	t := p.peek()
	if t.is("{") {
		p.block()
		return
	}
	if t.is(";") {
		p.put(space)
		return
	}
	if !elseFollows && !t.breaks() && isSimple(t) && p.last.is(")") {
		p.statement(space)
		return
	}
	p.indent++
	p.statement(line)
	p.indent--
}

// isSimple tells statements that hold no others.
func isSimple(t *token) bool {
	switch t.Text {
	case "if", "while", "for", "foreach", "try", "%(", "@define":
		return false
	}
	return true
}

func (p *printer) ifStatement() {
	p.head(func() { p.brackets("(", space, ")") })
	p.body(p.elseFollows())
	if !p.atWord("else") {
		return
	}
	if p.last.is("}") {
		p.put(space)
	} else {
		p.put(line)
	}
	if p.atWord("if") {
		p.put(space)
		defer p.nest()()
		p.ifStatement()
		return
	}
	p.body(true)
}

// elseFollows looks for an else behind the simple statement that comes next.
func (p *printer) elseFollows() bool {
	if !isSimple(p.peek()) || p.at("{") {
		return true
	}
	var found bool
	before, depth := p.state, p.depth
	found = p.attempt(func() {
		p.statement(space)
		if !p.atWord("else") {
			p.fail()
		}
	})
	p.state, p.depth = before, depth
	return found
}

func (p *printer) forHead() {
	p.expect("(", space)
	p.inside++
	first := !p.at(";")
	if first {
		p.expr(none)
	}
	p.expect(";", none)
	if !p.at(";") {
		p.expr(space)
	}
	p.expect(";", none)
	if !p.at(")") {
		p.expr(space)
	}
	p.expect(")", none)
	p.inside--
}

func (p *printer) foreachHead() {
	p.expect("(", space)
	p.inside++
	g := none
	if !p.at("[") {
		p.loopVariable(none)
		if p.at("=") {
			p.put(space)
			if !p.at("[") {
				p.loopVariable(space)
			}
			g = space
		}
	}
	if p.at("[") {
		p.put(g)
		p.loopVariable(none)
		for p.at(",") {
			p.put(none)
			p.loopVariable(spread)
		}
		p.expect("]", none)
	}
	p.expectWord("in", space)
	p.loopArray()
	if p.atWord("limit") {
		p.put(space)
		p.expr(space)
	}
	p.expect(")", none)
	p.inside--
}

func (p *printer) loopVariable(g gap) {
	p.expectKind(syntax.LexIdent, g)
	p.direction()
}

// direction writes the sign that says how to sort.
func (p *printer) direction() {
	if p.at("+") || p.at("-") {
		p.put(none)
	}
}

func (p *printer) loopArray() {
	switch t := p.peek(); {
	case t.Kind == syntax.LexIdent:
		p.put(space)
	case t.Kind == syntax.LexOp && t.Text[0] == '@':
		p.put(space)
		p.brackets("(", none, ")")
	default:
		p.fail()
	}
	if p.at("[") {
		p.brackets("[", none, "]")
	}
	if t := p.peek(); t.Kind == syntax.LexOp && t.Text[0] == '@' {
		p.put(space)
	}
	p.direction()
}

func (p *printer) tryStatement() {
	p.block()
	p.expectWord("catch", space)
	if p.at("(") {
		p.brackets("(", space, ")")
	}
	p.block()
}

// semicolon passes over those behind a simple statement. One stays if the next
// statement might be read as going on with this one; bare is for a return
// without a value.
func (p *printer) semicolon(bare bool) {
	if !p.at(";") {
		return
	}
	end := p.next
	for end < len(p.toks) && p.toks[end].is(";") {
		end++
	}
	if endsOpen(p.last) || p.last.is("%)") || !p.parts(end, bare) {
		p.put(none)
	}
	for p.next < end {
		p.drop()
	}
}

// parts reports whether a new statement begins at index i without a semicolon
// before it.
func (p *printer) parts(i int, bare bool) bool {
	for i < len(p.toks) && (p.toks[i].is("%:") || p.toks[i].is("%)")) {
		if p.toks[i].is("%:") {
			if i = p.toks[i].pair; i == 0 {
				return false
			}
		}
		i++
	}
	if i >= len(p.toks) {
		return false
	}
	t := &p.toks[i]
	if t.is("}") {
		return true
	}
	if bare {
		return t.Kind == syntax.LexKeyword && !isType(t)
	}
	switch t.Kind {
	case syntax.LexIdent, syntax.LexKeyword, syntax.LexNumber, syntax.LexEmbedded:
		return true
	case syntax.LexString:
		return p.last.Kind != syntax.LexString
	case syntax.LexOp:
		return t.is("{") || syntax.IsAtOperator(t.Text)
	}
	return false
}
