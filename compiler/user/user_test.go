package user_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tapir/compiler/bytecode"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/compiler/user"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// x86 is a target with the calls that the tests use.
type x86 map[string]int

func (c x86) SyscallNumber(name string) (int, bool) { nr, ok := c[name]; return nr, ok }
func (x86) SyscallNames() []string                  { return []string{"openat"} }
func (x86) TicksPerSecond() int64                   { return 250 }

func planOf(t testing.TB, text string) *plan.Plan {
	t.Helper()
	set := &source.Set{}
	file, diags := syntax.Parse(set, "t.tp", text, syntax.Options{})
	mustBeFine(t, text, diags)
	lib := library.New(library.Options{Sources: set})
	checked, diags := check.Check(set, []*syntax.File{file}, lib, x86{"openat": 257}, check.Options{})
	mustBeFine(t, text, diags)
	tree, diags := ir.Build(checked)
	mustBeFine(t, text, diags)
	p, diags := plan.Options{}.Make(tree)
	mustBeFine(t, text, diags)
	return p
}

func mustBeFine(t testing.TB, text string, diags *source.Diagnostics) {
	t.Helper()
	if diags == nil || !diags.HasErrors() {
		return
	}
	for _, d := range diags.List {
		t.Error(d.Message)
	}
	t.Fatalf("in:\n%s", text)
}

func compile(t testing.TB, text string) *bytecode.Program {
	t.Helper()
	p, err := user.Compile(planOf(t, text))
	if err != nil {
		t.Fatalf("%v\nin:\n%s", err, text)
	}
	return p
}

// listing is the code without its numbering and the spaces at the margin.
func listing(p *bytecode.Program) string {
	var lines []string
	for pc := range p.Code {
		lines = append(lines, strings.Join(strings.Fields(p.Instruction(pc)), " "))
	}
	return strings.Join(lines, "\n")
}

func TestCode(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"a time round a loop", `probe begin { for (i = 0; i < 100; i++) s += i; println(s) }`, []string{
			"actions 3", "int i0 0", "jump ->6",
			"actions 3", "add i1 i1 i0", "add i0 i0 1", "jlt i0 100 ->3",
			"actions 1", `print i1.. s0.. "%d\n"`, "halt",
		}},
		{"comparisons", `probe begin { x = target(); if (3 < x && x != 70000 && !(x >= -5)) exit() }`, []string{
			"actions 2", "target i0", "jle i0 3 ->8", "int i1 70000", "jeq i0 i1 ->8", "jge i0 -5 ->8",
			"actions 1", "exit", "halt",
		}},
		{"globals and elements", `global g, a; probe begin { g++; a[g, "k"] += 2; g = a[1, "k"]; println(g) }`, []string{
			"actions 4", "int i0 1", "inc i0 i0 g",
			"get i0 g", `text s0 "k"`, "int i1 2", "incelem i1 i0.. s0.. a",
			"int i1 1", `text s0 "k"`, "elem i0 i1.. s0.. a", "set i0 g",
			"get i0 g", `print i0.. s0.. "%d\n"`, "halt",
		}},
		{"function", `function f(a, b:string) { if (a) return b . "x" } probe begin { s = f(1, "y"); print(s) }`, []string{
			"actions 2", "int i0 1", `text s1 "y"`, "call i0.. s1.. f", "move s0 s1", `print i0.. s0.. "%s"`, "halt",
			"actions 1", "jz i0 ->13", "actions 1", `text s1 "x"`, "concat s0 s0 s1", "return",
			`text s0 ""`, "return",
		}},
		{"statistics", `global s, t; probe begin { s <<< 3; t["a"] <<< 4; println(@avg(s), @hist_log(t["a"])[64]); print(@hist_log(t["a"])) }`, []string{
			"actions 4", "int i0 3", "addstat i0 s", `text s0 "a"`, "int i0 4", "addstat i0 i0.. s0.. t",
			"stat i0 i0.. s0.. s @avg", `text s0 "a"`, "int i2 64", "bucket i2 i0.. s0.. t", "move i1 i2", `print i0.. s0.. "%d%d\n"`,
			`text s0 "a"`, "printhist i0.. s0.. t", "halt",
		}},
		{"try", `probe begin { while (1) { try { if (target()) break; error("x") } catch (e) { print(e) } } }`, []string{
			"actions 1", "actions 2", "try s0 ->14", "actions 1", "target i0", "jz i0 ->9", "actions 1", "endtry", "jump ->17",
			"actions 1", `text s1 "x"`, "error s1", "endtry", "jump ->16", "actions 1", `print i0.. s0.. "%s!!"`, "jump ->1", "halt",
		}},
		{"chain", `function f(n) { if (n++) next; return 1 } function f(n) { return n } probe begin { println(f(1)) }`, []string{
			"actions 1", "int i1 1", "call i1.. s0.. f", "move i0 i1", `print i0.. s0.. "%d\n"`, "halt",
			"move i1 i0", "actions 1", "move i2 i0", "add i0 i0 1", "jz i2 ->14", "actions 1", "move i0 i1", "tail f",
			"actions 1", "int i0 1", "return", "int i0 0", "return",
			"actions 1", "return", "int i0 0", "return",
		}},
		{"context", `probe kernel.syscall("openat") { printf("%s %d %d\n", execname(), pid(), target()) }`, []string{
			"actions 1", "load s0 execname() #0", "load i0 pid() #1", "target i1", `print i0.. s0.. "%s! %d %d\n"`, "halt",
		}},
		{"self", `probe begin { println(pid()) }`, []string{
			"actions 1", "load i0 pid()", `print i0.. s0.. "%d\n"`, "halt",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, want := listing(compile(t, test.text)), strings.Join(test.want, "\n")
			if got != want {
				t.Errorf("got\n%s\nwant\n%s\nof %s", got, want, test.text)
			}
		})
	}
}

