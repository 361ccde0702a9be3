package syntax

import (
	"github.com/alecthomas/participle/v2/lexer"

	"tapir/lang/source"
)

// A LexemeKind classes the pieces of a text as they were written.
type LexemeKind uint8

// The kinds of lexeme.
const (
	LexJunk     LexemeKind = iota // what no token can begin with, or a broken literal
	LexIdent                      // a name
	LexKeyword                    // a reserved word
	LexOp                         // punctuation, and @words
	LexString                     // a literal with its quotes and escapes
	LexNumber                     // a literal
	LexEmbedded                   // %{ … %}
	LexArgument                   // $1 @1 $# @#: what the script's arguments replace
	LexComment                    // # … // … and /* … */, without the line's end
)

// A Lexeme is a piece of a text: its spelling and where it stands. Between two
// lexemes there is only white space.
type Lexeme struct {
	Kind LexemeKind
	Text string
	Off  int // in bytes
}

// End is the offset behind the lexeme.
func (l Lexeme) End() int { return l.Off + len(l.Text) }

var lexemeKinds = map[lexer.TokenType]LexemeKind{
	tokIdent: LexIdent, tokKeyword: LexKeyword, tokOp: LexOp, tokString: LexString,
	tokNumber: LexNumber, tokEmbedded: LexEmbedded,
}

// Lexemes cuts a text into its lexemes, comments among them. Nothing is
// replaced: neither macros nor conditionals nor script arguments.
func Lexemes(text string) []Lexeme {
	u := newUnit(&source.Set{}, "", "", Options{Guru: true})
	s := scanner{unit: u, text: text}
	out := make([]Lexeme, 0, len(text)/4+1)
	for s.off < len(text) {
		if isSpace(text[s.off]) {
			s.off++
			continue
		}
		start, kind := s.off, LexComment
		if !s.comment() {
			kind = s.lexeme()
		}
		out = append(out, Lexeme{kind, text[start:s.off], start})
	}
	return out
}

// lexeme passes over what stands at off, which is no comment.
func (s *scanner) lexeme() LexemeKind {
	if !s.isArgument() {
		t := s.scan()
		return lexemeKinds[t.Type]
	}
	s.off += 2
	if s.text[s.off-1] != '#' {
		for s.off < len(s.text) && isDigit(s.text[s.off]) {
			s.off++
		}
	}
	return LexArgument
}

// comment passes over a comment at off, up to the end of its line or its last
// character, and reports whether there was one.
func (s *scanner) comment() bool {
	switch {
	case hasPrefixAt(s.text, s.off, "#"), hasPrefixAt(s.text, s.off, "//"):
		if s.skipPast("\n") {
			s.off--
		}
		return true
	case hasPrefixAt(s.text, s.off, "/*"):
		s.off += 2
		s.skipPast("*/")
		return true
	}
	return false
}

func hasPrefixAt(text string, off int, prefix string) bool {
	return len(text)-off >= len(prefix) && text[off:off+len(prefix)] == prefix
}

// IsAtOperator reports whether the language knows an @word, given with its @;
// others are macros.
func IsAtOperator(word string) bool {
	return len(word) > 1 && word[0] == '@' && atOperators[word[1:]].known
}

// Level is how tightly a binary operator, `in`, ? or an assignment binds, or 0
// if op is none; the tightest is the highest.
func Level(op string) int {
	switch {
	case assignOps[op]:
		return levelAssign
	case op == "?":
		return levelTernary
	}
	return binaryLevels[op]
}

// Joins reports whether the lexemes a and b, neither of them a comment, would
// be read as something else if no space were between them.
func Joins(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	last, first := a[len(a)-1], b[0]
	switch word := isLetter(first) || isDigit(first); {
	case isLetter(last) || isDigit(last):
		return word
	case word:
		return last == '@'
	case last == '"':
		return false
	}
	if last == '/' && (first == '/' || first == '*') || last == '%' && first == '{' {
		return true
	}
	return operatorLen(a+b[:1]) > len(a) || len(b) > 1 && operatorLen(a+b[:2]) > len(a)
}
