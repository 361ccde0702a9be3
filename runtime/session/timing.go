package session

import (
	"fmt"
	"time"
)

// timing is how often a handler ran, and how long it took.
type timing struct {
	hits            int64
	total, min, max time.Duration
}

func (t *timing) add(d time.Duration) {
	if t.hits == 0 || d < t.min {
		t.min = d
	}
	t.max = max(t.max, d)
	t.total += d
	t.hits++
}

// timingReport has a line for every probe that ran. Of a probe in the kernel it
// tells only what the part outside the kernel took.
func (s *session) timingReport() []byte {
	b := []byte("----- probe hit report: \n")
	for i, t := range s.times {
		if t.hits == 0 {
			continue
		}
		p := s.Plan.Probes[i].IR
		place := ""
		if at := s.Plan.IR.Sources.Position(p.Pos.Start); at.File != nil {
			place = fmt.Sprintf(", (%s:%d:%d)", at.File.Name, at.Line, at.Col)
		}
		b = fmt.Appendf(b, "%s%s, hits: %d, ns: %dmin/%davg/%dmax, from: %s, index: %d\n", p.Spelling, place,
			t.hits, t.min.Nanoseconds(), t.total.Nanoseconds()/t.hits, t.max.Nanoseconds(), p.Point.Name, i)
	}
	return b
}
