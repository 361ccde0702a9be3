package plan

import (
	"fmt"
	"strings"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/pattern"
	"tapir/lang/types"
)

// Texts that the kernel has: literals, names of tasks, strings that it reads of memory,
// elements of arrays of such, and choices between them. They take layout.TextSize bytes,
// with a NUL at the end, since no read gives more.

// TextRead is how a text is read of memory.
type TextRead struct {
	Addr ir.Expr
	Most int64 // bytes that count, without the NUL
	// Instead is the text if the memory can't be read; nil if that is an error of the
	// script, unless Quoted is set.
	Instead ir.Expr
	// Quoted is set if the script has the text in quotes, and the address in its place if
	// it can't be read. The kernel has it without.
	Quoted bool
	Read   *builtin.Read
}

// textReads are the functions that read a text, by what follows the address among their
// arguments: a bound, if it has one, and a text for what can't be read.
var textReads = map[string]struct{ bounded, silent, quoted bool }{
	"user_string":        {},
	"user_string_n":      {bounded: true},
	"kernel_string":      {},
	"kernel_string_n":    {bounded: true},
	"_string_nofault":    {silent: true},
	"user_string_quoted": {quoted: true},
}

// TextReadOf takes a call apart that reads a text which the kernel can have.
func TextReadOf(x ir.Expr) (r TextRead, ok bool) {
	b, ok := x.(*ir.Builtin)
	if !ok || b.Fn.Class != builtin.Memory || len(b.Args) == 0 {
		return r, false
	}
	kind, ok := textReads[b.Fn.Name]
	if !ok {
		return r, false
	}
	r = TextRead{Addr: b.Args[0], Most: layout.TextSize - 1, Quoted: kind.quoted, Read: b.Fn.Read}
	rest := b.Args[1:]
	if kind.bounded {
		n, literal := rest[0].(*ir.Int)
		if !literal {
			return r, false
		}
		r.Most, rest = min(max(n.Value, 0), r.Most), rest[1:]
	}
	if len(rest) > 0 {
		r.Instead = rest[0]
	}
	if kind.silent {
		r.Instead = &ir.Str{At: b.At}
	}
	return r, true
}

// textUse is where a text is used.
type textUse uint8

const (
	compared textUse = iota
	keyed            // as a key that only the VM looks at
)

// text is "" if the kernel can compute x as a text, else the reason why not.
func (c computable) text(x ir.Expr, use textUse) string {
	if IsTaskName(x) {
		return ""
	}
	switch x := x.(type) {
	case *ir.Str:
		if len(x.Value) >= c.longest() || strings.Contains(x.Value, "\x00") {
			return fmt.Sprintf("the kernel has texts of at most %d bytes", c.longest()-1)
		}
		return ""
	case *ir.Cond:
		if reason := c.long(x.C); reason != "" {
			return reason
		}
		if reason := c.text(x.X, use); reason != "" {
			return reason
		}
		return c.text(x.Y, use)
	case *ir.Elem:
		return c.textElement(x)
	}
	if c.names != "" {
		return c.names
	}
	r, ok := TextReadOf(x)
	switch {
	case !ok:
		return c.textReason(x)
	case r.Quoted && use != keyed:
		return "quotes are put around it in the VM"
	case r.Instead == nil && !r.Quoted && !c.whole:
		return "the read may fail, which the VM reports"
	case r.Instead != nil:
		if reason := c.text(r.Instead, use); reason != "" {
			return reason
		}
	}
	return c.long(r.Addr)
}

// textElement allows elements of resident arrays of texts.
func (c computable) textElement(x *ir.Elem) string {
	if c.resident != nil && x.Global.Type.Kind == types.String {
		if reason, ok := c.resident(x.Global, x.Keys); ok {
			return reason
		}
	}
	if reason := c.fixed(x.Global); reason != "" {
		return reason
	}
	return fmt.Sprintf("the elements of '%s' are strings", x.Global.Name)
}

// textReason says why the kernel does not have a text, preferring what the script can
// change to what it can't.
func (c computable) textReason(x ir.Expr) string {
	for n := range ir.All(x) {
		switch n := n.(type) {
		case *ir.LocalRef, *ir.Call, *ir.AtEntry:
			return c.other(n.(ir.Expr))
		case *ir.GlobalRef:
			if reason := c.fixed(n.Global); reason != "" {
				return reason
			}
			return "of texts, the kernel compares only task names with fixed globals"
		case *ir.Elem:
			return c.textElement(n)
		case *ir.Builtin:
			if n.Fn.Class == builtin.Memory || n.Fn.Class == builtin.Pure {
				return fmt.Sprintf("%s() is computed in the VM", n.Fn.Name)
			}
		}
	}
	return "texts are made in the VM"
}

