package source

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// RenderOptions say how diagnostics are shown.
type RenderOptions struct {
	// Color marks severities, places and carets with terminal colours.
	Color bool
	// Terminal shows control characters of the script escaped, so that a script
	// cannot steer the terminal.
	Terminal bool
	// SuppressSimilar shows of several errors that have the same reason, and of
	// several warnings that say the same, only the first.
	SuppressSimilar bool
}

// Render writes diagnostics: for each the message with its token and place, the
// source line, and a caret under the token.
func Render(w io.Writer, set *Set, ds []*Diagnostic, o RenderOptions) error {
	return NewRenderer(w, set, o).Render(ds)
}

// A Renderer writes the diagnostics of a run that come in several portions. It
// remembers the file of the last token that it named, because the next token
// of the same file is shown with line and column only.
type Renderer struct {
	w    io.Writer
	set  *Set
	o    RenderOptions
	out  strings.Builder
	last *File

	shown      map[string]bool // keys of what was shown
	suppressed Suppressed
}

// NewRenderer makes a Renderer for the texts of set.
func NewRenderer(w io.Writer, set *Set, o RenderOptions) *Renderer {
	return &Renderer{w: w, set: set, o: o, shown: map[string]bool{}}
}

// Render writes ds.
func (r *Renderer) Render(ds []*Diagnostic) error {
	r.out.Reset()
	for _, d := range ds {
		if !r.suppresses(d) {
			r.diagnostic(d)
		}
	}
	_, err := io.WriteString(r.w, r.out.String())
	return err
}

// Count is the number of diagnostics of a severity, for the last line of a pass.
func Count(ds []*Diagnostic, severity Severity) int {
	n := 0
	for _, d := range ds {
		if d.Severity == severity && !d.Plain {
			n++
		}
	}
	return n
}

// A style is what distinguishes the blocks of a severity.
type style struct {
	label  string
	color  string
	margin string // up to and with "source: "
	help   string
	files  bool // every token is shown with its file
}

var styles = [...]style{
	ParseError:    {"parse error:", colorError, "     source: ", "        help: ", true},
	SemanticError: {"semantic error:", colorError, "        source: ", "        help: ", false},
	Warning:       {"WARNING:", colorWarning, " source: ", " help: ", false},
}

// The colours are those that the language's users know.
const (
	colorError   = "01;31"
	colorWarning = "00;33"
	colorSource  = "00;34"
	colorCaret   = "01"
	colorToken   = "01"
)

func (r *Renderer) color(color, text string) string {
	if !r.o.Color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[m"
}

// safe is text as a terminal may see it. Only tabs keep their meaning, and the
// newlines of messages that have several lines.
func (r *Renderer) safe(text string) string {
	if !r.o.Terminal {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		c, n := utf8.DecodeRuneInString(text)
		b.WriteString(shown(c, text[:n]))
		text = text[n:]
	}
	return b.String()
}

// shown is one character as a terminal may see it.
func shown(c rune, raw string) string {
	if c == '\t' || c == '\n' || c >= ' ' && c < 0x7f || c >= 0xa0 && c != utf8.RuneError {
		return raw
	}
	var b strings.Builder
	for i := range len(raw) {
		fmt.Fprintf(&b, `\%03o`, raw[i])
	}
	return b.String()
}

func (r *Renderer) diagnostic(d *Diagnostic) {
	s := styles[d.Severity]
	if d.Plain {
		fmt.Fprintf(&r.out, "%s\n", r.safe(d.Message))
		return
	}
	if d.Severity == ParseError {
		r.parseError(d, s)
	} else {
		r.message(d, s)
	}
	if d.Hint != "" {
		fmt.Fprintf(&r.out, "%s%s\n", s.help, r.safe(d.Hint))
	}
	if d.Severity != Warning {
		r.out.WriteByte('\n')
	}
	for _, cause := range d.Causes {
		r.diagnostic(cause)
	}
}

// parseError shows the token on a line of its own, always with its file.
func (r *Renderer) parseError(d *Diagnostic, s style) {
	fmt.Fprintf(&r.out, "%s %s\n", r.color(s.color, s.label), r.safe(d.Message))
	if !d.Token.Span.IsValid() {
		return
	}
	label := "        saw: "
	if d.At {
		label = "         at: "
	}
	if d.Token.Kind == EOF {
		if f := r.set.Position(d.Token.Span.Start).File; f != nil {
			fmt.Fprintf(&r.out, "%s%s EOF\n", label, r.safe(f.Name))
		}
		return
	}
	r.out.WriteString(label)
	r.token(d.Token, s)
}

func (r *Renderer) message(d *Diagnostic, s style) {
	fmt.Fprintf(&r.out, "%s %s", r.color(s.color, s.label), r.safe(d.Message))
	if !d.Token.Span.IsValid() {
		r.out.WriteByte('\n')
		return
	}
	r.out.WriteString(": ")
	r.token(d.Token, s)
	for _, t := range d.Other {
		r.token(t, s)
	}
}

// token names a token and its place, shows its line, and goes on to the macro
// invocations that it came from.
func (r *Renderer) token(t Token, s style) {
	pos := r.set.Position(t.Span.Start)
	if pos.File == nil {
		fmt.Fprintf(&r.out, "%s\n", r.describe(t))
		return
	}
	name := r.safe(pos.File.Name)
	if pos.File == r.last && !s.files {
		name = ""
	}
	r.last = pos.File
	fmt.Fprintf(&r.out, "%s at %s:%d:%d\n", r.describe(t), name, pos.Line, pos.Col)
	r.line(pos, s)
	if f := r.set.FileOf(t.Span.Start); f.Expansion != nil {
		r.out.WriteString("\tin expansion of macro: ")
		r.token(f.Expansion.Call, s)
	}
}

func (r *Renderer) describe(t Token) string {
	switch t.Kind {
	case Keyword, Embedded:
		return t.Describe()
	}
	return t.Kind.String() + " '" + r.color(colorToken, r.safe(t.Text)) + "'"
}

// line shows the source line of a position, and the caret. What stands before
// the caret keeps the line's tabs and is as wide as the line's characters.
func (r *Renderer) line(pos Position, s style) {
	line := pos.File.Line(pos.Line)
	before := line[:min(pos.Col-1, len(line))]
	margin, _, _ := strings.Cut(s.margin, "source")
	fmt.Fprintf(&r.out, "%s%s %s\n", margin, r.color(colorSource, "source:"), r.safe(line))
	r.out.WriteString(strings.Repeat(" ", len(s.margin)))
	for _, c := range r.safe(before) {
		if c != '\t' {
			c = ' '
		}
		r.out.WriteRune(c)
	}
	fmt.Fprintf(&r.out, "%s\n", r.color(colorCaret, "^"))
}
