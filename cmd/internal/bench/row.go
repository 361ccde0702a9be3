package main

import "fmt"

// A way is who does a row's job.
type way int

// The ways.
const (
	byHand  way = iota // programs made by hand, and the leanest reader: what the machine itself asks for
	byTapir            // a script
	byPeer             // a script for bpftrace
	byStrace
	ways
)

var wayNames = [ways]string{"by hand", "tapir", peer, "strace"}

// An aim is a bound of a ratio; 0: there is none.
type aim float64

// Row is a job, with what it takes in each way, and the aims that there are for
// tapir's part. A figure of 0 is one that could not be measured here.
type Row struct {
	Name  string        `json:"name"`
	Unit  string        `json:"unit"`
	Value [ways]float64 `json:"values"` // by hand, of tapir, of bpftrace, of strace
	// OfHand and OfPeer are tapir's value over the others'.
	OfHand float64 `json:"of_hand,omitempty"`
	OfPeer float64 `json:"of_bpftrace,omitempty"`
	// The aims: most of the ratios, and of tapir's value itself.
	AimHand aim `json:"aim_hand,omitempty"`
	AimPeer aim `json:"aim_bpftrace,omitempty"`
	Most    aim `json:"most,omitempty"`
	// More says that more is better, and the aims are the least that there should be.
	More bool `json:"more,omitempty"`
	// Events and Lines are counted, of each way, where every event is to give a line.
	Events [ways]int `json:"events,omitzero"`
	Lines  [ways]int `json:"lines,omitzero"`
}

// relate computes the ratios.
func (r *Row) relate() {
	tapir := r.Value[byTapir]
	if other := r.Value[byHand]; other > 0 {
		r.OfHand = tapir / other
	}
	if other := r.Value[byPeer]; other > 0 {
		r.OfPeer = tapir / other
	}
}

// holds reports whether all aims are met that could be measured, and whether there
// were any.
func (r *Row) holds() (held, any bool) {
	held = true
	for _, c := range []struct {
		got float64
		aim aim
	}{{r.OfHand, r.AimHand}, {r.OfPeer, r.AimPeer}, {r.Value[byTapir], r.Most}} {
		if c.aim == 0 || c.got == 0 {
			continue
		}
		any = true
		if r.More {
			held = held && c.got >= float64(c.aim)
		} else {
			held = held && c.got <= float64(c.aim)
		}
	}
	return held && r.Lines[byTapir] == r.Events[byTapir], any
}

// verdict is holds in a word.
func (r *Row) verdict() string {
	held, any := r.holds()
	switch {
	case !any:
		return ""
	case held:
		return "holds"
	}
	return "MISSED"
}

// figure writes a value with as many digits as say something.
func figure(v float64) string {
	switch {
	case v == 0:
		return ""
	case v < 10 && v > -10:
		return fmt.Sprintf("%.2f", v)
	case v < 1e6:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2fM", v/1e6)
}

// ratio writes a ratio and its aim.
func (r *Row) ratio(got float64, a aim) string {
	if got == 0 {
		return ""
	}
	text := fmt.Sprintf("%.2f", got)
	if got >= 10 {
		text = fmt.Sprintf("%.1f", got)
	}
	if a == 0 {
		return text
	}
	sign := "≤"
	if r.More {
		sign = "≥"
	}
	return fmt.Sprintf("%s (%s%v)", text, sign, float64(a))
}
