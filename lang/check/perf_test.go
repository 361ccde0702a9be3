package check_test

import (
	"errors"
	"strings"
	"testing"

	"tapir/lang/check"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// withVariables is a machine whose kernel tells where its variables lie.
type withVariables struct{ machine }

var _ check.Variables = withVariables{}

func (withVariables) Variable(name string) (uint64, int, error) {
	switch name {
	case "counter":
		return 0xffffffff81000010, 8, nil
	case "odd":
		return 0xffffffff81000022, 12, nil
	case "unknown_size":
		return 0xffffffff81000033, 0, nil
	}
	return 0, 0, errors.New("no match: there is no '" + name + "'")
}

func (withVariables) VariableNames() []string { return []string{"counter", "odd", "unknown_size"} }

// checkPoint checks a script that probes a point, and gives its first probe and what was
// said.
func checkPoint(t *testing.T, points string) (*check.Probe, string) {
	t.Helper()
	set := &source.Set{}
	file, ds := syntax.Parse(set, "test.tp", "probe "+points+" { println(1) }", syntax.Options{})
	if ds.HasErrors() {
		t.Fatalf("parse %s", points)
	}
	prog, diags := check.Check(set, []*syntax.File{file}, newLibrary(set), withVariables{x86}, check.Options{})
	var said []string
	for _, d := range diags.List {
		text := d.Message
		for _, cause := range d.Causes {
			text += " <- " + cause.Message
		}
		said = append(said, text)
	}
	if len(prog.Probes) == 0 {
		return nil, strings.Join(said, "\n")
	}
	return prog.Probes[0], strings.Join(said, "\n")
}

func TestPerfPoints(t *testing.T) {
	for _, test := range []struct {
		point, name string
		want        check.PerfEvent
	}{
		{"perf.type(1).config(2)", "perf.type(1).config(2)", check.PerfEvent{Type: 1, Config: 2, Period: 1000000}},
		{"perf.type(4).config(0x1c2).sample(5)", "perf.type(4).config(450).sample(5)", check.PerfEvent{Type: 4, Config: 0x1c2, Period: 5}},
		{"perf.sw.cpu_clock", "perf.type(1).config(0)", check.PerfEvent{Type: 1, Period: 1000000}},
		{"perf.sw.page_faults.sample(1)", "perf.type(1).config(2).sample(1)", check.PerfEvent{Type: 1, Config: 2, Period: 1}},
		{"perf.hw.ref_cpu_cycles.hz(99)", "perf.type(0).config(9).hz(99)", check.PerfEvent{Config: 9, Hertz: 99}},
		{"perf.hw_cache.dtlb.write.miss", "perf.type(3).config(65795)", check.PerfEvent{Type: 3, Config: 0x10103, Period: 1000000}},
	} {
		p, said := checkPoint(t, test.point)
		if p == nil || said != "" {
			t.Errorf("%s: %s", test.point, said)
			continue
		}
		if p.Spelling != strings.Replace(test.point, "0x1c2", "450", 1) || p.Point.Name != test.name || p.Point.Perf == nil || *p.Point.Perf != test.want {
			t.Errorf("%s: got %s, %s, %+v", test.point, p.Spelling, p.Point.Name, p.Point.Perf)
		}
	}
}

func TestWatchPoints(t *testing.T) {
	for _, test := range []struct {
		point, name string
		want        check.Watched
		said        string
	}{
		{`kernel.data(0xffff888100000000).write`, "", check.Watched{Address: 0xffff888100000000, Length: 1}, ""},
		{`kernel.data(4660).rw`, "kernel.data(0x1234).rw", check.Watched{Address: 4660, Length: 1, Reads: true}, ""},
		{`kernel.data(0xffff888100000000).length(3).rw`, "", check.Watched{Address: 0xffff888100000000, Length: 4, Reads: true}, ""},
		{`kernel.data("counter").write`, "", check.Watched{Address: 0xffffffff81000010, Length: 8}, ""},
		{`kernel.data("counter").length(2).write`, "", check.Watched{Address: 0xffffffff81000010, Length: 2}, ""},
		{`kernel.data("unknown_size").rw`, "", check.Watched{Address: 0xffffffff81000033, Length: 1, Reads: true}, ""},
		{`kernel.data("odd").rw`, "", check.Watched{Address: 0xffffffff81000022, Length: 2, Reads: true}, "'odd' has 12 bytes, of which the first 2 are watched"},
	} {
		p, said := checkPoint(t, test.point)
		if p == nil || said != test.said {
			t.Errorf("%s: %s", test.point, said)
			continue
		}
		if name := max(test.name, test.point); p.Point.Name != name && p.Point.Name != test.name || *p.Point.Watched != test.want {
			t.Errorf("%s: got %s, %+v", test.point, p.Point.Name, *p.Point.Watched)
		}
	}
}

func TestBadEvents(t *testing.T) {
	for point, want := range map[string]string{
		"perf.type(0)":                           "probe point truncated (follow: config)",
		"perf.type(0).konfig(1)":                 "probe point mismatch (similar: config)",
		`perf.type("x").config(1)`:               "type has a number: type(1)",
		"perf.type(1).config":                    "config has a number: config(1)",
		"perf.type(1).config(0).sample(0)":       "sample out of range (1, 9223372036854775807)",
		"perf.type(1).config(0).sample(5).hz(5)": "probe point mismatch: an event is followed by .sample(n) or .hz(n)",
		"perf.type(-1).config(0)":                "type out of range (0, 4294967295)",
		"perf.type(2).config(5)":                 `events of type 2 are tracepoints: probe kernel.trace("NAME")`,
		"perf.type(5).config(0)":                 `events of type 5 are watchpoints: probe kernel.data("NAME").write`,
		"perf.sw.cpu_clok":                       "probe point mismatch (similar: cpu_clock)",
		"perf.hw.cycles":                         "probe point mismatch",
		"perf.sw.cpu_clock.hz(0)":                "hz out of range (1, 2147483647)",
		"perf.sw.cpu_clock.hertz(5)":             "probe point mismatch: an event is followed by",
		`perf.sw.cpu_clock.process("/bin/sh")`:   "programs are not known here",
		`perf.sw.page_faults.counter("x")`:       `a counter belongs to a program: .process("PATH").counter("x")`,
		"perf.sw.page_faults.counter(1)":         `a counter has a name: counter("cycles")`,
		`kernel.data("countr").write`:            "no match: there is no 'countr' (similar variables: counter)",
		`kernel.data("counter")`:                 "probe point truncated (follow: length rw write)",
		`kernel.data("counter").read`:            "probe point mismatch: kernel.data is followed by .write or .rw",
		`kernel.data("counter").write(3)`:        "probe point mismatch: kernel.data is followed by .write or .rw",
		`kernel.data.write`:                      `say which: kernel.data("NAME") or kernel.data(ADDRESS)`,
		`kernel.data(4096).length(9).write`:      "a watchpoint has 1 to 8 bytes: length(8)",
		`kernel.data(4097).length(2).write`:      "a watchpoint of 2 bytes must be at a multiple of that: 0x1001 is none",
		`kernel.data(1).rw, kernel.data(2).rw, kernel.data(3).rw, kernel.data(4).rw, kernel.data(1).rw, kernel.data(5).rw`: "too many watchpoints: the processor has registers for 4",
	} {
		if _, said := checkPoint(t, point); !strings.Contains(said, want) {
			t.Errorf("%s: said %q, want %q", point, said, want)
		}
	}
}
