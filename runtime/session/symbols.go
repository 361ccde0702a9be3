package session

import (
	"fmt"
	"io"
	"slices"

	"tapir/bpf/layout"
	"tapir/compiler"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/runtime/event"
	"tapir/runtime/flame"
	"tapir/runtime/process"
	"tapir/runtime/symbol"
)

// ofPrograms are the functions that name addresses of programs.
var ofPrograms = [...]string{"_usymname", "_usymdata", "_umodname", "_usymfile", "_usymline", "_usymfileline", "_ustack_lines", "_sprint_ustack"}

// ringSize is the size of the ring buffer in bytes.
func (s *session) ringSize() int {
	switch {
	case s.o.Ring > 0:
		return s.o.Ring
	case takesStacks(s.Compiled), s.o.Record != nil: // larger records
		return stackRing
	}
	return DefaultRing
}

// takesStacks reports whether a script takes stacks of programs.
func takesStacks(c *compiler.Compiled) bool {
	return slices.ContainsFunc(c.Plan.Captures, func(x *plan.Capture) bool {
		return x.Kind == layout.Memory && x.Read.Stack && x.Read.Space == builtin.User
	})
}

// namesPrograms reports whether a script may ask what lies in programs.
func namesPrograms(c *compiler.Compiled) bool {
	if takesStacks(c) {
		return true
	}
	for _, call := range c.Code.Calls {
		if slices.Contains(ofPrograms[:], call.Name) {
			return true
		}
	}
	return false
}

// symbols makes what names addresses. Scripts that may ask about programs have all that
// is mapped noted from now on, so that what has ended meanwhile is named too.
func (s *session) symbols() (*symbol.Symbols, error) {
	if !namesPrograms(s.Compiled) {
		return symbol.New(nil), nil
	}
	s.processes = process.NewTable()
	if err := s.processes.Watch(); err != nil {
		s.warn(fmt.Sprintf("programs that end early stay without names: %v", err))
	}
	if err := follow(s.processes, s.poller); err != nil {
		return nil, err
	}
	s.asking.Go(s.processes.AskAll)
	return symbol.New(s.processes), nil
}

// follow takes the kernel's records whenever there are many.
func follow(t *process.Table, p *event.Poller) error {
	for _, fd := range t.Descriptors() {
		if err := p.Add(fd, t.Take); err != nil {
			return err
		}
	}
	return nil
}

// writeStacks writes what Options.Folded and Options.Graph want of the first array that
// is keyed by stacks.
func (s *session) writeStacks() {
	if s.o.Folded == nil && s.o.Graph == nil {
		return
	}
	name, stacks := s.machine.Stacks()
	if name == "" {
		s.warn("no array has an element with a stack as its key, so there are no stacks to write")
	}
	write := func(w io.Writer, as func(io.Writer) error) {
		if w == nil {
			return
		}
		if err := as(w); err != nil {
			s.error(fmt.Sprintf("write the stacks: %v", err))
		}
	}
	write(s.o.Folded, func(w io.Writer) error { return flame.Folded(w, stacks) })
	write(s.o.Graph, func(w io.Writer) error { return flame.Graph(w, name, stacks) })
}
