package kernel

import (
	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"

	"tapir/bpf"
	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
)

// maxRecord is the most that a per-CPU map's value may take in all kernels, and
// less than what an instruction's offset reaches.
const maxRecord = 1<<15 - 8

// send makes the event's record and puts it into the ring buffer. A record of
// fixed size is filled in place (115 ns); one with tails is built in scratch
// memory and copied at its exact length (some 30 ns more, and far less than the
// reader's cost of an unused kilobyte).
func (h *handler) send(done emit.Label) {
	if h.probe.Record.Fixed > maxRecord {
		h.Fail("an event of this probe takes %d bytes; at most %d are possible", h.probe.Record.Fixed, maxRecord)
		return
	}
	lost := h.NewLabel("lost")
	var xs []ir.Expr
	for _, c := range h.probe.Captures {
		if !c.AtEntry {
			xs = append(xs, c.Exprs()...)
		}
	}
	h.needRegs(xs...)
	clock := h.shareClock(xs)
	if h.family != nil && h.family.Args > 0 && !h.haveRegs {
		h.loadRegs()
		h.haveRegs = true
	}
	if hasTails(h.probe) || h.family != nil && len(h.family.Reads) > 0 || h.probe.Entry != nil {
		h.sendTails(lost)
	} else {
		h.sendFixed(lost)
	}
	if clock != nil {
		h.clock = nil
		h.Free(*clock)
	}
	h.count(layout.Sent)
	h.leave(done)
	h.Bind(lost)
	h.count(layout.Lost)
}

func hasTails(p *plan.Probe) bool {
	for _, c := range p.Captures {
		if c.Kind == layout.Memory && !c.AtEntry {
			return true
		}
	}
	return false
}

// shareClock reads the clock into the frame if several values need it.
func (h *handler) shareClock(xs []ir.Expr) *emit.Slot {
	if h.clock != nil {
		return nil // read already
	}
	uses := 0
	for _, x := range xs {
		for n := range ir.All(x) {
			if f, ok := n.(*ir.Builtin); ok && clocks[f.Fn.Name] {
				uses++
			}
		}
	}
	if uses < 2 {
		return nil
	}
	s := h.Alloc(8)
	h.readClock()
	h.Spill(s, 0, asm.R0)
	h.clock = &s
	return &s
}

// sendFixed reserves the record in the ring buffer and fills it there.
func (h *handler) sendFixed(lost emit.Label) {
	h.Map(asm.R1, bpf.EventsMap)
	h.Const(asm.R2, int64(h.probe.Record.Fixed))
	h.Const(asm.R3, 0)
	h.Call(asm.FnRingbufReserve)
	h.If(asm.JEq, asm.R0, 0, lost)
	h.Emit(asm.Mov.Reg(record, asm.R0))
	h.header()
	h.fields()
	h.Emit(asm.Mov.Reg(asm.R1, record))
	h.Const(asm.R2, unix.BPF_RB_NO_WAKEUP)
	h.Call(asm.FnRingbufSubmit)
}

// sendTails builds the record in this CPU's scratch memory and copies it.
func (h *handler) sendTails(lost emit.Label) {
	key := h.Alloc(8)
	h.Const(asm.R0, int64(h.dispatcher.index))
	h.Spill(key, 0, asm.R0)
	h.Map(asm.R1, bpf.ScratchMap)
	h.Address(asm.R2, key)
	h.Call(asm.FnMapLookupElem)
	h.Free(key)
	h.If(asm.JEq, asm.R0, 0, lost)
	h.Emit(asm.Mov.Reg(record, asm.R0))
	h.takeScratch(lost)
	h.header()
	h.room = new(int)
	h.bound = h.probe.Record.Fixed
	h.Const(cursor, int64(h.bound))
	h.fields()
	h.need(0)
	if *h.room > maxRecord {
		h.Fail("an event of this probe may take %d bytes; at most %d are possible", *h.room, maxRecord)
	}
	h.scratch = max(h.scratch, *h.room+h.busy())
	h.Map(asm.R1, bpf.EventsMap)
	h.Emit(asm.Mov.Reg(asm.R2, record), asm.Mov.Reg(asm.R3, cursor))
	h.Const(asm.R4, unix.BPF_RB_NO_WAKEUP)
	h.Call(asm.FnRingbufOutput)
	h.giveScratch()
	h.If(asm.JNE, asm.R0, 0, lost)
}

// fields fills the record behind its header.
func (h *handler) fields() {
	bits := h.probe.FaultBits()
	for i, c := range h.probe.Captures {
		if h.faults != nil {
			h.faults.first, h.faults.reads = bits[i], c.Reads()
		}
		if !c.AtEntry {
			h.capture(c, h.probe.Record.Fields[i])
		}
	}
	if h.family != nil {
		h.arguments()
		h.reads()
	}
	if h.probe.Entry != nil {
		h.takeEntry()
	}
	h.endFaults()
}

// header writes the probe's index, and no faults; see endFaults.
func (h *handler) header() {
	if h.family != nil {
		h.Fill(asm.R0, h.family.index, 0)
	} else {
		h.Const(asm.R0, int64(h.index))
	}
	h.Emit(asm.StoreMem(record, layout.HeaderProbe, asm.R0, asm.DWord))
}

func (h *handler) capture(c *plan.Capture, f layout.Field) {
	switch c.Kind {
	case layout.Word:
		h.long(c.Value, asm.R0)
		h.Emit(asm.StoreMem(record, int16(f.Offset), asm.R0, asm.DWord))
	case layout.Comm:
		for word := range 2 {
			h.nameWord(c.Value, word, asm.R0)
			h.Emit(asm.StoreMem(record, int16(f.Offset+8*word), asm.R0, asm.DWord))
		}
	case layout.Memory:
		h.memory(c, f)
	}
}
