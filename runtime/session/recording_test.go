package session

import (
	"bytes"
	"encoding/binary"

	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tapir/bpf/layout"
	live "tapir/bpf/target"
	"tapir/compiler"
	"tapir/compiler/plan"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/runtime/recording"
	"tapir/runtime/symbol"
	"tapir/runtime/vm"
)

// compilePlayed takes a script through the passes for a replay.
func compilePlayed(t testing.TB, text string, kernel *live.Kernel, told bool) *compiler.Compiled {
	t.Helper()
	set := &source.Set{}
	options := syntax.Options{Kernel: kernel.Release}
	file, ds := syntax.Parse(set, "test.tp", text, options)
	lib := library.New(library.Options{Sources: set, Syntax: options})
	program, more := check.Check(set, []*syntax.File{file}, lib, kernel, check.Options{})
	if ds.HasErrors() || more.HasErrors() {
		t.Fatalf("%s", append(ds.List, more.List...)[0].Message)
	}
	c, ds := compiler.CompileUser(program, told)
	if ds.HasErrors() {
		t.Fatal(ds.List[0].Message)
	}
	return c
}

// recordRun runs a script and records it.
func recordRun(t *testing.T, text string, kernel *live.Kernel, o Options) (outcome, []byte) {
	t.Helper()
	var file bytes.Buffer
	o.Record = recording.New(&file, recording.Head{Script: recording.Script{Files: []recording.File{{Name: "test.tp", Text: text}}}}, 0)
	c := compileWith(t, text, kernel, compiler.Options{Mode: plan.Events, Keep: true, Told: o.JSON})
	return runFor(t, t.Context(), c, o), file.Bytes()
}

// playRun runs a script over a recording.
func playRun(t testing.TB, c *compiler.Compiled, file []byte, o Options) (outcome, error) {
	t.Helper()
	r, err := recording.Open(bytes.NewReader(file))
	if err != nil {
		return outcome{}, err
	}
	fit, ds := recording.NewFit(c.Plan, &r.Head, true)
	if ds.HasErrors() {
		t.Fatal(ds.List[0].Message)
	}
	player, err := r.Play()
	if err != nil {
		return outcome{}, err
	}
	var out, errs bytes.Buffer
	o.Out, o.Err, o.Replay = &out, &errs, &Replay{Player: player, Fit: fit}
	result, err := Run(t.Context(), c, o)
	return outcome{result, out.String(), errs.String()}, err
}

// recorded are scripts that a recording must give again to the byte. Those that trace a
// command need root.
var recorded = []struct {
	name, script string
	command      []any // of the test binary
	o            Options
}{
	{name: "begin and end", script: `probe begin { println(gettimeofday_ns(), " ", gettimeofday_ns(), pid(), execname(), tz_name(), jiffies(), randint(1000)); exit() } probe end { println(gettimeofday_us(), get_cycles(), cpu_clock_ns(), randint(99)) }`},
	{name: "timers", script: `global n probe timer.ms(3) { println("a", gettimeofday_ns(), randint(100)) } probe timer.ms(2) { println("b", gettimeofday_ns()); if (++n == 9) exit() } probe timer.ms(7).randomize(2) { println(n) }`},
	{name: "errors", script: `global n probe timer.ms(1) { n++; println(n); if (n % 2) error("odd"); if (n > 20) exit() } probe timer.ms(1) { println("second") } probe error { println("error ", n) }`, o: Options{MaxErrors: 3}},
	{name: "display", script: `global a probe timer.ms(1) { a[gettimeofday_us()] <<< randint(5); if (randint(4) == 0) exit() }`},
	{name: "as JSON", script: `probe begin { println(1) } probe timer.ms(2) { println(gettimeofday_ns()); exit() }`},
	{
		name: "calls", command: []any{"__mixed", 50},
		script: `global start, took, by
probe kernel.syscall("getppid") { if (pid() == target()) { start[tid()] = gettimeofday_ns(); printf("%d %s %s %d\n", pid(), execname(), pp(), cpu()) } }
probe kernel.syscall("getppid").return { if (pid() == target()) { took <<< gettimeofday_ns() - start[tid()]; by[@entry(tid()), returnval()] <<< gettimeofday_ns() - @entry(gettimeofday_ns()) } }
probe timer.ms(1) { println("tick ", gettimeofday_us()) }
probe end { print(@hist_log(took)); foreach ([a, b] in by) println(a, " ", b, " ", @avg(by[a, b])) }`,
	},
	{
		name: "texts and sorted arrays", command: []any{"__work", 5, 60},
		script: `global calls, texts
probe syscall.* { if (pid() == target()) { calls[name]++; texts[argstr]++; println(name, "(", argstr, ")") } }
probe syscall.*.return { if (pid() == target()) println(name, " -> ", retstr) }
probe end { foreach (c in calls-) println(c, " ", calls[c]); foreach (c+ in texts) println(c) }`,
	},
	{
		name: "stacks with names", command: []any{"__calls", 20},
		script: `global of
probe kernel.syscall("getppid") { if (pid() == target()) { of[ubacktrace(), backtrace()] <<< 1; print_ubacktrace(); print_backtrace() } }
probe end { foreach ([u, k] in of) { print_ustack(u); print_stack(k); println(@count(of[u, k])) } }`,
	},
	{
		name: "two handlers at a point", command: []any{"__calls", 30},
		script: `global n
probe kernel.syscall("getppid") { if (pid() == target() && n % 2) println("odd ", n) }
probe kernel.syscall("getppid") { if (pid() == target()) println("all ", n++) }
probe kernel.syscall("getppid") { if (pid() == target() && n == 25) exit() }`,
	},
	{
		name: "a tracepoint", command: []any{"__calls", 1},
		script: `probe kernel.trace("sched_switch") { if ($prev->tgid == target()) printf("%s %d %d\n", kernel_string($next->comm), $next->pid, $prev->__state) } probe timer.ms(20) { println(1) }`,
	},
}

