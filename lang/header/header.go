// Package header reads what a script says of itself: the comment with a title: at
// its top, or a .meta file beside it as SystemTap's examples have one. Start with
// Parse. docs/scripts.md has the form.
package header

import (
	"strings"
)

// Header is what a script says of itself. No text in it has control characters.
type Header struct {
	Title       string
	Description string // one paragraph
	Keywords    []string
	Usage       string // "" if the arguments say it all; see Synopsis
	Arguments   []Argument
	Needs       []Need
	Example     string // what a person types, and what is printed, as it stands there
	Since       string // the version of tapir that first had it, or of the collection
	Author      string

	// Meta is the further keys of a .meta file, and of headers that have them.
	Meta map[string]string

	// Problems is what is wrong with it or missing, in the order of the lines.
	Problems []Problem
}

// Problem is something that a header lacks or has wrong.
type Problem struct {
	Line    int // in the file, from 1; 0 if it is about no line
	Message string
}

// MaxText is how much of a script is looked at for its header, in bytes.
const MaxText = 64 << 10

// maxArguments bounds the arguments and needs that a header lists.
const maxArguments = 64

// Parse reads the header of a script's text, or returns nil if it has none: a header
// is the comment with a line `title:` among those before the script's first code.
func Parse(text string) *Header {
	lines, first := block(text)
	if lines == nil {
		return nil
	}
	h := &Header{}
	fields(lines, first, h)
	h.complete(first)
	return h
}

// block is the comment that has the title, without the marks of comments, and the
// number of its first line.
func block(text string) (lines []string, first int) {
	titled := false
	n := 0
	for line := range strings.Lines(text[:min(len(text), MaxText)]) {
		n++
		line = strings.TrimRight(line, " \t\r\n")
		content, isComment := uncomment(line)
		switch {
		case n == 1 && strings.HasPrefix(line, "#!"):
			continue
		case isComment:
			if lines == nil {
				first = n
			}
			lines = append(lines, content)
			titled = titled || isTitle(content)
		case titled:
			return lines, first
		case line != "":
			return nil, 0 // the script begins
		default:
			lines = nil
		}
	}
	if !titled {
		return nil, 0
	}
	return lines, first
}

// uncomment is a line of a comment without its mark.
func uncomment(line string) (content string, ok bool) {
	for _, mark := range []string{"#", "//"} {
		if rest, ok := strings.CutPrefix(line, mark); ok {
			return clean(rest), true
		}
	}
	return "", false
}

func isTitle(content string) bool {
	key, _, ok := splitKey(content)
	return ok && key == "title"
}

// clean is text without what could harm a terminal or mislead its reader.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\t", "    ")
	return strings.Map(func(r rune) rune {
		if IsHarmful(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}

// IsHarmful reports whether a rune is a control character, or one of those that turn
// the direction of text.
func IsHarmful(r rune) bool {
	return r < ' ' || 0x7f <= r && r < 0xa0 || 0x200e <= r && r <= 0x200f || 0x2028 <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069
}

// Synopsis is how the script is called, behind `tapir run`: its usage line if it has
// one, else its name with its arguments.
func (h *Header) Synopsis(name string) string {
	if h.Usage != "" {
		return h.Usage
	}
	var b strings.Builder
	b.WriteString("tapir run " + name)
	closing := ""
	for _, a := range h.Arguments {
		b.WriteByte(' ')
		if a.HasDefault || a.Optional {
			b.WriteByte('[')
			closing += "]"
		}
		b.WriteString(strings.ToUpper(a.Name))
		if a.Many {
			b.WriteString("…")
		}
	}
	return b.String() + closing
}
