package user

import (
	"strings"

	"tapir/compiler/ir"
	"tapir/lang/source"
)

// Messages about the run name a token: these functions find it in the text.

// firstToken narrows a span to the token that it begins with.
func (c *compiler) firstToken(pos source.Span) source.Span {
	text := c.text(pos)
	n := min(len(text), tokenLen(text))
	if n == 0 {
		return pos
	}
	return source.Span{Start: pos.Start, End: pos.Start + source.Pos(n)}
}

func tokenLen(text string) int {
	word := func(c byte) bool {
		return c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
	}
	n := 0
	for n < len(text) && (word(text[n]) || n == 0 && text[n] == '@') {
		n++
	}
	if n > 0 {
		return n
	}
	for _, op := range []string{"<<<", ">>>", "<<=", ">>=", "++", "--", "<<", ">>", "&&", "||", "==", "!=", "<=", ">="} {
		if strings.HasPrefix(text, op) {
			return len(op)
		}
	}
	return 1
}

// operator is the span of an operator between its operands; where the text does
// not show it, that of the whole.
func (c *compiler) operator(whole source.Span, left, right ir.Expr, op string) source.Span {
	between := source.Span{Start: left.Span().End, End: right.Span().Start}
	if i := strings.Index(c.text(between), op); i >= 0 {
		start := between.Start + source.Pos(i)
		return source.Span{Start: start, End: start + source.Pos(len(op))}
	}
	return c.firstToken(whole)
}

// text is what the script has at a span; "" if that is not within one file.
func (c *compiler) text(pos source.Span) string {
	set := c.prog.Sources
	if set == nil || !pos.IsValid() || pos.End <= pos.Start {
		return ""
	}
	f := set.FileOf(pos.Start)
	if f == nil || int(pos.End-f.Base) > len(f.Text) {
		return ""
	}
	return set.Text(pos)
}