// TestReplayIsTheSame records runs and does them over again, twice.
func TestReplayIsTheSame(t *testing.T) {
	kernel, err := live.Live()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range recorded {
		t.Run(tt.name, func(t *testing.T) {
			o := tt.o
			o.JSON = tt.name == "as JSON"
			if tt.command != nil {
				needRoot(t)
				var numbers []int
				for _, n := range tt.command[1:] {
					numbers = append(numbers, n.(int))
				}
				o.Command = self(t, tt.command[0].(string), numbers...)
			}
			first, file := recordRun(t, tt.script, kernel, o)
			if first.out == "" {
				t.Fatal("nothing was printed")
			}
			o.Command = ""
			c := compilePlayed(t, tt.script, kernel, o.JSON)
			for range 2 {
				again, err := playRun(t, c, file, o)
				if err != nil {
					t.Fatal(err)
				}
				if !o.JSON { // there, times of lines outside of events differ
					same(t, "output", first.out, again.out)
				}
				same(t, "messages", first.err, again.err)
				if first.Status() != again.Status() {
					t.Errorf("status %d, and %d when it was replayed", first.Status(), again.Status())
				}
			}
			t.Logf("%d bytes printed, %d recorded", len(first.out), len(file))
		})
	}
}

// same holds that two texts are.
func same(t *testing.T, what, first, again string) {
	t.Helper()
	if first == again {
		return
	}
	a, b := strings.Split(first, "\n"), strings.Split(again, "\n")
	i := 0
	for i < min(len(a), len(b))-1 && a[i] == b[i] {
		i++
	}
	t.Errorf("%s: of %d and %d lines, number %d differs:\n%s\n%s", what, len(a), len(b), i+1, a[i], b[i])
}

