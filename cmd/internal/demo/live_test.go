package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// buildTapir builds the command under test, for tests that trace the kernel.
func buildTapir(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: it loads eBPF programs")
	}
	if _, err := os.Stat("/sys/kernel/btf/vmlinux"); err != nil {
		t.Skipf("needs the kernel's BTF: %v", err)
	}
	path := filepath.Join(t.TempDir(), "tapir")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "tapir/cmd/tapir")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build tapir: %v\n%s", err, out)
	}
	return path
}

// addresses are what differs from run to run beside the process ids.
var addresses = regexp.MustCompile(`data=0x[0-9a-f]+`)

// fill puts process ids into expected lines, in the script's columns.
func fill(o Outcome, lines ...string) string {
	var b strings.Builder
	ids := strings.NewReplacer("MUTATOR", fmt.Sprint(o.Mutator), "MUTATEE", fmt.Sprint(o.Mutatee), "CHILD", fmt.Sprint(o.Child))
	for _, l := range lines {
		who, pid, what := Mutatee, o.Mutatee, l
		if rest, ok := strings.CutPrefix(l, "driver: "); ok {
			who, pid, what = Mutator, o.Mutator, rest
		}
		fmt.Fprintf(&b, "%16s[%5d] %s\n", who, pid, ids.Replace(what))
	}
	return b.String()
}

// articleLines are the sequences of the case that tapir was made for.
var articleLines = map[string][]string{
	"bug": {
		"-> fork ()",
		"driver: wait4 = CHILD WSTOPSIG=SIGSTOP",
		"driver: wait4 = MUTATEE WSTOPSIG=SIGTRAP | PTRACE_EVENT_FORK << 8",
		"driver: ptrace (PTRACE_GETREGS, MUTATEE, data=0x…)",
		"driver: ptrace (PTRACE_CONT, MUTATEE, SIG_0)",
		"<- fork = CHILD",
		"driver: wait4 = MUTATEE WSTOPSIG=SIGTRAP",
		"driver: ptrace (PTRACE_SETREGS, MUTATEE, data=0x…)",
	},
	"fix": {
		"-> fork ()",
		"driver: wait4 = MUTATEE WSTOPSIG=SIGTRAP | PTRACE_EVENT_FORK << 8",
		"driver: ptrace (PTRACE_SYSCALL, MUTATEE, SIG_0)",
		"<- fork = CHILD",
		"driver: wait4 = CHILD WSTOPSIG=SIGSTOP",
		"driver: wait4 = MUTATEE WSTOPSIG=TRACESYSGOOD",
		"driver: ptrace (PTRACE_GETREGS, MUTATEE, data=0x…)",
		"driver: ptrace (PTRACE_CONT, MUTATEE, SIG_0)",
		"driver: wait4 = MUTATEE WSTOPSIG=SIGTRAP",
		"driver: ptrace (PTRACE_SETREGS, MUTATEE, data=0x…)",
	},
}

func TestLiveDemo(t *testing.T) {
	tapir := buildTapir(t)
	dir := t.TempDir()
	if err := linkPair(dir, tapir); err != nil {
		t.Fatal(err)
	}
	for i := range Variants {
		v := &Variants[i]
		t.Run(v.Name, func(t *testing.T) {
			for range 3 {
				trace, o, err := play(t.Context(), 20*time.Second, dir, v, watcher{program: tapir, script: "ptrace_watch.tp"})
				if err != nil {
					t.Fatal(err)
				}
				got, want := addresses.ReplaceAllString(trace, "data=0x…"), fill(o, articleLines[v.Name]...)
				if got != want {
					t.Errorf("the trace is\n%swant\n%s", got, want)
				}
			}
		})
	}
	t.Run("text", func(t *testing.T) {
		var b strings.Builder
		if err := Run(t.Context(), &b, Options{Program: tapir}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"fork returned -38 (ENOSYS); the new process is", "the new process: right."} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("got\n%s\nwant %q in it", b.String(), want)
			}
		}
	})
}

