// Package library finds declarations by name: aliases, functions and globals of
// the built-in tapset and of the folders given with -I. A file is parsed only
// when something that it declares is asked for; until then only the names at its
// top level are known. Start with New.
package library

import (
	"maps"
	"slices"
	"strings"

	"tapir/lang/source"
	"tapir/lang/syntax"
)

// Options of a library.
type Options struct {
	// Sources is the set that parsed files are added to.
	Sources *source.Set
	// Folders are searched for *.tp and *.stp files, and *.tpm and *.stpm files of
	// macros, at any depth, besides the built-in tapset. What they declare goes
	// before what the tapset declares. A file with a header is a script, and declares
	// nothing for others.
	Folders []string
	// Texts are files that are taken for such of a folder.
	Texts []Text
	// Edited, if not nil, gives the text of a file in Folders that an editor has open, in
	// place of what is stored.
	Edited func(path string) (text string, ok bool)
	// Syntax answers the preprocessor for library files. The script's arguments are
	// seen by the tapset alone, which makes variables of them.
	Syntax syntax.Options
}

// Text is the text of a file by its name.
type Text struct{ Name, Text string }

// Library is an index of declarations. It is not safe for concurrent use.
type Library struct {
	o         Options
	diags     source.Diagnostics
	aliases   map[string][]*unit
	made      map[string][]*unit // those of aliases that were looked for
	functions map[string][]*unit
	globals   map[string][]*unit
	files     map[*source.File]*syntax.File // those that were parsed
	args      []string                      // the script's
	tables    tables
	indexed   bool

	macroFiles []*unit
	macros     *syntax.Macros // nil before the first use
}

// unit is a text that is parsed as a whole: a file, or what one row of a table
// stands for.
type unit struct {
	name    string
	text    func() string
	builtin bool // of the tapset
	parsed  bool
	file    *syntax.File // nil if it could not be parsed
}

// New makes a library. Nothing is read before the first look-up.
func New(o Options) *Library {
	args := o.Syntax.Args
	o.Syntax.Args = nil
	return &Library{
		o:         o,
		args:      args,
		files:     make(map[*source.File]*syntax.File),
		aliases:   make(map[string][]*unit),
		made:      make(map[string][]*unit),
		functions: make(map[string][]*unit),
		globals:   make(map[string][]*unit),
		tables:    tables{kinds: make(map[string]string), rows: make(map[string][]row)},
	}
}

// Alias is every definition of an alias by its dotted name, without wildcards.
func (l *Library) Alias(name string) []*syntax.ProbeDecl {
	l.index()
	var decls []*syntax.ProbeDecl
	for d := range found[*syntax.ProbeDecl](l, l.unitsOf(name)) {
		if slices.ContainsFunc(d.Aliases, func(p *syntax.ProbePoint) bool { return PointName(p) == name }) {
			decls = append(decls, d)
		}
	}
	return decls
}

// unitsOf is where an alias is defined.
func (l *Library) unitsOf(name string) []*unit {
	units, ok := l.made[name]
	if !ok {
		units = slices.Concat(l.aliases[name], l.tables.unitsOf(name))
		l.made[name] = units
	}
	return units
}

// AliasNames is the dotted names of all aliases, sorted.
func (l *Library) AliasNames() []string {
	l.index()
	names := make([]string, 0, len(l.aliases)+2*len(l.tables.rows))
	for name := range l.aliases {
		if l.tables.unitsOf(name) == nil {
			names = append(names, name)
		}
	}
	for name := range l.tables.rows {
		names = append(names, callPrefix+name, callPrefix+name+returnSuffix)
	}
	slices.Sort(names)
	return names
}

// Function is every function of a name, whatever its parameters.
func (l *Library) Function(name string) []*syntax.FuncDecl {
	l.index()
	var decls []*syntax.FuncDecl
	for d := range found[*syntax.FuncDecl](l, l.functions[name]) {
		if d.Name == name {
			decls = append(decls, d)
		}
	}
	return decls
}

