package plan

import (
	"testing"

	"tapir/compiler/ir"
	"tapir/lang/builtin"
)

func TestMemoryText(t *testing.T) {
	call := func(name string, args ...ir.Expr) ir.Expr {
		return &ir.Builtin{Fn: builtin.Lookup(name), Args: append([]ir.Expr{&ir.Int{Value: 1}}, args...)}
	}
	str := func(s string) ir.Expr { return &ir.Str{Value: s} }
	for _, test := range []struct {
		read    ir.Expr
		literal string
		want    string
		ok      bool
	}{
		{call("user_string_quoted"), `"/etc/passwd"`, "/etc/passwd", true},
		{call("user_string_quoted"), `"a\n\"\\"`, "a\n\"\\", true},
		{call("user_string_quoted"), `""`, "", true},
		{call("user_string_quoted"), `/etc/passwd`, "", false},
		{call("user_string_quoted"), `0x0`, "", false},
		{call("user_string_quoted"), `"\303"`, "", false},
		{call("user_string_quoted"), `"a"b"`, "", false},
		{call("user_string_quoted"), `"a\"`, "", false},
		{call("user_string", str("")), "x", "x", true},
		{call("user_string", str("x")), "x", "", false},
		{call("user_string"), "x", "", false},
		{call("_string_nofault"), "x", "x", true},
		{call("_string_nofault"), "", "", false},
		{call("_string_nofault"), "x\x00y", "", false},
	} {
		addr, got, ok := MemoryText(&ir.Binary{Op: ir.OpNe, X: test.read, Y: str(test.literal)})
		if ok != test.ok || ok && (got != test.want || addr == nil) {
			t.Errorf("%s != %q: got %q, %v, want %q, %v", ir.ExprString(test.read), test.literal, got, ok, test.want, test.ok)
		}
		if _, turned, also := MemoryText(&ir.Binary{Op: ir.OpEq, X: str(test.literal), Y: test.read}); turned != got || also != ok {
			t.Errorf("%q == %s: got %q, %v", test.literal, ir.ExprString(test.read), turned, also)
		}
	}
	if _, _, ok := MemoryText(&ir.Binary{Op: ir.OpLt, X: call("_string_nofault"), Y: str("x")}); ok {
		t.Error("the order of strings is compared in the kernel")
	}
}
