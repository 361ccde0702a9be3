package shell

import (
	"strings"

	"tapir/lang/source"
	"tapir/lang/syntax"
)

// kind is what an input is.
type kind uint8

const (
	nothing    kind = iota
	command         // of the shell
	declaring       // probes, globals, functions
	stating         // a statement, to be run at once
	incomplete      // more lines have to follow
	wrong           // it can't be read
)

// input is what a person has entered.
type input struct {
	kind  kind
	text  string
	words []string // of a command
	file  *syntax.File
	body  string // what was parsed: of a statement, a probe around it
	set   *source.Set
	diags []*source.Diagnostic

	strange string // as of a Text
}

// declarers are the words that declarations begin with.
var declarers = []string{"probe", "global", "function", "private", "@define"}

// read finds out what a text is.
func read(text string, p *Passes) input {
	in := input{text: text, set: &source.Set{}}
	trimmed := strings.TrimSpace(text)
	first, rest := firstWord(trimmed)
	switch {
	case onlyComments(trimmed):
		return in
	case isCommand(first, rest):
		in.kind, in.words = command, strings.Fields(trimmed)
		return in
	}
	in.kind, in.body = stating, statement(text)
	for _, d := range declarers {
		if first == d {
			in.kind, in.body = declaring, text
		}
	}
	var ds *source.Diagnostics
	in.file, ds = p.parseInput(in.set, in.body)
	if !ds.HasErrors() {
		return in
	}
	in.diags = ds.List
	if syntax.Incomplete(ds) || in.kind == stating && behind(in.set, ds, len(statementHead)+len(text)) {
		in.kind = incomplete
	} else {
		in.kind = wrong
	}
	return in
}

// readScript is read for a text that is known to have declarations.
func readScript(text string, p *Passes) input {
	in := input{kind: declaring, text: text, body: text, set: &source.Set{}}
	var ds *source.Diagnostics
	if in.file, ds = p.parseInput(in.set, text); ds.HasErrors() {
		in.diags = ds.List
	}
	return in
}

// statementHead is what stands before a statement to make a probe of it.
const statementHead = "probe begin { "

// statement is a text as the handler of a probe.
func statement(text string) string { return statementHead + text + "\n}" }

// parseStatement parses what statement has made; nil if it is wrong.
func parseStatement(body string, p *Passes) *syntax.File {
	f, ds := p.parseInput(&source.Set{}, body)
	if ds.HasErrors() {
		return nil
	}
	return f
}

// behind reports whether the first error is about what follows an offset.
func behind(set *source.Set, ds *source.Diagnostics, offset int) bool {
	for _, d := range ds.List {
		if d.Severity != source.ParseError {
			continue
		}
		f := set.FileOf(d.Token.Span.Start)
		return f != nil && int(d.Token.Span.Start-f.Base) >= offset
	}
	return false
}

// firstWord is the word that a text begins with, and what follows it.
func firstWord(s string) (word, rest string) {
	for i, r := range s {
		if r != '_' && r != '@' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return s[:i], strings.TrimLeft(s[i:], " \t")
		}
	}
	return s, ""
}

// onlyComments reports whether there is nothing in a text to be run.
func onlyComments(s string) bool {
	for _, l := range syntax.Lexemes(s) {
		if l.Kind != syntax.LexComment {
			return false
		}
	}
	return true
}

// isCommand reports whether a text is a command: its first word is one's name, and does
// not go on as a statement would.
func isCommand(first, rest string) bool {
	c := commandNamed(first)
	switch {
	case c == nil:
		return false
	case rest == "":
		return true
	case c.file:
		return rest[0] != '='
	}
	return !strings.ContainsAny(rest[:1], "=[(+-*/%<>.!&|^?,;{")
}
