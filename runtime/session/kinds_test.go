package session

import (
	"os"
	"strings"
	"testing"

	"tapir/compiler/plan"
)

// kind is a kind of probe: a script that prints what it sees there, one that can't work,
// and what is explained of the first.
type kind struct {
	name    string
	script  string
	command string // what is traced; "": the program, "none": nothing
	want    string
	wrong   string // a probe that can't work
	message string // what is said of that
	explain string // a part of what is explained
}

// kinds are all kinds of probes.
var kinds = []kind{
	{"kernel.syscall", `probe kernel.syscall("getppid") { if (pid() == target()) println(pn()) }`, "__calls",
		"kernel.syscall(\"getppid\")\n",
		`kernel.syscall("nosuch") { println(1) }`, `nosuch`, "attach  raw tracepoint sys_enter, getppid (110)\n"},
	{"kernel.syscall.return", `probe kernel.syscall("getppid").return { if (pid() == target()) println(returnval() == @entry(ppid())) }`, "__calls",
		"1\n",
		`kernel.syscall("getppid") { println(returnval()) }`, "return", "attach  raw tracepoint sys_exit, getppid (110)\n"},
	{"kernel.trace", `probe kernel.trace("sched:sched_process_exec") { if ($p->tgid == target()) println($$name, " ", $p->tgid == pid()) }`, "__calls",
		"sched_process_exec 1\n",
		`kernel.trace("sched_process_exec") { println($nosuch) }`, "unable to find tracepoint variable '$nosuch' (alternatives: $p", "attach  raw tracepoint sched_process_exec\n"},
	{"kernel.function", `probe kernel.function("vfs_read") { if (@mine) println($count, " ", $$parms != "") }`, "__reads",
		"1 1\n2 1\n3 1\n",
		`kernel.function("vfs_read") { println($nosuch) }`, "unable to find the function's variable '$nosuch' (alternatives: $file", "attach  fentry vfs_read\n"},
	{"kernel.function.call", `probe kernel.function("vfs_read").call { if (@mine) println(long_arg(3)) }`, "__reads",
		"1\n2\n3\n",
		`kernel.function("vfs_read").inline { println(1) }`, "inline probes are not possible", "attach  fentry vfs_read\n"},
	{"kernel.function.exported", `probe kernel.function("vfs_read").exported { if (@mine) println($count) }`, "__reads",
		"1\n2\n3\n",
		`kernel.function("no_such_function").exported { println(1) }`, "no match", "attach  fentry vfs_read\n"},
	{"kernel.function.return", `probe kernel.function("vfs_read").return { if (@mine) println($return, " ", $count, " ", @entry(tid()) == tid()) }`, "__reads",
		"1 1 1\n2 2 1\n3 3 1\n",
		`kernel.function("vfs_read").return { println($nosuch) }`, "'$nosuch'", "attach  fexit vfs_read\n"},
	{"kernel.function of a pattern", `probe kernel.function("vfs_r*") { if (ppfunc() == "vfs_read" && @mine) println(long_arg(3)) }`, "__reads",
		"1\n2\n3\n",
		`kernel.function("no_such_*") { println(1) }`, "no match", "vfs_readlink"},
	{"kprobe.function", `probe kprobe.function("vfs_read") { if (@mine) println(ulong_arg(3)) }`, "__reads",
		"1\n2\n3\n",
		`kprobe.function("vfs_read") { println($count) }`, "kprobe probes have no variables", "vfs_read\n"},
	{"kprobe.function.return", `probe kprobe.function("vfs_read").return { if (@mine) println(returnval()) }`, "__reads",
		"1\n2\n3\n",
		`kprobe.function("vfs_read").return { println($return) }`, "kprobe probes have no variables", "vfs_read\n"},
	{"module.function", `probe module("dummy").function("dummy_xmit") { println("never"); }`, "__calls", "",
		`module("nosuch").function("x") { println(1) }`, `there is no module "nosuch" at the moment`, "dummy_xmit\n"},
	{"process.function", `probe process("PROGRAM").function("add") { println($a, " ", $b, " ", $$vars) }`, "",
		"2 3 a=0x2 b=0x3\n-5 1 a=0xfffffffffffffffb b=0x1\n",
		`process("PROGRAM").function("add") { println($nosuch) }`, "unable to find variable '$nosuch' (alternatives: $a, $b)", ", add\n"},
	{"process.function.return", `probe process("PROGRAM").function("add").return { println($return, " ", $a, " ", @entry($b)) }`, "",
		"5 2 3\n-4 -5 1\n",
		`process("PROGRAM").function("no_such").return { println(1) }`, "no match", "attach  uretprobe at PROGRAM+0x"},
	{"process.function.exported", `probe process("PROGRAM").function("factorial").exported { println($n) }`, "",
		"4\n3\n2\n1\n",
		`process("PROGRAM").function("add").inline { println(1) }`, "inlined functions have no place of their own", ", factorial\n"},
	{"process.library", `probe process("PROGRAM").library("libc.so.6").function("exit") { println(int_arg(1)) }`, "",
		"0\n",
		`process("PROGRAM").library("no_such.so").function("exit") { println(1) }`, `there is no library "no_such.so"`, "attach  uprobe at /"},
	{"process.plt", `probe process("PROGRAM").plt("puts") { println(pointer_arg(1) > 0) }`, "",
		"1\n1\n",
		`process("PROGRAM").plt("no_such") { println(1) }`, "no match", ", puts\n"},
	{"process.plt.return", `probe process("PROGRAM").plt("puts").return { println(returnval() > 0) }`, "",
		"1\n1\n",
		`process("PROGRAM").plt("puts") { println($s) }`, "'$s'", "attach  uretprobe at PROGRAM+0x"},
	{"process.statement", `probe process("PROGRAM").statement("walk@traced.c:28") { println(user_string($p->label)) }`, "",
		"first\n",
		`process("PROGRAM").statement("walk@traced.c:1") { println(1) }`, "no match (nearest lines with code: 26)", ", walk\n"},
	{"process.mark", `probe process("PROGRAM").mark("tick") { println($$name, " ", $arg1, " ", user_string($arg2)) }`, "",
		"tick 0 other\ntick 1 one\ntick 2 other\n",
		`process("PROGRAM").mark("tick") { println($arg9) }`, "'$arg9' (alternatives: $arg1, $arg2, $arg3)", ", mark demo:tick\n"},
	{"process.provider.mark", `probe process("PROGRAM").provider("demo").mark("watched") { println($$provider, " ", $arg1) }`, "",
		"demo 1\n",
		`process("PROGRAM").provider("no_such").mark("tick") { println(1) }`, "no match", ", mark demo:watched, counted at 0x"},
	{"process.begin", `probe process("PROGRAM").begin { println(execname(), " ", pid() == tid()) }`, "",
		"traced 1\n",
		`process("PROGRAM").begin.return { println(1) }`, "probe point mismatch", "sched_process_exec: "},
	{"process.end", `probe process("PROGRAM").end { println(execname(), " ", pid() == tid()) }`, "",
		"traced 1\n",
		`process("PROGRAM").end { println($nosuch) }`, "'$nosuch'", "sched_process_exit"},
	{"process.thread.begin", `probe process("PROGRAM").thread.begin { println("there is no other") } probe end { println("end") }`, "",
		"end\n",
		`process("PROGRAM").thread.begun { println(1) }`, "begun", "tid() != pid()"},
	{"process.syscall", `probe process("PROGRAM").syscall { if ($syscall == 231) println($arg1) }`, "",
		"0\n",
		`process("PROGRAM").syscall { println($arg7) }`, "'$arg7' (alternatives: $arg1", "attach  raw tracepoint sys_enter, every call\n"},
	{"process.syscall.return", `probe process("PROGRAM").syscall.return { if ($syscall == 1) println($return > 0) }`, "",
		"1\n",
		`process("PROGRAM").syscall.return { println($arg1) }`, "'$arg1' (alternatives: $syscall, $return)", "attach  raw tracepoint sys_exit, every call\n"},
	{"timer", `probe timer.ms(1) { println(pid() > 0); exit() }`, "none", "1\n",
		`timer.ms(1) { println(user_string(1)) }`, "a timer probe has none", "runs    in the VM, by a timer of 1 ms\n"},
	{"timer.profile", `probe timer.profile { println(cpu() >= 0); exit() }`, "none", "1\n",
		`timer.profile.freq.hz(0) { println(1) }`, "frequency out of range", "attach  clock of each CPU, every 1 ms\n"},
	{"stack of the kernel", `probe kernel.syscall("getppid") { if (pid() == target()) println(isinstr(sprint_backtrace(), "do_syscall_64+")) }`, "__calls", "1\n",
		`kernel.syscall("getppid") { println(stack("x")) }`, "expected long but found string", "kernel stack"},
	{"stack of a program", `probe process("PROGRAM").function("add").call { println(isinstr(sprint_ubacktrace(), "main+")) }`, "", "1\n1\n",
		`kernel.syscall("getppid") { println(ustack("x")) }`, "expected long but found string", "user stack"},
}

