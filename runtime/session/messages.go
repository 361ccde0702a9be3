package session

import (
	"fmt"
	"strings"

	"tapir/runtime/output"
)

func (s *session) warn(message string) {
	if !s.o.Quiet {
		s.tell("warning", message)
	}
}

// error reports what makes the run a failure.
func (s *session) error(message string) {
	s.counts.reported++
	s.tell("error", message)
}

// tell says something at once, behind what was printed before.
func (s *session) tell(kind, message string) {
	s.flush()
	if s.journal == nil || s.out.Err() != nil { // who can't write lines can still speak
		s.report("%s: %s", strings.ToUpper(kind), message)
		return
	}
	s.journal.Message(kind, message)
	s.flush()
}

// report writes a line; what a terminal would obey in it is shown instead.
func (s *session) report(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if s.errTerm {
		line = output.Visible(line)
	}
	fmt.Fprintln(s.o.Err, line)
}
