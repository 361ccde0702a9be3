package format

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"tapir/lang/syntax"
)

// A gap is what should stand before a token.
type gap uint8

const (
	none   gap = iota
	space      // one space
	line       // the token begins a line
	spread     // a space, or a new line where the text has one
	snug       // nothing, or a new line where the text has one
)

// maxDepth bounds nesting; what nests deeper stays as it is.
const maxDepth = 500

// A printer goes through the tokens and writes them, with the white space and
// the comments between them. Its rules fail by panicking with misfit.
type printer struct {
	text string
	toks []token
	end  token // behind the last token
	state
	depth int // of rules within each other
}

// state is what a failed attempt has to restore.
type state struct {
	out    []byte
	next   int // index of the next token
	indent int
	hang   int // how far a line that goes on with a statement is indented more
	begun  int // index of the first token of the declaration
	inside int // brackets of expressions that are open
	// told is the index of the token whose comments are written already.
	told int
	// opened: nothing stands yet in the block that has just begun.
	opened bool
	last   *token // the one written last
	// dropped has the comments before semicolons that were left out.
	dropped  []comment
	lines    int // line ends before those semicolons
	trailing []trail
}

// A trail is the place of a comment behind a line's code.
type trail struct {
	from int // offset in out where the code ends
	to   int // where the comment begins
}

// misfit is the panic of a rule that does not fit the tokens.
type misfit struct{}

func newPrinter(text string, toks []token, end token) *printer {
	return &printer{
		text: text, toks: toks, end: end,
		state: state{out: make([]byte, 0, len(text)+len(text)/8), hang: 1, told: -1, opened: true},
	}
}

func (p *printer) fail() { panic(misfit{}) }

// attempt runs a rule and reports whether it fitted; if not, nothing has
// happened.
func (p *printer) attempt(rule func()) (ok bool) {
	before, depth := p.state, p.depth
	defer func() {
		if ok {
			return
		}
		if r := recover(); r != (misfit{}) {
			panic(r)
		}
		p.state, p.depth = before, depth
	}()
	rule()
	return true
}

// nest guards a rule that contains itself; call the result when it ends.
func (p *printer) nest() func() {
	if p.depth++; p.depth > maxDepth {
		p.fail()
	}
	return func() { p.depth-- }
}

// peek is the next token; p.end has no text.
func (p *printer) peek() *token {
	if p.next == len(p.toks) {
		return &p.end
	}
	return &p.toks[p.next]
}

// after is the n-th token behind the next.
func (p *printer) after(n int) *token {
	if p.next+n >= len(p.toks) {
		return &p.end
	}
	return &p.toks[p.next+n]
}

func (p *printer) at(op string) bool { return p.peek().is(op) }

func (p *printer) atWord(word string) bool { return p.peek().isWord(word) }

// put writes the next token.
func (p *printer) put(g gap) {
	t := p.peek()
	if p.next == len(p.toks) {
		p.fail()
	}
	p.lead(g)
	p.out = append(p.out, t.Text...)
	p.passed(t, p.next+1)
}

func (p *printer) passed(t *token, next int) {
	p.next, p.last, p.opened = next, t, false
}

// expect writes op, or fails.
func (p *printer) expect(op string, g gap) {
	if !p.at(op) {
		p.fail()
	}
	p.put(g)
}

func (p *printer) expectWord(word string, g gap) {
	if !p.atWord(word) {
		p.fail()
	}
	p.put(g)
}

func (p *printer) expectKind(kind syntax.LexemeKind, g gap) {
	if p.peek().Kind != kind {
		p.fail()
	}
	p.put(g)
}

// verbatim writes the tokens up to the one before next as they stand.
func (p *printer) verbatim(next int, g gap) {
	first, last := p.peek(), &p.toks[next-1]
	p.lead(g)
	p.out = append(p.out, p.text[first.Off:last.End()]...)
	p.passed(last, next)
}

// drop leaves out the next token, a semicolon, and keeps its comments.
func (p *printer) drop() {
	t := p.peek()
	if p.told != p.next {
		p.dropped = append(p.dropped, carried(t.comments, p.lines)...)
		if len(t.comments) > 0 {
			p.lines = 0
		}
	}
	p.lines = max(p.lines, t.lines)
	p.next++
}

// carried is comments with the first at least lines below what is before it.
func carried(comments []comment, lines int) []comment {
	if len(comments) == 0 || comments[0].lines >= lines {
		return comments
	}
	out := append([]comment(nil), comments...)
	out[0].lines = lines
	return out
}

// comments writes those before the next token.
func (p *printer) comments(g gap) (breaks bool) {
	t := p.peek()
	if p.told == p.next {
		return false
	}
	p.told = p.next
	list := append(p.dropped[:len(p.dropped):len(p.dropped)], carried(t.comments, p.lines)...)
	if len(t.comments) > 0 {
		p.lines = 0
	}
	p.dropped = nil
	lines := max(p.lines, t.lines)
	p.lines = lines
	for i, c := range list {
		below := lines
		if i+1 < len(list) {
			below = list[i+1].lines
		}
		last := i+1 == len(list)
		// Between two statements on one line, a comment goes with the first.
		goesWithLast := last && g == line && c.lines == 0 && len(p.out) > 0
		breaks = c.endsLine() || below > 0 || goesWithLast || last && t.Text == ""
		p.comment(c, g, breaks)
	}
	return breaks
}