// TestKinds goes through the kinds of probes.
func TestKinds(t *testing.T) {
	program := buildTraced(t, "-O1", "-g", "-fno-optimize-sibling-calls", "-Wl,-z,lazy", "-fcf-protection=none")
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			k.script, k.wrong = strings.ReplaceAll(k.script, "PROGRAM", program), "probe "+strings.ReplaceAll(k.wrong, "PROGRAM", program)
			if k.name == "process.end" && !knowsEnds(t) {
				if got := refusal(t, k.script); !strings.Contains(got, "this kernel (before 6.16) no longer knows the program when a process ends") {
					t.Errorf("refused: %s", got)
				}
				t.Skip("needs a kernel from 6.16 on")
			}
			if got := refusal(t, k.wrong); !strings.Contains(got, k.message) || got == "" {
				t.Errorf("%s:\n%swant %s", k.wrong, got, k.message)
			}
			if strings.Contains(k.script, `"dummy"`) {
				if _, err := os.Stat("/sys/module/dummy"); err != nil {
					t.Skip("needs the module dummy")
				}
			}
			if k.ofFunctions() {
				k.script = functionScript(k.script)
			}
			k.isExplained(t, program)
			if k.ofFunctions() {
				needFunctions(t)
			}
			for _, mode := range []plan.Mode{plan.Auto, plan.UserOnly} {
				o := run(t, k.script, mode, Options{Command: k.commandLine(t, program)})
				if o.out != k.want || o.err != "" {
					t.Errorf("mode %d: got\n%s%swant\n%s", mode, o.out, o.err, k.want)
				}
			}
		})
	}
}

// ofFunctions reports whether the probe is at functions of the kernel.
func (k kind) ofFunctions() bool {
	return !strings.HasPrefix(k.name, "process") && strings.Contains(k.name, "function")
}

func (k kind) isExplained(t *testing.T, program string) {
	t.Helper()
	var b strings.Builder
	if err := compile(t, k.script, plan.Auto).Plan.Explain(&b, plan.ExplainOptions{}); err != nil {
		t.Fatal(err)
	}
	if text := strings.ReplaceAll(b.String(), program, "PROGRAM"); !strings.Contains(text, k.explain) {
		t.Errorf("explained:\n%swant %s", text, k.explain)
	}
}

func (k kind) commandLine(t *testing.T, program string) string {
	switch k.command {
	case "":
		return program + " >/dev/null"
	case "__calls":
		return self(t, "__calls", 1)
	case "__reads":
		return self(t, "__reads", 3)
	}
	return ""
}
