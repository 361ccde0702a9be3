package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/link"
)

// A variant is one row of the cost table: what is attached while the load runs.
type variant struct {
	name string
	// script is what tapir runs; without one, and without program, nothing is
	// attached.
	script string
	// program attaches a hand-made empty program, the least that tracing system
	// calls can cost.
	program bool
	// delivers says that every call prints a line.
	delivers bool
}

var variants = []variant{
	{name: "no probe"},
	{name: "empty program on sys_enter", program: true},
	{name: "tapir: rejected by number", script: `probe kernel.syscall("acct") { printf("%d\n", pid()) }`},
	{name: "tapir: rejected by execname", script: `probe kernel.syscall("getppid") { if (execname() == "nobody") printf("%d\n", pid()) }`},
	{name: "tapir: printf of three values", delivers: true,
		script: `probe kernel.syscall("getppid") { printf("%s %d %d\n", execname(), pid(), gettimeofday_us()) }`},
}

// CostRow is a row of the cost table. Times are nanoseconds per call.
type CostRow struct {
	Name    string  `json:"name"`
	Floor   float64 `json:"floor_ns"`   // added; for the bare load the call itself
	Typical float64 `json:"typical_ns"` // added; for the bare load the call itself
	Ratio   float64 `json:"ratio"`      // of the typical call to the bare one
	// Calls and Lines are counted where every call prints a line; they are equal
	// if nothing was lost.
	Calls int `json:"calls,omitempty"`
	Lines int `json:"lines,omitempty"`
	// Reader is tapir's own processor time per event.
	Reader float64 `json:"reader_ns,omitempty"`
	// Spread is the bare load's 90th over its 10th percentile: how quiet the machine was.
	Spread float64 `json:"spread,omitempty"`
}

// samples are what was measured of one variant.
type samples struct {
	ns     []float64 // of all rounds' sub-batches
	ratios []float64 // a round's median over its neighbours'
	calls  int
	lines  int
	reader []float64 // a round's processor time of tapir per event
}

func measureCosts(o options) ([]CostRow, error) {
	l, err := startLoad(o.rt)
	if err != nil {
		return nil, err
	}
	defer l.stop()
	dir, err := os.MkdirTemp("", "tapir-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)

	m := &meter{o, l, filepath.Join(dir, "out")}
	all := make([]samples, len(variants))
	bare := &all[0]
	for round := range o.rounds {
		fmt.Fprintf(os.Stderr, "\rround %d of %d ", round+1, o.rounds)
		for _, i := range rand.Perm(len(variants) - 1) {
			before, err := l.run(o.batch)
			if err != nil {
				return nil, err
			}
			ns, err := m.measure(&variants[i+1], &all[i+1])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", variants[i+1].name, err)
			}
			after, err := l.run(o.batch)
			if err != nil {
				return nil, err
			}
			bare.ns = append(append(bare.ns, before...), after...)
			s := &all[i+1]
			s.ns = append(s.ns, ns...)
			s.ratios = append(s.ratios, median(ns)/((median(before)+median(after))/2))
		}
	}
	fmt.Fprint(os.Stderr, "\r                    \r")
	return costRows(all), nil
}

// costRows reduces the samples, of which the first are the bare load's.
func costRows(all []samples) []CostRow {
	bare := all[0].ns
	floor, typical := percentile(bare, 5), median(bare)
	rows := []CostRow{{
		Name: variants[0].name, Floor: floor, Typical: typical, Ratio: 1,
		Spread: percentile(bare, 90) / percentile(bare, 10),
	}}
	for i := 1; i < len(all); i++ {
		s := &all[i]
		ratio := median(s.ratios)
		rows = append(rows, CostRow{
			Name:  variants[i].name,
			Floor: percentile(s.ns, 5) - floor, Typical: (ratio - 1) * typical, Ratio: ratio,
			Calls: s.calls, Lines: s.lines, Reader: median(s.reader),
		})
	}
	return rows
}

// A meter measures one variant at a time.
type meter struct {
	o    options
	load *load
	out  string // file for tapir's output
}

func (m *meter) measure(v *variant, s *samples) ([]float64, error) {
	if v.program {
		return m.measureEmpty()
	}
	t, err := startTracer(m.o, "-o", m.out, "-e", v.script)
	if err != nil {
		return nil, err
	}
	ns, err := m.load.run(m.o.batch)
	if _, stopErr := t.stop(); err == nil {
		err = stopErr
	}
	if err != nil || !v.delivers {
		return ns, err
	}
	text, err := os.ReadFile(m.out)
	if err != nil {
		return nil, err
	}
	calls := callsFor(m.o.batch)
	s.calls += calls
	s.lines += countLines(text)
	s.reader = append(s.reader, float64(t.traceTime())/float64(calls))
	return ns, nil
}

// countLines counts the lines that are about the load; other processes may have
// made the same call meanwhile.
func countLines(text []byte) int {
	n := bytes.Count(text, []byte("\n"+loadName+" "))
	if bytes.HasPrefix(text, []byte(loadName+" ")) {
		n++
	}
	return n
}

func (m *meter) measureEmpty() ([]float64, error) {
	program, err := ebpf.NewProgram(&ebpf.ProgramSpec{
		Name: "empty", Type: ebpf.RawTracepoint, License: "GPL",
		Instructions: asm.Instructions{asm.Mov.Imm(asm.R0, 0), asm.Return()},
	})
	if err != nil {
		return nil, err
	}
	defer program.Close()
	attached, err := link.AttachRawTracepoint(link.RawTracepointOptions{Name: "sys_enter", Program: program})
	if err != nil {
		return nil, err
	}
	defer attached.Close()
	return m.load.run(m.o.batch)
}
