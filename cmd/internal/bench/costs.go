package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"tapir/bpf/target"
)

// A variant is one row of the cost table: what is attached while the load runs.
type variant struct {
	name string
	// script is what tapir runs; without one, and without a floor, nothing is attached.
	script string
	// floor names the hand-made programs that are attached in tapir's place.
	floor string
	// peer is a program for bpftrace; without that, the row is left out.
	peer string
	// against names the row that this one is compared with; "": none.
	against string
	// delivers says that every call prints a line.
	delivers bool
}

var allVariants = []variant{
	{name: "no probe"},
	{name: "floor: empty program on sys_enter", floor: "empty"},
	{name: "tapir: rejected by number", against: "floor: empty program on sys_enter", script: `probe kernel.syscall("acct") { printf("%d\n", pid()) }`},
	{name: "tapir: rejected by execname", against: "floor: empty program on sys_enter", script: `probe kernel.syscall("getppid") { if (execname() == "nobody") printf("%d\n", pid()) }`},
	{name: "bpftrace: rejected by comm", against: "floor: empty program on sys_enter", peer: `tracepoint:raw_syscalls:sys_enter /comm == "nobody"/ { printf("%d\n", pid) }`},
	{name: "floor: count", floor: "count"},
	{name: "tapir: count", against: "floor: count", script: `global n probe kernel.syscall("getppid") { n++ }`},
	{name: "bpftrace: count", against: "floor: count", peer: `tracepoint:syscalls:sys_enter_getppid { @ = count() }`},
	{name: "floor: count by execname", floor: "by name"},
	{name: "tapir: count by execname", against: "floor: count by execname", script: `global n probe kernel.syscall("getppid") { n[execname()]++ }`},
	{name: "bpftrace: count by comm", against: "floor: count by execname", peer: `tracepoint:syscalls:sys_enter_getppid { @[comm] = count() }`},
	{name: "floor: histogram", floor: "histogram"},
	{name: "tapir: histogram", against: "floor: histogram",
		script: `global h probe kernel.syscall("getppid") { h <<< cpu_clock_ns() & 1023 } probe end { print(@hist_log(h)) }`},
	{name: "bpftrace: histogram", against: "floor: histogram", peer: `tracepoint:syscalls:sys_enter_getppid { @ = hist(nsecs & 1023) }`},
	{name: "floor: latency histogram", floor: "latency"},
	{name: "tapir: latency histogram", against: "floor: latency histogram",
		script: `global start, h
probe kernel.syscall("getppid") { start[tid()] = cpu_clock_ns() }
probe kernel.syscall("getppid").return { if (tid() in start) { h <<< cpu_clock_ns() - start[tid()]; delete start[tid()] } }
probe end { print(@hist_log(h)) }`},
	{name: "bpftrace: latency histogram", against: "floor: latency histogram", peer: `tracepoint:syscalls:sys_enter_getppid { @s[tid] = nsecs } tracepoint:syscalls:sys_exit_getppid /@s[tid]/ { @ = hist(nsecs - @s[tid]); delete(@s[tid]) }`},
	{name: "tapir: printf of three values", delivers: true,
		script: `probe kernel.syscall("getppid") { printf("%s %d %d\n", execname(), pid(), gettimeofday_us()) }`},
}

// present are the variants that can be measured here. The peer finds system calls in
// tracefs.
func present() []variant {
	_, missing := exec.LookPath(peer)
	_, unmounted := os.Stat("/sys/kernel/tracing/events")
	return slices.DeleteFunc(slices.Clone(allVariants), func(v variant) bool {
		return v.peer != "" && (missing != nil || unmounted != nil)
	})
}

// CostRow is a row of the cost table. Times are nanoseconds per call.
type CostRow struct {
	Name    string  `json:"name"`
	Floor   float64 `json:"floor_ns"`   // added; for the bare load the call itself
	Typical float64 `json:"typical_ns"` // added; for the bare load the call itself
	Ratio   float64 `json:"ratio"`      // of the typical call to the bare one
	// Against is the row's floor over that of the hand-made programs for the same job.
	Against float64 `json:"of_floor,omitempty"`
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
	variants := present()
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

	m := &meter{o: o, load: l, out: filepath.Join(dir, "out")}
	all := make([]samples, len(variants))
	bare := &all[0]
	for round := range o.rounds {
		fmt.Fprintf(os.Stderr, "\rround %d of %d ", round+1, o.rounds)
		for _, i := range rand.Perm(len(variants) - 1) {
			before, err := l.run(o.batch)
			if err != nil {
				return nil, err
			}
			m.bare = percentile(before, 5)
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
	return costRows(variants, all), nil
}

// costRows reduces the samples, of which the first are the bare load's.
func costRows(variants []variant, all []samples) []CostRow {
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
		for j := range i {
			if variants[j].name == variants[i].against && rows[j].Floor > 0 {
				rows[i].Against = rows[i].Floor / rows[j].Floor
			}
		}
	}
	return rows
}

// A meter measures one variant at a time.
type meter struct {
	o    options
	load *load
	out  string  // file for tapir's output
	bare float64 // nanoseconds of the call just before, without anything attached
}

func (m *meter) measure(v *variant, s *samples) ([]float64, error) {
	if v.floor != "" {
		return m.measureFloor(v.floor)
	}
	if v.peer != "" {
		return m.measurePeer(v.peer)
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

// measureFloor measures hand-made programs.
func (m *meter) measureFloor(name string) ([]float64, error) {
	k, err := target.Live()
	if err != nil {
		return nil, err
	}
	l, err := k.Layout()
	if err != nil {
		return nil, err
	}
	f := floors[name](l)
	attached, err := f.attach()
	if err != nil {
		return nil, err
	}
	defer attached.Close()
	return m.load.run(m.o.batch)
}
