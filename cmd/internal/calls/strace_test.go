package calls

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// spelled are the calls that strace and SystemTap, and so tapir, name differently.
var spelled = []struct{ strace, tapir, why string }{
	{"mmap", "mmap2", "SystemTap's probe has the name that 32-bit kernels gave it"},
	{"newfstatat", "fstatat", "the C library's name, not the kernel's"},
	{"pread64", "pread", "the C library's name, not the kernel's"},
	{"pwrite64", "pwrite", "the C library's name, not the kernel's"},
	{"getdents64", "getdents", "one probe for both calls"},
	{"umount2", "umount", "one probe for both calls"},
}

// unsteady are the calls whose result differs between any two runs, and what it is.
var unsteady = map[string]string{
	"mmap2": "an address", "mremap": "an address", "brk": "an address", "shmat": "an address",
	"clone": "a process", "clone3": "a process", "fork": "a process", "vfork": "a process", "wait4": "a process",
	"getpid": "a process", "gettid": "a process", "getppid": "a process", "getpgrp": "a process", "getsid": "a process",
	"set_tid_address": "a process",
}

// unseen are the calls that strace has and tapir, like SystemTap, has not.
var unseen = map[string]string{
	"rt_sigreturn": "the kernel has forgotten the call's number when it returns",
}

// restarts are results by which the kernel has a call made again; they reach no
// program, and SystemTap shows them as numbers.
var restarts = map[string]string{
	"-512": "ERESTARTSYS", "-513": "ERESTARTNOINTR", "-514": "ERESTARTNOHAND", "-516": "ERESTART_RESTARTBLOCK",
}

// outcome is a call and how it ended, as both tracers have it.
type outcome struct{ name, result string }

// steady is an outcome without what differs between any two runs.
func (o outcome) steady() outcome {
	if what, ok := unsteady[o.name]; ok && !strings.HasPrefix(o.result, "E") && o.result != "?" {
		o.result = what
	}
	return o
}

// number is a number in any of the tracers' notations as a decimal one.
func number(text string) string {
	if n, err := strconv.ParseUint(text, 0, 64); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return text
}

var straceLine = regexp.MustCompile(`^(\w+)\(.* = (-1 )?(\? )?(\S+)`)

// straced parses what strace wrote of one thread.
func straced(text string) (calls []outcome) {
	for line := range strings.Lines(text) {
		m := straceLine.FindStringSubmatch(line)
		if m == nil {
			continue // the end of the thread
		}
		o := outcome{m[1], number(m[4])}
		if _, ok := unseen[o.name]; ok {
			continue
		}
		for _, s := range spelled {
			if o.name == s.strace {
				o.name = s.tapir
			}
		}
		calls = append(calls, o.steady())
	}
	return calls
}

var errorName = regexp.MustCompile(`^-\d+ \((E\w+)\)$`)

// ended is how a call ended, from retstr.
func ended(retstr string) string {
	if m := errorName.FindStringSubmatch(retstr); m != nil {
		return m[1]
	}
	if name, ok := restarts[retstr]; ok {
		return name
	}
	return number(retstr)
}

// everyCall prints each call of the target and its children as it ends.
const everyCall = `
probe syscall.*.return {
	if (pid() == target() || ppid() == target())
		printf("%d %s %s\n", tid(), name, retstr)
}
probe syscall.exit, syscall.exit_group {
	if (pid() == target() || ppid() == target())
		printf("%d %s ?\n", tid(), name)
}
`

// threads are the calls of each thread, in the order of their ids.
func threads(lines []string) [][]outcome {
	byThread := map[int][]outcome{}
	for _, line := range lines {
		f := strings.SplitN(line, " ", 3)
		if len(f) != 3 {
			continue
		}
		tid, _ := strconv.Atoi(f[0]) // the script's own %d
		byThread[tid] = append(byThread[tid], outcome{f[1], ended(f[2])}.steady())
	}
	var all [][]outcome
	for _, tid := range slices.Sorted(maps.Keys(byThread)) {
		all = append(all, withoutEchoes(byThread[tid]))
	}
	return all
}

// withoutEchoes drops the lines by which syscall.fork and syscall.vfork show a clone
// that is one, beside its own.
func withoutEchoes(calls []outcome) []outcome {
	isClone := func(i int) bool {
		return i >= 0 && i < len(calls) && (calls[i].name == "clone" || calls[i].name == "clone3")
	}
	var rest []outcome
	for i, o := range calls {
		if (o.name == "fork" || o.name == "vfork") && (isClone(i-1) || isClone(i+1)) {
			continue
		}
		rest = append(rest, o)
	}
	return rest
}

// underStrace runs a command and gives the calls of each of its threads.
func underStrace(t *testing.T, dir string, argv ...string) [][]outcome {
	t.Helper()
	prefix := filepath.Join(t.TempDir(), "trace")
	cmd := exec.CommandContext(t.Context(), "strace", append([]string{"-ff", "-qq", "-e", "signal=none", "-o", prefix}, argv...)...)
	cmd.Dir = dir
	cmd.Stdin = silence(t)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("strace %q: %v\n%s", argv, err, errs.Bytes())
	}
	files, err := filepath.Glob(prefix + ".*")
	if err != nil {
		t.Fatal(err)
	}
	tid := func(file string) int {
		n, _ := strconv.Atoi(strings.TrimPrefix(filepath.Ext(file), ".")) // strace's own
		return n
	}
	slices.SortFunc(files, func(a, b string) int { return cmp.Compare(tid(a), tid(b)) })
	var all [][]outcome
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, straced(string(text)))
	}
	return all
}

// differ says where two runs part, or nothing.
func differ(got, want [][]outcome) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d threads, want %d", len(got), len(want))
	}
	for i := range want {
		for k := range max(len(got[i]), len(want[i])) {
			var g, w outcome
			if k < len(got[i]) {
				g = got[i][k]
			}
			if k < len(want[i]) {
				w = want[i][k]
			}
			if g != w {
				return fmt.Sprintf("thread %d, call %d: %v, strace has %v (of %d and %d)", i+1, k+1, g, w, len(got[i]), len(want[i]))
			}
		}
	}
	return ""
}

// attempts is how often a program may be run until two runs of it are alike: what it
// reads from another one comes in one piece or in two.
const attempts = 4

// sameAsStrace runs a command under both tracers and compares them call by call.
func (p *tapir) sameAsStrace(t *testing.T, dir string, argv ...string) {
	t.Helper()
	why := ""
	for range attempts {
		want := underStrace(t, dir, argv...)
		got := threads(p.trace(t, everyCall, dir, nil, argv...))
		if why = differ(got, want); why == "" {
			n, names := 0, map[string]bool{}
			for _, calls := range got {
				n += len(calls)
				for _, o := range calls {
					names[o.name] = true
				}
			}
			t.Logf("%d calls of %d names in %d threads agree", n, len(names), len(got))
			return
		}
	}
	t.Errorf("%q: %s", argv, why)
}

// TestSameAsStrace holds the names and the results of all calls of real programs
// against strace's.
func TestSameAsStrace(t *testing.T) {
	p := command(t)
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("needs strace")
	}
	for _, c := range realPrograms {
		t.Run(c.name, func(t *testing.T) {
			if _, err := exec.LookPath(c.needs); err != nil {
				t.Skipf("needs %s", c.needs)
			}
			dir := t.TempDir()
			p.sameAsStrace(t, dir, c.prepare(t, dir)...)
		})
	}
}