// FunctionNames is the names of all functions, sorted.
func (l *Library) FunctionNames() []string {
	l.index()
	return slices.Sorted(maps.Keys(l.functions))
}

// Global is the global variable of a name that all files see, or nil.
func (l *Library) Global(name string) *syntax.GlobalVar {
	l.index()
	for d := range found[*syntax.GlobalDecl](l, l.globals[name]) {
		if v := variable(d, name); v != nil && !d.Private {
			return v
		}
	}
	return nil
}

// Private is the global variable of a name that only f sees, a file of the
// library, or nil.
func (l *Library) Private(f *source.File, name string) *syntax.GlobalVar {
	file := l.files[f]
	if file == nil {
		return nil
	}
	for _, d := range file.Decls {
		if d, ok := d.(*syntax.GlobalDecl); ok && d.Private {
			if v := variable(d, name); v != nil {
				return v
			}
		}
	}
	return nil
}

// variable is the variable of a name in a declaration, or nil.
func variable(d *syntax.GlobalDecl, name string) *syntax.GlobalVar {
	for _, v := range d.Vars {
		if v.Name == name {
			return v
		}
	}
	return nil
}

// File is a file of the library that was parsed, or nil if f is none.
func (l *Library) File(f *source.File) *syntax.File { return l.files[f] }

// Macros is the library's macros for a text that invokes any, or nil: only then
// are the files read that define them.
func (l *Library) Macros(text string) *syntax.Macros {
	if l.macros == nil && !invokesMacro(text) {
		return nil
	}
	l.loadMacros()
	return l.macros
}

func (l *Library) loadMacros() {
	if l.macros != nil {
		return
	}
	l.index()
	// The built-in files are the last in the index; those of folders go before them.
	for _, u := range slices.Backward(l.macroFiles) {
		o := l.o.Syntax
		o.Library, o.Macros = u.builtin, l.macros
		macros, diags := syntax.ParseMacros(l.o.Sources, u.name, u.text(), o)
		l.macros = macros
		l.diags.List = append(l.diags.List, diags.List...)
	}
	if l.macros == nil {
		l.macros = &syntax.Macros{}
	}
}

// invokesMacro reports whether a text may invoke a macro: a word behind an @ that
// is none of the language's own operators.
func invokesMacro(text string) bool {
	for {
		i := strings.IndexByte(text, '@')
		if i < 0 {
			return false
		}
		text = text[i+1:]
		n := 0
		for n < len(text) && isName(text[n]) {
			n++
		}
		if n > 0 && (text[0] < '0' || text[0] > '9') && !slices.Contains(operators, text[:n]) {
			return true
		}
	}
}

// operators is the words behind an @ that are common and no macros.
var operators = []string{
	"define", "count", "sum", "min", "max", "avg", "variance", "hist_log", "hist_linear", "defined", "entry",
	"cast", "var", "const", "perf", "enum", "enumname", "kderef", "uderef", "kregister", "uregister", "probewrite",
}

// Diagnostics is what was wrong with the files that were needed so far.
func (l *Library) Diagnostics() *source.Diagnostics { return &l.diags }

// found goes through the declarations of one kind in units, in their order.
func found[D syntax.Decl](l *Library, units []*unit) func(func(D) bool) {
	return func(yield func(D) bool) {
		for _, u := range units {
			f := l.parse(u)
			if f == nil {
				continue
			}
			for _, d := range f.Decls {
				if d, ok := d.(D); ok && !yield(d) {
					return
				}
			}
		}
	}
}

func (l *Library) parse(u *unit) *syntax.File {
	if u.parsed {
		return u.file
	}
	u.parsed = true
	o := l.o.Syntax
	o.Library = u.builtin
	if u.builtin {
		o.Args = l.args
	}
	o.Macros = l.Macros(u.text())
	file, diags := syntax.Parse(l.o.Sources, u.name, u.text(), o)
	l.diags.List = append(l.diags.List, diags.List...)
	if !diags.HasErrors() {
		u.file = file
		l.files[file.Source] = file
	}
	return u.file
}
