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

// An array whose key is the thread's number is kept in slots that are found by it.
// That takes half the time of a hash map, in which an element that is made and
// deleted at each call costs 300 ns.

// slot puts the address of the thread's slot into R1 and its number, the key, into
// R2.
func (h *handler) slot(q *plan.Resident, keys []ir.Expr) {
	h.long(keys[0], asm.R0)
	h.Emit(asm.Mov.Reg(asm.R2, asm.R0), asm.And.Imm(asm.R0, 1<<layout.SlotBits-1), asm.Mul.Imm(asm.R0, layout.SlotSize))
	h.Value(asm.R1, q.Slots, layout.SlotsHead)
	h.Emit(asm.Add.Reg(asm.R1, asm.R0))
}

// unlessMine jumps to l if the slot is not the thread's. It overwrites R0.
func (h *handler) unlessMine(l emit.Label) {
	h.Emit(asm.LoadMem(asm.R0, asm.R1, layout.SlotTag, asm.DWord))
	h.IfReg(asm.JNE, asm.R0, asm.R2, l)
}

// spilled leaves the address of the element with the key in R2 in R0, if it was
// spilled, and jumps to miss if not.
func (h *handler) spilled(q *plan.Resident, miss emit.Label) {
	h.Value(asm.R0, q.Slots, layout.SlotsSpilled)
	h.Emit(asm.LoadMem(asm.R0, asm.R0, 0, asm.DWord))
	h.If(asm.JEq, asm.R0, 0, miss)
	key := h.Alloc(8)
	h.Spill(key, 0, asm.R2)
	h.Map(asm.R1, q.Maps[0])
	h.Address(asm.R2, key)
	h.Call(asm.FnMapLookupElem)
	h.Free(key)
	h.If(asm.JEq, asm.R0, 0, miss)
}

// getSlot is the value of the thread's element, 0 if there is none.
func (h *handler) getSlot(q *plan.Resident, keys []ir.Expr, dst asm.Register) {
	other, miss, end := h.NewLabel("other"), h.NewLabel("miss"), h.NewLabel("end")
	h.slot(q, keys)
	h.unlessMine(other)
	h.Emit(asm.LoadMem(dst, asm.R1, layout.SlotValue, asm.DWord))
	h.Goto(end)
	h.Bind(other)
	h.spilled(q, miss)
	h.Emit(asm.LoadMem(dst, asm.R0, layout.ElementValue, asm.DWord))
	h.Goto(end)
	h.Bind(miss)
	h.Const(dst, 0)
	h.Bind(end)
}

// testSlot leaves in R0 whether the thread has an element.
func (h *handler) testSlot(q *plan.Resident, keys []ir.Expr) {
	other, miss, end := h.NewLabel("other"), h.NewLabel("miss"), h.NewLabel("end")
	h.slot(q, keys)
	h.unlessMine(other)
	h.Goto(end) // R0 has the number, which is not 0
	h.Bind(other)
	h.spilled(q, miss)
	h.Const(asm.R0, 1)
	h.Goto(end)
	h.Bind(miss)
	h.Const(asm.R0, 0)
	h.Bind(end)
}

// setSlot gives the thread's element the value in R0; at is the place in the script.
func (h *handler) setSlot(q *plan.Resident, p *ir.Elem, value ir.Expr) {
	fresh, key := h.Alloc(16), h.Alloc(8)
	h.long(p.Keys[0], asm.R0)
	h.Spill(key, 0, asm.R0)
	h.long(value, asm.R0)
	h.Spill(fresh, layout.ElementValue, asm.R0)

	other, make, end := h.NewLabel("other"), h.NewLabel("make"), h.NewLabel("set")
	stored := &ir.LocalRef{At: ir.At{Pos: p.Span()}, Local: &ir.Local{Name: "key"}}
	h.body.vars[stored.Local] = key
	h.slot(q, []ir.Expr{stored})
	h.unlessMine(other)
	h.Fill(asm.R0, fresh, layout.ElementValue)
	h.Emit(asm.StoreMem(asm.R1, layout.SlotValue, asm.R0, asm.DWord))
	h.Goto(end)
	h.Bind(other)
	h.spilled(q, make)
	h.Fill(asm.R1, fresh, layout.ElementValue)
	h.Emit(asm.StoreMem(asm.R0, layout.ElementValue, asm.R1, asm.DWord))
	h.Goto(end)

	h.Bind(make)
	h.reserve(q, p)
	if q.Ordered {
		h.stamp(asm.R3)
		h.Spill(fresh, layout.ElementStamp, asm.R3)
	}
	h.slot(q, []ir.Expr{stored})
	h.claim(q, fresh, key, end)
	h.Bind(end)
	h.Free(key)
	h.Free(fresh)
}

