package session

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"tapir/bpf/layout"
	"tapir/compiler"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/check"
	"tapir/lang/source"
	"tapir/runtime/attach"
	"tapir/runtime/vm"
)

func TestSumCounters(t *testing.T) {
	l := layout.Counters{CPUs: 4, Probes: 2}
	memory := make([]byte, l.Size())
	for cpu := range l.CPUs {
		for probe := range l.Probes {
			for k := range layout.NumCounters {
				at := cpu*l.Stride() + l.Offset(probe, k)
				binary.LittleEndian.PutUint64(memory[at:], uint64(1000*probe+100*int(k)+cpu))
			}
		}
	}
	got := sumCounters(l, memory)
	for probe, c := range got {
		for k := range c {
			if want := uint64(4*(1000*probe+100*k) + 6); c[k] != want {
				t.Errorf("probe %d, counter %d: got %d, want %d", probe, k, c[k], want)
			}
		}
	}
}

// eventPlan has event probes of the given spellings and points; probes of equal
// spelling stem from the same place.
func eventPlan(names ...[2]string) *plan.Plan {
	p := &plan.Plan{}
	for _, n := range names {
		p.Probes = append(p.Probes, &plan.Probe{InKernel: true, IR: &ir.Probe{
			Spelling: n[0], Point: check.Point{Name: n[1]}, Pos: source.Span{Start: source.Pos(len(n[0]))},
		}})
	}
	return p
}

func TestCounterTable(t *testing.T) {
	p := eventPlan([2]string{"syscall.fork", `kernel.syscall("fork")`}, [2]string{"syscall.fork", `kernel.syscall("clone")`},
		[2]string{"syscall.ptrace", `kernel.syscall("ptrace")`})
	groups := groupCounts(p, []Counts{{10, 8, 0, 2, 0, 0}, {100, 90, 0, 7, 3, 1}, {12345, 12345}})
	groups = append(groups, skippedCounts("sys_enter", 4))
	var b strings.Builder
	writeCounters(&b, groups)
	const want = `
probe                              hits  rejected  sent  lost  errors
syscall.fork                        110        98     9     3       1
  kernel.syscall("fork")             10         8     2     0       0
  kernel.syscall("clone")           100        90     7     3       1
syscall.ptrace                    12345     12345     0     0       0
skipped by the kernel: sys_enter      4         0     0     4       0
`
	if got := "\n" + b.String(); got != want {
		t.Errorf("got%swant%s", got, want)
	}
	for _, g := range groups {
		if !g.total.Settled() {
			t.Errorf("%s: %v does not add up", g.spelling, g.total)
		}
	}
	warnings := lossWarnings(groups)
	wantWarnings := []string{
		"probe syscall.fork lost 3 events: the ring buffer was full",
		"skipped by the kernel: sys_enter, 4 times: the CPU was in a program already",
	}
	if !slices.Equal(warnings, wantWarnings) {
		t.Errorf("got %q\nwant %q", warnings, wantWarnings)
	}
}

func TestEncodeKey(t *testing.T) {
	key := layout.ArrayKey{layout.Word, layout.Comm}
	b := make([]byte, key.Size())
	for _, tt := range []struct {
		name string
		ok   bool
	}{{"", true}, {"fifteen bytes !", true}, {"sixteen bytes !!", false}} {
		for i := range b {
			b[i] = 0xee // of the key before
		}
		ok := encodeKey(b, key, []vm.Value{{Long: -2}, {Text: tt.name}})
		if ok != tt.ok {
			t.Errorf("encodeKey(%q) = %v, want %v", tt.name, ok, tt.ok)
		}
		want := "\xfe\xff\xff\xff\xff\xff\xff\xff" + tt.name + strings.Repeat("\x00", max(16-len(tt.name), 0))
		if ok && string(b) != want {
			t.Errorf("encodeKey(%q) made %q, want %q", tt.name, b, want)
		}
	}
}

func TestExplainPutsRefusalIntoScript(t *testing.T) {
	set := &source.Set{}
	f := set.Add("t.tp", "probe syscall.open { println(name) }")
	p := eventPlan([2]string{"syscall.open", `kernel.syscall("open")`})
	p.Probes[0].IR.Pos = source.Span{Start: f.Base + 6, End: f.Base + 18}
	p.IR = &ir.Program{Sources: set}
	c := &compiler.Compiled{Plan: p}
	refused := &attach.Refused{Probe: 0, Pos: f.Base + 29, Reason: "too large", Log: []string{"BPF program is too large"}, Err: unix.E2BIG}
	tests := []struct {
		pos  source.Pos
		want string
	}{
		{f.Base + 29, "semantic error: probe syscall.open: too large: identifier 'name' at t.tp:1:30\n"},
		{0, "semantic error: probe syscall.open: too large: identifier 'syscall' at t.tp:1:7\n"},
	}
	for _, tt := range tests {
		refused.Pos = tt.pos
		err := explain(c, fmt.Errorf("load: %w", refused))
		refusal, ok := errors.AsType[*Refusal](err)
		if !ok || !errors.Is(err, unix.E2BIG) || len(refusal.Log) != 1 {
			t.Fatalf("explain = %v, want a *Refusal with its log", err)
		}
		var b strings.Builder
		if err := source.Render(&b, set, []*source.Diagnostic{refusal.Diagnostic}, source.RenderOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); !strings.HasPrefix(got, tt.want) {
			t.Errorf("got\n%swant\n%s", got, tt.want)
		}
	}
	other := errors.New("other")
	if err := explain(c, other); err != other {
		t.Errorf("explain(other) = %v", err)
	}
}
