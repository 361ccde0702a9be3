package vm_test

import (
	"testing"

	"tapir/runtime/vm"
)

// sink is an output that forgets.
type sink struct{ n int }

func (s *sink) Write(b []byte) (int, error) {
	s.n += len(b)
	return len(b), nil
}

// steady are the actions whose cost counts: what an event's handler does again
// and again.
var steady = []struct{ name, decls, body string }{
	{name: "printf", body: `printf("%16s[%5d] %s\n", execname(), pid(), user_string(pointer_arg(2)))`},
	{name: "typical", decls: "global a", body: `printf("%16s[%5d] %s\n", execname(), pid(), user_string(pointer_arg(2))); a[execname()]++`},
	{name: "quoted", body: `argstr = sprintf("%d, %s, %s", int_arg(3), user_string_quoted(pointer_arg(2)), errno_str(int_arg(3))); printf("%16s[%5d] -> %s (%s)\n", execname(), pid(), "openat", argstr)`},
	{name: "array", decls: "global a", body: `a[execname(), pid()]++`},
	{name: "array of strings", decls: "global a", body: `a[pid()] = execname(); if (a[pid()] == "nginx") delete a[pid()]`},
	{name: "globals", decls: "global n, s", body: `n++; s = execname() . "x"; if (s == "nginxx" && n > 3) n -= 2`},
	{name: "loop", decls: "global sum", body: `for (i = 0; i < 100; i++) s += i; sum += s`},
	{name: "foreach", decls: "global a, n", body: `a[execname()] = 1; a["x"] = 2; foreach (k in a) n += strlen(k) + a[k]`},
	{name: "statistics", decls: "global s, a, n", body: `s <<< pid(); a[execname()] <<< int_arg(3); n += @avg(s) + @max(a[execname()]); delete a[execname()]`},
	{name: "histogram", decls: "global s", body: `s <<< int_arg(3); print(@hist_log(s))`},
	{name: "pattern", decls: "global n", body: `if (execname() =~ "^ng(in|on)x$") n++`},
	{name: "try", decls: "global n", body: `try { n += pid() } catch { n = 0 }`},
	{name: "function", decls: "global n\nfunction f(a, b:string) { return a + strlen(b) }", body: `n += f(pid(), execname())`},
}

var steadyValues = map[string]any{
	"execname()": "nginx", "pid()": 4242, "pointer_arg(2)": 0x7f00, "int_arg(3)": 0x241,
	"user_string(pointer_arg(2))":        []byte("/usr/lib/x86_64-linux-gnu/libc.so.6"),
	"user_string_quoted(pointer_arg(2))": []byte("/usr/lib/x86_64-linux-gnu/libc.so.6"),
}

func steadyMachine(tb testing.TB, decls, body string) (*vm.Machine, []byte) {
	e := compileEvent(tb, decls+"\nprobe kernel.syscall(\"openat\") { "+body+" }\n")
	return vm.New(e.code, vm.Options{Out: &sink{}}), e.record(tb, 0, steadyValues)
}

func TestNoAllocation(t *testing.T) {
	for _, test := range steady {
		m, record := steadyMachine(t, test.decls, test.body)
		run := func() {
			if err := m.Run(0, record); err != nil {
				t.Fatal(test.name, err)
			}
		}
		run()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s: %v allocations an event, want none", test.name, n)
		}
	}
}

func BenchmarkHandler(b *testing.B) {
	for _, test := range steady {
		b.Run(test.name, func(b *testing.B) {
			m, record := steadyMachine(b, test.decls, test.body)
			b.ReportAllocs()
			for b.Loop() {
				if err := m.Run(0, record); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
