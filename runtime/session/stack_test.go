package session

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"tapir/compiler/plan"
)

// withFrames are flags by which each call has a frame.
var withFrames = []string{"-O1", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls"}

// matchLines holds the lines of a text against patterns, one for each; the last one may
// be "...": any more.
func matchLines(t *testing.T, text string, patterns ...string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, p := range patterns {
		switch {
		case p == "...":
			return
		case i >= len(lines):
			t.Errorf("there is no line %d, which should match %s, in\n%s", i, p, text)
			return
		case !regexp.MustCompile("^(?:" + p + ")$").MatchString(lines[i]):
			t.Errorf("line %d is %q, which should match %s, in\n%s", i, lines[i], p, text)
		}
	}
	if len(lines) != len(patterns) {
		t.Errorf("%d lines, want %d:\n%s", len(lines), len(patterns), text)
	}
}

// TestUserStack knows the calls that led to a system call, and says so when the process
// has ended.
func TestUserStack(t *testing.T) {
	const script = `
global stack
probe kernel.syscall("getppid") {
	if (pid() != target()) next
	print_ubacktrace()
	println("--")
	print(sprint_ubacktrace())
	println("--")
	printf("%s %s %s %d\n", usymname(uaddr()), usymname(ustack(1)), usymdata(uaddr()), ustack(0) == uaddr())
	println(ubacktrace() == ucallers(-1), ucallers(1) == sprintf("0x%x", uaddr()), ucallers(0) == "", umodname(ustack(2)))
	stack = ubacktrace()
}
probe end { print_ustack(stack) }`
	program := buildDeep(t, withFrames...)
	at := regexp.QuoteMeta(program)
	line := func(name string) string { return ` 0x[0-9a-f]+ : ` + name + `\+0x[0-9a-f]+/0x[0-9a-f]+ \[` + at + `\]` }
	brief := func(name string) string { return name + `\+0x[0-9a-f]+ \[deep\]` }
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			o := run(t, script, mode, Options{Command: program})
			calls := []string{"parent", "inner", "middle", "outer", "main"}
			var live, short []string
			for _, c := range calls {
				live = append(live, line(c))
				short = append(short, brief(c))
			}
			parts := strings.Split(o.out, "--\n")
			if len(parts) != 3 {
				t.Fatalf("got %q", o.out)
			}
			matchLines(t, parts[0], append(live, "...")...)
			matchLines(t, parts[1], append(short, "...")...)
			plain := []string{`parent inner parent\+0x[0-9a-f]+/0x[0-9a-f]+ \[` + at + `\] 1`, "111" + at}
			matchLines(t, parts[2], append(append(plain, live...), "...")...)
			if o.err != "" {
				t.Errorf("reported %s", o.err)
			}
		})
	}
}

// TestUserStackOfStaticProgram has no libraries and fixed addresses, and no symbols but
// those that were put aside.
func TestUserStackOfStaticProgram(t *testing.T) {
	program := read(t, "deep.c").make(t, "deep",
		"gcc -static -no-pie -g "+strings.Join(withFrames, " ")+" -o deep deep.c",
		"objcopy --only-keep-debug deep deep.debug",
		"objcopy --strip-all --add-gnu-debuglink=deep.debug deep")
	o := run(t, `probe kernel.syscall("getppid") { if (pid() == target()) print(sprint_ubacktrace()) }`, plan.Auto, Options{Command: program})
	matchLines(t, o.out, `parent\+.*`, `inner\+.*`, `middle\+.*`, `outer\+.*`, `main\+.*`, "...")
}

// TestUserStackWithoutFrames finds the calls of programs that have no frame pointers, up
// to the very first.
func TestUserStackWithoutFrames(t *testing.T) {
	for _, b := range builds {
		t.Run(b.name, func(t *testing.T) {
			program := buildDeep(t, append(b.flags, "-fno-optimize-sibling-calls")...)
			o := run(t, `probe kernel.syscall("getppid") { if (pid() == target()) print(sprint_ubacktrace()) }`, plan.Auto, Options{Command: program})
			matchLines(t, o.out, `parent\+.*`, `inner\+.*`, `middle\+.*`, `outer\+.*`, `main\+.*`, `__libc_start_call_main\+.*|0x[0-9a-f]+ \[libc.*`, `__libc_start_main.*`, `_start\+.*|0x[0-9a-f]+ \[deep.*`)
			if o.err != "" {
				t.Errorf("reported %s", o.err)
			}
		})
	}
}

