package session

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
	"unsafe"

	"tapir/bpf"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/runtime/table"
	"tapir/runtime/vm"
)

// shares brings together what the kernel and the machine have of resident globals.
//
// While probes run, the machine has of a global that is summed what it was when
// somebody last looked, and the kernel what came since: every update is in exactly
// one of them. To look means to take the kernel's shares. What a timer looks at has
// two copies there; to take is to send programs to the other one, to wait until
// those have left that were on their way, and then to empty the first at leisure.
// So no update is lost or counted twice, and a handler's updates stay together.
//
// A global that is kept is the machine's before the first event and after the last
// one, and the kernel's in between.
type shares struct {
	plan    *plan.Plan
	kernel  *kernelSide
	machine *vm.Machine
	tables  map[string]*table.Table
	slots   map[string][]byte // the values of maps of slots
	epoch   *uint64
	begun   bool
	closed  bool    // a timer has ended the session: what events have added since is late
	behind  bool    // the copy that no program writes to has not been taken
	words   []int64 // scratch
	keys    vm.Keys // scratch
}

func openShares(p *plan.Plan, k *kernelSide, m *vm.Machine) (*shares, error) {
	s := &shares{
		plan: p, kernel: k, machine: m, tables: map[string]*table.Table{}, slots: map[string][]byte{},
		epoch: (*uint64)(unsafe.Pointer(&k.state[layout.StateEpoch])),
	}
	for _, spec := range k.object.Hashes {
		t, err := table.Open(spec, k.loaded.Map(spec.Name))
		if err != nil {
			return nil, err
		}
		s.tables[spec.Name] = t
	}
	return s, s.openSlots()
}

// overflow says that an array got more elements than it may have.
type overflow struct{ global int }

func (e *overflow) Error() string { return fmt.Sprintf("array %d is full", e.global) }

// bring does something with the shares. An array that overflowed meanwhile is the
// script's error; others are tapir's.
func (s *session) bring(do func(*shares) error) error {
	err := do(s.shares)
	list := []error{err}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		list = several.Unwrap()
	}
	for i, err := range list {
		list[i] = s.overflowed(err)
	}
	return errors.Join(list...)
}

// overflowed reports an overflow as the error of a handler; any other error is returned.
func (s *session) overflowed(err error) error {
	full, ok := errors.AsType[*overflow](err)
	if !ok {
		return err
	}
	for _, f := range s.Object.Faults {
		if f.Kind == bpf.Overflow && f.Global == full.global {
			s.fail(vm.KernelError(f.Probe, s.machine.Overflow(f.Global), f.Pos, f.Calls))
			return nil
		}
	}
	return err
}

// isError reports whether a record is about an error in the kernel.
func isError(record []byte) bool {
	return binary.LittleEndian.Uint32(record[layout.HeaderProbe:])&layout.ErrorFlag != 0
}

// handleFault reports the error of a handler that the kernel ran.
func (s *session) handleFault(record []byte) error {
	n := int(binary.LittleEndian.Uint32(record[layout.HeaderError:]))
	if n < 1 || n > len(s.Object.Faults) {
		return fmt.Errorf("the kernel sent an unknown fault, number %d", n)
	}
	f := s.Object.Faults[n-1]
	msg := vm.DivisionByZero
	switch f.Kind {
	case bpf.Overflow:
		msg = s.machine.Overflow(f.Global)
	case bpf.Actions:
		msg = vm.ActionsExceeded
	case bpf.UserText, bpf.KernelText:
		if len(record) < layout.ErrorSize+layout.ErrorDetail {
			return fmt.Errorf("the kernel sent a fault of %d bytes", len(record))
		}
		detail := record[layout.ErrorSize:]
		addr, errno := binary.LittleEndian.Uint64(detail), -int64(binary.LittleEndian.Uint64(detail[8:]))
		msg = vm.TextFault(f.Kind == bpf.KernelText, addr, errno)
	}
	s.fail(vm.KernelError(f.Probe, msg, f.Pos, f.Calls))
	return nil
}

// begin hands to the kernel what it must know of what begin probes did: all of what
// is kept, and the elements that there are of what is summed.
func (s *shares) begin() error {
	s.begun = true
	for _, q := range s.plan.Residents {
		switch {
		case q.Kind == plan.Summed:
			if err := s.announce(q); err != nil {
				return err
			}
		case q.Maps[0] == "":
			putLong(s.kernel.state, q.Offset, s.machine.Long(q.Global.Index))
		case q.Slots != "":
			s.handSlots(q)
		default:
			if err := s.hand(q); err != nil {
				return err
			}
		}
	}
	return nil
}

