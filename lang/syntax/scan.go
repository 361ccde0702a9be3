package syntax

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"tapir/lang/source"
)

// A scanner cuts a text into tokens. It never fails: what cannot be a token is
// junk, which the parser reports when it gets there, so that an error in line
// 90 does not hide one in line 3.
//
// A script argument ($1) is pasted into the text, as characters: it may begin,
// hold or end tokens. The text before off is then of no more use, so pasting
// replaces the text by the argument and the rest; all that begins in the first
// pasted bytes has the place of the $1.
type scanner struct {
	unit *unit
	text string
	off  int
	base source.Pos // of text[pasted]

	pasted  int
	pasteAt source.Pos
}

// tokens is the whole text, with an EOF token at the end.
func (s *scanner) tokens() []lexer.Token {
	toks := make([]lexer.Token, 0, len(s.text)/4+1)
	for {
		t := s.next()
		toks = append(toks, t)
		if t.EOF() {
			return toks
		}
	}
}

func (s *scanner) next() lexer.Token {
	touching := s.skipSpace()
	for s.off < len(s.text) && s.isArgument() {
		if t, ok := s.argument(); ok {
			return glue(t, touching)
		}
		touching = s.skipSpace() && touching
	}
	if s.off >= len(s.text) {
		return s.token(tokEOF, "", s.off)
	}
	return glue(s.scan(), touching)
}

func glue(t lexer.Token, touching bool) lexer.Token {
	if touching && t.Type != tokBroken {
		t.Pos.Column = 1
	}
	return t
}

// scan reads the token that begins at off.
func (s *scanner) scan() lexer.Token {
	start, c := s.off, s.text[s.off]
	switch {
	case isLetter(c):
		s.skipWord()
		word := s.text[start:s.off]
		if keywords[word] {
			return s.token(tokKeyword, word, start)
		}
		return s.token(tokIdent, word, start)
	case isDigit(c):
		for s.off < len(s.text) && isAlnum(s.text[s.off]) {
			s.off++
		}
		return s.token(tokNumber, s.text[start:s.off], start)
	case c == '"':
		return s.quoted()
	case c == '@':
		s.off++
		s.skipWord()
		return s.token(tokOp, s.text[start:s.off], start)
	case strings.HasPrefix(s.text[start:], "%{"):
		return s.embedded()
	case c < ' ' || c >= 0x7f:
		s.off++
		return s.token(tokJunk, fmt.Sprintf(`\x%02x`, c), start)
	}
	s.off += operatorLen(s.text[start:])
	return s.token(tokOp, s.text[start:s.off], start)
}

// operatorLen is the length of the longest operator at the beginning of text.
func operatorLen(text string) int {
	for n := min(3, len(text)); n > 1; n-- {
		if operators[text[:n]] {
			return n
		}
	}
	return 1
}

func (s *scanner) skipWord() {
	for s.off < len(s.text) && (isLetter(s.text[s.off]) || isDigit(s.text[s.off])) {
		s.off++
	}
}

// skipSpace skips white space and comments; it reports whether there was none.
func (s *scanner) skipSpace() bool {
	for start := s.off; ; {
		if s.off >= len(s.text) {
			return s.off == start
		}
		rest := s.text[s.off:]
		switch {
		case isSpace(rest[0]):
			s.off++
		case rest[0] == '#', strings.HasPrefix(rest, "//"):
			s.skipPast("\n")
		case strings.HasPrefix(rest, "/*"):
			s.off += 2
			s.skipPast("*/")
		default:
			return s.off == start
		}
	}
}

// skipPast moves behind the next occurrence of end, or to the end of the text,
// and reports whether there was one.
func (s *scanner) skipPast(end string) bool {
	i := strings.Index(s.text[s.off:], end)
	if i < 0 {
		s.off = len(s.text)
		return false
	}
	s.off += i + len(end)
	return true
}

// quoted reads a string literal. Its value keeps the escapes that mean
// something; before any other character the backslash is dropped.
func (s *scanner) quoted() lexer.Token {
	start := s.off
	s.off++
	var kept []byte // the value, once it differs from the text
	from := s.off   // of the text that kept does not have yet
	for ; s.off < len(s.text) && s.text[s.off] != '\n'; s.off++ {
		switch s.text[s.off] {
		case '"':
			value := s.text[from:s.off]
			if kept != nil {
				value = string(append(kept, value...))
			}
			s.off++
			return s.token(tokString, value, start)
		case '\\':
			if s.off+1 == len(s.text) {
				continue
			}
			if strings.IndexByte(`abtnvfrx\01234567`, s.text[s.off+1]) < 0 {
				kept = append(kept, s.text[from:s.off]...)
				from = s.off + 1
			}
			s.off++
		}
	}
	return s.broken(start, "Could not find matching closing quote")
}

