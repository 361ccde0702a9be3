package vm

import "strings"

// host is what the session does for a script, as Options has it.
type host struct {
	system     func(command string)
	switchFile func()
	happened   func(Moment)
}

// Moment is when, where and in which task an event happened.
type Moment struct {
	Time          int64 // nanoseconds since the epoch
	CPU, PID, TID int64
	Task          string // the name of the thread
}

// hostFunctions ask the session for something.
var hostFunctions = table{
	"system": {act: func(m *Machine) {
		if m.host.system != nil {
			m.host.system(strings.Clone(m.args.texts[0])) // it outlives the handler
		}
	}},
	"_happened": {act: func(m *Machine) {
		if m.host.happened != nil {
			n := m.args.ints
			m.host.happened(Moment{n[0], n[1], n[2], n[3], strings.Clone(m.args.texts[0])})
		}
	}},
	"_kept": {act: func(*Machine) {}},
	"switch_file": {act: func(m *Machine) {
		if m.host.switchFile != nil {
			m.host.switchFile()
		}
	}},
}
