package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// samples are what was measured of a job done in one way.
type samples struct {
	added  []float64 // ns per call, by round: the floor less that of the calls around
	rate   []float64 // by round: calls a second
	reader []float64 // by round: the tracer's processor time per event, in ns
	calls  int
	lines  int
}

// Bare is what the load's call takes by itself, in ns.
type Bare struct {
	Floor   float64 `json:"floor"`
	Typical float64 `json:"typical"`
	// Spread is the 90th over the 10th percentile: how quiet the machine was.
	Spread float64 `json:"spread"`
}

// measureCosts lets the jobs take turns in random order, and the ways of each job too,
// one right behind the other: the machine's speed changes from one minute to the next.
func measureCosts(o options) (Bare, []Row, error) {
	l, err := startLoad(o.rt)
	if err != nil {
		return Bare{}, nil, err
	}
	defer l.stop()
	dir, err := os.MkdirTemp("", "tapir-bench")
	if err != nil {
		return Bare{}, nil, err
	}
	defer os.RemoveAll(dir)
	jobs := slices.DeleteFunc(slices.Clone(jobs), func(j job) bool { return !strings.Contains(j.name, o.only) })
	m := &meter{o: o, load: l, out: filepath.Join(dir, "out")}
	all := make([][ways]samples, len(jobs))
	for round := range o.rounds {
		for n, i := range rand.Perm(len(jobs)) {
			fmt.Fprintf(os.Stderr, "\rround %d of %d, %d of %d ", round+1, o.rounds, n+1, len(jobs))
			for _, k := range rand.Perm(int(ways)) {
				w := way(k)
				if !jobs[i].can(w) {
					continue
				}
				if err := m.measure(&jobs[i], w, &all[i][w]); err != nil {
					return Bare{}, nil, fmt.Errorf("%s %s: %w", jobs[i].name, wayNames[w], err)
				}
			}
		}
	}
	fmt.Fprint(os.Stderr, "\r                              \r")
	bare := Bare{percentile(m.bare, 5), median(m.bare), percentile(m.bare, 90) / percentile(m.bare, 10)}
	var rows []Row
	for i := range jobs {
		rows = append(rows, costRows(&jobs[i], &all[i])...)
	}
	return bare, rows, nil
}

// costRows are the rows of a job.
func costRows(j *job, s *[ways]samples) []Row {
	call := Row{Name: j.name, Unit: "ns added", AimHand: j.hand, AimPeer: j.other}
	for w := range ways {
		call.Value[w] = median(s[w].added)
		call.Events[w], call.Lines[w] = s[w].calls, s[w].lines
	}
	rows := []Row{call}
	if j.delivers {
		reader := Row{Name: "its reader's CPU, an event", Unit: "ns", Most: 200, AimPeer: 0.03}
		rate := Row{Name: "events delivered, none lost", Unit: "1/s", AimHand: 0.75, AimPeer: 15, More: true, Events: call.Events, Lines: call.Lines}
		for w := range ways {
			reader.Value[w], rate.Value[w] = median(s[w].reader), median(s[w].rate)
		}
		rows = append(rows, reader, rate)
	}
	for i := range rows {
		rows[i].relate()
	}
	rows[0].OfHand, rows[0].OfPeer = byRound(s[byTapir].added, s[byHand].added), byRound(s[byTapir].added, s[byPeer].added)
	return rows
}

// byRound is the median of the rounds' ratios. A program costs some 20 ns more in one
// attachment than in another, whatever it does; the median is of two of one kind.
func byRound(xs, ys []float64) float64 {
	var ratios []float64
	for i := range min(len(xs), len(ys)) {
		if ys[i] > 0 {
			ratios = append(ratios, xs[i]/ys[i])
		}
	}
	return median(ratios)
}

// A meter measures one job in one way at a time.
type meter struct {
	o    options
	load *load
	out  string    // file for the tracer's lines
	bare []float64 // what the load's calls take by themselves
}

func (m *meter) measure(j *job, w way, s *samples) error {
	before, err := m.load.run(m.o.batch)
	if err != nil {
		return err
	}
	m.bare = append(m.bare, before...)
	what := [ways]string{j.floor, j.script, j.peer}[w]
	t, err := start(m.o, w, what, m.out)
	if err != nil {
		return err
	}
	calls := m.o.batch
	if j.delivers && w != byPeer {
		calls *= many
	}
	ns, err := m.load.run(calls)
	if err == nil && w == byPeer && j.delivers {
		err = m.settle(callsFor(calls))
	}
	if _, stopErr := t.stop(); err == nil {
		err = stopErr
	}
	if err != nil {
		return err
	}
	after, err := m.load.run(m.o.batch)
	if err != nil {
		return err
	}
	m.bare = append(m.bare, after...)
	s.added = append(s.added, percentile(ns, 5)-(percentile(before, 5)+percentile(after, 5))/2)
	s.rate = append(s.rate, 1e9/mean(ns))
	if !j.delivers {
		return nil
	}
	text, err := os.ReadFile(m.out)
	if err != nil {
		return err
	}
	n := callsFor(calls)
	s.calls += n
	s.lines += countLines(text)
	s.reader = append(s.reader, float64(t.traceTime())/float64(n))
	return nil
}

// many is how many times more calls are made where they are delivered: more than fit
// into a ring, so that the reader must keep up. The peer takes too long for that.
const many = 5

// settle waits until the peer has written its lines: its end does not wait for them.
func (m *meter) settle(lines int) error {
	for end := time.Now().Add(lateness); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		text, err := os.ReadFile(m.out)
		if err != nil || countLines(text) >= lines {
			return err
		}
	}
	return nil // those that are missing show in the table
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
