package ir

import (
	"fmt"

	"tapir/lang/builtin"
)

// FoldFormat is f with literal strings under a plain %s and literal numbers under a
// plain %d made part of the text, and the pieces joined.
func FoldFormat(f *Format) *Format {
	out := &Format{}
	args := f.Args
	for _, p := range f.Parts {
		n := numArgs(p)
		if n > len(args) {
			return f // wrong number of arguments, reported by the checker
		}
		own := args[:n]
		args = args[n:]
		if text, ok := plainText(p, own); ok {
			p, own = literal(text), nil
		}
		last := len(out.Parts) - 1
		switch {
		case p.Verb == 0 && p.Literal == "":
		case p.Verb == 0 && last >= 0 && out.Parts[last].Verb == 0:
			out.Parts[last].Literal += p.Literal
		default:
			out.Parts = append(out.Parts, p)
		}
		out.Args = append(out.Args, own...)
	}
	return out
}

// numArgs is how many arguments p consumes.
func numArgs(p builtin.FormatPart) int {
	if p.Verb == 0 {
		return 0
	}
	return 1 + int(Bool(p.WidthArg)+Bool(p.PrecArg))
}

func plainText(p builtin.FormatPart, args []Expr) (string, bool) {
	if len(args) != 1 || p.Flag != 0 || p.Width >= 0 || p.Prec >= 0 {
		return "", false
	}
	switch x := args[0].(type) {
	case *Str:
		return x.Value, p.Verb == 's'
	case *Int:
		return fmt.Sprint(x.Value), p.Verb == 'd'
	}
	return "", false
}