func (s *scanner) embedded() lexer.Token {
	start := s.off
	s.off += 2
	if !s.skipPast("%}") {
		return s.unit.breakWith(s.token(tokBroken, "", start), &source.Diagnostic{
			Severity: source.ParseError, Code: codeIncomplete, At: true,
			Message: "Could not find matching '%}' to close embedded function block",
			Token:   source.Token{Kind: source.Junk, Span: source.Span{Start: s.start(start), End: s.end(s.off)}},
		})
	}
	t := s.token(tokEmbedded, s.text[start+2:s.off-2], start)
	if s.unit.o.Guru {
		s.checkClosing(&t)
		return t
	}
	return s.unit.breakWith(t, &source.Diagnostic{
		Severity: source.ParseError, Code: "embedded-code",
		Message: "embedded code in unprivileged script; need stap -g", Token: sourceToken(&t),
	})
}

// checkClosing warns about what looks like the end of embedded code, misspelt.
func (s *scanner) checkClosing(t *lexer.Token) {
	if s.unit.o.Library || !strings.Contains(t.Value, "}%") {
		return
	}
	s.unit.diags.Add(&source.Diagnostic{
		Severity: source.Warning, Code: "embedded-closing", Token: sourceToken(t),
		Message: "possible erroneous closing '}%', use '%}'?",
	})
}

// isArgument reports whether a reference to a script argument stands at off.
func (s *scanner) isArgument() bool {
	if c := s.text[s.off]; (c != '$' && c != '@') || s.off+1 == len(s.text) {
		return false
	}
	c := s.text[s.off+1]
	return c == '#' || isDigit(c)
}

// argument handles $N $# @N @#: it pastes the text of the former, and makes
// tokens of the latter, as it does of what is wrong.
func (s *scanner) argument() (t lexer.Token, ok bool) {
	start := s.off
	quote := s.text[start] == '@'
	s.off++
	if start < s.pasted {
		s.off++
		return s.broken(start, "invalid nested substitution of command line arguments"), true
	}
	value := strconv.Itoa(len(s.unit.args))
	if s.text[s.off] == '#' {
		s.off++
	} else if value, ok = s.argumentValue(); !ok {
		return s.broken(start, fmt.Sprintf("command line argument out of range [1-%d]", len(s.unit.args))), true
	}
	if quote {
		return s.token(tokString, value, start), true
	}
	if typ, ok := wholeWord(value); ok && !s.wordAt(s.off) {
		return s.token(typ, value, start), true
	}
	s.paste(start, value)
	return t, false
}

// wholeWord is the type of token that text makes by itself, if it is a name or a
// number. To paste it would take a copy of all that follows.
func wholeWord(text string) (lexer.TokenType, bool) {
	if text == "" {
		return 0, false
	}
	word, number := isLetter(text[0]), isDigit(text[0])
	for i := range len(text) {
		word = word && (isLetter(text[i]) || isDigit(text[i])) && text[i] != '$'
		number = number && isAlnum(text[i])
	}
	switch {
	case keywords[text]:
		return tokKeyword, true
	case word:
		return tokIdent, true
	}
	return tokNumber, number
}

// wordAt reports whether a character stands at off that may be part of a word.
func (s *scanner) wordAt(off int) bool {
	return off < len(s.text) && (isLetter(s.text[off]) || isDigit(s.text[off]))
}

func (s *scanner) argumentValue() (string, bool) {
	digits := s.off
	for s.off < len(s.text) && isDigit(s.text[s.off]) {
		s.off++
	}
	n, err := strconv.Atoi(s.text[digits:s.off])
	if err != nil || n < 1 || n > len(s.unit.args) {
		return "", false
	}
	s.unit.file.ArgsUsed[n-1] = true
	return s.unit.args[n-1], true
}

func (s *scanner) paste(start int, value string) {
	at, base := s.start(start), s.end(s.off)
	s.text = value + s.text[s.off:]
	s.off, s.base, s.pasted, s.pasteAt = 0, base, len(value), at
}

// start and end are the positions of a token's ends at offsets into the text.
func (s *scanner) start(off int) source.Pos {
	if off < s.pasted {
		return s.pasteAt
	}
	return s.base + source.Pos(off-s.pasted)
}

func (s *scanner) end(off int) source.Pos {
	return s.base + source.Pos(max(off-s.pasted, 0))
}

func (s *scanner) token(typ lexer.TokenType, value string, start int) lexer.Token {
	return lexer.Token{Type: typ, Value: value, Pos: lexer.Position{
		Offset: int(s.start(start)),
		Line:   int(s.end(s.off)),
	}}
}

// broken makes a token that stands for a diagnostic about itself.
func (s *scanner) broken(start int, message string) lexer.Token {
	t := s.token(tokBroken, "", start)
	return s.unit.breakAt(t, message)
}

func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '$'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isAlnum(c byte) bool { return isDigit(c) || isLetter(c) && c != '_' && c != '$' }

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }
