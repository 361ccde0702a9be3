package session

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tapir/bpf/layout"
	"tapir/compiler/plan"
)

var modes = map[string]plan.Mode{"auto": plan.Auto, "user": plan.UserOnly}

const watchGetppid = `probe kernel.syscall("getppid") { if (pid() == target()) printf("%d\n", pid()) }`

// TestEveryEventIsAccountedFor traces a process on a machine that is busy with
// the same calls of another one.
func TestEveryEventIsAccountedFor(t *testing.T) {
	needRoot(t)
	const calls = 100_000
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			noise(t)
			o := run(t, watchGetppid, mode, Options{Command: self(t, "__calls", calls)})
			c := o.Counts[0]
			if !c.Settled() {
				t.Errorf("hits %d != rejected %d + sent %d + lost %d", c[layout.Hits], c[layout.Rejected], c[layout.Sent], c[layout.Lost])
			}
			printed := uint64(len(o.lines()))
			if mode == plan.Auto {
				if c[layout.Sent] != printed || printed+c[layout.Lost] != calls {
					t.Errorf("of %d calls %d were sent, %d lost, %d printed", calls, c[layout.Sent], c[layout.Lost], printed)
				}
				if c[layout.Rejected] == 0 {
					t.Error("nothing was rejected on a busy machine")
				}
			} else if c[layout.Rejected] != 0 {
				t.Errorf("%d events were rejected by a program without a filter", c[layout.Rejected])
			}
			if want := o.lines()[0]; o.Command == nil || o.Command.Failed() || strings.Count(o.out, want+"\n") != int(printed) {
				t.Errorf("command %+v; not all %d lines are %q", o.Command, printed, want)
			}
			t.Logf("hits %d, rejected %d, sent %d, lost %d", c[layout.Hits], c[layout.Rejected], c[layout.Sent], c[layout.Lost])
		})
	}
}

// TestGlobalsOfEventsStayExact has a condition on what another probe's events
// write: one getppid of ten comes just after a getuid.
func TestGlobalsOfEventsStayExact(t *testing.T) {
	needRoot(t)
	const calls = 20_000
	const script = `
global armed, seen
probe kernel.syscall("getuid") { if (pid() == target()) armed = 1 }
probe kernel.syscall("getppid") {
  if (pid() == target() && armed) { armed = 0; seen++; printf("%d\n", seen) }
}`
	want := make([]string, calls/10)
	for i := range want {
		want[i] = fmt.Sprint(i + 1)
	}
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			noise(t)
			o := run(t, script, mode, Options{Command: self(t, "__mixed", calls), Ring: 64 << 20})
			if lost := o.Counts[0][layout.Lost] + o.Counts[1][layout.Lost]; lost > 0 {
				t.Skipf("lost %d events: the machine is too busy for this", lost)
			}
			if got := strings.Join(o.lines(), " "); got != strings.Join(want, " ") {
				t.Errorf("got %d lines, want %d: 1, 2, 3, …\n%.200s", len(o.lines()), len(want), got)
			}
		})
	}
}

func TestLossesAreCounted(t *testing.T) {
	needRoot(t)
	const calls = 100_000
	o := run(t, watchGetppid, plan.Auto, Options{Command: self(t, "__calls", calls), Ring: 4096, Verbose: 1})
	c := o.Counts[0]
	if c[layout.Lost] == 0 {
		t.Skip("a ring of 4 KiB lost nothing")
	}
	if got := uint64(len(o.lines())); got != c[layout.Sent] || got+c[layout.Lost] != calls || !c.Settled() {
		t.Errorf("of %d calls: %d printed, counters %v", calls, got, c)
	}
	want := fmt.Sprintf("WARNING: probe kernel.syscall(\"getppid\") lost %d events: the ring buffer was full\n", c[layout.Lost])
	if !strings.Contains(o.err, want) {
		t.Errorf("got\n%s\nwant %s", o.err, want)
	}
}

