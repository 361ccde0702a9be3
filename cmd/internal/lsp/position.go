package lsp

import (
	"sort"
	"unicode/utf8"
)

// position is a place in a text as the protocol has it: a line, and a column in UTF-16
// units, both from 0.
type position struct {
	Line      uint32 `json:"line"`
	Character uint32 `json:"character"`
}

// span is a range of the protocol; End is behind it.
type span struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

// A text knows where its lines begin.
type text struct {
	body  string
	lines []int // offsets
}

func newText(body string) *text {
	t := &text{body: body, lines: []int{0}}
	for i := range len(body) {
		switch {
		case body[i] == '\n', body[i] == '\r' && (i+1 == len(body) || body[i+1] != '\n'):
			t.lines = append(t.lines, i+1)
		}
	}
	return t
}

// line is the bounds of a line, its end left out.
func (t *text) line(n int) (start, end int) {
	start, end = t.lines[n], len(t.body)
	if n+1 < len(t.lines) {
		end = t.lines[n+1]
	}
	for end > start && (t.body[end-1] == '\n' || t.body[end-1] == '\r') {
		end--
	}
	return start, end
}

// offset is the byte at a position. What is behind a line's end is its end, what is
// behind the last line the text's, and the middle of a character its beginning.
func (t *text) offset(p position) int {
	if uint64(p.Line) >= uint64(len(t.lines)) {
		return len(t.body)
	}
	off, end := t.line(int(p.Line))
	for units := uint64(0); off < end; {
		r, size := utf8.DecodeRuneInString(t.body[off:end])
		units += unitsOf(r)
		if units > uint64(p.Character) {
			break
		}
		off += size
	}
	return off
}

// position is where a byte stands.
func (t *text) position(off int) position {
	off = max(0, min(off, len(t.body)))
	n := sort.SearchInts(t.lines, off+1) - 1
	start, end := t.line(n)
	var units uint64
	for at := start; at < min(off, end); {
		r, size := utf8.DecodeRuneInString(t.body[at:end])
		if at+size > off {
			break // in the middle of a character
		}
		units += unitsOf(r)
		at += size
	}
	return position{uint32(n), uint32(units)}
}

// span is where a range of bytes stands.
func (t *text) span(start, end int) span { return span{t.position(start), t.position(end)} }

// unitsOf is how many UTF-16 units a character takes. A byte that is none counts as the
// one that stands for it.
func unitsOf(r rune) uint64 {
	if r > 0xffff {
		return 2
	}
	return 1
}
