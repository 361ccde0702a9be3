package vm

import "tapir/lang/source"

// RuntimeError is a mistake that shows only when the script runs.
type RuntimeError struct {
	Msg string
	// Pos is the place in the script, not valid for error(): there the message is
	// all that is shown.
	Pos   source.Span
	Calls []source.Span // the calls on the way there, innermost first
	Probe int
	final bool // not to be caught
}

func (e *RuntimeError) Error() string { return e.Msg }

// The messages, which are SystemTap's.
const (
	msgDivision = "division by 0"
	msgActions  = "MAXACTION exceeded"
	msgNesting  = "MAXNESTING exceeded"
	msgEmpty    = "empty aggregate"
	msgBucket   = "histogram index out of range"
	msgFull     = "Array overflow, check MAXMAPENTRIES"
)

// fail is the error of the instruction before pc.
func (m *Machine) fail(pc int, msg string) *RuntimeError {
	return m.failAt(m.prog.Position(pc-1), msg)
}

func (m *Machine) failAt(pos source.Span, msg string) *RuntimeError {
	e := &RuntimeError{Msg: msg, Pos: pos, Probe: m.probe}
	for i := len(m.frames) - 1; i >= 0; i-- {
		e.Calls = append(e.Calls, m.prog.Position(m.frames[i].pc-1))
	}
	return e
}