// hand puts a kept array into the kernel.
func (s *shares) hand(q *plan.Resident) error {
	stamp := (*uint64)(unsafe.Pointer(&s.kernel.state[layout.StateStamp]))
	key := make([]byte, q.Key.Size())
	for keys, v := range s.machine.Array(q.Global.Index) {
		encodeElementKey(key, q.Key, keys)
		if err := s.tables[q.Maps[0]].Put(key, atomic.AddUint64(stamp, 1), encodeElement(q, v)...); err != nil {
			return err
		}
	}
	return nil
}

// announce makes the elements that the machine has of a summed array in the copy
// that programs write to, so that it is full when the array is. They get no stamp,
// since they have their place in the order already.
func (s *shares) announce(q *plan.Resident) error {
	if q.Maps[0] == "" {
		return nil
	}
	t := s.tables[q.Maps[s.current(q)]]
	key := make([]byte, q.Key.Size())
	for keys := range s.machine.Array(q.Global.Index) {
		encodeElementKey(key, q.Key, keys)
		switch err := t.Put(key, 0); {
		case errors.Is(err, table.ErrFull):
			return &overflow{q.Global.Index}
		case err != nil:
			return err
		}
	}
	return nil
}

// current is the copy that programs write to.
func (s *shares) current(q *plan.Resident) int {
	if !q.Swapped {
		return 0
	}
	return int(*s.epoch & 1)
}

// take gives the machine what programs have added to what timers look at. If a program
// does not come to its end, its copy stays as it is, for the next time but one or for
// the end; the error is a *straggler.
func (s *shares) take() error {
	from := int(*s.epoch & 1)
	atomic.StoreUint64(s.epoch, uint64(1-from))
	if late := s.settle(from, settleCopies); late != nil {
		s.behind = true
		return late
	}
	s.behind = false
	var errs []error
	for _, q := range s.plan.Residents {
		if q.Swapped { // all of them, whatever becomes of one: nobody looks into this copy again soon
			errs = append(errs, s.add(q, from))
		}
	}
	return errors.Join(errs...)
}

// carry follows take, when handlers have done what they wanted: what they have left
// is announced to the programs.
func (s *shares) carry() error {
	var errs []error
	for _, q := range s.plan.Residents {
		if q.Swapped {
			errs = append(errs, s.announce(q))
		}
	}
	return errors.Join(errs...)
}

// finish gives the machine all that is in the kernel, when no program runs any
// more.
func (s *shares) finish() error {
	var errs []error
	for _, q := range s.plan.Residents {
		if q.Kind != plan.Summed {
			continue
		}
		if q.Swapped && s.behind {
			errs = append(errs, s.add(q, 1-s.current(q)))
		}
		if !s.closed {
			errs = append(errs, s.add(q, s.current(q)))
		}
	}
	return errors.Join(append(errs, s.peek())...)
}

// peek gives the machine what the kernel has of globals that it keeps.
func (s *shares) peek() error {
	var errs []error
	for _, q := range s.plan.Residents {
		switch {
		case q.Kind != plan.Kept:
		case q.Maps[0] == "":
			s.setLong(q)
		case q.Slots != "":
			errs = append(errs, s.fetchSlots(q))
		default:
			errs = append(errs, s.fetch(q))
		}
	}
	return errors.Join(errs...)
}

// settleCopies bounds the wait for handlers that may write to a copy.
const settleCopies = time.Second

// A straggler is a handler that does not come to its end.
type straggler struct{ probe, cpu int }

func (e *straggler) Error() string {
	return fmt.Sprintf("a handler of probe %d on CPU %d has not ended", e.probe, e.cpu)
}

// settle waits until no handler runs that may have begun before the copies were
// turned. On each CPU the handlers of one probe follow each other, so those have ended
// when as many have as were hit by now. That takes microseconds, or as long as the host
// keeps a CPU from running. What has not ended within limit is returned.
//
// A handler counts its hit, does an atomic operation that is a full barrier, and reads
// which copy to write to; here that is written, by an atomic store with a full barrier,
// before the hits are read. So either the hit is seen here, or the handler takes the
// other copy, whatever the machine's memory model. That a handler's updates are seen
// once its end is relies on x86, which keeps stores in order and loads too: where that
// is not so, the end has to be counted by an atomic operation with a result.
//
// At places in programs they don't follow each other, so those count themselves in.
func (s *shares) settle(from int, limit time.Duration) *straggler {
	c := s.kernel.object.Counters
	word := func(cpu, offset int) uint64 {
		return atomic.LoadUint64((*uint64)(unsafe.Pointer(&s.kernel.counters[cpu*c.Stride()+offset])))
	}
	w := wait{limit: limit}
	for cpu := range c.CPUs {
		if g := s.plan.Guard; g != nil {
			at := c.ShareOffset(g.Offset) + from*c.Shares
			if !w.until(func() bool { return word(cpu, at) == 0 }) {
				return &straggler{s.guarded(), cpu}
			}
		}
		for probe, p := range s.plan.Probes {
			if p.Update == nil || p.IR.Point.Kind.IsUser() {
				continue
			}
			count := func(k layout.Counter) uint64 { return word(cpu, c.Offset(probe, k)) }
			hits := count(layout.Hits)
			if !w.until(func() bool {
				return count(layout.Rejected)+count(layout.Aggregated)+count(layout.Sent)+count(layout.Lost) >= hits
			}) {
				return &straggler{probe, cpu}
			}
		}
	}
	return nil
}

