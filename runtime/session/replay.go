package session

import (
	"errors"
	"fmt"
	"io"
	"time"

	"tapir/bpf/layout"
	"tapir/lang/builtin"
	"tapir/runtime/recording"
)

// Replay is a recording that a script is run over.
type Replay struct {
	Player *recording.Player
	Fit    *recording.Fit // of the script to the recording

	said bool // that commands are not run
}

// prepareReplay is prepare for a session that does without the kernel.
func (s *session) prepareReplay() error {
	p := s.o.Replay.Player
	s.target = &target{pid: int(p.Head.Target), pidfd: -1}
	s.machine = s.newMachine(p.Names(), p.Self())
	if err := s.restoreGlobals(); err != nil {
		return err
	}
	return s.watchOutput()
}

// asideRecord comes to the recorded run of a begin, end or error probe, and gives its record.
func (s *session) asideRecord(probe int) []byte {
	r := s.o.Replay
	come := r.Player.After
	if s.Plan.Probes[probe].IR.Point.Kind == builtin.Begin {
		come = r.Player.Before
	}
	record := r.Fit.AsideRecord(probe, come(r.Fit.Aside[probe]))
	if !s.Plan.Probes[probe].InKernel {
		return nil
	}
	return s.orFaults(probe, record)
}

// play runs the handlers of the recording's events and timers.
func (s *session) play() error {
	r := s.o.Replay
	clock := newPlayedTimers(s)
	last := -1
	for {
		run, err := r.Player.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if run.Probe < 0 {
			r.Player.Enter()
			clock.start(run.At)
			continue
		}
		clock.fire(run.At)
		r.Player.Enter()
		for n := range r.Fit.Handlers(run.Probe) {
			probe, record := r.Fit.Handler(run.Probe, n, run.Record)
			// As in runList, an error does not keep timers at the same point from running.
			if !s.running() && (run.Event || last < 0 || s.machine.Exiting() || !s.samePoint(last, probe)) {
				return nil
			}
			s.runProbe(probe, record)
			if last = probe; run.Event {
				last = -1
			}
		}
		if !s.running() && last < 0 {
			return nil
		}
	}
	if t := r.Player.Trailer; t != nil {
		clock.fire(t.Ended)
	}
	return nil
}

// playedTimers are the timers of a script that the recording does not have. They fire
// when the time that the recording tells has come.
type playedTimers struct {
	s      *session
	timers []timer
	left   int // how often they may fire
}

// maxPlayed bounds how often timers fire that the recording does not have: it may tell of
// any time.
const maxPlayed = 1 << 20

func newPlayedTimers(s *session) *playedTimers {
	c := &playedTimers{s: s, left: maxPlayed}
	for _, i := range s.o.Replay.Fit.Timers {
		c.timers = append(c.timers, timer{probe: i, interval: time.Duration(s.Plan.Probes[i].IR.Point.Interval)})
	}
	return c
}

// start is when the timers begin to run.
func (c *playedTimers) start(at recording.Moment) {
	for i := range c.timers {
		c.timers[i].next = time.Unix(0, at.Wall)
		c.timers[i].next = c.timers[i].next.Add(max(c.timers[i].interval, 1))
	}
}

// fire runs the timers that are due before a moment, the earliest first.
func (c *playedTimers) fire(until recording.Moment) {
	end := time.Unix(0, until.Wall)
	for c.s.running() {
		var first *timer
		for i := range c.timers {
			if t := &c.timers[i]; !t.next.IsZero() && !t.next.After(end) && (first == nil || t.next.Before(first.next)) {
				first = t
			}
		}
		if first == nil {
			return
		}
		if c.left--; c.left < 0 {
			c.s.warn("the timers that the recording does not have fire no more: it spans too much time for them")
			c.timers = nil
			return
		}
		wall := first.next.UnixNano()
		c.s.o.Replay.Player.Synthetic(recording.Moment{Wall: wall, Monotonic: until.Monotonic - (until.Wall - wall)})
		first.next = first.next.Add(max(first.interval, 1))
		c.s.runProbe(first.probe, nil)
	}
}

// finishReplay comes to the end of the recording.
func (s *session) finishReplay() {
	r := s.o.Replay
	if r == nil {
		return
	}
	r.Player.Finish()
	if t := r.Player.Trailer; t != nil {
		s.counts.skipped = t.Lost
	}
}

// playedGroups are the counters of the recorded run, by the probes that the events serve.
func (s *session) playedGroups() (groups, skipped []probeCounts) {
	r := s.o.Replay
	t := r.Player.Trailer
	if t == nil || len(t.Counts) != len(r.Player.Head.Probes) {
		return nil, nil
	}
	counts := make([]Counts, len(s.Plan.Probes))
	for i := range counts {
		if from := r.Fit.Recorded(i); from >= 0 {
			counts[i] = Counts(t.Counts[from])
		}
		counts[i][layout.Errors] += s.machine.ReadErrors(i)
	}
	for _, m := range t.Skipped {
		skipped = append(skipped, skippedCounts(m.Program, m.Times))
	}
	return groupCounts(s.Plan, counts), skipped
}

// notAgain says, once, that commands are not run again.
func (s *session) notAgain() {
	if !s.o.Replay.said {
		s.o.Replay.said = true
		s.warn("a replay does not run the commands of system()")
	}
}

// reportReplay says what handlers wanted to know that the recording does not tell.
func (s *session) reportReplay() {
	if s.o.Replay == nil {
		return
	}
	if n := s.o.Replay.Player.Missed(); n > 0 {
		s.warn(fmt.Sprintf("the recording does not have the names of %d of the addresses that the script asks about", n))
	}
}
