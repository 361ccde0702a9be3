package syntax

import (
	"maps"
	"slices"

	"github.com/alecthomas/participle/v2/lexer"

	"tapir/lang/source"
)

// The types of token that the grammar knows.
//
// A token's place travels in its lexer.Position: Offset is the source.Pos of
// its first byte, Line that of the byte behind it, and Column is 1 if nothing
// stands between it and the token before. A broken token stands for a whole
// diagnostic; its Column is the number of that in unit.broken. Filename is
// looseTernary on a ? whose last branch may be an assignment.
const (
	tokEOF                      = lexer.EOF
	tokIdent    lexer.TokenType = -2
	tokKeyword  lexer.TokenType = -3
	tokOp       lexer.TokenType = -4
	tokString   lexer.TokenType = -5
	tokNumber   lexer.TokenType = -6
	tokEmbedded lexer.TokenType = -7
	tokJunk     lexer.TokenType = -8
	tokBroken   lexer.TokenType = -9
)

// tokenTypes names the types for the grammar and classes them for messages.
var tokenTypes = [...]struct {
	typ  lexer.TokenType
	name string
	kind source.TokenKind
}{
	{tokEOF, "EOF", source.EOF},
	{tokIdent, "Ident", source.Identifier},
	{tokKeyword, "Keyword", source.Keyword},
	{tokOp, "Op", source.Operator},
	{tokString, "String", source.String},
	{tokNumber, "Number", source.Number},
	{tokEmbedded, "Embedded", source.Embedded},
	{tokJunk, "Junk", source.Junk},
	{tokBroken, "Broken", source.Junk},
}

// keywords are the reserved words. Probe-point components and fields behind ->
// may have such names all the same.
var keywords = map[string]bool{
	"probe": true, "global": true, "private": true, "function": true,
	"if": true, "else": true, "for": true, "foreach": true, "in": true,
	"limit": true, "return": true, "delete": true, "while": true,
	"break": true, "continue": true, "next": true, "string": true,
	"long": true, "try": true, "catch": true,
}

// Keywords are the reserved words, sorted.
func Keywords() []string { return slices.Sorted(maps.Keys(keywords)) }

// operators has those of two and three characters; every other punctuation
// character is an operator by itself.
var operators = map[string]bool{
	"<<<": true, ">>>": true, "<<=": true, ">>=": true,
	"==": true, "!=": true, "<=": true, ">=": true, "=~": true, "!~": true,
	"+=": true, "-=": true, "*=": true, "/=": true, "%=": true, "&=": true,
	"^=": true, "|=": true, ".=": true, "&&": true, "||": true, "++": true,
	"--": true, "->": true, "<<": true, ">>": true,
	"%(": true, "%?": true, "%:": true, "%)": true,
}

// looseTernary marks a ? of a script for a version below 4.0.
const looseTernary = "<4.0"

// spanOf is the place of a token.
func spanOf(t *lexer.Token) source.Span {
	return source.Span{Start: source.Pos(t.Pos.Offset), End: source.Pos(t.Pos.Line)}
}

// glued reports whether nothing separates t from the token before it.
func glued(t *lexer.Token) bool { return t.Pos.Column == 1 }

// sourceToken is the token as the tree and messages hold it.
func sourceToken(t *lexer.Token) source.Token {
	return source.Token{Kind: tokenTypes[-1-t.Type].kind, Text: t.Value, Span: spanOf(t)}
}

func isOp(t *lexer.Token, op string) bool { return t.Type == tokOp && t.Value == op }

func isKeyword(t *lexer.Token, word string) bool { return t.Type == tokKeyword && t.Value == word }