// reserve counts an element that is about to be made, or ends the handler.
func (h *handler) reserve(q *plan.Resident, p *ir.Elem) {
	room := h.NewLabel("room")
	h.Value(asm.R1, q.Slots, layout.SlotsCount)
	h.Emit(asm.LoadMem(asm.R3, asm.R1, layout.SlotsLimit-layout.SlotsCount, asm.DWord))
	h.Const(asm.R0, 1)
	h.Atomic(asm.FetchAdd, asm.R1, 0, asm.R0)
	h.IfReg(asm.JLT, asm.R0, asm.R3, room)
	h.addTo(q, layout.SlotsCount, -1)
	h.raise(bpf.Overflow, p.Token(), q.Global.Index)
	h.Bind(room)
}

// addTo adds a constant to a number in the head of the slots. It uses R0 and R1.
func (h *handler) addTo(q *plan.Resident, offset int, n int64) {
	h.Value(asm.R1, q.Slots, offset)
	h.Const(asm.R0, n)
	h.Atomic(asm.AddAtomic, asm.R1, 0, asm.R0)
}

// claim puts the fresh element into the slot in R1, for the thread in R2, or, if
// another one has that, into the hash map, and goes to end.
func (h *handler) claim(q *plan.Resident, fresh, key emit.Slot, end emit.Label) {
	taken, lost := h.NewLabel("taken"), h.NewLabel("no_memory")
	h.Const(asm.R0, 0)
	h.Atomic(asm.CmpXchg, asm.R1, layout.SlotTag, asm.R2)
	h.If(asm.JNE, asm.R0, 0, taken)
	h.Fill(asm.R0, fresh, layout.ElementValue)
	h.Emit(asm.StoreMem(asm.R1, layout.SlotValue, asm.R0, asm.DWord))
	if q.Ordered {
		h.Fill(asm.R0, fresh, layout.ElementStamp)
		h.Emit(asm.StoreMem(asm.R1, layout.SlotStamp, asm.R0, asm.DWord))
	}
	h.Goto(end)
	h.Bind(taken)
	if !q.Ordered {
		h.Const(asm.R0, 0)
		h.Spill(fresh, layout.ElementStamp, asm.R0)
	}
	h.addTo(q, layout.SlotsSpilled, 1)
	h.Map(asm.R1, q.Maps[0])
	h.Address(asm.R2, key)
	h.Address(asm.R3, fresh)
	h.Const(asm.R4, unix.BPF_NOEXIST)
	h.Call(asm.FnMapUpdateElem)
	h.If(asm.JNE, asm.R0, 0, lost)
	h.Goto(end)
	h.Bind(lost)
	h.addTo(q, layout.SlotsSpilled, -1)
	h.addTo(q, layout.SlotsCount, -1)
	h.body.misses = true
	h.Goto(h.body.missed)
}

// removeSlot deletes the thread's element.
func (h *handler) removeSlot(q *plan.Resident, keys []ir.Expr) {
	other, gone, end := h.NewLabel("other"), h.NewLabel("gone"), h.NewLabel("end")
	h.slot(q, keys)
	h.unlessMine(other)
	h.Const(asm.R0, 0)
	h.Emit(asm.StoreMem(asm.R1, layout.SlotTag, asm.R0, asm.DWord))
	h.Goto(gone)
	h.Bind(other)
	key := h.Alloc(8)
	h.Spill(key, 0, asm.R2)
	h.spilled(q, end)
	h.Map(asm.R1, q.Maps[0])
	h.Address(asm.R2, key)
	h.Call(asm.FnMapDeleteElem)
	h.Free(key)
	h.addTo(q, layout.SlotsSpilled, -1)
	h.Bind(gone)
	h.addTo(q, layout.SlotsCount, -1)
	h.Bind(end)
}
