package session

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"tapir/bpf/layout"
	"tapir/compiler/plan"
	"tapir/runtime/vm"
)

// writeParameters gives the kernel what begin probes and the command line have
// fixed: target(), the clock's offset, and the values of parameters.
func (s *session) writeParameters() error {
	state := s.kernel.state
	putLong(state, layout.StateTarget, int64(s.target.pid))
	offset, err := clockOffset(s.Object.TAIClock)
	if err != nil {
		return err
	}
	putLong(state, layout.StateClockOffset, offset)
	bears := int64(s.o.MaxErrors)
	if s.o.SuppressErrors {
		bears = math.MaxInt64
	}
	putLong(state, layout.StateMaxErrors, bears)
	putLong(state, layout.StateActions, s.machine.Allowance())
	for _, p := range s.Plan.Params {
		switch p.Kind {
		case plan.LongParam:
			putLong(state, p.Offset, s.machine.Long(p.Global.Index))
		case plan.CommParam:
			b := layout.CommParam(s.machine.String(p.Global.Index))
			copy(state[p.Offset:p.Offset+layout.CommParamSize], b[:])
		case plan.SwitchParam:
			putLong(state, p.Offset, s.switchValue(p))
		case plan.ArrayParam:
			if err := s.writeArray(p); err != nil {
				return err
			}
		default:
			panic(fmt.Sprintf("session: unexpected kind of parameter %d", p.Kind))
		}
	}
	return nil
}

// writeArray fills the map that mirrors an array.
func (s *session) writeArray(p *plan.Param) error {
	m := s.kernel.loaded.Map(p.Map)
	key := make([]byte, p.Key.Size())
	var value [8]byte
	for keys, v := range s.machine.Array(p.Global.Index) {
		if !encodeKey(key, p.Key, keys) {
			continue
		}
		putLong(value[:], 0, v.Long)
		if err := m.Update(key, value[:], ebpf.UpdateAny); err != nil {
			return fmt.Errorf("write global %s to the kernel: %w", p.Global.Name, err)
		}
	}
	return nil
}

// encodeKey makes an array's key of its parts, as layout.ArrayKey says. It
// reports false for a key that no event can have: a name too long for a task's.
func encodeKey(b []byte, key layout.ArrayKey, parts []vm.Value) bool {
	at := 0
	for i, kind := range key {
		part := b[at : at+kind.Size()]
		clear(part)
		if kind == layout.Comm {
			if len(parts[i].Text) >= layout.CommSize {
				return false
			}
			copy(part, parts[i].Text)
		} else {
			putLong(part, 0, parts[i].Long)
		}
		at += kind.Size()
	}
	return true
}

func putLong(b []byte, at int, v int64) { binary.LittleEndian.PutUint64(b[at:], uint64(v)) }

// clockOffset is what has to be added to the kernel side's clock to get the time
// of day, in nanoseconds. From CLOCK_TAI that is a whole number of seconds, which
// stays right when the clock is set; from CLOCK_MONOTONIC it is right for now.
func clockOffset(tai bool) (int64, error) {
	if tai {
		var t unix.Timex
		if _, err := unix.Adjtimex(&t); err != nil {
			return 0, fmt.Errorf("ask for the offset of the kernel's clock: %w", err)
		}
		return -int64(t.Tai) * int64(time.Second), nil
	}
	var before, now, after unix.Timespec
	for _, c := range []struct {
		clock int32
		to    *unix.Timespec
	}{{unix.CLOCK_MONOTONIC, &before}, {unix.CLOCK_REALTIME, &now}, {unix.CLOCK_MONOTONIC, &after}} {
		if err := unix.ClockGettime(c.clock, c.to); err != nil {
			return 0, fmt.Errorf("ask for the time: %w", err)
		}
	}
	return now.Nano() - (before.Nano()+after.Nano())/2, nil
}
