package check_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

// machine is a Target with the few calls that the tests use, numbered as on
// x86-64.
type machine map[string]int

var x86 = machine{
	"read": 0, "write": 1, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "wait4": 61,
	"ptrace": 101, "exit_group": 231, "waitid": 247, "openat": 257, "clone3": 435,
}

func (m machine) SyscallNumber(name string) (int, bool) {
	nr, ok := m[name]
	return nr, ok
}

func (m machine) SyscallNames() []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (machine) TicksPerSecond() int64 { return 250 }

// complete86 is a machine that has every call.
type complete86 struct{ machine }

func (m complete86) SyscallNumber(name string) (int, bool) {
	nr, ok := m.machine[name]
	if !ok {
		nr = 1000
	}
	return nr, true
}

// run is one check of a text.
type run struct {
	prog  *check.Program
	diags *source.Diagnostics
	set   *source.Set
}

func checkText(t testing.TB, text string, o check.Options) run {
	t.Helper()
	return checkVersion(t, text, "", o)
}

func checkVersion(t testing.TB, text, version string, o check.Options) run {
	t.Helper()
	return checkOn(t, x86, text, version, o)
}

func checkOn(t testing.TB, m check.Target, text, version string, o check.Options) run {
	t.Helper()
	set := &source.Set{}
	file, diags := syntax.Parse(set, "t.tp", text, syntax.Options{Version: version})
	if diags.HasErrors() {
		t.Fatalf("parse:\n%s\nin:\n%s", rendered(set, diags), text)
	}
	lib := library.New(library.Options{Sources: set, Syntax: syntax.Options{Version: version}})
	prog, diags := check.Check(set, []*syntax.File{file}, lib, m, o)
	return run{prog, diags, set}
}

func newLibrary(set *source.Set) *library.Library {
	return library.New(library.Options{Sources: set})
}

func good(t testing.TB, text string) *check.Program {
	t.Helper()
	r := checkText(t, text, check.Options{})
	if len(r.diags.List) > 0 {
		t.Fatalf("got\n%s\nin:\n%s", rendered(r.set, r.diags), text)
	}
	return r.prog
}

func rendered(set *source.Set, diags *source.Diagnostics) string {
	var b bytes.Buffer
	source.Render(&b, set, diags.List, source.RenderOptions{})
	return b.String()
}

const article = `# NB: TASK_COMM_LEN is 16, including '\0', so truncate to 15 chars
global mutator = "test_driver"
global mutatee = "test4_2.dyn_g++"

function trace(str) {
    printf("%16s[%5d] %s\n", execname(), pid(), str)
}

probe syscall.fork {
    if (execname() == mutatee)
        trace(sprintf("-> %s (%s)", name, argstr))
}
probe syscall.fork.return {
    if (execname() == mutatee)
        trace(sprintf("<- %s = %s", name, retstr))
}

global ptrace_watch
probe begin {
    ptrace_watch[7] = 1 # PTRACE_CONT
    ptrace_watch[12] = 1 # PTRACE_GETREGS
}
probe syscall.ptrace {
    if (execname() == mutator && request in ptrace_watch)
        trace(sprintf("%s (%s)", name, argstr))
}

probe syscall.wait4.return {
    if (execname() == mutator)
        trace(sprintf("%s = %s %s", name, retstr, status_str))
}
`

func TestArticle(t *testing.T) {
	p := good(t, article)
	var points []string
	for _, pr := range p.Probes {
		points = append(points, pr.Spelling+" "+pr.Point.Name)
	}
	want := []string{
		`syscall.fork kernel.syscall("fork")`, `syscall.fork kernel.syscall("clone")`, `syscall.fork kernel.syscall("clone3")`,
		`syscall.fork.return kernel.syscall("fork").return`, `syscall.fork.return kernel.syscall("clone").return`,
		`syscall.fork.return kernel.syscall("clone3").return`,
		`begin begin`,
		`syscall.ptrace kernel.syscall("ptrace")`,
		`syscall.wait4.return kernel.syscall("wait4").return`,
	}
	if !slices.Equal(points, want) {
		t.Errorf("probes\n got %q\nwant %q", points, want)
	}
	globals := map[string]string{}
	for _, g := range p.Globals {
		globals[g.Name] = g.Type.String()
	}
	for name, want := range map[string]string{"mutator": "string", "mutatee": "string", "ptrace_watch": "long [long]"} {
		if globals[name] != want {
			t.Errorf("global %s is %s, want %s", name, globals[name], want)
		}
	}
	i := slices.IndexFunc(p.Funcs, func(f *check.Func) bool {
		return f.Decl != nil && p.Sources.FileOf(f.Decl.Token().Span.Start).Library == false
	})
	if i < 0 || p.Funcs[i].Result != types.Void || p.Funcs[i].Params[0].Type.Kind != types.String {
		t.Errorf("functions: %+v", p.Funcs)
	}
	if nr := p.Probes[7].Point.Number; nr != 101 {
		t.Errorf("ptrace is number %d", nr)
	}
	complete(t, p)
}

