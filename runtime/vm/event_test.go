package vm_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/compiler/user"
	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/lang/types"
	"tapir/runtime/vm"
)

type calls map[string]int

func (c calls) SyscallNumber(name string) (int, bool) { nr, ok := c[name]; return nr, ok }
func (calls) SyscallNames() []string                  { return []string{"openat", "ptrace"} }
func (calls) TicksPerSecond() int64                   { return 250 }

// event is a script whose probes on system calls capture every value that their
// handlers ask for, with what makes records for them.
type event struct {
	*script
	plan *plan.Plan
}

func compileEvent(t testing.TB, text string) *event {
	t.Helper()
	set := &source.Set{}
	file, diags := syntax.Parse(set, "t.tp", text, syntax.Options{})
	mustBeFine(t, set, text, diags)
	lib := library.New(library.Options{Sources: set})
	checked, diags := check.Check(set, []*syntax.File{file}, lib, calls{"openat": 257, "ptrace": 101}, check.Options{})
	mustBeFine(t, set, text, diags)
	tree, diags := ir.Build(checked)
	mustBeFine(t, set, text, diags)
	p := &plan.Plan{IR: tree, CaptureOf: map[*ir.Builtin]*plan.Capture{}}
	for _, pr := range tree.Probes {
		p.Probes = append(p.Probes, place(p, pr))
	}
	code, err := user.Compile(p)
	if err != nil {
		t.Fatalf("compile: %v\nin:\n%s", err, text)
	}
	return &event{&script{set, tree.Probes, code}, p}
}

// place plans a probe: nothing is filtered, everything is captured.
func place(p *plan.Plan, pr *ir.Probe) *plan.Probe {
	out := &plan.Probe{IR: pr, Body: pr.Body, InKernel: pr.Point.Kind.IsEvent()}
	if !out.InKernel {
		return out
	}
	var kinds []layout.FieldKind
	var sizes []int
	collect(p, pr.Body, map[*ir.Func]bool{}, func(c *plan.Capture) {
		for _, have := range out.Captures {
			if have == c {
				return
			}
		}
		out.Captures = append(out.Captures, c)
		kinds = append(kinds, c.Kind)
		size := 0
		if c.Read != nil {
			size = c.Read.Max
		}
		sizes = append(sizes, size)
	})
	out.Record = layout.NewRecord(kinds, sizes)
	return out
}

func collect(p *plan.Plan, n ir.Node, seen map[*ir.Func]bool, use func(*plan.Capture)) {
	for n := range ir.All(n) {
		switch n := n.(type) {
		case *ir.Call:
			if !seen[n.Func] {
				seen[n.Func] = true
				collect(p, n.Func.Body, seen, use)
			}
		case *ir.Builtin:
			switch n.Fn.Class {
			case builtin.Context, builtin.Argument, builtin.Memory:
				use(captureOf(p, n))
			}
		}
	}
}

// captureOf shares captures by the functions' names and arguments.
func captureOf(p *plan.Plan, n *ir.Builtin) *plan.Capture {
	text := ir.ExprString(n)
	for _, c := range p.Captures {
		if c.Text == text {
			p.CaptureOf[n] = c
			return c
		}
	}
	c := &plan.Capture{Index: len(p.Captures), Text: text, Read: n.Fn.Read}
	switch {
	case n.Fn.Class == builtin.Memory:
		c.Kind = layout.Memory
	case n.Fn.Result == types.String:
		c.Kind = layout.Comm
	}
	p.Captures = append(p.Captures, c)
	p.CaptureOf[n] = c
	return c
}

// record makes a record of a probe: longs, names, bytes, or a failed read's
// errno, by the captures' texts.
func (e *event) record(t testing.TB, probe int, values map[string]any) []byte {
	t.Helper()
	p := e.plan.Probes[probe]
	b := make([]byte, p.Record.Fixed)
	binary.LittleEndian.PutUint32(b, uint32(probe))
	for i, c := range p.Captures {
		v, ok := values[c.Text]
		if !ok {
			t.Fatalf("no value for capture %s", c.Text)
		}
		at := b[p.Record.Fields[i].Offset:]
		switch v := v.(type) {
		case int:
			binary.LittleEndian.PutUint64(at, uint64(v))
		case string:
			copy(at[:layout.CommSize], v)
		case []byte:
			binary.LittleEndian.PutUint32(at, uint32(len(b)))
			binary.LittleEndian.PutUint32(at[4:], uint32(len(v)))
			b = append(b, v...)
			b = append(b, make([]byte, -len(v)&7)...)
		case errno:
			binary.LittleEndian.PutUint32(at[4:], uint32(-v))
		default:
			t.Fatalf("capture %s: a %T", c.Text, v)
		}
	}
	return b
}

// errno is a read that failed.
type errno int32

