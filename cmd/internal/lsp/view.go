package lsp

import (
	"path/filepath"
	"strings"

	"tapir/compiler"
	"tapir/lang/check"
	"tapir/lang/header"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// A view is what is known of a document. Each pass is made when it is first asked for.
type view struct {
	*document
	desk    *desk
	folders []string

	parsed    *reading // for names
	checked   *reading // for types
	placed    *reading // for what runs where
	mentioned []mention
	pieces    []syntax.Lexeme
	known     map[int]fact
	code      *compiler.Compiled // nil if it has mistakes
}

// A reading is a text on its way through the passes, with sources of its own.
type reading struct {
	set     *source.Set
	lib     *library.Library
	file    *syntax.File // nil if its text is not a script at all
	diags   source.Diagnostics
	program *check.Program // nil if it was not checked
}

// library reports whether the document declares functions and aliases for others.
func (v *view) library() bool {
	if v.path == "" || header.Parse(v.body) != nil {
		return false
	}
	if inTapset(v.path) {
		return true
	}
	for _, dir := range v.folders {
		dir, err := filepath.Abs(dir)
		if err == nil && strings.HasPrefix(v.path, dir+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// read parses the document.
func (v *view) read() *reading {
	r := &reading{set: &source.Set{}}
	o := v.desk.o.Syntax
	r.lib = library.New(library.Options{Sources: r.set, Folders: v.folders, Edited: v.desk.edited, Syntax: o})
	o.Macros = r.lib.Macros(v.body)
	o.Args = arguments(v.body)
	file, ds := syntax.Parse(r.set, v.name(), v.body, o)
	r.file = file
	r.diags.List = ds.List
	return r
}

// arguments are stand-ins for the script's arguments, as many as it refers to: numbers
// serve as texts, too.
func arguments(body string) []string {
	n := 0
	for _, l := range syntax.Lexemes(body) {
		if l.Kind != syntax.LexArgument {
			continue
		}
		i := 0
		for _, c := range l.Text[1:] {
			if c >= '0' && c <= '9' && i < maxArguments {
				i = 10*i + int(c-'0')
			}
		}
		n = max(n, min(i, maxArguments))
	}
	args := make([]string, n)
	for i := range args {
		args[i] = "1"
	}
	return args
}

// maxArguments bounds the arguments that a script is looked at with.
const maxArguments = 100

// check checks what was parsed, as far as it goes. A file for others is checked with a
// script that does nothing.
func (v *view) check(r *reading, o check.Options) {
	files := []*syntax.File{r.file}
	if v.library() {
		rest, _ := syntax.Parse(r.set, "", "probe begin { exit() }", syntax.Options{})
		files = append(files, rest)
		o.Unoptimized = true
	}
	program, ds := check.Check(r.set, files, r.lib, v.desk.o.Kernel, o)
	r.program = program
	if ds != nil {
		r.diags.List = append(r.diags.List, ds.List...)
	}
}

// tree is the parsed document.
func (v *view) tree() *reading {
	if v.parsed == nil {
		v.parsed = v.read()
	}
	return v.parsed
}

// types is the checked document, with what has no effect. Its program may be incomplete,
// and is nil if the text is no script.
func (v *view) types() *reading {
	if v.checked == nil {
		v.checked = v.read()
		if !v.checked.diags.HasErrors() {
			v.check(v.checked, check.Options{Unoptimized: true})
		}
	}
	return v.checked
}

// placement is the document as it would be run.
func (v *view) placement() *reading {
	if v.placed != nil {
		return v.placed
	}
	r := v.read()
	v.placed = r
	if !r.diags.HasErrors() {
		v.check(r, check.Options{})
	}
	if r.program != nil && !r.diags.HasErrors() && !v.library() {
		c, ds := compiler.Compile(r.program, v.desk.o.Kernel, compiler.Options{})
		if ds != nil {
			r.diags.List = append(r.diags.List, ds.List...)
		}
		v.code = c
	}
	return r
}

// written is where a span was written, through macros: a file and offsets in it.
func (r *reading) written(sp source.Span) (f *source.File, start, end int) {
	f = r.set.FileOf(sp.Start)
	if f == nil {
		return nil, 0, 0
	}
	length := int(sp.End) - int(sp.Start)
	at := sp.Start
	for f.Expansion != nil {
		at = f.Expansion.Body.Start + (at - f.Base)
		f = r.set.FileOf(at)
	}
	start = int(at - f.Base)
	return f, start, min(start+max(length, 0), len(f.Text))
}

// here is where a span stands in the document; ok is false if it is elsewhere.
func (r *reading) here(sp source.Span) (start, end int, ok bool) {
	f, start, end := r.written(sp)
	return start, end, f != nil && r.file != nil && f == r.file.Source
}