func TestRunSaysWhatIsMissing(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := linkedFolder(t)
	_, _, err = play(t.Context(), 20*time.Second, dir, &Variants[0], watcher{program: "/bin/false", script: "none"})
	if err == nil || !strings.Contains(err.Error(), "tapir did not attach") || !strings.Contains(err.Error(), "tapir doctor") {
		t.Errorf("with a tapir that fails: got %v", err)
	}
	_, _, err = play(t.Context(), time.Nanosecond, dir, &Variants[0], watcher{program: self, script: "none"})
	if !errors.Is(err, context.DeadlineExceeded) && (err == nil || !strings.Contains(err.Error(), "it took too long")) {
		t.Errorf("without time: got %v", err)
	}
}

// ways of making a process, in testdata/mutatee.c, and what the scripts show of
// the system call itself: ptrace_watch.tp as it stands here, which knows fork
// only, and the library's, which shows every name that fits.
var ways = []struct {
	name, event   string
	article, full []string
}{
	{"fork", "FORK", []string{"-> fork ()", "<- fork = CHILD"}, nil}, // the C library decides which call it is
	{"sysfork", "FORK", []string{"-> fork ()", "<- fork = CHILD"}, []string{"-> fork ()", "<- fork = CHILD"}},
	{"vfork", "VFORK", nil, []string{"-> vfork ()", "<- vfork = CHILD"}},
	{"clone", "FORK", []string{"-> fork ()", "<- fork = CHILD"},
		[]string{"-> clone (0x0|SIGCHLD, 0x0, 0x0, 0x0)", "-> fork ()", "<- clone = CHILD", "<- fork = CHILD"}},
	{"clone3", "FORK", []string{"-> fork ()", "<- fork = CHILD"},
		[]string{"-> clone3 (…)", "-> fork ()", "<- clone3 = CHILD", "<- fork = CHILD"}},
}

// compilePair compiles the pair in C into a folder.
func compilePair(t *testing.T) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skipf("needs a C compiler: %v", err)
	}
	dir := t.TempDir()
	for source, name := range map[string]string{"mutator.c": Mutator, "mutatee.c": Mutatee} {
		c := exec.CommandContext(t.Context(), cc, "-O1", "-o", filepath.Join(dir, name), filepath.Join("testdata", source))
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("compile %s: %v\n%s", source, err, out)
		}
	}
	return dir
}

func TestPairInC(t *testing.T) {
	dir := compilePair(t)
	for _, w := range ways {
		for _, mode := range []string{"cont", "syscall"} {
			t.Run(w.name+"/"+mode, func(t *testing.T) {
				o, err := newPair(t, dir, mode, w.name).run()
				if err != nil {
					t.Fatal(err)
				}
				if o.Returned != int64(o.Child) || o.Child <= 0 {
					t.Errorf("%+v: want the child as the result", o)
				}
			})
		}
	}
}

func TestLivePairInC(t *testing.T) {
	tapir := buildTapir(t)
	dir := compilePair(t)
	for _, w := range ways {
		for _, mode := range []string{"cont", "syscall"} {
			t.Run(w.name+"/"+mode, func(t *testing.T) {
				trace, o := watchPair(t, dir, watcher{program: tapir, script: "ptrace_watch.tp"}, mode, w.name)
				got := bySubject(t, trace, o)
				want := map[string]string{
					"call":    fill(o, w.article...),
					"mutatee": fill(o, stops("MUTATEE", mutateeStops(mode, w.event))...),
					"child":   fill(o, stops("CHILD", []string{"WSTOPSIG=SIGSTOP → CONT SIG_0", "WEXITSTATUS=7"})...),
				}
				for _, subject := range slices.Sorted(maps.Keys(want)) {
					if got[subject] != want[subject] {
						t.Errorf("about the %s:\n%swant\n%s", subject, got[subject], want[subject])
					}
				}
			})
		}
	}
}