func TestEvents(t *testing.T) {
	values := map[string]any{
		"execname()": "nginx", "pid()": 4242, "tid()": 4243,
		"pointer_arg(2)": 0x7f00, "int_arg(3)": -1,
		"user_string(pointer_arg(2))":               []byte("/etc/passwd"),
		"user_string_n(pointer_arg(2), 4)":          []byte("/etc/passwd"),
		"user_string_quoted(pointer_arg(2))":        []byte("a\"b\n"),
		"user_int32(pointer_arg(2))":                []byte{0xfe, 0xff, 0xff, 0xff},
		"user_uint32(pointer_arg(2))":               []byte{0xfe, 0xff, 0xff, 0xff},
		"user_buffer_quoted(pointer_arg(2), 3, 50)": []byte("xyz"),
	}
	for _, test := range []struct {
		name, decls, body, want string
		values                  map[string]any
		reads                   uint64
	}{
		{name: "line", body: `printf("%16s[%5d] -> %s\n", execname(), pid(), user_string(pointer_arg(2)))`,
			want: "           nginx[ 4242] -> /etc/passwd\n"},
		{name: "name of fifteen bytes", values: map[string]any{"execname()": "0123456789abcde"}, body: `print(execname(), strlen(execname()))`, want: "0123456789abcde15"},
		{name: "memory", body: `print(user_string_n(pointer_arg(2), 4), user_string_quoted(pointer_arg(2)), user_int32(pointer_arg(2)), user_uint32(pointer_arg(2)), user_buffer_quoted(pointer_arg(2), 3, 50), int_arg(3))`,
			want: `/etc"a\"b\n"-24294967294"xyz"-1`},
		{name: "unreadable, quoted", values: map[string]any{"user_string_quoted(pointer_arg(2))": errno(14)},
			body: `print(user_string_quoted(pointer_arg(2)))`, want: "0x7f00", reads: 1},
		{name: "unreadable number", values: map[string]any{"user_int32(pointer_arg(2))": errno(14)},
			body: `print(user_int32(pointer_arg(2)) + 1)`, want: "1", reads: 1},
		{name: "unreadable, unused", values: map[string]any{"user_int32(pointer_arg(2))": errno(14)},
			body: `if (pid() == 1) print(user_int32(pointer_arg(2)))`},
		{name: "unreadable string", values: map[string]any{"user_string(pointer_arg(2))": errno(14)},
			body: `print(user_string(pointer_arg(2)))`, want: "ERROR: user string copy fault -14 at 0x7f00 near 'user_string' at 2:40\n", reads: 1},
		{name: "unreadable with default", values: map[string]any{"user_string(pointer_arg(2), \"?\")": errno(14)},
			body: `print(user_string(pointer_arg(2), "?"))`, want: "?", reads: 1},
		{name: "memory dumps", values: map[string]any{"_user_memory(pointer_arg(2), 4)": []byte("a\x00\xffb"), "_kernel_memory(pointer_arg(2), int_arg(3) > 0 ? int_arg(3) : 1)": []byte("xy")},
			body: `printf("%#.4m|%#.4M|%#10.4M|%.*M|%-6.*M|", pointer_arg(2), pointer_arg(2), pointer_arg(2), int_arg(3), pointer_arg(2), int_arg(3), pointer_arg(2))`,
			want: "a\x00\xffb|6100ff62|  6100ff62|7879|7879  |"},
		{name: "unreadable dump", values: map[string]any{"_kernel_memory(pointer_arg(2), 1)": errno(14)},
			body: `printf("%M", pointer_arg(2))`, want: "ERROR: kernel read fault at 0x7f00 near 'pointer_arg' at 2:47\n", reads: 1},
		{name: "dump of more than a page", values: map[string]any{"_user_memory(pointer_arg(2), 4097)": []byte("x")},
			body: `printf("%#.4097M", pointer_arg(2))`, want: "ERROR: 4097 is too many bytes for a memory dump near 'pointer_arg' at 2:53\n"},
		{name: "shared function", decls: `function who() { return sprintf("%s/%d", execname(), pid()) }`,
			body: `print(who(), tid())`, want: "nginx/42424243"},
		{name: "kept in a global", decls: `global g, a`, body: `g = execname(); a[execname(), pid()]++; a[execname(), pid()]++; foreach ([n, p] in a) print(n, p, a[n, p], g)`, want: "nginx42422nginx"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := compileEvent(t, test.decls+"\nprobe kernel.syscall(\"openat\") { "+test.body+" }\n")
			all := map[string]any{}
			for k, v := range values {
				all[k] = v
			}
			for k, v := range test.values {
				all[k] = v
			}
			var out bytes.Buffer
			m := vm.New(e.code, vm.Options{Out: &out})
			record := e.record(t, 0, all)
			if err := m.Run(0, record); err != nil {
				out.WriteString(e.describe(err) + "\n")
			}
			if got := out.String(); got != test.want {
				t.Errorf("got %q, want %q\nof %s", got, test.want, test.body)
			}
			if got := m.ReadErrors(0); got != test.reads {
				t.Errorf("ReadErrors = %d, want %d\nof %s", got, test.reads, test.body)
			}
		})
	}
}