// TestUserStackOfGo sees the calls of a program in Go: this one, which is stripped.
func TestUserStackOfGo(t *testing.T) {
	needRoot(t)
	o := run(t, `probe kernel.syscall("getppid") { if (pid() == target()) { print_ubacktrace(); exit() } }`, plan.Auto, Options{Command: self(t, "__calls", 1)})
	if !strings.Contains(o.out, " : syscall.rawSyscallNoError+0x") || !strings.Contains(o.out, " : main.main+0x") || !strings.Contains(o.out, " : runtime.main+0x") {
		t.Errorf("got\n%s%s", o.out, o.err)
	}
}

// TestStackAtFunction sees who calls a program's function.
func TestStackAtFunction(t *testing.T) {
	program := buildDeep(t, withFrames...)
	script := strings.ReplaceAll(`
probe process("PROGRAM").function("middle") { printf("%s %s %d\n", usymname(addr()), usymname(uaddr()), addr() == uaddr()) }
probe process("PROGRAM").function("parent").return { print(sprint_ubacktrace()) }`, "PROGRAM", program)
	o := run(t, script, plan.Auto, Options{Command: program})
	matchLines(t, o.out, "middle middle 1", `inner\+.*`, `middle\+.*`, `outer\+.*`, `main\+.*`, "...")
}

// TestSourceLine knows the line of a call.
func TestSourceLine(t *testing.T) {
	program := buildDeep(t, append(withFrames, "-g")...)
	const script = `probe kernel.syscall("getppid") { if (pid() == target()) { a = ustack(1); println(usymfile(a), "|", usymline(a), "|", usymfileline(a)) } }`
	o := run(t, script, plan.Auto, Options{Command: program})
	matchLines(t, o.out, `(?:.*/)?deep\.c\|\d+\|(?:.*/)?deep\.c:\d+`)
	source, err := os.ReadFile("testdata/deep.c")
	if err != nil {
		t.Fatal(err)
	}
	number := 1 + strings.Count(strings.Split(string(source), "return parent()")[0], "\n")
	if !strings.HasSuffix(o.out, fmt.Sprintf(":%d\n", number)) {
		t.Errorf("got %q, want line %d", o.out, number)
	}
}

// TestKernelStack knows where the kernel is at a system call, and at a tracepoint; the
// probe itself is no part of that.
func TestKernelStack(t *testing.T) {
	needRoot(t)
	const script = `
global n
probe kernel.syscall("getppid") {
	if (pid() != target() || n++) next
	print_backtrace()
	printf("%s|%s|%d|%d\n", symname(stack(1)), modname(stack(1)), stack(0) == strtol(callers(1), 16), backtrace() == callers(-1))
	printf("%s\n", caller())
}
probe kernel.trace("sched_switch") { if (pid() == target() && n > 0) { println("switch ", isinstr(sprint_backtrace(), "__schedule+0x")); exit() } }`
	o := run(t, script, plan.Auto, Options{Command: self(t, "__calls", 100000)})
	if o.err != "" {
		t.Fatalf("reported %s", o.err)
	}
	for _, want := range []string{
		`(?m)^ 0xffffffff[0-9a-f]{8} : do_syscall_64\+0x[0-9a-f]+/0x[0-9a-f]+ \[kernel\]$`,
		`(?m)^ 0xffffffff[0-9a-f]{8} : entry_SYSCALL_64_after_hwframe\+0x[0-9a-f]+/0x[0-9a-f]+ \[kernel\]$`,
		`(?m)^[a-z_0-9]+\|kernel\|1\|1$`,
		`(?m)^[a-z_0-9]+ 0xffffffff[0-9a-f]{8}$`,
		`(?m)^switch 1$`,
	} {
		if !regexp.MustCompile(want).MatchString(o.out) {
			t.Errorf("nothing matches %s in\n%s", want, o.out)
		}
	}
	if strings.Contains(o.out, "bpf_") {
		t.Errorf("the probe is in its stack:\n%s", o.out)
	}
}

