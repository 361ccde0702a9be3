package vm

import (
	"cmp"
	"strings"
)

// host is what the session does for a script, as Options has it.
type host struct {
	system     func(command string)
	switchFile func()
	happened   func(Moment)
	name       string
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
	"_kept":        {act: func(*Machine) {}},
	"module_name":  {text: func(m *Machine) string { return m.host.name }},
	"_value":       {text: func(m *Machine) string { return m.library.value.given }},
	"_answer":      {act: func(m *Machine) { m.library.value.answer(m.args.texts[0], false) }},
	"_answer_more": {act: func(m *Machine) { m.library.value.answer(m.args.texts[0], true) }},
	"switch_file": {act: func(m *Machine) {
		if m.host.switchFile != nil {
			m.host.switchFile()
		}
	}},
}

// exchange is $value: what somebody outside gives to a handler, or gets from it.
type exchange struct {
	given string
	out   []byte
	room  int // bytes that out may have
	cut   bool
}

func (x *exchange) answer(text string, more bool) {
	if !more {
		x.out = x.out[:0]
	}
	if n := x.room - len(x.out); len(text) > n {
		text, x.cut = text[:n], true
	}
	x.out = append(x.out, text...)
}

// Give makes text what $value is in the handlers that run from now on: as much of it as
// a string holds. It says how many bytes that are. A string ends at a NUL.
func (m *Machine) Give(text []byte) int {
	text = text[:min(len(text), m.maxLen)]
	given, _, _ := strings.Cut(string(text), "\x00")
	m.library.value = exchange{given: given, out: m.library.value.out[:0]}
	return len(text)
}

// Expect makes room for what handlers answer by $value: at most that many bytes, or what
// a string holds if it is 0.
func (m *Machine) Expect(bytes int) {
	m.library.value = exchange{out: m.library.value.out[:0], room: m.Room(bytes)}
}

// Room is bytes, or what a string holds if that is 0.
func (m *Machine) Room(bytes int) int { return cmp.Or(bytes, m.maxLen) }

// Answer is what handlers have answered since Expect, and whether there was no room for
// all of it. It is valid until the next Expect or Give.
func (m *Machine) Answer() (text []byte, cut bool) { return m.library.value.out, m.library.value.cut }
