package format

import (
	"slices"

	"tapir/lang/syntax"
)

// file writes the whole text.
func (p *printer) file() {
	for p.next < len(p.toks) {
		if p.at(";") && p.last != nil && !p.last.is("%)") && !p.last.isOpaque() {
			p.drop()
			continue
		}
		if !p.attempt(p.declaration) {
			p.verbatim(p.nextDeclaration(), line)
		}
	}
	p.comments(line)
}

var declarationWords = []string{"probe", "global", "function", "private"}

func startsDeclaration(t *token) bool {
	return t.Kind == syntax.LexKeyword && slices.Contains(declarationWords, t.Text) ||
		t.Kind == syntax.LexEmbedded || t.is("%(") || t.is("@define")
}

// nextDeclaration is the index of the next token that begins a line and a
// declaration, outside the conditional that the next token may begin.
func (p *printer) nextDeclaration() int {
	for i := p.next; i < len(p.toks); i++ {
		t := &p.toks[i]
		if i > p.next && t.breaks() && startsDeclaration(t) {
			return i
		}
		if t.pair > 0 {
			i = t.pair
		}
	}
	return len(p.toks)
}

func (p *printer) declaration() {
	switch t := p.peek(); {
	case t.is("@define"):
		p.definition()
	case t.is("%("):
		p.conditional(p.declarations)
	case t.Kind == syntax.LexEmbedded:
		p.put(line)
	case t.isWord("private"):
		p.put(line)
		p.declared(space)
	case t.isMacro():
		p.put(line)
		if p.at("(") {
			p.brackets("(", none, ")")
		}
	default:
		p.declared(line)
	}
}

// declared writes what private may stand before.
func (p *printer) declared(g gap) {
	p.begun = p.next
	switch t := p.peek(); {
	case t.isWord("function"):
		p.put(g)
		p.function()
	case t.isWord("probe"):
		p.put(g)
		p.probe()
	case t.isWord("global"):
		p.put(g)
		p.globals(space)
	case g == space:
		p.globals(space)
	default:
		p.fail()
	}
}

// declarations writes those in a branch of a conditional.
func (p *printer) declarations() {
	for !p.at("%:") && !p.at("%)") {
		p.declaration()
		for p.at(";") {
			p.drop()
		}
	}
}

// definition keeps a macro as it was written.
func (p *printer) definition() {
	for i := p.next; i < len(p.toks); i++ {
		if t := &p.toks[i]; t.is("%(") && t.pair > 0 {
			p.verbatim(t.pair+1, line)
			return
		}
	}
	p.fail()
}

func (p *printer) globals(g gap) {
	for {
		p.expectKind(syntax.LexIdent, g)
		if p.at("%") {
			p.put(none)
		}
		if p.at("[") {
			p.brackets("[", none, "]")
		}
		if p.at("=") {
			p.put(space)
			p.operand(space)
		}
		if !p.at(",") {
			break
		}
		p.put(none)
		g = spread
	}
	for p.at(";") {
		p.drop()
	}
}

func (p *printer) function() {
	if t := p.peek(); t.Kind != syntax.LexIdent && !isType(t) {
		p.fail()
	}
	p.put(space)
	p.typeName()
	p.head(p.params)
	if p.peek().Kind == syntax.LexEmbedded {
		p.put(space)
		return
	}
	p.wholeBody()
}

// params writes those of a function, and its priority.
func (p *printer) params() {
	p.expect("(", none)
	for g := snug; !p.at(")"); g = spread {
		p.expectKind(syntax.LexIdent, g)
		p.typeName()
		if !p.at(",") {
			break
		}
		p.put(none)
	}
	p.expect(")", snug)
	if p.at(":") {
		p.put(none)
		p.expectKind(syntax.LexNumber, none)
	}
}

func isType(t *token) bool { return t.isWord("string") || t.isWord("long") }

// typeName writes `:long` if it is there.
func (p *printer) typeName() {
	if !p.at(":") {
		return
	}
	p.put(none)
	if !isType(p.peek()) {
		p.fail()
	}
	p.put(none)
}

func (p *printer) probe() {
	p.head(func() {
		p.points(space)
		for p.at("=") || p.at("+=") {
			p.put(space)
			p.points(spread)
		}
	})
	p.wholeBody()
	if p.at(",") {
		p.put(none)
		p.wholeBody()
	}
}

// maxLine is how long a line may get that holds a whole declaration.
const maxLine = 100

// wholeBody writes the block of a declaration. With one simple statement it
// stays on one line if the text has the whole declaration on one.
func (p *printer) wholeBody() {
	if !p.attempt(p.lineBody) {
		p.block()
	}
}

func (p *printer) lineBody() {
	p.expect("{", space)
	if t := p.peek(); t.is("}") || t.is(";") || !isSimple(t) || t.is("{") {
		p.fail()
	}
	p.statement(space)
	p.expect("}", space)
	for i := p.begun + 1; i < p.next; i++ {
		if p.toks[i].breaks() || len(p.toks[i].comments) > 0 {
			p.fail()
		}
	}
	if width(p.out, len(p.out)) > maxLine {
		p.fail()
	}
}

func (p *printer) points(g gap) {
	defer p.nest()()
	for {
		p.point(g)
		if !p.at(",") {
			return
		}
		p.put(none)
		g = spread
	}
}

func (p *printer) point(g gap) {
	for {
		p.component(g)
		if !p.at(".") {
			break
		}
		p.put(none)
		g = none
	}
	if p.at("?") || p.at("!") {
		p.put(space)
	}
	if p.atWord("if") {
		p.put(space)
		p.brackets("(", space, ")")
	}
}

func (p *printer) component(g gap) {
	switch {
	case p.at("{"):
		p.put(g)
		p.inside++
		p.points(snug)
		p.expect("}", snug)
		p.inside--
		return
	case p.at("%("):
		p.verbatim(p.peek().pair+1, g)
		if startsComponent(p.peek()) {
			p.component(space)
		}
		return
	}
	if !startsComponent(p.peek()) {
		p.fail()
	}
	p.put(g)
	for t := p.peek(); t.glued && (startsComponent(t) || t.Kind == syntax.LexNumber); t = p.peek() {
		p.put(none)
	}
	if p.at("(") {
		p.brackets("(", none, ")")
	}
}

func startsComponent(t *token) bool {
	switch t.Kind {
	case syntax.LexIdent, syntax.LexKeyword, syntax.LexArgument:
		return true
	}
	return t.is("*") || t.isMacro()
}