func TestParametersReachTheKernel(t *testing.T) {
	needRoot(t)
	const script = `
global who, uid_wanted = -1, set
probe begin { who = execname(); uid_wanted = 0; set["no such name, and too long", 1] = 1; set[who, 7] = 1 }
probe kernel.syscall("getppid") {
  if (execname() == who && uid() == uid_wanted && [execname(), 7] in set && pid() == target()) println("hit")
}`
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	comm := filepath.Base(exe)
	o := run(t, strings.Replace(script, "execname(); uid", fmt.Sprintf("%q; uid", comm[:min(len(comm), 15)]), 1), plan.Auto,
		Options{Command: self(t, "__calls", 50)})
	if got := strings.Count(o.out, "hit\n"); got != 50 || o.Counts[1][layout.Sent] != 50 {
		t.Errorf("got %d lines of 50, counters %v\n%s%s", got, o.Counts, o.out, o.err)
	}
}

func TestTargetIsKnownFromTheStart(t *testing.T) {
	needRoot(t)
	const script = `probe begin { printf("%d\n", target()) } ` + watchGetppid
	o := run(t, script, plan.Auto, Options{Command: self(t, "__calls", 1)})
	if l := o.lines(); len(l) != 2 || l[0] != l[1] || l[0] == "0" {
		t.Errorf("got %q, want the pid twice", l)
	}
}

func TestExitEndsWithoutTheCommand(t *testing.T) {
	needRoot(t)
	const script = `probe kernel.syscall("getppid") { if (pid() == target()) { println("one"); exit() } } probe end { println("end") }`
	o := run(t, script, plan.Auto, Options{Command: self(t, "__calls", 1000)})
	if want := "one\nend\n"; o.out != want || o.Status() != 0 {
		t.Errorf("got %q, status %d; want %q, 0\n%s", o.out, o.Status(), want, o.err)
	}
}

func TestTargetByPid(t *testing.T) {
	needRoot(t)
	argv := strings.Fields(self(t, "__stay"))
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p, err := os.StartProcess(argv[0], argv, &os.ProcAttr{Files: []*os.File{r, nil, nil}})
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	ready := readyFunc(func() { w.Close() }) // the process ends
	o := run(t, `probe end { println(target()) } probe kernel.syscall("getuid") { if (pid() == target()) println("called") }`,
		plan.Auto, Options{PID: p.Pid, Ready: ready})
	_, _ = p.Wait()
	if want := fmt.Sprintln(p.Pid); o.out != want || o.Command != nil {
		t.Errorf("got %q, want %q", o.out, want)
	}
}

// readyFunc is called when the session is attached.
type readyFunc func()

func (f readyFunc) Write(b []byte) (int, error) { f(); return len(b), nil }
func (readyFunc) Close() error                  { return nil }

func TestInterruptStopsAtOnce(t *testing.T) {
	needRoot(t)
	var asked time.Time
	ready := readyFunc(func() {
		asked = time.Now()
		_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
	})
	o := run(t, watchGetppid+` probe end { println("end") }`, plan.Auto, Options{Ready: ready})
	took := time.Since(asked)
	if o.out != "end\n" || o.Status() != 0 {
		t.Errorf("got %q, status %d, want end, 0", o.out, o.Status())
	}
	if took > 10*time.Second { // 10 ms are the aim, on a machine that does nothing else
		t.Errorf("it took %v to stop", took)
	}
	t.Logf("stopped after %v", took)
}

