// Package format lays scripts out in the one way that `tapir fmt` knows: tabs,
// one statement a line, an opening brace on the line that it belongs to. A
// declaration whose body is one simple statement, and a simple statement under
// a condition or a loop, may share the line with their heads.
//
// Source is the one function to start with. It works on lexemes, not on the
// tree: comments, macros and conditionals, the spelling of literals and line
// breaks within an expression stay as they were written. Only white space
// changes, and semicolons go where nothing needs them. What it does not
// understand, a conditional that cuts a statement in two for example, stays
// as it is (region.go).
package format

import (
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// Source formats the script text. A text that is no script comes back as
// diagnostics, whose places are in a file of the given name. A script that
// uses arguments or a library's macros can be judged only when it is run, so
// only its brackets have to be in order.
func Source(name, text string) (string, *source.Diagnostics) {
	set := &source.Set{}
	_, ds := syntax.Parse(set, name, text, syntax.Options{Guru: true})
	toks, end := tokens(text)
	if ds.HasErrors() && !dependsOnRun(toks) {
		return "", ds
	}
	out, ok := layout(text, toks, end)
	if !ok {
		if ds.HasErrors() {
			return "", ds
		}
		return text, ds
	}
	return out, &source.Diagnostics{}
}

// layout formats text and checks that it still has the same tokens.
func layout(text string, toks []token, end token) (string, bool) {
	if !balanced(toks) {
		return "", false
	}
	p := newPrinter(text, toks, end)
	p.file()
	out := p.finish()
	return out, sameTokens(text, out)
}

// sameTokens reports whether two texts differ in white space and semicolons
// only.
func sameTokens(a, b string) bool {
	x, y := significant(a), significant(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i].Kind != y[i].Kind || spelling(x[i]) != spelling(y[i]) {
			return false
		}
	}
	return true
}

func significant(text string) []syntax.Lexeme {
	lexemes := syntax.Lexemes(text)
	out := lexemes[:0]
	for _, l := range lexemes {
		if l.Text != ";" {
			out = append(out, l)
		}
	}
	return out
}

// spelling is a lexeme's text without what formatting may change in comments.
func spelling(l syntax.Lexeme) string {
	if l.Kind != syntax.LexComment {
		return l.Text
	}
	return withoutSpace(l.Text)
}
