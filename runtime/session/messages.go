package session

import (
	"fmt"

	"tapir/runtime/output"
)

func (s *session) warn(message string) {
	if s.o.Quiet {
		return
	}
	s.flush()
	if s.journal != nil && s.out.Err() == nil { // who can't write lines can still speak
		s.journal.Message("warning", message)
		return
	}
	s.report("WARNING: %s", message)
}

// error reports what makes the run a failure.
func (s *session) error(message string) {
	s.counts.reported++
	if s.journal != nil && s.out.Err() == nil { // who can't write lines can still speak
		s.journal.Message("error", message)
		return
	}
	s.report("ERROR: %s", message)
}

// report writes a line; what a terminal would obey in it is shown instead.
func (s *session) report(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if s.errTerm {
		line = output.Visible(line)
	}
	fmt.Fprintln(s.o.Err, line)
}