// TestReplayOfOther runs a script over what another has recorded.
func TestReplayOfOther(t *testing.T) {
	needRoot(t)
	kernel, err := live.Live()
	if err != nil {
		t.Fatal(err)
	}
	_, file := recordRun(t, `probe kernel.syscall("getppid") { if (pid() == target()) println(1) }`, kernel, Options{Command: self(t, "__calls", 40)})
	const other = `global n, last, out
probe begin { println("begin") }
probe kernel.syscall("getppid") { n[execname(), pid() == target(), uid()]++; if (gettimeofday_ns() < last) out++; last = gettimeofday_ns() }
probe timer.us(100) { ticks++; if (gettimeofday_ns() < last) out++; last = gettimeofday_ns() } global ticks
probe end { foreach ([a, b, c] in n) println(a, " ", b, " ", c, " ", n[a, b, c]); println(out, " ", ticks > 0) }`
	o, err := playRun(t, compilePlayed(t, other, kernel, false), file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := "begin\nsession.test 1 0 40\n0 1\n"; o.out != want {
		t.Errorf("printed %q, want %q\n%s", o.out, want, o.err)
	}
}

// TestReplayRunsNoCommands has a script that would.
func TestReplayRunsNoCommands(t *testing.T) {
	const text = `probe begin { system("true"); system("true"); exit() }`
	kernel := live.Fixed()
	_, file := recordRun(t, text, kernel, Options{})
	o, err := playRun(t, compilePlayed(t, text, kernel, false), file, Options{})
	if want := "WARNING: a replay does not run the commands of system()\n"; err != nil || o.err != want {
		t.Errorf("said %q, want %q; %v", o.err, want, err)
	}
}

// TestRecordingThatCannotGoOn ends the session when the file can't be written.
func TestRecordingThatCannotGoOn(t *testing.T) {
	const text = `global n probe timer.ms(1) { n++; println(n, randint(1000000)) } probe end { println("end") }`
	c := compileWith(t, text, live.Fixed(), compiler.Options{Mode: plan.Events, Keep: true})
	o := runFor(t, t.Context(), c, Options{Record: recording.New(broken{}, recording.Head{}, 0), Timeout: 20 * time.Second})
	if !strings.Contains(o.err, "ERROR: the recording: out of order") || o.Status() != 1 {
		t.Errorf("status %d, said %q", o.Status(), o.err)
	}
}

// broken can't be written to.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

var errBroken = errorText("out of order")

type errorText string

func (e errorText) Error() string { return string(e) }

// FuzzReplay runs handlers over records that anybody may have made.
func FuzzReplay(f *testing.F) {
	const text = `probe syscall.openat { println(name, argstr, execname(), user_string_quoted(pointer_arg(1))); print_ubacktrace(); print_backtrace() }
probe syscall.openat.return { println(retstr, @entry(user_string_quoted(pointer_arg(2)))) }
probe syscall.execve { println(argstr) }
probe syscall.wait4.return { println(argstr, retstr) }
probe syscall.bind { println(argstr) }
probe syscall.ptrace { println(argstr) }
probe end { print_ustack(ubacktraces) } global ubacktraces
probe syscall.ptrace { ubacktraces = ubacktrace() }`
	kernel := live.Fixed()
	c := compilePlayed(f, text, kernel, false)
	f.Add(uint64(1), []byte("\x01\x00\x00\x00/etc/passwd"), uint32(0))
	f.Add(uint64(7), bytes.Repeat([]byte{0xff, 8, 0, 0}, 100), uint32(5))
	f.Fuzz(func(t *testing.T, seed uint64, data []byte, faults uint32) {
		var file bytes.Buffer
		r := recording.New(&file, recording.Head{Script: recording.Script{Files: []recording.File{{Name: "test.tp", Text: text}}}}, 0)
		r.Begin(c.Plan, 1, vm.Self(), symbol.New(nil))
		r.Attached()
		random := rand.New(rand.NewPCG(seed, 1))
		for i, p := range c.Plan.Probes {
			if p.SendsEvents() {
				r.Ran(i, true, madeUp(p, i, data, faults, random))
			}
		}
		if err := r.Close(recording.Trailer{}); err != nil {
			t.Fatal(err)
		}
		if _, err := playRun(t, c, file.Bytes(), Options{MaxErrors: 1000}); err != nil {
			t.Fatal(err)
		}
	})
}

// madeUp is a record of a probe's layout and of random contents, with pieces of data in
// its fields of memory.
func madeUp(p *plan.Probe, number int, data []byte, faults uint32, random *rand.Rand) []byte {
	fill := func(r layout.Record, into []byte) []byte {
		for _, f := range r.Fields {
			if f.Offset+f.Kind.Size() > len(into) {
				continue
			}
			if f.Kind != layout.Memory || random.IntN(8) == 0 {
				for i := range f.Kind.Size() {
					into[f.Offset+i] = byte(random.Uint32())
				}
				continue
			}
			from := random.IntN(len(data) + 1)
			piece := data[from:][:random.IntN(len(data)-from+1)]
			binary.LittleEndian.PutUint32(into[f.Offset:], uint32(len(into)))
			binary.LittleEndian.PutUint32(into[f.Offset+4:], uint32(len(piece)))
			into = append(into, piece...)
		}
		return into
	}
	b := fill(p.Record, make([]byte, p.Record.Fixed))
	if p.Entry != nil {
		entry := fill(p.Entry.Record, make([]byte, p.Entry.Record.Fixed))
		binary.LittleEndian.PutUint32(b[p.Entry.Field.Offset:], uint32(len(b)))
		binary.LittleEndian.PutUint32(b[p.Entry.Field.Offset+4:], uint32(len(entry)))
		b = append(b, entry...)
	}
	binary.LittleEndian.PutUint32(b[layout.HeaderProbe:], uint32(number))
	binary.LittleEndian.PutUint32(b[layout.HeaderFaults:], faults)
	return slices.Clone(b)
}
