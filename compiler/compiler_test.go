package compiler

import (
	"errors"
	"strings"
	"testing"

	"tapir/bpf/target"
	"tapir/compiler/kernel"
	"tapir/compiler/user"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// compile takes a script through all passes, for a certain kernel.
func compile(t *testing.T, text string) (*Compiled, string) {
	t.Helper()
	set := &source.Set{}
	file, parsed := syntax.Parse(set, "t.tp", text, syntax.Options{})
	lib := library.New(library.Options{Sources: set})
	program, checked := check.Check(set, []*syntax.File{file}, lib, target.Fixed(), check.Options{})
	for _, ds := range []*source.Diagnostics{parsed, checked} {
		if ds != nil && ds.HasErrors() {
			t.Fatalf("%+v\n%s", ds.List[0], text)
		}
	}
	c, ds := Compile(program, target.Fixed(), Options{})
	var b strings.Builder
	if err := source.Render(&b, set, ds.List, source.RenderOptions{}); err != nil {
		t.Fatal(err)
	}
	return c, b.String()
}

func TestObjectOnlyForEvents(t *testing.T) {
	c, said := compile(t, `probe begin { println("x") } probe timer.s(1) { exit() }`)
	if c == nil || c.Object != nil || len(c.Plan.Probes) != 2 || len(c.Code.Probes) != 2 {
		t.Errorf("compiled to %+v, want two probes and no object\n%s", c, said)
	}
	c, said = compile(t, `probe kernel.syscall("read") { println(pid()) }`)
	if c == nil || c.Object == nil || len(c.Object.Programs) != 1 || !c.Object.TAIClock {
		t.Errorf("compiled to %+v, want an object with one program\n%s", c, said)
	}
}

func TestPlanErrorsEndCompilation(t *testing.T) {
	const script = `probe kernel.syscall("read") { println(get_cycles()) }`
	c, said := compile(t, script)
	if c != nil || !strings.Contains(said, "identifier 'get_cycles' at t.tp:1:40\n") {
		t.Errorf("compiled to %v, said\n%s\n%s", c, said, script)
	}
}

func TestBackEndErrorsHaveAPlace(t *testing.T) {
	set := &source.Set{}
	f := set.Add("t.tp", "probe begin { a = b }")
	at := source.Span{Start: f.Base + 18, End: f.Base + 19}
	tests := []struct {
		err  error
		want string
	}{
		{&kernel.Error{Pos: at, Message: "too many registers"}, "semantic error: too many registers: identifier 'b' at t.tp:1:19\n"},
		{&user.Error{Pos: at, Msg: "too deep"}, "semantic error: too deep: identifier 'b' at t.tp:1:19\n"},
		{errors.New("no BTF"), "semantic error: no BTF\n"},
	}
	for _, tt := range tests {
		var b strings.Builder
		if err := source.Render(&b, set, []*source.Diagnostic{diagnose(tt.err, set)}, source.RenderOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); !strings.HasPrefix(got, tt.want) {
			t.Errorf("diagnose(%v) is shown as\n%swant\n%s", tt.err, got, tt.want)
		}
	}
}