func TestLiveLibraryScript(t *testing.T) {
	tapir := buildTapir(t)
	dir := compilePair(t)
	script := filepath.Join("..", "..", "..", "scripts", "process", "ptrace_watch.tp")
	clone3 := regexp.MustCompile(`clone3 \(.*\)`)
	for _, w := range ways {
		if w.full == nil {
			continue
		}
		t.Run(w.name, func(t *testing.T) {
			args := []string{Mutator, Mutatee}
			if w.name == "sysfork" {
				args = nil // those are the defaults
			}
			trace, o := watchPair(t, dir, watcher{program: tapir, script: script, args: args}, "cont", w.name)
			trace = clone3.ReplaceAllString(trace, "clone3 (…)")
			lines := strings.SplitAfter(trace, "\n")
			for _, l := range w.full {
				if !slices.Contains(lines, fill(o, l)) {
					t.Errorf("got\n%swant in it\n%s", trace, fill(o, l))
				}
			}
			for _, l := range []string{"-> exit_group (3)", "driver: ptrace (PTRACE_CONT, MUTATEE, SIGCHLD)", "driver: wait4 = MUTATEE WEXITSTATUS=3"} {
				if !slices.Contains(lines, fill(o, l)) {
					t.Errorf("got\n%swant in it\n%s", trace, fill(o, l))
				}
			}
		})
	}
}

// watchPair runs a pair under a script and returns what the script printed.
func watchPair(t *testing.T, dir string, w watcher, args ...string) (string, Outcome) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p := newPair(t, dir, args...)
	if err := w.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer w.close()
	o, err := p.run()
	if err != nil {
		t.Fatal(err)
	}
	trace, err := w.stop()
	if err != nil {
		t.Fatal(err)
	}
	return trace, o
}

// mutateeStops is how the mutatee in C stops, and how its mutator goes on.
func mutateeStops(mode, event string) []string {
	at := "WSTOPSIG=SIGTRAP | PTRACE_EVENT_" + event + " << 8 → "
	rest := []string{"WSTOPSIG=SIGCHLD → CONT SIGCHLD", "WEXITSTATUS=3"}
	if mode == "cont" {
		return append([]string{at + "CONT SIG_0"}, rest...)
	}
	return append([]string{at + "SYSCALL SIG_0", "WSTOPSIG=TRACESYSGOOD → CONT SIG_0"}, rest...)
}

// stops are the mutator's lines about a process.
func stops(pid string, stops []string) []string {
	var lines []string
	for _, s := range stops {
		status, on, stopped := strings.Cut(s, " → ")
		lines = append(lines, fmt.Sprintf("driver: wait4 = %s %s", pid, status))
		if !stopped {
			continue
		}
		request, signal, _ := strings.Cut(on, " ")
		lines = append(lines,
			fmt.Sprintf("driver: ptrace (PTRACE_GETREGS, %s, data=0x…)", pid),
			fmt.Sprintf("driver: ptrace (PTRACE_SETREGS, %s, data=0x…)", pid),
			fmt.Sprintf("driver: ptrace (PTRACE_%s, %s, %s)", request, pid, signal))
	}
	return lines
}

var mutatorLine = regexp.MustCompile(`\] (?:wait4 = |ptrace \(\w+, )(\d+)`)

// bySubject sorts a trace's lines by what they are about: the call that makes the
// process, the mutatee, the child. The order between those is the kernel's.
func bySubject(t *testing.T, trace string, o Outcome) map[string]string {
	t.Helper()
	subjects := map[string]string{fmt.Sprint(o.Mutatee): "mutatee", fmt.Sprint(o.Child): "child"}
	got := make(map[string]string)
	for line := range strings.Lines(addresses.ReplaceAllString(trace, "data=0x…")) {
		subject := "call"
		if !strings.Contains(line, Mutatee) {
			m := mutatorLine.FindStringSubmatch(line)
			if m == nil || subjects[m[1]] == "" {
				t.Errorf("a line about nobody: %q", line)
				continue
			}
			subject = subjects[m[1]]
		}
		got[subject] += line
	}
	return got
}
