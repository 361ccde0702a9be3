package session

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"tapir/bpf/layout"
	"tapir/lang/builtin"
	"tapir/runtime/journal"
)

// all is the condition on priorities that all meet.
func all(int64) bool { return true }

// runAll runs the probes of a kind and of some priorities, by priority, as long
// as the condition holds.
func (s *session) runAll(kind builtin.PointKind, priority func(int64) bool, while func() bool) {
	var list []int
	for i, p := range s.Plan.Probes {
		if p.IR.Point.Kind == kind && priority(p.IR.Point.Priority) && (s.o.Omit == nil || !s.o.Omit(p)) {
			list = append(list, i)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int {
		return cmp.Compare(s.Plan.Probes[a].IR.Point.Priority, s.Plan.Probes[b].IR.Point.Priority)
	})
	s.runList(list, while)
}

// runList runs probes as long as the condition holds. An error does not keep
// those at the same point as the failing one from running; the end of the session
// does.
func (s *session) runList(list []int, while func() bool) {
	for i, probe := range list {
		if !while() && (i == 0 || s.machine.Exiting() || !s.samePoint(list[i-1], probe)) {
			return
		}
		if s.off[s.Plan.Probes[probe].IR.Pos] {
			continue
		}
		s.runProbe(probe, s.recordFor(probe))
	}
}

// recordFor is what a probe that fires here needs of the kernel, or nil.
func (s *session) recordFor(probe int) []byte {
	if s.o.Replay != nil {
		return s.asideRecord(probe)
	}
	if !s.Plan.Probes[probe].InKernel {
		return nil
	}
	record, err := s.kernel.moment(probe, s.handle)
	if err != nil && !errors.Is(err, errOver) {
		s.fail(err)
	}
	return s.orFaults(probe, record)
}

// orFaults is a probe's record, or if there is none one in which nothing is known.
func (s *session) orFaults(probe int, record []byte) []byte {
	if record == nil { // nothing is known: whatever is asked for is a fault
		r := &s.Plan.Probes[probe].Record
		record = make([]byte, r.Fixed)
		binary.LittleEndian.PutUint32(record[layout.HeaderFaults:], ^uint32(layout.FilterFault))
		for at := r.Faults; at > 0 && at < r.Fixed; at += 8 {
			putLong(record, at, -1)
		}
	}
	return record
}

// readKernel is how handlers that are at no event read the kernel's memory, or nil.
func (s *session) readKernel() func(address uint64, n int, text bool) ([]byte, int64) {
	if s.peek == nil {
		return nil
	}
	return s.peek.Read
}

// samePoint reports whether two probes are handlers of one point.
func (s *session) samePoint(a, b int) bool {
	p, q := &s.Plan.Probes[a].IR.Point, &s.Plan.Probes[b].IR.Point
	return p.Kind == q.Kind && p.Name == q.Name && p.Priority == q.Priority
}

// runProbe runs one handler and reports its error, if it has one.
func (s *session) runProbe(probe int, record []byte) {
	if s.journal != nil {
		s.source = journal.Source{Probe: s.Plan.Probes[probe].IR.Spelling}
	}
	err := s.runTimed(probe, record)
	s.note(probe, record)
	if err != nil {
		if s.kernel != nil {
			s.kernel.noteError()
		}
		s.fail(err)
	}
	s.startCommands()
	if s.machine.Exiting() {
		s.end.because(exited)
	}
}

// fail reports a handler's error.
func (s *session) fail(err error) {
	s.counts.errors++
	if !s.o.SuppressErrors {
		s.error(s.describe(err))
	}
}

func (s *session) runTimed(probe int, record []byte) error {
	if s.times == nil {
		return s.machine.Run(probe, record)
	}
	began := time.Now()
	err := s.machine.Run(probe, record)
	s.times[probe].add(time.Since(began))
	return err
}