// guarded is a probe of those that count themselves in.
func (s *shares) guarded() int {
	return slices.IndexFunc(s.plan.Probes, func(p *plan.Probe) bool { return p.Update != nil && p.IR.Point.Kind.IsUser() })
}

// wait is a time for several things to come true in.
type wait struct {
	limit time.Duration
	end   time.Time
}

// until waits for a thing, and reports whether it came true. The time begins with the
// first thing that is waited for.
func (w *wait) until(done func() bool) bool {
	for !done() {
		if now := time.Now(); w.end.IsZero() {
			w.end = now.Add(w.limit)
		} else if now.After(w.end) {
			return false
		}
		time.Sleep(time.Microsecond)
	}
	return true
}

// add gives the machine one copy of what programs have added to a global.
func (s *shares) add(q *plan.Resident, from int) error {
	if q.Maps[0] == "" {
		s.addScalar(q, from)
		return nil
	}
	read := s.tables[q.Maps[from]].Elements
	if q.Swapped {
		read = s.tables[q.Maps[from]].Take
	}
	list, err := read()
	if err != nil {
		return err
	}
	s.machine.Reserve(q.Global.Index, list.Len())
	for e := range list.All() {
		s.decodeKey(q.Key, e.Key())
		for share := range list.Shares() {
			if !s.addShare(q, e.Words(share)) {
				err = &overflow{q.Global.Index}
				break
			}
		}
	}
	return err
}

// addScalar adds the shares of all CPUs, and makes them 0.
func (s *shares) addScalar(q *plan.Resident, from int) {
	s.keys = vm.Keys{}
	c := s.kernel.object.Counters
	for cpu := range c.CPUs {
		at := cpu*c.Stride() + c.ShareOffset(q.Offset) + from*c.Shares
		share := s.kernel.counters[at : at+8*q.Words]
		s.addShare(q, share)
		clear(share)
	}
}

// addShare adds one share to the global or to the element of s.keys. It is false if
// the array is full.
func (s *shares) addShare(q *plan.Resident, share []byte) bool {
	s.words = s.words[:0]
	for i := range q.Words {
		s.words = append(s.words, int64(binary.LittleEndian.Uint64(share[8*i:])))
	}
	if q.Statistic() {
		if q.Shared {
			s.words[layout.ShareMin] = layout.SharedMin(uint64(s.words[layout.ShareMin]))
			s.words[layout.ShareMax] = layout.SharedMax(uint64(s.words[layout.ShareMax]))
		}
		return s.machine.Collect(q.Global.Index, s.keys, s.words)
	}
	return s.machine.Add(q.Global.Index, s.keys, s.words[0], adders[q.Op])
}

// adders add a share to a number. The kernel has or-ed up what and-ing clears.
var adders = map[ir.Op]func(x, y int64) int64{
	ir.OpAdd: func(x, y int64) int64 { return x + y },
	ir.OpOr:  func(x, y int64) int64 { return x | y },
	ir.OpXor: func(x, y int64) int64 { return x ^ y },
	ir.OpAnd: func(x, y int64) int64 { return x &^ y },
}

func replace(_, y int64) int64 { return y }

func (s *shares) setLong(q *plan.Resident) {
	v := int64(binary.LittleEndian.Uint64(s.kernel.state[q.Offset:]))
	s.machine.Add(q.Global.Index, vm.Keys{}, v, replace)
}

// fetch gives the machine a kept array.
func (s *shares) fetch(q *plan.Resident) error {
	list, err := s.tables[q.Maps[0]].Elements()
	if err != nil {
		return err
	}
	s.machine.Clear(q.Global.Index)
	s.machine.Reserve(q.Global.Index, list.Len())
	for e := range list.All() {
		s.decodeKey(q.Key, e.Key())
		if q.Texts() {
			s.machine.SetText(q.Global.Index, s.keys, s.decodeText(e.Words(0), q.Quoted))
			continue
		}
		s.machine.Add(q.Global.Index, s.keys, int64(binary.LittleEndian.Uint64(e.Words(0))), replace)
	}
	return nil
}
