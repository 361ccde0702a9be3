package vm_test

import (
	"bytes"
	"testing"

	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/runtime/vm"
)

func printOf(x ir.Expr) *ir.Format {
	return &ir.Format{Parts: []builtin.FormatPart{{Verb: 'd', Width: -1, Prec: -1}}, Args: []ir.Expr{x}}
}

// TestPrintf has the conversions that testdata/printf.stp does not.
func TestPrintf(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{`"%#c%#c%#c%#c", n + 10, n + 39, n + 1, n + 65`, `\n\'\001A`},
		{`"[%#5c]", n + 10`, `[   \n]`},
		{`"[%+d] [%+u] [% x]", n + 1, n + 1, n + 1`, "[+1] [1] [1]"},
		{`"[%#o] [%#.3o] [%06x]", n, n + 8, n + 255`, "[00] [0010] [0000ff]"},
		{`"[%4.2b]", n + 0x4142`, "[\x00\x00BA]"},
		{`"[%-4.2b]", n + 0x4142`, "[BA\x00\x00]"},
		{`"[%3b]", n + 1`, "[\x01\x00\x00\x00\x00\x00\x00\x00]"},
		{`"[%-8p] [%08p]", n + 16, n + 16`, "[0x10    ] [0x000010]"},
		{`"[%70d]", n`, "[" + string(bytes.Repeat([]byte(" "), 69)) + "0]"},
		{`"[%.*s] [%-*s]", n + 2, s, n + 5, s`, "[he] [hello]"},
		{`"[%.*s]", n - 1, s`, "[hello]"},
		{`"[%05d] [%05d] [%-5dx]", n - 42, n + 123456, n - 1`, "[-0042] [123456] [-1   x]"},
	} {
		if got := begin(t, "", `n = 0; s = "hello"; printf(`+test.args+`)`); got != test.want {
			t.Errorf("printf(%s) = %q, want %q", test.args, got, test.want)
		}
	}
}

// TestArenaIsBounded makes strings far beyond what the arena holds before it
// drops those that nothing refers to.
func TestArenaIsBounded(t *testing.T) {
	s := compile(t, `probe begin {
		big = "0123456789abcdef"; for (i = 0; i < 5; i++) big = big . big
		for (i = 0; i < 20000; i++) s = sprintf("%d%s", i, big)
		println(substr(s, 0, 10), strlen(big)) }`)
	r := s.run(vm.Options{Limits: vm.Limits{ActionsAside: 1 << 20}})
	if want := "1999901234511\n"; r.out+r.errs != want {
		t.Errorf("got %q, want %q", r.out+r.errs, want)
	}
}
