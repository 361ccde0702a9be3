package session

import (
	"slices"
	"testing"
	"time"

	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/lang/check"
)

// timerPlan has a timer probe for each interval and its random part.
func timerPlan(points ...[2]time.Duration) *plan.Plan {
	p := &plan.Plan{Probes: []*plan.Probe{{IR: &ir.Probe{Point: check.Point{Kind: builtin.Begin}}}}}
	for _, d := range points {
		p.Probes = append(p.Probes, &plan.Probe{IR: &ir.Probe{Point: check.Point{
			Kind: builtin.Timer, Interval: int64(d[0]), Random: int64(d[1]),
		}}})
	}
	return p
}

func TestScheduleOrder(t *testing.T) {
	start := time.Unix(1000, 0)
	s := newSchedule(timerPlan([2]time.Duration{30}, [2]time.Duration{20}, [2]time.Duration{10}, [2]time.Duration{20}), start)
	tests := []struct {
		at   time.Duration
		due  []int
		wait time.Duration // before the call
	}{
		{0, nil, 10},
		{9, nil, 1},
		{10, []int{3}, 0},
		{20, []int{2, 3, 4}, 0}, // ties in order of declaration
		{60, []int{1, 3, 2, 4}, 0},
		{61, nil, 9},
	}
	for _, tt := range tests {
		now := start.Add(tt.at)
		if got := s.wait(now); got != tt.wait {
			t.Errorf("at %d: wait = %d, want %d", tt.at, got, tt.wait)
		}
		if got := s.due(now, nil); !slices.Equal(got, tt.due) {
			t.Errorf("at %d: due = %v, want %v", tt.at, got, tt.due)
		}
	}
}

func TestLateTimerFiresOnce(t *testing.T) {
	start := time.Unix(1000, 0)
	s := newSchedule(timerPlan([2]time.Duration{10}), start)
	for _, tt := range []struct {
		at, wait time.Duration
		due      int
	}{{57, 3, 1}, {57, 3, 0}, {60, 10, 1}, {90, 10, 1}} {
		now := start.Add(tt.at)
		if got := len(s.due(now, nil)); got != tt.due || s.wait(now) != tt.wait {
			t.Errorf("at %d: fired %d times, next in %d; want %d, %d", tt.at, got, s.wait(now), tt.due, tt.wait)
		}
	}
}

func TestRandomizedTimerStaysInBounds(t *testing.T) {
	start := time.Unix(1000, 0)
	s := newSchedule(timerPlan([2]time.Duration{100, 30}), start)
	now, low, high := start, time.Duration(1<<62), time.Duration(0)
	for range 1000 {
		d := s.wait(now)
		low, high = min(low, d), max(high, d)
		now = now.Add(d)
		if n := len(s.due(now, nil)); n != 1 {
			t.Fatalf("fired %d times at its deadline", n)
		}
	}
	if low < 70 || low > 80 || high > 130 || high < 120 {
		t.Errorf("periods between %d and %d, want all of 70 to 130", low, high)
	}
}

func TestNoTimers(t *testing.T) {
	s := newSchedule(timerPlan(), time.Now())
	if d := s.wait(time.Now()); d >= 0 {
		t.Errorf("wait without timers = %v, want no limit", d)
	}
}
