package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// The rates at which calls are timed one by one: all at once, and 10,000 a second.
var gaps = [...]time.Duration{0, 100 * time.Microsecond}

// slowCalls is how many calls are timed a round: enough for the reader to fall asleep
// and be woken, if it does.
const slowCalls = 5000

// measureSlow compares what a delivered event costs in the call where events are few
// with what it costs where they are many. The mean counts: wake-ups are rare and dear.
func measureSlow(o options) (Row, error) {
	row := Row{Name: "printf at 10,000 events a second, over its cost at full rate", Unit: "ratio", Most: 2}
	l, err := startLoad(o.rt)
	if err != nil {
		return row, err
	}
	defer l.stop()
	dir, err := os.MkdirTemp("", "tapir-bench")
	if err != nil {
		return row, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "out")
	j := &jobs[len(jobs)-1]
	var ratios [ways][]float64
	for range o.rounds {
		for _, i := range rand.Perm(int(ways)) {
			w := way(i)
			if !j.can(w) {
				continue
			}
			t, err := start(o, w, [ways]string{j.floor, j.script, j.peer}[w], out)
			if err != nil {
				return row, err
			}
			var ns [len(gaps)]float64
			for g, gap := range gaps {
				var times []float64
				if times, err = l.spaced(slowCalls, gap); err != nil {
					break
				}
				ns[g] = trimmed(times)
			}
			if _, stopErr := t.stop(); err == nil {
				err = stopErr
			}
			if err != nil {
				return row, fmt.Errorf("%s, slowly: %w", wayNames[w], err)
			}
			ratios[w] = append(ratios[w], ns[1]/ns[0])
		}
	}
	for w := range ways {
		row.Value[w] = median(ratios[w])
	}
	return row, nil
}

// trimmed is the mean without the dearest thousandth, which the host's own work is in.
func trimmed(xs []float64) float64 {
	limit := percentile(xs, 100)
	if len(xs) >= 1000 {
		limit = permille(xs, 999)
	}
	var kept []float64
	for _, x := range xs {
		if x <= limit {
			kept = append(kept, x)
		}
	}
	return mean(kept)
}