// complete checks that every expression of a program has a type, and every name
// an object.
func complete(t testing.TB, p *check.Program) {
	t.Helper()
	look := func(n syntax.Node) bool {
		e, ok := n.(syntax.Expr)
		if !ok {
			return true
		}
		if ty, ok := p.Types[e]; !ok || ty.Kind == types.Unknown {
			t.Errorf("%s at %v has type %v", syntax.ExprString(e), p.Sources.Position(e.Span().Start), ty)
		}
		switch e.(type) {
		case *syntax.Ident, *syntax.Call:
			if p.Uses[e] == nil {
				t.Errorf("%s denotes nothing", syntax.ExprString(e))
			}
		}
		return true
	}
	for _, pr := range p.Probes {
		syntax.Walk(pr.Body, look)
	}
	for _, f := range p.Funcs {
		syntax.Walk(f.Body, look)
	}
}

// needsKernel reports whether something is amiss only because this target has no functions,
// tracepoints or types.
func needsKernel(diags *source.Diagnostics) bool {
	for _, d := range diags.List {
		if len(d.Causes) == 1 {
			d = d.Causes[0]
		}
		switch d.Message {
		case "tracepoints are not known here", "the kernel's functions are not known here", "members of kernel structures are not supported by this version", "@cast is not supported by this version":
		default:
			return false
		}
	}
	return len(diags.List) > 0
}

// TestTapset holds that everything in the tapset makes sense.
func TestTapset(t *testing.T) {
	for _, version := range []string{"", "5"} {
		names := library.New(library.Options{Sources: &source.Set{}}).AliasNames()
		if len(names) < 20 {
			t.Fatalf("the tapset has %d aliases: %q", len(names), names)
		}
		for _, name := range names {
			text := "probe " + name + " { println(1) }"
			if strings.HasPrefix(name, "syscall.") {
				text = "probe " + name + " { println(name) }"
			}
			r := checkOn(t, complete86{x86}, text, version, check.Options{})
			if needsKernel(r.diags) {
				continue // runtime/session compiles it for the running kernel
			}
			if len(r.diags.List) > 0 {
				t.Errorf("%s:\n%s", text, rendered(r.set, r.diags))
				continue
			}
			complete(t, r.prog)
		}
	}
}

func TestCompatible(t *testing.T) {
	for version, want := range map[string]int{"": 3, "5.6": 3, "5": 1, "5.2": 1} {
		r := checkVersion(t, "probe syscall.fork.return { println(name, retstr) }", version, check.Options{})
		if got := len(r.prog.Probes); got != want {
			t.Errorf("version %q: %d probes, want %d\n%s", version, got, want, rendered(r.set, r.diags))
		}
	}
}

func TestPoints(t *testing.T) {
	tests := []struct {
		points string
		want   string // canonical names
	}{
		{`begin, end(-3), error(2), never`, `begin end(-3) error(2) never`},
		{`init`, `begin(-9223372036854775808)`},
		{`oneshot`, `begin`},
		{`timer.ms(100), timer.s(1).randomize(0), timer.hz(3), timer.jiffies(10)`, `timer.ms(100) timer.s(1).randomize(0) timer.hz(3) timer.jiffies(10)`},
		{`kernel.syscall("read")`, `kernel.syscall("read")`},
		{`syscall.{read,write}`, `kernel.syscall("read") kernel.syscall("write")`},
		{`syscall.{read,write}.return`, `kernel.syscall("read").return kernel.syscall("write").return`},
		{`{begin, syscall.{read, wait4.return}}`, `begin kernel.syscall("read") kernel.syscall("wait4").return`},
		{`syscall.*wait*`, `kernel.syscall("wait4") kernel.syscall("waitid")`},
		{`syscall.wait*.return`, `kernel.syscall("wait4").return kernel.syscall("waitid").return`},
		{`syscall.read.ret*`, `kernel.syscall("read").return`},
		{`sys**waitid`, `kernel.syscall("waitid")`},
		{`be*`, `begin`},
		{`syscall.nosuch ?, begin`, `begin`},
		{`syscall.nosuch !, begin !, end`, `begin`},
		{`syscall.{nosuch ?, read}`, `kernel.syscall("read")`},
	}
	for _, test := range tests {
		p := good(t, "probe "+test.points+" { println(1) }")
		var names []string
		for _, pr := range p.Probes {
			names = append(names, pr.Point.Name)
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.points, got, test.want)
		}
	}
}

