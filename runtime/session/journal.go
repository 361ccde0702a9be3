package session

import (
	"time"

	"tapir/bpf/layout"
	"tapir/runtime/journal"
	"tapir/runtime/vm"
)

// printer is where the script prints to.
func (s *session) printer() vm.Writer {
	if s.journal == nil {
		return s.out
	}
	return (*lines)(s)
}

// lines makes a line of each print.
type lines session

// Write takes the text of one print call.
func (l *lines) Write(text []byte) (int, error) {
	l.journal.Text(l.source, text)
	return len(text), l.out.Err()
}

// writeGlobals writes the line of globals that is due.
func (s *session) writeGlobals() error {
	if s.o.Interval <= 0 || s.journal == nil || time.Now().Before(s.tick) || !s.running() {
		return nil
	}
	for now := time.Now(); !s.tick.After(now); { // those that were missed are not made up for
		s.tick = s.tick.Add(s.o.Interval)
	}
	l := Live{s: s}
	list, err := l.Globals(-1)
	if err != nil {
		return err
	}
	s.journal.Globals(list)
	return l.finish()
}

// writeLast writes what a run leaves. How it ended is written when the command has.
func (s *session) writeLast() {
	if !s.o.NoDisplay {
		s.journal.Globals(s.globals(-1))
	}
	groups, _ := s.groups()
	for _, g := range groups {
		c := g.total
		s.journal.Probe(journal.Counts{
			Probe: g.spelling, Hits: c[layout.Hits], Rejected: c[layout.Rejected], Aggregated: c[layout.Aggregated],
			Sent: c[layout.Sent], Lost: c[layout.Lost], FailedReads: c[layout.Errors],
		})
	}
}
