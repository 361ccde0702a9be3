package format

import (
	"strings"

	"tapir/lang/syntax"
)

// conditional writes `%( condition %? … %: … %)`. One that stands on one line
// stays so. Of one on several lines the branches are written by rule, or, if
// what is in them is nothing whole, the conditional stays as it is.
func (p *printer) conditional(rule func()) {
	t := p.peek()
	if t.pair == 0 {
		p.fail()
	}
	last := &p.toks[t.pair]
	if !strings.Contains(p.text[t.Off:last.Off], "\n") || !p.attempt(func() { p.branches(rule) }) {
		p.verbatim(t.pair+1, line)
	}
}

func (p *printer) branches(rule func()) {
	defer p.nest()()
	open := p.peek()
	p.put(line)
	for !p.at("%?") {
		if t := p.peek(); t.Text == "" || t.is("%(") || t.is("%)") || t.is("%:") || t.is("{") {
			p.fail()
		}
		p.put(p.conditionGap(p.peek()))
	}
	p.put(space)
	rule()
	if p.at("%:") {
		p.marker()
		rule()
	}
	if p.next != open.pair {
		p.fail()
	}
	p.marker()
}

// marker writes %: or %), on the line of the marker before it if nothing stands
// between them.
func (p *printer) marker() {
	p.opened = false
	if p.last.is("%?") || p.last.is("%:") {
		p.put(space)
		return
	}
	p.lines = min(p.lines, 1)
	p.put(line)
}

// conditionGap keeps what touches an argument of the script with it.
func (p *printer) conditionGap(t *token) gap {
	argument := t.Kind == syntax.LexArgument || p.last.Kind == syntax.LexArgument
	if t.glued && argument || t.is("(") || t.is(")") || t.is(",") {
		return none
	}
	return space
}

// conditionalStatement writes a conditional where a statement is due. If it
// only begins one, as the operand of something, the rest follows on its line.
func (p *printer) conditionalStatement(g gap) {
	t := p.peek()
	if t.pair == 0 {
		p.fail()
	}
	if next := t.pair + 1; next < len(p.toks) && goesOn(&p.toks[next]) {
		p.expr(g)
		p.semicolon(false)
		return
	}
	p.conditional(p.statements)
	p.semicolon(false)
}

// goesOn reports whether t, behind a conditional, seems to go on with what the
// conditional begins.
func goesOn(t *token) bool {
	if t.is("=") {
		return true
	}
	return !t.breaks() && (isBinary(t) || startsOperand(t))
}