func TestPointFields(t *testing.T) {
	p := good(t, `probe begin(-5), timer.ms(20).randomize(5), timer.hz(3), timer.jiffies(10), syscall.write.return { println(1) }`)
	want := []check.Point{
		{Kind: builtin.Begin, Name: "begin(-5)", Priority: -5},
		{Kind: builtin.Timer, Name: "timer.ms(20).randomize(5)", Interval: 20e6, Random: 5e6},
		{Kind: builtin.Timer, Name: "timer.hz(3)", Interval: 333333334},
		{Kind: builtin.Timer, Name: "timer.jiffies(10)", Interval: 40e6},
		{Kind: builtin.SyscallExit, Name: `kernel.syscall("write").return`, Syscall: "write", Number: 1},
	}
	for i, pr := range p.Probes {
		if pr.Point != want[i] {
			t.Errorf("point %d\n got %+v\nwant %+v", i, pr.Point, want[i])
		}
	}
	if got := p.Probes[4].Spelling; got != "syscall.write.return" {
		t.Errorf("spelling %q", got)
	}
}

// TestLayers holds the order of prologues, body and epilogues, of which a probe
// has its own copy.
func TestLayers(t *testing.T) {
	p := good(t, `
global on = 1, off = 0
probe inner = begin, end { print("1") }, { print("6") }
probe inner += never { print("7") }
probe outer = inner { print("2") }
probe outer += inner if (on) { print("5") }
probe outer if (off) { print("3") print("4") }
`)
	var got []string
	for _, pr := range p.Probes {
		text := ""
		for _, s := range pr.Body.Stmts {
			text += s.(*syntax.ExprStmt).X.(*syntax.Print).Args[0].(*syntax.StringLit).Value
		}
		got = append(got, pr.Point.Name+" "+text+strings.Repeat("?", len(pr.Conds)))
	}
	want := []string{"begin 12346?", "end 12346?", "never 2347?", "begin 134 56??", "end 13456??", "never 34 57??"}
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], " 5", "5")
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	if p.Probes[0].Body.Stmts[0] == p.Probes[1].Body.Stmts[0] {
		t.Error("two probes share a tree")
	}
}

func TestSuffix(t *testing.T) {
	p := good(t, `probe mine = syscall.read { x = 1 } probe mine.return { println(x, retstr) }`)
	if len(p.Probes) != 1 || p.Probes[0].Point.Name != `kernel.syscall("read").return` {
		t.Errorf("%+v", p.Probes[0].Point)
	}
}

