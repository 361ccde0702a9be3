package session

import (
	"encoding/binary"
	"testing"
	"unsafe"

	"tapir/bpf"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
)

// TestStraggler holds that a handler that does not end is waited for within bounds,
// and that what timers look at then stays where it is.
func TestStraggler(t *testing.T) {
	c := layout.Counters{CPUs: 2, Probes: 2, Shares: layout.CounterSize}
	k := &kernelSide{object: &bpf.Object{Counters: c}, counters: make([]byte, c.Size()), state: make([]byte, layout.StateParams)}
	s := &shares{
		plan:   &plan.Plan{Probes: []*plan.Probe{{IR: &ir.Probe{}}, {IR: &ir.Probe{}, Update: &ir.Block{}}}},
		kernel: k, epoch: (*uint64)(unsafe.Pointer(&k.state[layout.StateEpoch])),
	}
	count := func(probe, cpu int, of layout.Counter, n uint64) {
		binary.LittleEndian.PutUint64(k.counters[cpu*c.Stride()+c.Offset(probe, of):], n)
	}
	count(0, 0, layout.Hits, 9) // its events are sent
	count(1, 0, layout.Hits, 5)
	count(1, 0, layout.Aggregated, 3)
	count(1, 0, layout.Rejected, 2)
	count(1, 1, layout.Hits, 7)
	count(1, 1, layout.Sent, 6)
	if late := s.settle(0, 1); late == nil || *late != (straggler{1, 1}) {
		t.Errorf("got %v", late)
	}
	if err := s.take(); err == nil || !s.behind || *s.epoch != 1 {
		t.Errorf("got %v, behind: %v, epoch %d", err, s.behind, *s.epoch)
	}
	count(1, 1, layout.Lost, 1)
	if err := s.take(); err != nil || s.behind || *s.epoch != 0 {
		t.Errorf("got %v, behind: %v, epoch %d", err, s.behind, *s.epoch)
	}
}