// TextMatch takes an expression apart that asks whether a text matches a pattern: a
// regular expression, isinstr() of a literal, or the comparison of the beginning with
// one.
func TextMatch(x ir.Expr) (text ir.Expr, expr string, negate, ok bool) {
	switch x := x.(type) {
	case *ir.Regex:
		return x.X, x.Pattern, x.Negate, true
	case *ir.Builtin:
		if x.Fn.Name != "isinstr" || len(x.Args) != 2 {
			return nil, "", false, false
		}
		s, ok := uncut(x.Args[1])
		return x.Args[0], pattern.Literal(s), false, ok
	case *ir.Binary:
		if x.Op != ir.OpEq && x.Op != ir.OpNe {
			return nil, "", false, false
		}
		text, expr, ok = beginning(x.X, x.Y)
		if !ok {
			text, expr, ok = beginning(x.Y, x.X)
		}
		return text, expr, x.Op == ir.OpNe, ok
	}
	return nil, "", false, false
}

// uncut is the value of a literal that the VM has as it is written.
func uncut(x ir.Expr) (string, bool) {
	s, ok := x.(*ir.Str)
	if !ok || len(s.Value) >= layout.TextSize || strings.Contains(s.Value, "\x00") {
		return "", false
	}
	return s.Value, true
}

// beginning is the pattern of texts whose first bytes, as substr() gives them, are a
// literal.
func beginning(x, y ir.Expr) (text ir.Expr, expr string, ok bool) {
	b, call := x.(*ir.Builtin)
	s, literal := uncut(y)
	if !call || !literal || b.Fn.Name != "substr" || len(b.Args) != 3 {
		return nil, "", false
	}
	start, ok1 := b.Args[1].(*ir.Int)
	n, ok2 := b.Args[2].(*ir.Int)
	if !ok1 || !ok2 || start.Value != 0 || n.Value < 1 || n.Value < int64(len(s)) {
		return nil, "", false
	}
	expr = "^" + pattern.Literal(s)
	if n.Value > int64(len(s)) { // the text is no longer
		expr += "$"
	}
	return b.Args[0], expr, true
}

// match allows texts that the kernel has to be matched, as far as the expression's
// automaton is small.
func (c computable) match(text ir.Expr, expr string) string {
	if reason := c.text(text, compared); reason != "" {
		return reason
	}
	if err := c.automata.check(expr); err != nil {
		return fmt.Sprintf("the kernel does not match %q: %v", expr, err)
	}
	return ""
}

// automata remembers which expressions have an automaton.
type automata map[string]error

func (a automata) check(expr string) error {
	err, known := a[expr]
	if !known {
		_, err = pattern.NewAutomaton(expr)
		if a != nil {
			a[expr] = err
		}
	}
	return err
}

// keyText is what a text needs as a key: bytes with a NUL, in words, and whether the
// VM puts quotes around it.
func keyText(x ir.Expr) (size int, quoted bool) {
	switch x := x.(type) {
	case *ir.Str:
		return (len(x.Value) + 8) &^ 7, false
	case *ir.Cond:
		n, q := keyText(x.X)
		m, r := keyText(x.Y)
		return max(n, m), q || r
	}
	if IsTaskName(x) {
		return layout.CommSize, false
	}
	r, _ := TextReadOf(x)
	return layout.TextSize, r.Quoted || r.Instead != nil && quotedText(r.Instead)
}

func quotedText(x ir.Expr) bool {
	_, quoted := keyText(x)
	return quoted
}

// EncodeText writes a text that is written down into a key or a value, padded with NULs.
// Of quoted ones, the kernel has those without quotes that it could read of memory.
func EncodeText(b []byte, s string, quoted bool) {
	clear(b)
	if raw, ok := unquote(s); quoted && ok && len(raw) < layout.TextSize {
		copy(b, raw)
		b[layout.TextTag] = layout.TextQuoted
		return
	}
	copy(b[:len(b)-1], s)
}