func TestTypes(t *testing.T) {
	tests := []struct {
		text string
		want string // every global's, function's and local's type
	}{
		{`global a probe begin { a = "x" println(a) }`, "a string"},
		{`global a probe begin { b = a; println(b) a = 1 }`, "a long, b long"},
		{`global a probe begin { a["x", 1] = "y"; println(a["", 2]) }`, "a string [string, long]"},
		{`global a probe begin { a["x"]++ foreach (v = k in a) println(k, v) }`, "a long [string], v long, k string"},
		{`global a, b probe begin { foreach ([x, y] in a) { b[y, x] = 1 } a["s", 1] .= "t" }`, "a string [string, long], b long [long, string], x string, y long"},
		{`function f(x) { return x . "!" } probe begin { y = f("a") println(y) }`, "f(string) string, y string"},
		{`function f(n) { if (n < 2) return 1 return n * f(n - 1) } probe begin { println(f(5)) }`, "f(long) long"},
		{`function even(n) { return n == 0 ? 1 : odd(n - 1) } function odd(n) { return n == 0 ? 0 : even(n - 1) } probe begin { println(even(4)) }`, "even(long) long, odd(long) long"},
		{`function f:string(x:long) { return "" } probe begin { println(f(1)) }`, "f(long) string"},
		{`function f() { println(1) } probe begin { f() }`, "f() void"},
		{`function f(x) { return x } probe begin { y = f(z) z = "s" println(y) }`, "f(string) string, z string, y string"},
		{`function f(a) { return a } function f(a, b) { return a . b } probe begin { println(f(1), f("a", "b")) }`, "f(long) long, f(string, string) string"},
		{`global unused probe begin { println(ctime()) }`, "unused long, ctime() string"},
		{`global watch probe begin { println(pid() in watch) watch[1] = 2 delete watch }`, "watch long [long]"},
		{`function exit() { println("mine") } probe begin { exit() }`, "exit() void"},
		{`probe begin { println(x == "a" ? 1 : 2) x = "b" }`, "x string"},
		{`probe begin { x = y = "a" println(x . y) }`, "y string, x string"},
		{`global s probe begin { s <<< 1 println(@count(s), @avg(s)) }`, "s stats"},
		{`global s probe begin { s["a", 1] <<< 1 foreach ([k, i] in s @sum-) { println(k, i) } println(@max(s["", 1])) }`, "s stats [string, long], k string, i long"},
		{`global s probe begin { s <<< 1 foreach (b in @hist_log(s)) x += @hist_log(s)[b] print(@hist_log(s)) t = sprint(@hist_log(s)) println(x, t) }`, "s stats, b long, x long, t string"},
		{`probe begin { try { error("x") } catch (m) { println(m) } }`, "m string"},
		{`function strlen(s) { if (s == "") next return -1 } probe begin { println(strlen("a")) }`, "strlen(string) long, strlen(string) long"},
		{`probe begin { x = "a" =~ "b" println(x) }`, "x long"},
		{`global k, v, a probe begin { a["x"] = 1 foreach (v = k in a) println(k) println(v) }`, "k string, v long, a long [string]"},
		{`function f(n) { if (n) next return "a" } function f(n) { return "b" } probe begin { println(f(1)) }`, "f(long) string, f(long) string"},
		{`probe begin { printf("%*d %.*s", w, n, p, s) w = n = p = 1 s = "" }`, "w long, n long, p long, s string"},
	}
	for _, test := range tests {
		p := good(t, test.text)
		complete(t, p)
		var list []string
		for _, g := range p.Globals {
			list = append(list, g.Name+" "+g.Type.String())
		}
		for _, f := range p.Funcs {
			var params []string
			for _, l := range f.Params {
				params = append(params, l.Type.String())
			}
			list = append(list, f.Name+"("+strings.Join(params, ", ")+") "+f.Result.String())
		}
		for _, l := range p.Probes[0].Locals {
			list = append(list, l.Name+" "+l.Type.String())
		}
		if got := strings.Join(list, ", "); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

func TestOverride(t *testing.T) {
	r := checkText(t, `global a, b = "x", c = 1 probe begin { println(a, b, c) }`,
		check.Options{Globals: map[string]string{"a": "0x10", "b": "12", "c": "5"}})
	if len(r.diags.List) > 0 {
		t.Fatalf("%s", rendered(r.set, r.diags))
	}
	for i, want := range []string{"16", `"12"`, "5"} {
		if got := syntax.ExprString(r.prog.Globals[i].Init); got != want {
			t.Errorf("%s: %s, want %s", r.prog.Globals[i].Name, got, want)
		}
	}
	r = checkText(t, `global count probe begin { println(count) count++ }`, check.Options{Globals: map[string]string{"cuont": "1"}})
	if got := rendered(r.set, r.diags); !strings.Contains(got, "no global variable cuont (similar: count)") {
		t.Errorf("got %s", got)
	}
}

// TestArraysAreNoVariables holds that an array of the script does not meet a variable
// of the tapset that has its name, but a scalar does.
func TestArraysAreNoVariables(t *testing.T) {
	good(t, `global flags probe syscall.openat { flags[tid()] = 1 } probe end { foreach (t in flags) println(t) }`)
	p := good(t, `global flags probe syscall.openat { println(filename) } probe end { println(flags) }`)
	if p.Globals[0].Name != "flags" || p.Globals[0].Type.IsArray() {
		t.Errorf("globals: %+v", p.Globals)
	}
}
