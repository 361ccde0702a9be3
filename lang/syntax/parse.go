package syntax

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"tapir/lang/source"
)

// Options say how a text is read. The zero value reads a user's script.
type Options struct {
	// Args are the script's arguments, for $1 @1 $# @#.
	Args []string
	// Guru allows embedded C.
	Guru bool
	// Library marks the text as the tapset's own.
	Library bool
	// Version is the language version that conditionals see; "" is the newest.
	Version string
	// CalledAs is the name by which tapir was called, that conditionals see; "" is tapir.
	CalledAs string
	// Privilege is what conditionals see as the user's; "" is stapdev.
	Privilege string
	// Arch is the architecture that conditionals see; "" is x86_64.
	Arch string
	// Kernel gives the kernel's release for kernel_v and kernel_vr. It is called
	// only if a conditional asks; nil is an unknown, empty release.
	Kernel func() string
	// Config gives the value of a kernel configuration option, "" if it is not
	// set; nil knows none.
	Config func(name string) string
	// Macros are the library's, read into the same Set; the text may define its
	// own instead.
	Macros *Macros
}

// NewestVersion is the language version that scripts see by default.
const NewestVersion = "5.6"

// Parse reads a script, registers its text in set under name, and returns its
// tree. The tree is complete only if the diagnostics have no errors: behind an
// error, reading resumes at the next declaration.
func Parse(set *source.Set, name, text string, o Options) (*File, *source.Diagnostics) {
	u := newUnit(set, name, text, o)
	toks, macros := u.read()
	if len(toks) == 1 && !o.Library {
		u.diags.Add(&source.Diagnostic{
			Severity: source.ParseError, Code: "empty-input", Plain: true,
			Message: emptyMessage(name, len(text) > 0 && macros),
		})
		return u.file, u.diags
	}
	u.declarations(toks)
	return u.file, u.diags
}

// ParseMacros reads a text that defines macros, for Options.Macros, and adds
// them to o.Macros if that is set.
func ParseMacros(set *source.Set, name, text string, o Options) (*Macros, *source.Diagnostics) {
	u := newUnit(set, name, text, o)
	p := newPreprocessor(u, u.scan())
	rest := p.run()
	macros := o.Macros
	if macros == nil {
		macros = &Macros{byName: map[string]*macro{}}
	}
	for name, m := range p.macros {
		m.library = true
		macros.byName[name] = m
	}
	if t := rest[0]; !t.EOF() {
		u.report(expected(&t, "expected '@define' in a macro library"))
	}
	return macros, u.diags
}

func emptyMessage(name string, preprocessed bool) string {
	if preprocessed {
		return fmt.Sprintf("Input file '%s' is empty after preprocessing.", name)
	}
	return fmt.Sprintf("Input file '%s' is empty.", name)
}

// UnusedArguments warns about arguments that none of the texts refers to. The
// library's argc and argv refer to all.
func UnusedArguments(files []*File) []*source.Diagnostic {
	if slices.ContainsFunc(files, (*File).usesArgumentList) {
		return nil
	}
	var used []bool
	for _, f := range files {
		for i, u := range f.ArgsUsed {
			if i == len(used) {
				used = append(used, false)
			}
			used[i] = used[i] || u
		}
	}
	var ds []*source.Diagnostic
	for i, u := range used {
		if !u {
			ds = append(ds, &source.Diagnostic{
				Severity: source.Warning, Code: "unused-argument",
				Message: fmt.Sprintf("unused command line option $%d/@%d", i+1, i+1),
			})
		}
	}
	return ds
}

// usesArgumentList reports whether the text names the library's globals that
// hold the arguments, and does not declare them itself.
func (f *File) usesArgumentList() bool {
	used, declared := false, false
	for _, d := range f.Decls {
		Walk(d, func(n Node) bool {
			switch n := n.(type) {
			case *Ident:
				used = used || isArgumentList(n.Name)
			case *GlobalVar:
				declared = declared || isArgumentList(n.Name)
			}
			return true
		})
	}
	return used && !declared
}

func isArgumentList(name string) bool {
	return name == "argc" || name == "argv" || strings.HasPrefix(name, "argv_")
}

// A unit is one text on its way to a tree.
type unit struct {
	set    *source.Set
	file   *File
	o      Options
	args   []string
	diags  *source.Diagnostics
	broken []*source.Diagnostic // what broken tokens stand for

	globals map[string]bool // declared in this text so far
}

