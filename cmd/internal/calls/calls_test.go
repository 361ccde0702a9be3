package calls

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestCalls runs every program under tapir and compares what is printed of its
// calls. Those that there is no probe for are named at the end, and so are probes
// that no program makes fire.
func TestCalls(t *testing.T) {
	p := command(t)
	var sum score
	list := programs()
	ran := 0 // -run may leave some out
	for _, prog := range list {
		t.Run(prog.name, func(t *testing.T) {
			sum.add(p.runProgram(t, prog))
			ran++
		})
	}
	t.Log(sum.String())
	if len(sum.missing) > 0 {
		t.Errorf("there is no probe of %s", joined(sum.missing))
	}
	if unexpected := p.unexpected(sum.calls); len(unexpected) > 0 && ran == len(list) {
		t.Errorf("nothing is expected of %s", joined(unexpected))
	}
}

// untested are the probes of which nothing is expected, and why.
var untested = map[string]string{
	"rt_sigreturn": "only a signal handler's end can make it",
	"vfork":        "Go has no safe way to make it; testdata/libc_process.c does",
	"uprobe":       "only the kernel's own traps can make it",
	"uretprobe":    "only the kernel's own traps can make it",
}

// unexpected are the probes of calls that this kernel has and no program makes.
func (p *tapir) unexpected(calls map[string]bool) map[string]bool {
	rest := map[string]bool{}
	for probe := range p.probes {
		if _, ok := untested[probe]; !ok {
			rest[probe] = true
		}
	}
	for name := range calls {
		delete(rest, probeOf(name))
	}
	return rest
}

// runProgram runs one program and counts its expectations.
func (p *tapir) runProgram(t *testing.T, prog program) score {
	t.Helper()
	names := rehearse(t, prog.name)
	file := filepath.Join(t.TempDir(), "wants")
	script := traceScript(names)
	if prog.atReturn {
		script = returnScript(names)
	}
	traced := *p
	if prog.asStap {
		traced.name = "stap"
	}
	lines := traced.trace(t, script, t.TempDir(), environment(prog.name, file), self(t))
	windows := split(lines)
	s := score{calls: map[string]bool{}, missing: map[string]bool{}}
	for _, w := range readWants(t, file) {
		if !p.probes[probeOf(w.name())] {
			s.missing[w.name()] = true
			continue
		}
		s.calls[w.name()] = true
		s.wants++
		if got, ok := find(t, windows[w.Call], w); !ok {
			t.Errorf("%s:\nwant %s\n got %s", w.At, w.Text, got)
		} else {
			s.passed++
		}
	}
	return s
}

// find looks for a line that is as wanted; else it gives what is there instead.
func find(t *testing.T, lines []string, w want) (got string, ok bool) {
	t.Helper()
	re, err := pattern(w.Text)
	if err != nil {
		t.Fatalf("%s: %v", w.At, err)
	}
	var same, other []string
	for _, line := range lines {
		if re.MatchString(line) {
			return line, true
		}
		if callName(line) == w.name() {
			same = append(same, line)
		}
		other = append(other, line)
	}
	if len(same) > 0 {
		return strings.Join(same, "\n     "), false
	}
	return "no such call, but " + strconv.Quote(strings.Join(other, "; ")), false
}

var mark = regexp.MustCompile(`^read \(-(\d+), 0x0, 0\) = -9 \(EBADF\)$`)

// split cuts a trace at the marks: by call of the program.
func split(lines []string) map[int][]string {
	windows := map[int][]string{}
	call := -1
	for _, line := range lines {
		if m := mark.FindStringSubmatch(line); m != nil {
			if n, _ := strconv.Atoi(m[1]); n >= markFD { // digits
				call = n - markFD
				continue
			}
		}
		windows[call] = append(windows[call], line)
	}
	return windows
}

// A score counts what a run has found.
type score struct {
	wants, passed int
	calls         map[string]bool // that expectations were compared of
	missing       map[string]bool // that there is no probe for
}

func (s *score) add(o score) {
	if s.calls == nil {
		s.calls, s.missing = map[string]bool{}, map[string]bool{}
	}
	s.wants += o.wants
	s.passed += o.passed
	for name := range o.calls {
		s.calls[name] = true
	}
	for name := range o.missing {
		s.missing[name] = true
	}
}

func (s *score) String() string {
	return fmt.Sprintf("%d of %d expectations met, of %d calls", s.passed, s.wants, len(s.calls))
}
