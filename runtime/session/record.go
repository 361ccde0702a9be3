package session

import (
	"errors"
	"fmt"
	"time"

	"tapir/bpf/layout"
	"tapir/runtime/recording"
	"tapir/runtime/symbol"
	"tapir/runtime/vm"
)

// now is the time of what is written as JSON.
func (s *session) now() time.Time {
	if s.o.Replay != nil {
		return time.Unix(0, s.o.Replay.Player.Time().Wall)
	}
	return time.Now()
}

// recorded begins the recording, if there is one to be made, and puts it between the
// machine and what tells it of addresses and of tapir itself.
func (s *session) recorded(names symbol.Names) (symbol.Names, vm.Context) {
	r := s.o.Record
	if r == nil {
		return names, nil
	}
	r.Begin(s.Plan, int64(s.target.pid), vm.Self(), names)
	return r.Names(), r.Self()
}

// note records that a handler has run. When that can't be done, the session ends.
func (s *session) note(probe int, record []byte) {
	r := s.o.Record
	if r == nil {
		return
	}
	r.Ran(probe, s.Plan.Probes[probe].SendsEvents(), record)
	if r.Err() != nil {
		s.end.because(interrupted)
	}
}

// finishRecord ends the recording.
func (s *session) finishRecord() {
	r := s.o.Record
	if r == nil {
		return
	}
	if errors.Is(r.Err(), recording.ErrFull) {
		s.warn(fmt.Sprintf("%v: the run ends", r.Err()))
	}
	t := recording.Trailer{Lost: s.counts.skipped}
	if s.kernel != nil {
		for _, c := range s.kernel.counts {
			t.Counts = append(t.Counts, [layout.NumCounters]uint64(c))
		}
		t.Skipped = s.misses()
	}
	if err := r.Close(t); err != nil {
		s.error(fmt.Sprintf("the recording: %v", err))
	}
}