func newUnit(set *source.Set, name, text string, o Options) *unit {
	f := set.Add(name, text)
	f.Library = o.Library
	return &unit{
		set:     set,
		file:    &File{Source: f, ArgsUsed: make([]bool, len(o.Args))},
		o:       o,
		args:    o.Args,
		diags:   &source.Diagnostics{},
		globals: map[string]bool{},
	}
}

func (u *unit) scan() []lexer.Token {
	s := scanner{unit: u, text: u.file.Source.Text, base: u.file.Source.Base}
	toks := s.tokens()
	if !u.o.Library && u.o.Version != "" {
		u.age(toks)
	}
	return toks
}

// age makes of the tokens what they were in older versions of the language.
func (u *unit) age(toks []lexer.Token) {
	private := CompareVersions(u.o.Version, "3.0") < 0
	assign := CompareVersions(u.o.Version, "4.0") < 0
	if !assign {
		return
	}
	for i := range toks {
		switch t := &toks[i]; {
		case private && isKeyword(t, "private"):
			t.Type = tokIdent
		case isOp(t, "?"):
			t.Pos.Filename = looseTernary
		}
	}
}

// read is the preprocessed text; macros tells whether there was anything to do.
func (u *unit) read() (toks []lexer.Token, macros bool) {
	toks = u.scan()
	if !slices.ContainsFunc(toks, concernsPreprocessor) {
		return toks, false
	}
	return newPreprocessor(u, toks).run(), true
}

// breakAt makes t a broken token: a message about t itself.
func (u *unit) breakAt(t lexer.Token, message string) lexer.Token {
	return u.breakWith(t, &source.Diagnostic{
		Severity: source.ParseError, Code: codeLiteral, Message: message, At: true,
		Token: source.Token{Kind: source.Junk, Span: spanOf(&t)},
	})
}

func (u *unit) breakWith(t lexer.Token, d *source.Diagnostic) lexer.Token {
	t.Type, t.Pos.Column = tokBroken, len(u.broken)
	u.broken = append(u.broken, d)
	return t
}

// declarations parses toks and recovers from errors at the next declaration.
func (u *unit) declarations(toks []lexer.Token) {
	lex, err := lexer.Upgrade(&tokenLexer{toks})
	if err != nil {
		panic(fmt.Sprintf("syntax: lexer failed: %v", err)) // a tokenLexer never does
	}
	for !lex.Peek().EOF() {
		start := lex.RawCursor()
		if err := u.declaration(lex); err != nil {
			u.report(err)
			if lex.RawCursor() == start {
				lex.Next() // a declaration's first word is no place to resume
			}
			skipDeclaration(lex)
		}
	}
}

func (u *unit) declaration(lex *lexer.PeekingLexer) error {
	start := lex.Peek()
	d, err := declarations().ParseFromLexer(lex, participle.AllowTrailing(true))
	if err != nil {
		return grammarError(err)
	}
	decl, err := u.build(d, spanFrom(lex, start))
	if err != nil {
		return err
	}
	u.file.Decls = append(u.file.Decls, decl)
	return nil
}

// skipDeclaration moves to where the next declaration may begin.
func skipDeclaration(lex *lexer.PeekingLexer) {
	for t := lex.Peek(); !t.EOF() && !startsDeclaration(t); t = lex.Peek() {
		lex.Next()
	}
}

func startsDeclaration(t *lexer.Token) bool {
	return t.Type == tokEmbedded || t.Type == tokKeyword && slices.Contains(declarationWords, t.Value)
}

var declarationWords = []string{"probe", "global", "private", "function"}

// tokenLexer hands out tokens that are there already.
type tokenLexer struct{ toks []lexer.Token }

func (l *tokenLexer) Next() (lexer.Token, error) {
	t := l.toks[0]
	if !t.EOF() {
		l.toks = l.toks[1:]
	}
	return t, nil
}

// spanFrom is the extent from a token to the last one that was consumed.
func spanFrom(lex *lexer.PeekingLexer, start *lexer.Token) source.Span {
	sp := spanOf(start)
	if n := lex.RawCursor(); n > 0 {
		if end := spanOf(&lex.Range(n-1, n)[0]).End; end > sp.End {
			sp.End = end
		}
	}
	return sp
}
