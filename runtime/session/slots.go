package session

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"tapir/bpf"
	"tapir/bpf/layout"
	"tapir/compiler/plan"
	"tapir/runtime/vm"
)

// openSlots maps the maps of slots into memory, and says how many elements they may
// have.
func (s *shares) openSlots() error {
	for _, q := range s.plan.Residents {
		if q.Slots == "" {
			continue
		}
		b, err := s.kernel.mapped(q.Slots, layout.SlotsSize)
		if err != nil {
			return err
		}
		s.slots[q.Slots] = b
		limit := cmp.Or(q.Global.Limit, s.kernel.object.MapEntries, bpf.MapEntries)
		putLong(b, layout.SlotsLimit, int64(limit))
	}
	return nil
}

// close gives back what openSlots took.
func (s *shares) close() {
	for _, b := range s.slots {
		if err := unix.Munmap(b); err != nil {
			panic(fmt.Sprintf("session: give back what the kernel gave: %v", err))
		}
	}
}

// slot is the slot of a thread.
func slot(b []byte, thread int64) []byte {
	at := layout.SlotsHead + int(thread&(1<<layout.SlotBits-1))*layout.SlotSize
	return b[at : at+layout.SlotSize]
}

// handSlots puts what begin probes have made of an array into the slots of threads
// that there may be; a number that no thread has can have none, nor be asked for.
func (s *shares) handSlots(q *plan.Resident) error {
	stamp := (*uint64)(unsafe.Pointer(&s.kernel.state[layout.StateStamp]))
	b := s.slots[q.Slots]
	count := int64(0)
	for keys, v := range s.machine.Array(q.Global.Index) {
		thread, n := keys[0].Long, atomic.AddUint64(stamp, 1)
		count++
		to := slot(b, thread)
		if thread != 0 && binary.LittleEndian.Uint64(to[layout.SlotTag:]) == 0 {
			putLong(to, layout.SlotTag, thread)
			putLong(to, layout.SlotValue, v.Long)
			putLong(to, layout.SlotStamp, int64(n))
			continue
		}
		key := binary.LittleEndian.AppendUint64(nil, uint64(thread))
		if err := s.tables[q.Maps[0]].Put(key, n, v.Long); err != nil {
			return err
		}
		putLong(b, layout.SlotsSpilled, int64(binary.LittleEndian.Uint64(b[layout.SlotsSpilled:]))+1)
	}
	putLong(b, layout.SlotsCount, count)
	return nil
}

// fetchSlots gives the machine an array that is kept in slots.
func (s *shares) fetchSlots(q *plan.Resident) error {
	type element struct {
		stamp      uint64
		key, value int64
	}
	var list []element
	b := s.slots[q.Slots][layout.SlotsHead:layout.SlotsSize]
	for ; len(b) > 0; b = b[layout.SlotSize:] {
		if tag := binary.LittleEndian.Uint64(b[layout.SlotTag:]); tag != 0 {
			list = append(list, element{
				binary.LittleEndian.Uint64(b[layout.SlotStamp:]), int64(tag),
				int64(binary.LittleEndian.Uint64(b[layout.SlotValue:])),
			})
		}
	}
	spilled, err := s.tables[q.Maps[0]].Elements()
	if err != nil {
		return err
	}
	for e := range spilled.All() {
		list = append(list, element{e.Stamp(), int64(binary.LittleEndian.Uint64(e.Key())), int64(binary.LittleEndian.Uint64(e.Words(0)))})
	}
	slices.SortStableFunc(list, func(x, y element) int { return cmp.Compare(x.stamp, y.stamp) })
	s.machine.Clear(q.Global.Index)
	for _, e := range list {
		s.machine.Add(q.Global.Index, vm.Keys{Ints: []int64{e.key}}, e.value, replace)
	}
	return nil
}
