// Package source holds script texts, positions in them, and the diagnostics
// that point at them.
//
// Every text of a run (scripts, the tapset, -e arguments, macro expansions)
// lives in one Set; a Pos is an offset into that Set, so a position is four
// bytes and finds its file without help. Start with Set.Add.
package source

import (
	"sort"
	"strings"
)

// Pos is a byte offset into a Set. The zero Pos is no position.
type Pos uint32

// IsValid reports whether p points somewhere.
func (p Pos) IsValid() bool { return p != 0 }

// Span is the half-open range [Start, End) of a Set.
type Span struct {
	Start, End Pos
}

// IsValid reports whether s points somewhere.
func (s Span) IsValid() bool { return s.Start.IsValid() }

// Union is the smallest span that covers s and t; an invalid one counts as empty.
func (s Span) Union(t Span) Span {
	switch {
	case !s.IsValid():
		return t
	case !t.IsValid():
		return s
	}
	return Span{min(s.Start, t.Start), max(s.End, t.End)}
}

// A File is one text of a Set. The text of a macro expansion is that of the
// macro's body; its positions are shown where that body was written.
type File struct {
	Name string // as shown in messages: "<input>" for -e, "-" for standard input
	Text string
	Base Pos // Pos of Text[0]

	// Library marks the tapset's own files: what stands there is not the
	// user's doing, so warnings about it are not shown.
	Library bool

	// Expansion is set if the file is the expansion of a macro.
	Expansion *Expansion

	lines []int // offset of each line's first byte; filled on first use
}

// An Expansion says which macro body a file's text repeats, and for whom.
type Expansion struct {
	Body Span  // where the body was written
	Call Token // the invocation, "@name"
}

// A Set holds the files of one run. The zero value is ready for use.
type Set struct {
	files []*File // ascending Base
}

// Add registers a text under a name and gives it its range of positions.
func (s *Set) Add(name, text string) *File {
	return s.add(&File{Name: name, Text: text})
}

// Files are the texts that were added, expansions of macros left out, in that order.
func (s *Set) Files() []*File {
	var list []*File
	for _, f := range s.files {
		if f.Expansion == nil {
			list = append(list, f)
		}
	}
	return list
}

// AddExpansion registers one expansion of the macro body at body, invoked by call.
func (s *Set) AddExpansion(body Span, call Token) *File {
	f := s.FileOf(body.Start)
	text := f.Text[body.Start-f.Base : body.End-f.Base]
	return s.add(&File{Name: f.Name, Text: text, Library: f.Library, Expansion: &Expansion{body, call}})
}

func (s *Set) add(f *File) *File {
	f.Base = 1
	if n := len(s.files); n > 0 {
		last := s.files[n-1]
		f.Base = last.Base + Pos(len(last.Text)) + 1 // one more, so that EOF has a position
	}
	s.files = append(s.files, f)
	return f
}

// FileOf is the file that holds p, or nil.
func (s *Set) FileOf(p Pos) *File {
	i := sort.Search(len(s.files), func(i int) bool { return s.files[i].Base > p })
	if i == 0 || !p.IsValid() {
		return nil
	}
	return s.files[i-1]
}

// Position is a Pos made readable.
type Position struct {
	File *File // the file in which the text was written
	Line int   // from 1
	Col  int   // in bytes, from 1
}

// Position resolves p, through macro expansions, to where its text was written.
func (s *Set) Position(p Pos) Position {
	f := s.FileOf(p)
	if f == nil {
		return Position{}
	}
	for f.Expansion != nil {
		p = f.Expansion.Body.Start + (p - f.Base)
		f = s.FileOf(p)
	}
	line, col := f.locate(int(p - f.Base))
	return Position{f, line, col}
}

// Text is the text of a span that lies in one file.
func (s *Set) Text(sp Span) string {
	f := s.FileOf(sp.Start)
	if f == nil {
		return ""
	}
	end := min(int(sp.End-f.Base), len(f.Text))
	return f.Text[sp.Start-f.Base : end]
}

func (f *File) locate(off int) (line, col int) {
	if f.lines == nil {
		f.lines = []int{0}
		for i := range len(f.Text) {
			if f.Text[i] == '\n' {
				f.lines = append(f.lines, i+1)
			}
		}
	}
	i := sort.SearchInts(f.lines, off+1) - 1
	return i + 1, off - f.lines[i] + 1
}

// Line is the text of line n (from 1) without its newline.
func (f *File) Line(n int) string {
	f.locate(0)
	if n < 1 || n > len(f.lines) {
		return ""
	}
	text := f.Text[f.lines[n-1]:]
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	return text
}
