package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"tapir/bpf/layout"
	live "tapir/bpf/target"
	"tapir/compiler/plan"
	"tapir/runtime/attach"
)

// touchPages uses memory that was not used before, n pages of it.
func touchPages(n int) {
	size := n * os.Getpagesize()
	memory, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		panic(err)
	}
	_ = unix.Madvise(memory, unix.MADV_NOHUGEPAGE)
	for at := 0; at < size; at += os.Getpagesize() {
		memory[at] = 1
	}
}

// TestPerfFaults counts the page faults of a program, every one of them.
func TestPerfFaults(t *testing.T) {
	needRoot(t)
	const pages = 3000
	command := self(t, "__touch", pages)
	program, _, _ := strings.Cut(command, " ")
	script := fmt.Sprintf(`
global n, others
probe perf.sw.page_faults.sample(1).process(%q) {
	if (pid() == target()) { n++ } else { others++ }
}
probe end { printf("%%d %%d\n", n, others) }`, program)
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			o := run(t, script, mode, Options{Command: command, Ring: 32 << 20})
			var n, others int
			if _, err := fmt.Sscan(o.out, &n, &others); err != nil || n < pages || n > pages+3000 {
				t.Errorf("got %q, want some more than %d faults\n%s", o.out, pages, o.err)
			}
			if c := o.Counts[0]; !c.Settled() || int(c[layout.Hits]) < n+others {
				t.Errorf("counters %v do not add up", c)
			}
		})
	}
}

// TestPerfSamples fires once in so many, and by the kernel's clocks; what the kernel
// skips is counted.
func TestPerfSamples(t *testing.T) {
	needRoot(t)
	const script = `
global each, tenth, clock, usual, user
probe perf.sw.context_switches.sample(1) { each++ }
probe perf.type(1).config(3).sample(10) { tenth++ }
probe perf.sw.cpu_clock.hz(500) { clock++; user += user_mode() }
probe perf.sw.task_clock { usual++ }
probe timer.ms(500) { exit() }
probe end { println(each > 0, each >= 5 * tenth, each <= 20 * (tenth + 8), clock > 10, usual > 10, user > 0, probe_type()) }`
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			noise(t)
			// A program that is skipped in one event may not be in the other.
			o := run(t, script, mode, Options{Ring: 32 << 20})
			if want := "111111begin_end\n"; o.out != want {
				t.Errorf("got %q, want %q\n%s", o.out, want, o.err)
			}
			for probe, c := range o.Counts[:4] {
				if !c.Settled() || c[layout.Hits] == 0 {
					t.Errorf("probe %d: counters %v do not add up, or are none", probe, c)
				}
			}
		})
	}
}

// TestPerfOfProcessor counts what the processor does; where it can't be counted, the
// error names the event.
func TestPerfOfProcessor(t *testing.T) {
	needRoot(t)
	const script = `global n probe perf.hw.cpu_cycles { n++ } probe timer.ms(100) { exit() } probe end { println(n > 0) }`
	c := compile(t, script, plan.Auto)
	var out, errs strings.Builder
	_, err := Run(t.Context(), c, Options{Out: &out, Err: &errs})
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EOPNOTSUPP) {
		if _, ok := errors.AsType[*attach.Refused](err); !ok || !strings.HasPrefix(err.Error(), "probe perf.hw.cpu_cycles: this machine has no such performance event (type 0, config 0)") {
			t.Errorf("got %T %v", err, err)
		}
		t.Log("this machine counts no cycles")
		return
	}
	if err != nil || out.String() != "1\n" {
		t.Errorf("got %q, %v\n%s", out.String(), err, errs.String())
	}
}

// nameOf is where the kernel has the name of a process.
func nameOf(t *testing.T, pid int) uint64 {
	t.Helper()
	script := fmt.Sprintf(`probe timer.profile { printf("%%d", &@cast(pid2task(%d), "task_struct")->comm) exit() }`, pid)
	address, err := strconv.ParseInt(run(t, script, plan.Auto, Options{}).out, 10, 64)
	if err != nil || address == 0 {
		t.Fatalf("the process's name is nowhere: %v", err)
	}
	return uint64(address)
}

// TestWatchpoint sees a process change its name in the kernel's memory.
func TestWatchpoint(t *testing.T) {
	needRoot(t)
	shell := exec.Command("sh")
	stdin, err := shell.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stdin.Close(); _ = shell.Wait() }()
	for access, mode := range map[string]plan.Mode{"write": plan.Auto, "rw": plan.UserOnly} {
		t.Run(access, func(t *testing.T) {
			script := fmt.Sprintf(`
probe kernel.data(%#x).length(8).%s {
	if (pid() != %d) next
	printf("%%s %%d\n", probe_type(), user_mode())
	print_backtrace()
	exit()
}`, nameOf(t, shell.Process.Pid), access, shell.Process.Pid)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			o := runFor(t, ctx, compile(t, script, mode), Options{Ready: readyFunc(func() {
				_, _ = io.WriteString(stdin, "echo renamed > /proc/self/comm\n")
			})})
			if !strings.HasPrefix(o.out, "hwbkpt 0\n 0x") || !strings.Contains(o.out, " : ksys_write+") {
				t.Errorf("printed %q, reported %q", o.out, o.err)
			}
			if c := o.Counts[0]; !c.Settled() || c[layout.Hits] == 0 {
				t.Errorf("counters %v do not add up, or are none", c)
			}
		})
	}
}

// TestWatchedVariable sees the kernel count its ticks, if it tells where.
func TestWatchedVariable(t *testing.T) {
	needRoot(t)
	kernel, err := live.Live()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := kernel.Variable("jiffies_64"); err != nil {
		t.Skip(err)
	}
	o := run(t, `
global n
probe kernel.data("jiffies_64").write { n++ }
probe timer.ms(500) { exit() }
probe end { println(n > 5) }`, plan.Auto, Options{})
	if o.out != "1\n" {
		t.Errorf("printed %q, reported %q", o.out, o.err)
	}
}

// TestCounters asks what each thread of a program has counted, while threads take turns
// on a CPU: not more than its own, and not less.
func TestCounters(t *testing.T) {
	program := read(t, "counted.c").make(t, "counted", "gcc -O1 -pthread -o counted counted.c")
	const script = `
global good, all, first
probe perf.sw.page_faults.process("PROGRAM").counter("faults") { println("no handler") }
probe perf.sw.cpu_clock.process("PROGRAM").counter("time") { }
probe process("PROGRAM").function("main") { if (@perf("faults") < 500) first++ }
probe process("PROGRAM").function("work").return {
	faults = @perf("faults") - @entry(@perf("faults"))
	time = @perf("time") - @entry(@perf("time"))
	if (faults >= returnval() && faults < returnval() + 20 && time > 0) good++
	all++
}
probe end { println(first, good, all) }`
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			o := traceProgram(t, program, script, mode)
			if o.out != "199\n" || o.err != "" {
				t.Errorf("printed %q, reported %q", o.out, o.err)
			}
			for probe, c := range o.Counts[:2] {
				if !c.Settled() || c[layout.Aggregated] == 0 || c[layout.Sent] != 0 {
					t.Errorf("counter %d: %v do not add up", probe, c)
				}
			}
		})
	}
}