// fixed is a context that a test knows.
type fixed struct{}

func (fixed) Long(f string) int64  { return int64(len(f)) }
func (fixed) Text(f string) string { return "<" + f + ">" }

func (fixed) Random(n int64) int64 { return n - 1 }

func TestSelfContext(t *testing.T) {
	e := compileEvent(t, `
		function who() { return sprintf("%s/%d", execname(), pid()) }
		probe begin { println(who(), " ", target()) }
		probe kernel.syscall("openat") { println(who()) }`)
	var out bytes.Buffer
	m := vm.New(e.code, vm.Options{Out: &out, Self: fixed{}, Target: 77})
	for probe, record := range [][]byte{nil, e.record(t, 1, map[string]any{"execname()": "nginx", "pid()": 5})} {
		if err := m.Run(probe, record); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := out.String(), "<execname>/3 77\nnginx/5\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestEscapes holds what a terminal is protected from: control characters that
// were traced, but not those of the script.
func TestEscapes(t *testing.T) {
	e := compileEvent(t, `
		global g, a, lit = "\033[1m"
		function pass(x) { return x }
		function twice(x:string) { return x . x }
		probe kernel.syscall("openat") {
			printf("%s\033[0m|%6s|\n", execname(), execname())
			g = execname(); a[g] = "\033"
			foreach (k in a) print(pass(k), a[k], lit, "\n")
			line = sprintf("%s\n", g)
			print(line, twice("\t"), sprintf("%d", pid()))
		}`)
	record := e.record(t, 0, map[string]any{"execname()": "a\033\n\u009b", "pid()": 5})
	const shown, mixed = `a\033\012` + "\xc2" + `\233`, `a\033` + "\n\xc2" + `\233`
	raw := "a\033\n\u009b"
	for _, test := range []struct {
		escape bool
		want   string
	}{
		{true, shown + "\033[0m|" + shown + "|\n" + shown + "\033\033[1m\n" + mixed + "\n\t\t5"},
		{false, raw + "\033[0m| " + raw + "|\n" + raw + "\033\033[1m\n" + raw + "\n\t\t5"},
	} {
		var out bytes.Buffer
		m := vm.New(e.code, vm.Options{Out: &out, EscapeControl: test.escape})
		if err := m.Run(0, record); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != test.want {
			t.Errorf("escape %t: got %q, want %q", test.escape, got, test.want)
		}
	}
}

// TestShortStrings cuts every string to what -DMAXSTRINGLEN=5 leaves.
func TestShortStrings(t *testing.T) {
	e := compileEvent(t, `global g = "abcdefgh", a
		probe kernel.syscall("openat") {
			a[execname()] = "123456"; g .= "x"; n = execname() . "more"
			foreach (k in a) println(k, a[k], g, n, user_string(pointer_arg(2)), user_string_quoted(pointer_arg(2)))
		}`)
	var out bytes.Buffer
	m := vm.New(e.code, vm.Options{Out: &out, Limits: vm.Limits{StringLen: 5}})
	if err := m.Run(0, e.record(t, 0, steadyValues)); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "ngin1234abcdngin/usr\"\"..\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestErrorIsTyped(t *testing.T) {
	s := compile(t, "probe begin { error(\"x\") }\nprobe begin { println(1) }")
	m := vm.New(s.code, vm.Options{})
	var e *vm.RuntimeError
	if err := m.Run(0, nil); !errors.As(err, &e) || e.Msg != "x" || e.Probe != 0 {
		t.Errorf("Run = %#v", err)
	}
	if err := m.Run(1, nil); err != nil {
		t.Errorf("Run after an error = %v", err)
	}
	if m.Errors() != 1 {
		t.Errorf("Errors = %d, want 1", m.Errors())
	}
}

func TestParameters(t *testing.T) {
	s := compile(t, `global n = 3, s = "x", a, unset
		probe begin { n++; s .= "y"; a["k", 2] = 5; a["j", -1] = 6; unset[1] = "v"; println(n, s, a["k", 2], unset[1]) }`)
	m := s.run(vm.Options{}).machine
	index := map[string]int{}
	for i, g := range s.code.Globals {
		index[g.Name] = i
	}
	var b strings.Builder
	for k, v := range m.Array(index["a"]) {
		b.WriteString(k[0].Text)
		b.WriteByte(byte('0' + k[1].Long + 1))
		b.WriteByte(byte('0' + v.Long))
	}
	if got, want := b.String(), "k35j06"; got != want {
		t.Errorf("Array = %q, want %q", got, want)
	}
	if n, text := m.Long(index["n"]), m.String(index["s"]); n != 4 || text != "xy" {
		t.Errorf("Long, String = %d, %q", n, text)
	}
}
