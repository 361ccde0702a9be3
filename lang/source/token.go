package source

import "fmt"

// TokenKind classes tokens the way diagnostics name them.
type TokenKind uint8

// The kinds of token.
const (
	EOF        TokenKind = iota
	Junk                 // what no token can begin with, or a broken literal
	Identifier           // names, also with $ in them
	Keyword              // reserved words
	Operator             // punctuation, and @words
	String               // a literal; Text is the value before escapes are resolved
	Number               // a literal; Text is its spelling
	Embedded             // %{ … %}
)

var tokenKindNames = [...]string{"EOF", "junk", "identifier", "keyword", "operator", "string", "number", "embedded-code"}

func (k TokenKind) String() string { return tokenKindNames[k] }

// A Token is a lexical unit with its place.
type Token struct {
	Kind TokenKind
	Text string
	Span Span
}

// Describe names the token as messages do: "identifier 'x'", or just the kind
// where the text adds nothing (keywords, embedded code).
func (t Token) Describe() string {
	switch t.Kind {
	case Keyword, Embedded:
		return t.Kind.String()
	}
	return fmt.Sprintf("%s '%s'", t.Kind, t.Text)
}
