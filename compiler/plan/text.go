package plan

import (
	"strings"

	"tapir/compiler/ir"
	"tapir/lang/builtin"
)

// maxText is the most bytes of a literal that the kernel compares a string in memory
// with: they have to fit into a program's stack.
const maxText = 200

// MemoryText takes the comparison of a string in the traced program's memory with a
// literal apart, if the kernel can make it: x holds, or with != does not, if at addr
// lie just the bytes of text and a NUL. Memory that can't be read is unequal.
func MemoryText(x *ir.Binary) (addr ir.Expr, text string, ok bool) {
	if x.Op != ir.OpEq && x.Op != ir.OpNe {
		return nil, "", false
	}
	read, literal := x.X, x.Y
	if _, isLiteral := read.(*ir.Str); isLiteral {
		read, literal = literal, read
	}
	b, isCall := read.(*ir.Builtin)
	s, isLiteral := literal.(*ir.Str)
	if !isCall || !isLiteral || b.Fn.Class != builtin.Memory || len(b.Args) == 0 {
		return nil, "", false
	}
	if text, ok = bytesOf(b, s.Value); !ok || len(text) > maxText || strings.Contains(text, "\x00") {
		return nil, "", false
	}
	return b.Args[0], text, true
}

// bytesOf is what must lie in memory for b's result to be s, if that is one string
// and not what stands for memory that can't be read.
func bytesOf(b *ir.Builtin, s string) (text string, ok bool) {
	switch b.Fn.Name {
	case "user_string_quoted":
		return unquote(s)
	case "_string_nofault", "user_string_nofault":
		return s, s != ""
	case "user_string":
		if len(b.Args) < 2 {
			return "", false // what can't be read is an error
		}
		instead, isLiteral := b.Args[1].(*ir.Str)
		return s, isLiteral && instead.Value != s
	}
	return "", false
}

// quotedEscapes are the escapes of a quoted text that stand for one byte each. Others
// are left to the VM.
var quotedEscapes = map[byte]byte{
	'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', '"': '"', '\\': '\\',
}

// unquote is the text whose quoted form is s, if s is made of printable ASCII and
// quotedEscapes.
func unquote(s string) (text string, ok bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", false
	}
	var b strings.Builder
	for s = s[1 : len(s)-1]; s != ""; s = s[1:] {
		c := s[0]
		switch {
		case c < ' ' || c > '~' || c == '"':
			return "", false
		case c == '\\':
			if s = s[1:]; s == "" {
				return "", false
			}
			if c, ok = quotedEscapes[s[0]]; !ok {
				return "", false
			}
		}
		b.WriteByte(c)
	}
	return b.String(), true
}
