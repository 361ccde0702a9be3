package session

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"tapir/compiler/plan"
	"tapir/lang/builtin"
)

// schedule says when the timer probes are due.
type schedule struct {
	timers []timer // in order of declaration
}

type timer struct {
	probe            int
	interval, random time.Duration
	next             time.Time
}

// newSchedule collects the timers of a plan. They run from start on.
func newSchedule(p *plan.Plan, start time.Time) *schedule {
	s := &schedule{}
	for i, probe := range p.Probes {
		if probe.IR.Point.Kind != builtin.Timer {
			continue
		}
		t := timer{
			probe:    i,
			interval: time.Duration(probe.IR.Point.Interval),
			random:   time.Duration(probe.IR.Point.Random),
			next:     start,
		}
		t.advance(start)
		s.timers = append(s.timers, t)
	}
	return s
}

// advance sets the next deadline, counted from the last one, so that a timer
// does not drift. Deadlines that have passed by now are left out: a timer that
// could not fire for a while fires once, not in a burst.
func (t *timer) advance(now time.Time) {
	period := max(t.interval+t.jitter(), 1)
	if late := now.Sub(t.next); late >= period {
		t.next = t.next.Add(late / period * period)
	}
	t.next = t.next.Add(period)
}

// jitter is evenly distributed between -random and random.
func (t *timer) jitter() time.Duration {
	if t.random <= 0 {
		return 0
	}
	return time.Duration(rand.Int64N(2*int64(t.random)+1)) - t.random
}

// wait is the time until the next deadline; negative if there is none.
func (s *schedule) wait(now time.Time) time.Duration {
	if len(s.timers) == 0 {
		return -1
	}
	first := slices.MinFunc(s.timers, func(a, b timer) int { return a.next.Compare(b.next) })
	return max(first.next.Sub(now), 0)
}

// due appends the probes whose time has come to list, the earliest first, and
// gives them new deadlines.
func (s *schedule) due(now time.Time, list []int) []int {
	var late []*timer
	for i := range s.timers {
		if t := &s.timers[i]; !t.next.After(now) {
			late = append(late, t)
		}
	}
	slices.SortStableFunc(late, func(a, b *timer) int {
		return cmp.Or(a.next.Compare(b.next), cmp.Compare(a.probe, b.probe))
	})
	for _, t := range late {
		list = append(list, t.probe)
		t.advance(now)
	}
	return list
}