// TestStackProfile finds where a program is busy, and writes it as a graph.
func TestStackProfile(t *testing.T) {
	const script = `
global hot, where
probe timer.profile.freq.hz(1000) {
	if (pid() != target() || !user_mode()) next
	hot[execname(), ubacktrace(), backtrace()] <<< 1
	where[probefunc()]++
}
probe end { foreach (f in where- limit 1) println(f) delete hot }`
	program := buildDeep(t, withFrames...)
	var folded, graph bytes.Buffer
	o := run(t, script, plan.Auto, Options{Command: program + " 200000000", Folded: &folded, Graph: &graph})
	if o.out != "inner\n" || o.err != "" {
		t.Errorf("printed %q, reported %q", o.out, o.err)
	}
	if !regexp.MustCompile(`(?m)^deep;.*main;outer;middle;inner \d+$`).MatchString(folded.String()) {
		t.Errorf("folded:\n%s", folded.String())
	}
	if !regexp.MustCompile(`<title>inner: \d+ \(`).MatchString(graph.String()) {
		t.Errorf("graph:\n%s", graph.String())
	}
}

// TestNoStacksToWrite warns that there is nothing to write.
func TestNoStacksToWrite(t *testing.T) {
	var folded bytes.Buffer
	o := run(t, `global n probe begin { n["a"] = 1; exit() }`, plan.Auto, Options{Folded: &folded, NoDisplay: true})
	if !strings.Contains(o.err, "WARNING: no array has an element with a stack as its key") || folded.Len() != 0 {
		t.Errorf("reported %q, wrote %q", o.err, folded.String())
	}
}

// TestStackOfEveryCall has one handler for all calls, and a stack beside their
// arguments.
func TestStackOfEveryCall(t *testing.T) {
	const script = `
global calls
probe syscall.* { if (pid() == target()) { calls[name . " " . substr(argstr, 0, 0) . usymname(ustack(0))]++ } }
probe end { println(["getppid parent"] in calls, ["getppid"] in calls) }`
	program := buildDeep(t, withFrames...)
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			// A path that the program has not touched yet can't be read; that is said.
			if o := run(t, script, mode, Options{Command: program}); o.out != "10\n" || o.Errors > 0 || o.Skipped > 0 {
				t.Errorf("printed %q, reported %q", o.out, o.err)
			}
		})
	}
}

// TestStackAtEntry keeps the stack of a call until its return.
func TestStackAtEntry(t *testing.T) {
	program := buildDeep(t, withFrames...)
	o := run(t, `probe kernel.syscall("getppid").return { if (pid() == target()) print_ustack(@entry(ubacktrace())) }`, plan.Auto, Options{Command: program})
	matchLines(t, o.out, ` .* : parent\+.*`, ` .* : inner\+.*`, "...")
}

// TestShortLived names what processes did that have long ended.
func TestShortLived(t *testing.T) {
	program := buildDeep(t, withFrames...)
	const script = `
global at
probe kernel.syscall("getppid") { if (execname() == "deep") at[pid(), uaddr()] = cpu_clock_ns() }
probe kernel.syscall("exit_group") { if (execname() == "deep") ended[ubacktrace()]++ }
global ended, named
probe end { foreach (s in ended) { print_ustack(s); named++ } }`
	o := run(t, script, plan.Auto, Options{Command: "for i in 1 2 3 4 5; do " + program + "; done; rm " + program, NoDisplay: true})
	if n := strings.Count(o.out, "libc"); n < 5 {
		t.Errorf("%d of 5 processes have names:\n%s%s", n, o.out, o.err)
	}
	if _, err := os.Stat(program); err == nil {
		t.Error("the program is still there")
	}
}
