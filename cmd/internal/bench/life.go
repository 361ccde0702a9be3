package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"tapir/cmd/internal/demo"
)

// A life is a tracer of which the start, the end, and what it takes in between are
// measured.
type life struct {
	name   string
	floor  string // "": none
	script string // tapir's
	peer   string // bpftrace's; "": none
	runs   int    // of the peer, if they are few: it may take half a minute
	idle   bool   // what it takes while nothing happens is measured too

	start, end, whole, memory Row // of which those that have a name are printed
}

var lives = []life{
	{
		name: "one probe", floor: deliverFloor,
		script: `global n probe kernel.syscall("acct") { n++ }`,
		peer:   `tracepoint:syscalls:sys_enter_acct { @ = count() }`,
		start:  Row{Name: "one probe: start to attached", Unit: "ms", AimHand: 1.5},
		end:    Row{Name: "one probe: ^C to gone", Unit: "ms", Most: 5},
	},
	{
		name: "a printing probe", floor: deliverFloor, idle: true,
		script: `probe kernel.syscall("acct") { printf("%s %d\n", execname(), pid()) }`,
		peer:   `tracepoint:syscalls:sys_enter_acct { printf("%s %d\n", comm, pid) }`,
		memory: Row{Name: "a printing probe: memory (RSS)", Unit: "MB", AimPeer: 0.4, Most: 1.4 * 26},
	},
	{
		name: "syscall.*", runs: 1,
		script: `global n probe syscall.* { n[name]++ }`,
		peer:   `tracepoint:syscalls:sys_enter_* { @[probe] = count() }`,
		whole:  Row{Name: "syscall.*: attach and detach", Unit: "ms", Most: 150},
	},
	{
		name: "the demo's script", script: demo.Script,
		start: Row{Name: "the demo's script: start to attached", Unit: "ms", Most: 40},
		end:   Row{Name: "the demo's script: ^C to gone", Unit: "ms", Most: 10},
	},
}

// idleFor is how long a tracer is watched while nothing happens.
const idleFor = 2 * time.Second

// measureLives times starts and ends, the lives taking turns.
func measureLives(o options) ([]Row, error) {
	dir, err := os.MkdirTemp("", "tapir-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	all := make([][ways]lifeTimes, len(lives))
	begins := Row{Name: "tapir -e 'probe begin { exit() }' (by hand: a Go program that does nothing)", Unit: "ms", Most: 10}
	var nothing [ways][]float64
	for round := range o.starts {
		for i := range lives {
			if err := lives[i].round(o, round, filepath.Join(dir, "out"), &all[i]); err != nil {
				return nil, fmt.Errorf("%s: %w", lives[i].name, err)
			}
		}
		for w, cmd := range map[way]*exec.Cmd{
			byHand: exec.Command(os.Args[0], helloMode), byTapir: exec.Command(o.tapir, "-e", "probe begin { exit() }"),
		} {
			took, err := timeRun(cmd, o.rt)
			if err != nil {
				return nil, err
			}
			nothing[w] = append(nothing[w], milliseconds(took))
		}
	}
	for w := range ways {
		begins.Value[w] = median(nothing[w])
	}
	rows := []Row{begins}
	for i := range lives {
		rows = append(rows, lives[i].rows(&all[i])...)
	}
	for i := range rows {
		rows[i].relate()
	}
	return rows, nil
}

// lifeTimes are what was measured of a life in one way, by round.
type lifeTimes struct{ start, end, whole, memory, idle []float64 }

// round runs a life once in each way.
func (l *life) round(o options, round int, out string, times *[ways]lifeTimes) error {
	what := [ways]string{l.floor, l.script, l.peer}
	for w := range byStrace {
		if what[w] == "" || w == byPeer && (!hasPeer() || l.runs > 0 && round >= l.runs) {
			continue
		}
		t, err := start(o, w, what[w], out)
		if err != nil {
			return err
		}
		s := &times[w]
		s.memory = append(s.memory, t.memory())
		if l.idle && round < idleRounds {
			before := t.used()
			time.Sleep(idleFor)
			s.idle = append(s.idle, 100*float64(t.used()-before)/float64(idleFor))
		}
		took, err := t.stop()
		if err != nil {
			return err
		}
		s.start = append(s.start, milliseconds(t.attached))
		s.end = append(s.end, milliseconds(took))
		s.whole = append(s.whole, milliseconds(t.attached+took))
	}
	return nil
}

// idleRounds is how many of the rounds watch an idle tracer.
const idleRounds = 3

func milliseconds(d time.Duration) float64 { return float64(d) / 1e6 }

// rows are those of a life.
func (l *life) rows(times *[ways]lifeTimes) []Row {
	idle := Row{}
	if l.idle {
		idle = Row{Name: l.name + ": a core's time while idle", Unit: "%", Most: 1}
	}
	var rows []Row
	for _, c := range []struct {
		row Row
		of  func(*lifeTimes) []float64
	}{
		{l.start, func(t *lifeTimes) []float64 { return t.start }},
		{l.end, func(t *lifeTimes) []float64 { return t.end }},
		{l.whole, func(t *lifeTimes) []float64 { return t.whole }},
		{l.memory, func(t *lifeTimes) []float64 { return t.memory }},
		{idle, func(t *lifeTimes) []float64 { return t.idle }},
	} {
		if c.row.Name == "" {
			continue
		}
		for w := range ways {
			c.row.Value[w] = median(c.of(&times[w]))
		}
		rows = append(rows, c.row)
	}
	return rows
}

// timeRun runs cmd to its end and returns how long that took.
func timeRun(cmd *exec.Cmd, rt bool) (time.Duration, error) {
	began := time.Now()
	err := startOn(cmd, traceCPU, rt)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return 0, errors.Join(fmt.Errorf("%s failed", cmd), err)
	}
	return time.Since(began), nil
}