// TestEscape holds which printed strings may hold traced data, and which of
// those may hold the script's own control characters too.
func TestEscape(t *testing.T) {
	const clean, traced, mixed = bytecode.Plain, bytecode.EscapeControl, bytecode.EscapeMixed
	for _, test := range []struct {
		decls, body string
		want        bytecode.Escape
	}{
		{body: `x = "a\n"; print(x)`, want: clean},
		{body: `x = sprintf("%d", pid()); print(x)`, want: clean},
		{body: `print(execname())`, want: traced},
		{body: `x = execname(); y = x; print(y)`, want: traced},
		{body: `x = execname() . "!"; print(x)`, want: traced},
		{body: `x = execname() . "\n"; print(x)`, want: mixed},
		{body: `x = substr(execname(), 1, 2); print(x)`, want: traced},
		{body: `x = pid() ? "a" : execname(); print(x)`, want: traced},
		{body: `x = ctime(pid()); print(x)`, want: clean},
		{decls: `function f(x) { return x }`, body: `print(f(execname()))`, want: traced},
		{decls: `function f(x) { return "a" }`, body: `print(f(execname()))`, want: clean},
		{decls: `global g`, body: `print(g); g = execname()`, want: traced},
		{decls: `global a`, body: `a[execname()] = 1; foreach (k in a) print(k)`, want: traced},
		{decls: `global a`, body: `a[1] = execname(); foreach (v = k in a) print(v)`, want: traced},
		{body: `printf("%c", pid())`, want: traced},
		{body: `x = 7; printf("%c", x++)`, want: clean},
	} {
		p := compile(t, test.decls+"\nprobe kernel.syscall(\"openat\") { "+test.body+" }")
		got := clean
		for _, f := range p.Formats {
			for _, s := range f.Segments {
				got = max(got, s.Escape)
			}
		}
		if got != test.want {
			t.Errorf("%s %s: escape %d, want %d", test.decls, test.body, got, test.want)
		}
	}
}

func TestDisplay(t *testing.T) {
	p := compile(t, `
		global written, read, both, stepped, used, cleared, array, keyed, tested, looped, fed, asked, walked, fedby
		probe begin {
			written = 1; both = 2; read = 1; println(read, both); stepped++; stepped += 2; x = used++
			cleared = 1; delete cleared; array[1] = 2; keyed[array2()] = x; tested[1] = 1; looped[1] = 1
			fed <<< 1; asked <<< 1; println(@count(asked)); fedby[1] <<< 2
			walked <<< 1; foreach (b in @hist_log(walked)) println(b)
			if (1 in tested) foreach (k in looped) println(k)
		}
		function array2() { return 1 }`)
	var got []string
	for _, g := range p.Display {
		got = append(got, p.Globals[g].Name)
	}
	if want := []string{"written", "stepped", "cleared", "array", "keyed", "fed", "fedby"}; !slices.Equal(got, want) {
		t.Errorf("Display = %v, want %v", got, want)
	}
}

func TestNesting(t *testing.T) {
	for _, test := range []struct {
		text string
		want int
	}{
		{`probe begin { exit() }`, 0},
		{`function f() { return g() + 1 } function g() { return 1 } probe begin { println(f() + g()) }`, 2},
		{`function f(n) { return n ? f(n - 1) : 0 } probe begin { println(f(3)) }`, 11},
	} {
		if got := compile(t, test.text).Nesting; got != test.want {
			t.Errorf("Nesting = %d, want %d: %s", got, test.want, test.text)
		}
	}
}

func TestRefusals(t *testing.T) {
	var many strings.Builder
	for i := range 300 {
		fmt.Fprintf(&many, "v%d = target() + %d; ", i, i)
	}
	for i := range 300 {
		fmt.Fprintf(&many, "println(v%d); ", i)
	}
	for _, test := range []struct{ text, want string }{
		{"probe begin { " + many.String() + "}", "too many variables"},
	} {
		_, err := user.Compile(planOf(t, test.text))
		var e *user.Error
		if !errors.As(err, &e) || !strings.Contains(e.Msg, test.want) {
			t.Errorf("got %v, want %q\nof %.80s", err, test.want, test.text)
		}
	}
}
