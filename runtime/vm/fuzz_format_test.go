package vm_test

import (
	"fmt"
	"strings"
	"testing"

	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// sameInGo are the conversions that mean in Go what they mean here, without a
// precision and with a flag or none.
const sameInGo = "dxXo"

// FuzzPrintf prints numbers and a string with any format. What Go's fmt has in the
// same way must come out the same; nothing else may fail.
func FuzzPrintf(f *testing.F) {
	f.Add("%d|%-8s|%05x", int64(-7), "text")
	f.Add("%*d%.*s%+d% d%#o%#X", int64(5), "a\x01b")
	f.Add("%c%#c%b%-8.2b%p%u", int64(300), "")
	f.Fuzz(func(t *testing.T, format string, n int64, s string) {
		if strings.ContainsAny(s+format, "\x00\"\\\n") || len(s) > 100 {
			return
		}
		parts, err := builtin.ParseFormat(format)
		if err != nil || len(parts) > 20 {
			return
		}
		var args []string
		want, comparable := "", true
		for _, p := range parts {
			if p.Verb == 'm' || p.Verb == 'M' { // needs an event
				return
			}
			for _, star := range []bool{p.WidthArg, p.PrecArg} {
				if star {
					args = append(args, "w")
				}
			}
			if p.Verb != 0 {
				args = append(args, map[types.Kind]string{types.Long: "n", types.String: "s"}[p.ArgKind()])
			}
			text, same := inGo(p, n, s)
			want += text
			comparable = comparable && same
		}
		call := "printf(" + strings.Join(append([]string{ir.Quote(format)}, args...), ", ") + ")"
		if len(args) > 32 {
			return
		}
		got := begin(t, "", fmt.Sprintf("w = 7; n = %d; w += n - n; s = %s; %s", n, ir.Quote(s), call))
		if comparable && got != want {
			t.Errorf("%s with %d and %q\n got %q\nwant %q", call, n, s, got, want)
		}
	})
}

// inGo is what Go prints for a conversion, if that is the same as here.
func inGo(p builtin.FormatPart, n int64, s string) (text string, same bool) {
	switch {
	case p.Verb == 0:
		return p.Literal, true
	case p.Prec >= 0 || p.WidthArg || p.PrecArg:
		return "", false
	case p.Verb == 's' && (p.Flag == 0 || p.Flag == '-'):
		for i := range len(s) { // Go counts runes
			if s[i] >= 0x80 {
				return "", false
			}
		}
		return fmt.Sprintf(p.String(), s), true
	case p.Verb == 'd':
		return fmt.Sprintf(p.String(), n), p.Flag != '#'
	case strings.IndexByte(sameInGo, p.Verb) >= 0 && (p.Flag == 0 || p.Flag == '-' || p.Flag == '0'):
		return fmt.Sprintf(p.String(), uint64(n)), true
	}
	return "", false
}
