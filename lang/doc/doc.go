// Package doc is the reference of the tapset: its functions, probe points and
// macros, from the comments above them in the tapset's files, and the built-in
// functions, from their table. Start with Lookup, or Markdown for all of it.
package doc

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"tapir/scripts"
)

// Kind is what an entry describes.
type Kind string

// The kinds, in the order in which they are listed.
const (
	Function Kind = "function"
	Probe    Kind = "probe"
	Macro    Kind = "macro"
)

var kindOrder = map[Kind]int{Function: 0, Probe: 1, Macro: 2}

// Entry describes one function, probe point or macro. Functions of one name with
// different parameters have an entry each.
type Entry struct {
	Kind Kind
	Name string
	// Form is how it is written: `htons:long (val:long)`.
	Form string
	// Summary is one sentence without a full stop.
	Summary string
	// Params are a function's parameters, a macro's, or a probe's variables.
	Params []Param
	// Text has what else there is to say; an indented line is code.
	Text string
	// File is the tapset's file; "" for what is built in.
	File string
}

// Param is a parameter or a variable.
type Param struct{ Name, Text string }

// All is every entry, functions first, by name. The slice is shared: it must not
// be changed.
func All() []*Entry { return all() }

var all = sync.OnceValue(func() []*Entry {
	entries := slices.Concat(builtins(), tapset(), calls())
	slices.SortStableFunc(entries, func(a, b *Entry) int {
		return cmp.Or(
			cmp.Compare(kindOrder[a.Kind], kindOrder[b.Kind]),
			cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)),
			cmp.Compare(a.Name, b.Name))
	})
	return entries
})

// Lookup is the entries of a name: a function's, a macro's with or without its @,
// or a probe point's, which may have arguments: `timer.s(1)`. There are none if
// nothing of that name is known.
func Lookup(name string) []*Entry {
	name = strings.TrimPrefix(name, "@")
	var found []*Entry
	for _, e := range all() {
		if e.Name == name || e.Kind == Probe && e.Name == withoutArguments(name) {
			found = append(found, e)
		}
	}
	return found
}

// withoutArguments is a probe point's name without what is in parentheses.
func withoutArguments(point string) string {
	var b strings.Builder
	for point != "" {
		before, rest, ok := strings.Cut(point, "(")
		b.WriteString(before)
		if !ok {
			break
		}
		_, point, _ = strings.Cut(rest, ")")
	}
	return b.String()
}

// tapset reads the comments of the tapset's files.
func tapset() []*Entry {
	var entries []*Entry
	err := fs.WalkDir(scripts.Tapset(), ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ext := path.Ext(file); ext != ".tp" && ext != ".tpm" {
			return nil
		}
		text, err := fs.ReadFile(scripts.Tapset(), file)
		entries = append(entries, extract(file, string(text))...)
		return err
	})
	if err != nil {
		panic(err) // embedded: what is there can be read
	}
	return entries
}