func TestClosedOutputEnds(t *testing.T) {
	needRoot(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ready := readyFunc(func() { r.Close() })
	o := run(t, watchGetppid, plan.Auto, Options{Out: w, Ready: io.WriteCloser(ready)})
	if o.Status() != 0 || o.err != "" {
		t.Errorf("status %d, errors %q; want 0 and none", o.Status(), o.err)
	}
}

// TestStartOfCommandIsNotTraced looks for files that the held process opens while
// it starts up, before it becomes the command.
func TestStartOfCommandIsNotTraced(t *testing.T) {
	needRoot(t)
	const script = `probe kernel.syscall("openat") { if (pid() == target()) println(user_string(pointer_arg(2))) }`
	for range 5 {
		o := run(t, script, plan.Auto, Options{Command: "/bin/true"})
		if strings.Contains(o.out, "/sys/kernel/mm/") {
			t.Fatalf("the start of the held process was traced:\n%s", o.out)
		}
	}
}

func TestLossFailsIfAsked(t *testing.T) {
	s := &session{o: Options{FailOnSkipped: true, MaxSkipped: 3}}
	for skipped, want := range []bool{false, false, false, false, true} {
		s.counts.skipped = uint64(skipped)
		if got := s.failed(); got != want {
			t.Errorf("%d skipped of at most 3: failed %t, want %t", skipped, got, want)
		}
	}
	s.o.FailOnSkipped = false
	if s.failed() {
		t.Error("skipped handlers failed a session that was not asked to")
	}
}

// TestFamiliesStayExact has probes on every call, which share a handler in the
// kernel, beside one of a single call, and compares what they print with what that
// prints which has a handler of its own.
func TestFamiliesStayExact(t *testing.T) {
	needRoot(t)
	const calls = 2000
	const script = `
probe kernel.syscall("*") { if (pid() == target() && uint_arg(2) + 1) printf("%s %d\n", pp(), int_arg(1)) }
probe kernel.syscall("*").return { if (pid() == target()) printf("%s %d %d\n", pp(), returnval(), tid()) }
probe kernel.syscall("getuid") { if (pid() == target()) println("own") }`
	outs := map[string]string{}
	for name, mode := range modes {
		o := run(t, script, mode, Options{Command: self(t, "__mixed", calls), Ring: 64 << 20})
		var lines []string
		for _, l := range o.lines() {
			if strings.Contains(l, "getuid") || strings.Contains(l, "getppid") || l == "own" {
				lines = append(lines, l[:max(strings.LastIndexByte(l, ' '), 0)])
			}
		}
		outs[name] = strings.Join(lines, "\n")
		for i, c := range o.Counts {
			if !c.Settled() {
				t.Errorf("%s: probe %d: %v", name, i, c)
			}
		}
		if n := strings.Count(outs[name], `kernel.syscall("getppid").return`); n != calls {
			t.Errorf("%s: %d returns of %d calls", name, n, calls)
		}
	}
	if outs["auto"] != outs["user"] {
		t.Errorf("auto and user differ:\n%.500s\n%.500s", outs["auto"], outs["user"])
	}
}

// TestEntryOfACall looks at a return for what was when the call began: with a handler
// of its own, and with that of a family.
func TestEntryOfACall(t *testing.T) {
	needRoot(t)
	const script = `
probe kernel.syscall("*").return {
  if (pid() == target() && @entry(gettimeofday_ns()) <= gettimeofday_ns()) printf("%s %d\n", pn(), @entry(tid()))
}
probe kernel.syscall("execve").return {
  if (pid() == target()) printf("exec of %s by %d\n", @entry(user_string(pointer_arg(1), "?")), @entry(pid()))
}`
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			o := run(t, script, mode, Options{Command: self(t, "__calls", 1000), Ring: 16 << 20})
			if n := strings.Count(o.out, "getppid"); n != 1000 {
				t.Errorf("%d returns of getppid, want 1000", n)
			}
			exe, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(o.out, "exec of "+exe+" by ") {
				t.Errorf("no execve of %s in\n%.300s", exe, o.out)
			}
			for i, c := range o.Counts {
				if !c.Settled() {
					t.Errorf("probe %d: %v", i, c)
				}
			}
		})
	}
}

// TestFamiliesBesideEntries has a probe of many calls, which come to a family, and returns
// of some of them that want to know what was at the entry: both see all.
func TestFamiliesBesideEntries(t *testing.T) {
	needRoot(t)
	const calls = 100
	const script = `
global n
probe kernel.syscall("get*") { if (pid() == target()) n[pn()]++ }
probe kernel.syscall("getppid").return { if (pid() == target() && @entry(gettimeofday_ns()) <= gettimeofday_ns()) n[pn()]++ }
probe kernel.syscall("ge*") { if (pid() == target()) printf("%s %d\n", pp(), ulong_arg(1) > 0) }
probe kernel.syscall("getuid").return { if (pid() == target()) printf("%s %d\n", pp(), @entry(tid()) == tid()) }
probe end { println(n["kernel.syscall(\"getppid\")"], " ", n["kernel.syscall(\"getppid\").return"]) }`
	for name, mode := range modes {
		o := run(t, script, mode, Options{Command: self(t, "__mixed", calls), Ring: 16 << 20})
		for line, want := range map[string]int{
			`kernel.syscall("getuid").return 1`: calls / 10,
			`kernel.syscall("getppid") `:        calls,
			`kernel.syscall("getuid") `:         calls / 10,
			fmt.Sprint(calls, " ", calls):       1,
		} {
			if got := strings.Count(o.out, line); got != want {
				t.Errorf("%s: %d times %q, want %d\n%s", name, got, line, want, o.err)
			}
		}
	}
}

