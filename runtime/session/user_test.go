package session

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tapir/compiler/plan"
)

// buildTraced compiles testdata/traced.c with flags and is the program's path.
func buildTraced(t *testing.T, flags ...string) string {
	t.Helper()
	needRoot(t)
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("needs gcc: it makes the program that is traced")
	}
	program := filepath.Join(t.TempDir(), "traced")
	args := append(flags, "-o", program, "testdata/traced.c")
	if text, err := exec.Command(gcc, args...).CombinedOutput(); err != nil {
		t.Fatalf("gcc %q: %v\n%s", args, err, text)
	}
	return program
}

// strip removes the symbols from a program.
func strip(t *testing.T, program string) {
	t.Helper()
	if text, err := exec.Command("strip", program).CombinedOutput(); err != nil {
		t.Fatalf("strip: %v\n%s", err, text)
	}
}

// traceProgram runs a script in which PROGRAM stands for the program, which it runs too.
func traceProgram(t *testing.T, program, script string, mode plan.Mode) outcome {
	t.Helper()
	script = strings.ReplaceAll(script, "PROGRAM", program)
	return run(t, script, mode, Options{Command: program + " >/dev/null"})
}

// builds are ways to compile a program.
var builds = []struct {
	name  string
	flags []string
}{
	{"O0", []string{"-O0"}},
	{"O2", []string{"-O2"}},
	{"no frame pointer", []string{"-O2", "-fomit-frame-pointer"}},
	{"static", []string{"-O1", "-static"}},
	{"PIE", []string{"-O1", "-fPIE", "-pie"}},
	{"no PIE", []string{"-O1", "-no-pie"}},
}

// TestUserFunctions sees the calls of a program's functions, with their arguments and
// results, nested calls among them.
func TestUserFunctions(t *testing.T) {
	const script = `
probe process("PROGRAM").function("add").call { printf("add(%d, %d)\n", long_arg(1), long_arg(2)) }
probe process("PROGRAM").function("add").return { printf("%s = %d, of %d\n", ppfunc(), returnval(), @entry(long_arg(1))) }
probe process("PROGRAM").function("factorial").return { printf("factorial(%d) = %d\n", @entry(int_arg(1)), returnval()) }
probe process("PROGRAM").function("greet") { printf("greet %s %d %s\n", user_string(pointer_arg(1)), s32_arg(4), execname()) }`
	const want = "add(2, 3)\nadd = 5, of 2\nadd(-5, 1)\nadd = -4, of -5\n" +
		"factorial(1) = 1\nfactorial(2) = 2\nfactorial(3) = 6\nfactorial(4) = 24\ngreet world -294967296 traced\n"
	for _, b := range builds {
		t.Run(b.name, func(t *testing.T) {
			program := buildTraced(t, append(b.flags, "-fno-optimize-sibling-calls")...)
			for _, mode := range []plan.Mode{plan.Auto, plan.UserOnly} {
				if o := traceProgram(t, program, script, mode); o.out != want || o.err != "" {
					t.Errorf("%v: got\n%s%swant\n%s", mode, o.out, o.err, want)
				}
			}
		})
	}
}

// TestUserWildcard sees many functions by one handler.
func TestUserWildcard(t *testing.T) {
	program := buildTraced(t, "-O0")
	const script = `global calls, returns
probe process("PROGRAM").function("*").call { calls[ppfunc()]++ }
probe process("PROGRAM").function("*").return { returns[ppfunc()]++ }
probe end { foreach (f in calls) if (f =~ "^(add|factorial|walk|tick|main)$") printf("%s %d %d\n", f, calls[f], returns[f]) }`
	const want = "main 1 1\nadd 2 2\nfactorial 4 4\nwalk 1 1\ntick 3 3\n"
	for _, mode := range []plan.Mode{plan.Auto, plan.UserOnly} {
		if o := traceProgram(t, program, script, mode); o.out != want || o.err != "" {
			t.Errorf("%v: got\n%s%swant\n%s", mode, o.out, o.err, want)
		}
	}
}

// TestUserFilter rejects events in the kernel.
func TestUserFilter(t *testing.T) {
	program := buildTraced(t, "-O0")
	const script = `probe process("PROGRAM").function("factorial") { if (int_arg(1) != 3) next; if (execname() == "traced") println("three") }`
	o := traceProgram(t, program, script, plan.Auto)
	if o.out != "three\n" || o.err != "" {
		t.Errorf("got %s%s", o.out, o.err)
	}
}

// TestUserLibrary sees a program's calls into the C library, and not those of others.
func TestUserLibrary(t *testing.T) {
	program := buildTraced(t, "-O0", "-fno-builtin")
	const script = `global n
probe process("PROGRAM").library("libc.so.6").function("printf") { n++; if (execname() != "traced") println(execname()) }
probe end { println(n) }`
	if o := traceProgram(t, program, script, plan.Auto); o.out != "3\n" || o.err != "" {
		t.Errorf("got %s%s", o.out, o.err)
	}
}

// TestUserLeavesNothing holds that no places are left watched.
func TestUserLeavesNothing(t *testing.T) {
	program := buildTraced(t, "-O0")
	script := `probe process("PROGRAM").function("add") { println("add") } probe process("PROGRAM").function("add").return { println("done") }`
	if o := traceProgram(t, program, script, plan.Auto); o.out != "add\ndone\nadd\ndone\n" {
		t.Fatalf("got %s%s", o.out, o.err)
	}
	if events, err := os.ReadFile("/sys/kernel/tracing/uprobe_events"); err == nil && strings.Contains(string(events), "tapir") {
		t.Errorf("left behind:\n%s", events)
	}
}