// comment writes one comment; breaks tells that a new line follows.
func (p *printer) comment(c comment, g gap, breaks bool) {
	from := len(p.out)
	behind := c.lines == 0 && from > 0
	switch {
	case behind:
		p.out = append(p.out, ' ')
	case from > 0:
		p.newline(g == line && c.lines > 1 && !p.opened, g)
	}
	if behind && breaks && !strings.Contains(c.text, "\n") {
		p.trailing = append(p.trailing, trail{from, len(p.out)})
	}
	p.out = append(p.out, p.reindented(c.text)...)
	if !behind {
		p.opened = false
	}
}

// reindented moves the lines of a comment in the form ` * text` under its first.
func (p *printer) reindented(text string) string {
	if !strings.HasPrefix(text, "/*") || !strings.Contains(text, "\n") {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines[1:] {
		l = strings.TrimSpace(l)
		if !strings.HasPrefix(l, "*") {
			return text
		}
		lines[i+1] = strings.Repeat("\t", p.indent) + " " + l
	}
	lines[0] = strings.TrimRight(lines[0], " \t\r")
	return strings.Join(lines, "\n")
}

// lead writes what stands before the next token.
func (p *printer) lead(g gap) {
	t := p.peek()
	comments := p.told != p.next && len(p.dropped)+len(t.comments) > 0
	written := len(p.out)
	breaks := p.comments(g)
	comments = comments && len(p.out) > written
	lines := p.lines
	p.lines, p.dropped = 0, nil
	switch {
	case len(p.out) == 0:
	case g == line && !(comments && !breaks):
		p.newline(lines > 1 && !p.opened, g)
	case breaks, t.lines > 0 && !comments && (g == spread || g == snug):
		p.newline(false, g)
	case comments, g == space, g == spread:
		p.out = append(p.out, ' ')
	case t.glued && p.last == &p.toks[p.next-1]:
		// they stand together in the text, too
	case p.last != nil && syntax.Joins(p.last.Text, t.Text):
		p.out = append(p.out, ' ')
	}
}

// newline ends the line, with an empty one behind it if blank, and indents the
// next, by more if it only goes on with a statement.
func (p *printer) newline(blank bool, g gap) {
	p.out = append(p.out, '\n')
	if blank {
		p.out = append(p.out, '\n')
	}
	n := p.indent
	if g != line && !p.closes() {
		n += p.hang
	}
	for range n {
		p.out = append(p.out, '\t')
	}
}

// closes reports whether the next token is a bracket that a line of its own
// brings back to where the statement began, or the block that it opens.
func (p *printer) closes() bool {
	return p.at(")") || p.at("]") || p.at("{") && p.inside == 0
}

// finish is the text, with the comments behind lines under each other.
func (p *printer) finish() string {
	if len(p.out) == 0 {
		return ""
	}
	return aligned(append(p.out, '\n'), p.trailing)
}

// maxStretch is how far a comment may be moved to stand under the others.
const maxStretch = 24

// aligned moves the comments on neighbouring lines under each other.
func aligned(text []byte, trails []trail) string {
	var b strings.Builder
	b.Grow(len(text) + 8*len(trails))
	done := 0
	for len(trails) > 0 {
		n := neighbours(text, trails)
		widest, narrowest := 0, 1<<30
		for _, t := range trails[:n] {
			w := width(text, t.from)
			widest, narrowest = max(widest, w), min(narrowest, w)
		}
		for _, t := range trails[:n] {
			b.Write(text[done:t.from])
			pad := 1
			if widest-narrowest <= maxStretch {
				pad += widest - width(text, t.from)
			}
			b.WriteString(strings.Repeat(" ", pad))
			done = t.to
		}
		trails = trails[n:]
	}
	b.Write(text[done:])
	return b.String()
}

// neighbours is the number of trails that stand on consecutive lines of one
// indentation.
func neighbours(text []byte, trails []trail) int {
	n := 1
	for ; n < len(trails); n++ {
		between := text[trails[n-1].to:trails[n].from]
		if bytes.Count(between, []byte("\n")) != 1 || indentation(text, trails[n-1].from) != indentation(text, trails[n].from) {
			break
		}
	}
	return n
}

// width is the number of characters between the beginning of a line and off.
func width(text []byte, off int) int {
	start := bytes.LastIndexByte(text[:off], '\n') + 1
	return utf8.RuneCount(text[start:off])
}

// indentation is the number of tabs at the beginning of the line that holds off.
func indentation(text []byte, off int) int {
	start := bytes.LastIndexByte(text[:off], '\n') + 1
	n := 0
	for start+n < off && text[start+n] == '\t' {
		n++
	}
	return n
}