// TestTracepoints looks at the kernel's data where processes are made.
func TestTracepoints(t *testing.T) {
	needRoot(t)
	const script = `
probe kernel.trace("sched:sched_process_exec") {
  if ($p->tgid == target() && $p->real_parent->pid != 0)
    printf("%s %d %d %s\n", kernel_string($p->comm), $p->tgid == pid(), task_pid(task_current()) == pid(), $$name)
}`
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			o := run(t, script, mode, Options{Command: self(t, "__calls", 1)})
			exe, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			comm := filepath.Base(exe)
			if want := comm[:min(len(comm), 15)] + " 1 1 sched_process_exec\n"; o.out != want {
				t.Errorf("got %q, want %q\n%s", o.out, want, o.err)
			}
		})
	}
}

// TestKernelFaults reads where the kernel has no memory: in a field, where a handler
// may catch the error, and in a filter.
func TestKernelFaults(t *testing.T) {
	needRoot(t)
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			o := run(t, `probe kernel.syscall("getppid") {
  if (pid() == target()) { try { println(kernel_int32(0x10 + pid() - target())) } catch (e) { println(e) } println("on") }
}`, mode, Options{Command: self(t, "__calls", 2)})
			if want := "kernel read fault\non\nkernel read fault\non\n"; o.out != want {
				t.Errorf("got %q, want %q\n%s", o.out, want, o.err)
			}
			o = run(t, `probe kernel.syscall("getppid") {
  if (pid() == target() && kernel_int32(0x10 + pid() - target())) println("on")
}`, mode, Options{Command: self(t, "__calls", 2)})
			if !strings.Contains(o.err, "ERROR: kernel read fault near identifier 'kernel_int32' at ") || o.out != "" {
				t.Errorf("got %q\n%s", o.out, o.err)
			}
		})
	}
}

// TestLateReads has timers and begin read the kernel's memory at addresses that they
// come to know only as they run, and find a task's address.
func TestLateReads(t *testing.T) {
	needRoot(t)
	const script = `global at
function text(p) { return kernel_string(p) }
probe begin {
  at["name"] = task_current() + &@cast(0, "task_struct")->comm
  at["nothing"] = 8
  println(task_pid(pid2task(pid())) == pid(), " ", proc_mem_size(pid()) == proc_mem_size())
}
probe timer.ms(1) {
  foreach (k in at) { try { println(k, " ", text(at[k]) == execname()) } catch (m) { println(m) } }
  for (i = 0; i < 2; i++) println(kernel_char(at["name"] + i) == stringat(execname(), i))
  for (t = task_current(); task_pid(t) > 1; t = task_parent(t)) n++
  println(n > 0)
  exit()
}`
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			o := run(t, script, mode, Options{})
			if want := "1 1\nname 1\nkernel string copy fault at 0x8\n1\n1\n1\n"; o.out != want {
				t.Errorf("got %q, want %q\n%s", o.out, want, o.err)
			}
		})
	}
}

// TestEntryInTheKernel counts by what was known at the call's entry, without an event.
func TestEntryInTheKernel(t *testing.T) {
	needRoot(t)
	const calls = 1000
	const script = `
global s, late
probe kernel.syscall("getppid").return {
  if (@entry(pid()) == target()) { s <<< @entry(tid()) - tid() + 3; late[execname()] += gettimeofday_ns() < @entry(gettimeofday_ns()) }
}
probe end { foreach (e in late) println(late[e]); println(@count(s), " ", @sum(s)) }`
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			o := run(t, script, mode, Options{Command: self(t, "__calls", calls), Ring: 16 << 20})
			if want := fmt.Sprintf("0\n%d %d\n", calls, 3*calls); o.out != want {
				t.Errorf("got %q, want %q\n%s", o.out, want, o.err)
			}
			c := o.Counts[0]
			if want := map[plan.Mode]uint64{plan.Auto: calls, plan.UserOnly: 0}[mode]; c[layout.Aggregated] != want || !c.Settled() {
				t.Errorf("counters %v, want %d aggregated", c, want)
			}
		})
	}
}
