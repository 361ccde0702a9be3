package session

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	live "tapir/bpf/target"
	"tapir/compiler/plan"
)

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

// TestUserWildcardBesideEntries has so many functions that their handler is shared, and
// returns that want to know what was at the entry: both see all calls.
func TestUserWildcardBesideEntries(t *testing.T) {
	program := buildTraced(t, "-O0")
	const script = `
probe process("PROGRAM").function("*") { printf("%s %d\n", ppfunc(), long_arg(1) > 0) }
probe process("PROGRAM").function("*").return { printf("%s = %d\n", ppfunc(), @entry(long_arg(1)) > 0) }`
	var explained strings.Builder
	if err := compile(t, strings.ReplaceAll(script, "PROGRAM", program), plan.Auto).Plan.Explain(&explained, plan.ExplainOptions{}); err != nil {
		t.Fatal(err)
	}
	if want := "attach  uprobes, one handler for "; !strings.Contains(explained.String(), want) {
		t.Errorf("explained:\n%s\nwant %s", explained.String(), want)
	}
	for _, mode := range []plan.Mode{plan.Auto, plan.UserOnly} {
		o := traceProgram(t, program, script, mode)
		for line, want := range map[string]int{"factorial 1\n": 4, "factorial = 1\n": 4, "add 1\n": 1, "add 0\n": 1, "add = 0\n": 1} {
			if got := strings.Count(o.out, line); got != want {
				t.Errorf("%v: %d times %q, want %d, in\n%s%s", mode, got, line, want, o.out, o.err)
			}
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

// TestMarks sees the marks of a program with what they hand over, in operands of many
// kinds, and one that is passed only if somebody watches.
func TestMarks(t *testing.T) {
	const script = `
probe process("PROGRAM").mark("tick") { printf("%s %d %s %d\n", $$name, $arg1, user_string($arg2), $arg3) }
probe process("PROGRAM").mark("memory") { printf("%s %d %d\n", $$name, $arg1, $arg2) }
probe process("PROGRAM").mark("indexed") { printf("%s %d %d\n", $$name, $arg1, $arg2) }
probe process("PROGRAM").provider("o*").mark("sizes") { printf("%s %s %d %d\n", $$provider, $$name, $arg1, $arg2) }
probe process("PROGRAM").mark("constant") { printf("%s %s\n", $$name, $$parms) }
probe process("PROGRAM").provider("demo").mark("watched") { printf("%s %d\n", $$name, $arg1) }`
	var want strings.Builder
	for i, text := range []string{"other", "one", "other"} {
		fmt.Fprintf(&want, "tick %d %s %d\nmemory -7 3\nindexed %d %d\nother sizes %d %d\nconstant arg1=0xfffffffffffffffb\n", i, text, -i, i+1, i+2, int8(-16+i), 0x1ff0+i)
	}
	want.WriteString("watched 1\n")
	for _, b := range builds {
		if slices.Contains(b.flags, "-s") {
			continue // operands that name a symbol; see TestNameless
		}
		t.Run(b.name, func(t *testing.T) {
			program := buildTraced(t, b.flags...)
			for _, mode := range []plan.Mode{plan.Auto, plan.UserOnly} {
				if o := traceProgram(t, program, script, mode); o.out != want.String() || o.err != "" {
					t.Errorf("%v: got\n%s%swant\n%s", mode, o.out, o.err, want.String())
				}
			}
		})
	}
}

// TestUserVariables reads the variables of a program by its debug information.
func TestUserVariables(t *testing.T) {
	const script = `
probe process("PROGRAM").function("add").call { printf("add %s\n", $$parms) }
probe process("PROGRAM").function("add").return { printf("%d = %d + %d, %s\n", $return, $a, @entry($b), $$return) }
probe process("PROGRAM").function("factorial").return { printf("%d! = %d\n", $n, $return) }
probe process("PROGRAM").function("greet").call { printf("greet %s %d %d %d|%s\n", user_string($who), $initial, $neg, $u, $$parms$) }
probe process("PROGRAM").function("greet").return { printf("%s of %s|%s\n", user_string($return), user_string($who), $who$) }
probe process("PROGRAM").function("walk").call {
  printf("%d %d %s %d %d\n", $p->x, $p->y, user_string($p->label), $p->next->x, $p->inner->bytes[2])
  printf("%d %d %d %d\n", $p->low, $p->high, $p->negative, $p->next->inner->s)
  q = &$p->inner
  printf("%d %s\n", q->s, @cast(q, "struct inner")$)
  printf("%s\n", $p->next$)
}
probe process("PROGRAM").function("tick").call { printf("%s %s\n", user_string(@var("label")), user_string($s)) }
probe process("PROGRAM").function("factorial") { if ($n == 3) printf("three %d\n", @defined($nothing)) }
probe process("PROGRAM").function("walk").return { try { println($p->next->next->next->x) } catch (e) { println(e) } }`
	const want = `add a=0x2 b=0x3
5 = 2 + 3, return=0x5
add a=0xfffffffffffffffb b=0x1
-4 = -5 + 1, return=0xfffffffffffffffc
three 0
1! = 1
2! = 2
3! = 6
4! = 24
1 -2 first 3 3
2 30 -4 -2
9 {.bytes=[...], .s=9}
{.x=3, .y=4, .label="second", .next=0x0, .inner={...}, .low=5, .high=17, .negative='\375'}
user read fault
greet world 119 -3 4000000000|who="world" initial='w' neg=-3 u=4000000000
orld of world|"world"
global label other
global label one
global label other
`
	for _, b := range builds {
		if slices.Contains(b.flags, "-s") {
			continue
		}
		for _, version := range []string{"-gdwarf-4", "-gdwarf-5"} {
			t.Run(b.name+version, func(t *testing.T) {
				flags := append([]string{version, "-g", "-fno-optimize-sibling-calls"}, b.flags...)
				program := buildTraced(t, flags...)
				for _, mode := range []plan.Mode{plan.Auto, plan.UserOnly} {
					if o := traceProgram(t, program, script, mode); o.out != want {
						t.Errorf("%v: got\n%s%swant\n%s", mode, o.out, o.err, want)
					}
				}
			})
		}
	}
}

// TestStatements stops at lines, with the variables that are there.
func TestStatements(t *testing.T) {
	script := `
probe process("PROGRAM").statement("walk@traced.c:28") { printf("n=%d p=%s\n", $n, user_string($p->label)) }
probe process("PROGRAM").statement("factorial@*:24") { printf("%s %d\n", ppfunc(), $n) }`
	const want = "factorial 4\nfactorial 3\nfactorial 2\nfactorial 1\nn=0 p=first\n"
	for _, flags := range [][]string{{"-O0", "-g"}, {"-O0", "-g", "-fomit-frame-pointer"}, {"-Og", "-g", "-fno-optimize-sibling-calls"}} {
		program := buildTraced(t, flags...)
		if o := traceProgram(t, program, script, plan.Auto); o.out != want {
			t.Errorf("%q: got\n%s%swant\n%s", flags, o.out, o.err, want)
		}
	}
}

// knowsEnds reports whether the kernel tells of the end of a process while it knows its
// program, which kernels from 6.16 on do.
func knowsEnds(t *testing.T) bool {
	t.Helper()
	kernel := thisKernel(t)
	return kernel.Version().AtLeast(6, 16)
}

// endLine is a line with the end of a process or thread, in a script or in its output.
var endLine = regexp.MustCompile(`(?m)^(probe process\("PROGRAM"\)\.(thread\.)?end |end |thread end$|end$).*\n?`)

// withoutEnds is a text without the ends of processes if the kernel does not tell of them.
func withoutEnds(t *testing.T, text string) string {
	t.Helper()
	if knowsEnds(t) {
		return text
	}
	return endLine.ReplaceAllString(text, "")
}

// TestProcessLife sees a program begin and end, with its threads and its system calls,
// and not those of other programs.
func TestProcessLife(t *testing.T) {
	program := buildTraced(t, "-O0")
	noise(t)
	const script = `global calls, returns
probe process("PROGRAM").begin { printf("begin %s %d\n", execname(), pid() == tid()) }
probe process("PROGRAM").end { printf("end %s\n", execname()) }
probe process("PROGRAM").thread.begin { println("thread") }
probe process("PROGRAM").thread.end { println("thread") }
probe process("PROGRAM").syscall { calls[$syscall]++; if ($syscall == 1) printf("write to %d\n", $arg1) }
probe process("PROGRAM").syscall.return { returns[$syscall]++; if ($syscall == 1) printf("wrote %d\n", $return > 0) }
probe end { printf("%d %d %d\n", calls[1], returns[1], calls[110]) }`
	const want = "begin traced 1\nwrite to 1\nwrote 1\nend traced\n1 1 0\n"
	if o := traceProgram(t, program, withoutEnds(t, script), plan.Auto); o.out != withoutEnds(t, want) {
		t.Errorf("got\n%s%swant\n%s", o.out, o.err, want)
	}
}

// TestUserOneByOne puts programs at places as kernels before 6.6 want it.
func TestUserOneByOne(t *testing.T) {
	program := buildTraced(t, "-O0", "-g")
	kernel := thisKernel(t)
	script := strings.ReplaceAll(`
probe process("PROGRAM").function("add"), process("PROGRAM").function("walk") { println(ppfunc()) }
probe process("PROGRAM").function("add").return { println($return) }
probe process("PROGRAM").mark("watched") { println($arg1) }`, "PROGRAM", program)
	c := compileFor(t, script, plan.Auto, kernel.As(live.Version{Major: 6, Minor: 5}))
	o := runFor(t, t.Context(), c, Options{Command: program + " >/dev/null"})
	if want := "add\n5\nadd\n-4\nwalk\n1\n"; o.out != want || o.err != "" {
		t.Errorf("got\n%s%swant\n%s", o.out, o.err, want)
	}
}

// TestUserProcess watches one process of a program, and not another.
func TestUserProcess(t *testing.T) {
	program := sources{"wait.c": `
#include <unistd.h>
__attribute__((noipa)) int work(int n) { return n + 1; }
int main(void) { char c; while (read(0, &c, 1) == 1) work(c); return 0; }
`}.make(t, "wait", "gcc -O1 -o wait wait.c")
	var inputs []*os.File
	var pids []int
	for range 2 {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(program)
		cmd.Stdin = r
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		r.Close()
		inputs, pids = append(inputs, w), append(pids, cmd.Process.Pid)
		t.Cleanup(func() { w.Close(); _ = cmd.Wait() })
	}
	script := fmt.Sprintf(`probe process(%d).function("work") { println(int_arg(1), " ", pid()); if (int_arg(1) == 51) exit() }`, pids[0])
	c := compile(t, script, plan.Auto)
	ready, attached, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = ready.Read(make([]byte, 1)) // until the probes are there
		_, _ = inputs[1].WriteString("1")
		_, _ = inputs[0].WriteString("23")
	}()
	o := runFor(t, t.Context(), c, Options{Ready: attached})
	if want := fmt.Sprintf("50 %d\n51 %d\n", pids[0], pids[0]); o.out != want {
		t.Errorf("got\n%s%swant\n%s", o.out, o.err, want)
	}
}

// TestNameless probes a program that has lost all names: its marks, which need none, and
// code by its address.
func TestNameless(t *testing.T) {
	program := read(t, "traced.c", "mark.h").make(t, "traced",
		"gcc -O1 -fno-optimize-sibling-calls -o whole traced.c",
		"objcopy --strip-all whole traced")
	whole, err := elf.Open(filepath.Join(filepath.Dir(program), "whole"))
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	symbols, err := whole.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(symbols, func(s elf.Symbol) bool { return s.Name == "add" })
	script := fmt.Sprintf(`
probe process("PROGRAM").statement(%#x) { println(long_arg(1), " ", long_arg(2), " ", symname(addr()) != "add") }
probe process("PROGRAM").mark("watched") { println($arg1) }`, symbols[i].Value)
	for _, mode := range []plan.Mode{plan.Auto, plan.UserOnly} {
		if o := traceProgram(t, program, script, mode); o.out != "2 3 1\n-5 1 1\n1\n" || o.err != "" {
			t.Errorf("%v: got\n%s%s", mode, o.out, o.err)
		}
	}
	for probe, want := range map[string]string{
		`function("add") { println(1) }`:    "no match: " + program + " has no symbols, and none were found apart from it",
		`mark("memory") { println($arg1) }`: `it names "half`,
	} {
		if got := refusal(t, "probe process(\""+program+"\")."+probe); !strings.Contains(got, want) {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}

// TestUserExplain tells where the probes of a program are, and what is read there.
func TestUserExplain(t *testing.T) {
	program := buildTraced(t, "-O0", "-g", "-no-pie")
	script := strings.ReplaceAll(`
probe process("PROGRAM").function("walk").call { if ($p->x > 1) println($p->next->x) }
probe process("PROGRAM").function("add").return { println($return, $a) }
probe perf.sw.page_faults.process("PROGRAM").counter("faults") { }
probe process("PROGRAM").mark("watched") { println($arg1, @perf("faults")) }`, "PROGRAM", program)
	var b strings.Builder
	if err := compile(t, script, plan.Auto).Plan.Explain(&b, plan.ExplainOptions{}); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(b.String(), program, "PROGRAM")
	for _, want := range []string{
		"attach  uprobe at PROGRAM+0x", ", walk\n", "filter  _user_int32(_uregister(5)) > 1\n",
		"attach  uretprobe at PROGRAM+0x", "@entry(_uregister(5))", "mark demo:watched, counted at 0x",
		"attach  performance event of each CPU, type 1, config 0x2\n          raw tracepoint sched_switch\n", "kernel  adds what the CPU has counted to the thread that leaves it",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("explain does not say %q:\n%s", want, text)
		}
	}
}
