package source

import "strings"

// TokenAt is the token that begins at p. The passes behind the parser have only
// positions; this gives their messages the words by which a token is named. It
// knows no keywords: they are identifiers here.
func (s *Set) TokenAt(p Pos) Token {
	f := s.FileOf(p)
	if f == nil {
		return Token{}
	}
	kind, n := firstToken(f.Text[min(int(p-f.Base), len(f.Text)):])
	at := Span{p, p + Pos(n)}
	return Token{Kind: kind, Text: s.Text(at), Span: at}
}

// operators are those of more than one character, the longer first.
var operators = [...]string{
	"<<<", ">>>", "<<=", ">>=", "==", "!=", "<=", ">=", "=~", "!~", "+=", "-=", "*=", "/=", "%=", "&=", "^=",
	"|=", ".=", "&&", "||", "++", "--", "->", "<<", ">>",
}

func firstToken(text string) (kind TokenKind, length int) {
	if text == "" {
		return EOF, 0
	}
	switch c := text[0]; {
	case c >= '0' && c <= '9':
		return Number, prefix(text, isWord)
	case isWord(c):
		return Identifier, prefix(text, isWord)
	case c == '"':
		end := 1 + prefix(text[1:], func(c byte) bool { return c != '"' && c != '\n' })
		return String, min(end+1, len(text))
	case c == '@':
		return Operator, 1 + prefix(text[1:], isWord)
	}
	for _, op := range operators {
		if strings.HasPrefix(text, op) {
			return Operator, len(op)
		}
	}
	return Operator, 1
}

// prefix is the length of text's first part of which all bytes are in.
func prefix(text string, in func(byte) bool) int {
	for i := range len(text) {
		if !in(text[i]) {
			return i
		}
	}
	return len(text)
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$'
}
