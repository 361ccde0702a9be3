package plan

import (
	"tapir/compiler/ir"
	"tapir/lang/pattern"
)

// Where the VM has to test a condition on a text, since the read may fail or quotes are
// put around the text there, the kernel can still reject the events of which it can tell
// that the condition does not hold.

// loosely is a condition that holds at least where x does, and that the kernel can
// compute, or nil.
func (h *handler) loosely(x ir.Expr) ir.Expr {
	text, expr, negate, ok := TextMatch(x)
	if b, compares := x.(*ir.Binary); !ok && compares {
		text, expr, negate, ok = wholeText(b)
	}
	if !ok || h.effects.matches || h.onlyNames() != "" {
		return nil
	}
	r, ok := TextReadOf(text)
	if !ok || r.Instead != nil || h.known.check(expr) != nil || h.uncomputable(r.Addr, h.defs) != "" || mayFaultIn(r.Addr) {
		return nil
	}
	return &ir.Regex{At: ir.At{Pos: x.Span()}, X: text, Pattern: expr, Negate: negate, Loose: true}
}

// wholeText takes the comparison of a text with a literal for a match.
func wholeText(x *ir.Binary) (text ir.Expr, expr string, negate, ok bool) {
	if x.Op != ir.OpEq && x.Op != ir.OpNe {
		return nil, "", false, false
	}
	text, other := x.X, x.Y
	if _, literal := text.(*ir.Str); literal {
		text, other = other, text
	}
	s, ok := uncut(other)
	return text, "^" + pattern.Literal(s) + "$", x.Op == ir.OpNe, ok
}

func mayFaultIn(x ir.Expr) bool {
	for n := range ir.All(x) {
		if mayFault(n) {
			return true
		}
	}
	return false
}

// QuotedEscape is how a byte of ASCII is written in a quoted text.
func QuotedEscape(c byte) string {
	for letter, b := range quotedEscapes {
		if b == c {
			return string([]byte{'\\', letter})
		}
	}
	if c < ' ' || c > '~' {
		return string([]byte{'\\', '0' + c>>6, '0' + c>>3&7, '0' + c&7})
	}
	return string(c)
}
