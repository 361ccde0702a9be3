package kernel

import (
	"github.com/cilium/ebpf/asm"

	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/plan"
)

// An array of pointers to C strings, such as an argv, is read by bpf_loop, see loop.go,
// or before 5.17 in a loop that the verifier walks through turn by turn, which takes it
// some 13 ms for the 128 turns. Each string is read with one constant size, the most that
// a text may have, since the verifier can't relate a size to the room that is left; what
// runs over the end falls into slack behind the record and is cut off.

// vectorString is the most bytes of one string that are read.
const vectorString = 512

// The registers within the loop.
const (
	turn = asm.R6 // the number of elements so far
	slot = asm.R7 // the address of the next pointer
	room = asm.R1 // bytes left for the element's string
	used = asm.R8 // bytes of the tail so far
	base = asm.R9 // where the tail begins
)

// vector reads an array of C strings up to its NULL, see layout.VectorElem.
func (h *handler) vector(c *plan.Capture, f layout.Field) {
	limit := f.Max &^ 7
	h.need(limit + vectorString)
	h.long(c.Addr, asm.R0)
	if h.kernel.HasLoop() {
		h.loopElements(h.turnOf(limit, c.Read), limit)
		h.describe(f, asm.R0)
		h.advance(asm.R0, limit)
		return
	}
	saved := h.Alloc(4 * 8)
	h.swapIn(saved)
	h.elements(c, limit)
	h.swapOut(saved)
	h.Free(saved)
	h.describe(f, asm.R0)
	h.advance(asm.R0, limit)
}

// keepsRegs reports whether regs holds what is still needed.
func (h *handler) keepsRegs() bool { return h.haveRegs || h.cast != nil }

// swapIn puts the loop's registers in place of a handler's; R0 is the array's
// address.
func (h *handler) swapIn(saved emit.Slot) {
	h.Spill(saved, 0, task)
	if h.keepsRegs() {
		h.Spill(saved, 8, regs)
	}
	h.Spill(saved, 16, cursor)
	h.Spill(saved, 24, record)
	h.Emit(asm.Add.Reg(base, cursor), asm.Mov.Reg(slot, asm.R0))
	h.Const(turn, 0)
	h.Const(used, 0)
}

// swapOut undoes swapIn and leaves the tail's length in R0.
func (h *handler) swapOut(saved emit.Slot) {
	h.Emit(asm.Mov.Reg(asm.R0, used))
	h.Fill(task, saved, 0)
	if h.keepsRegs() {
		h.Fill(regs, saved, 8)
	}
	h.Fill(cursor, saved, 16)
	h.Fill(record, saved, 24)
}

// elements reads the elements; used is at most limit behind it.
func (h *handler) elements(c *plan.Capture, limit int) {
	loop, full, badString, badSlot, next, end :=
		h.NewLabel("loop"), h.NewLabel("full"), h.NewLabel("bad_string"), h.NewLabel("bad_slot"), h.NewLabel("next"), h.NewLabel("end")
	pointer := h.Alloc(8)
	text := *c.Read
	text.CString = true
	single := text
	single.CString = false

	h.Bind(loop)
	h.If(asm.JGE, turn, layout.VectorMaxElems, end)
	h.If(asm.JGT, used, int64(limit-2*layout.VectorElem), end)
	h.Address(asm.R1, pointer)
	h.Const(asm.R2, 8)
	h.Emit(asm.Mov.Reg(asm.R3, slot))
	h.Call(reader(&single))
	h.If(asm.JNE, asm.R0, 0, badSlot)
	h.Fill(asm.R3, pointer, 0)
	h.If(asm.JEq, asm.R3, 0, end)

	h.element(asm.R1)
	h.Emit(asm.Add.Imm(asm.R1, layout.VectorElem))
	h.Const(asm.R2, vectorString)
	h.Call(reader(&text))
	h.Emit(asm.Sub.Imm(asm.R0, 1))
	h.If(asm.JGT, asm.R0, vectorString-1, badString)
	h.Const(room, int64(limit-layout.VectorElem))
	h.Emit(asm.Sub.Reg(room, used))
	h.IfReg(asm.JLE, asm.R0, room, full)
	h.Emit(asm.Mov.Reg(asm.R0, room))
	h.Bind(full)
	h.head(0)
	h.Emit(asm.Add.Reg(used, asm.R0), asm.Add.Imm(used, layout.VectorElem+7), asm.And.Imm(used, -8))
	h.Bind(next)
	h.Emit(asm.Add.Imm(turn, 1), asm.Add.Imm(slot, 8))
	h.Goto(loop)

	h.Bind(badString)
	h.Emit(asm.Add.Imm(asm.R0, 1))
	h.If(asm.JEq, asm.R0, 0, full) // see emptyString
	h.Fill(asm.R3, pointer, 0)
	h.head(0)
	h.badPointer(asm.R3)
	h.Goto(next)

	h.Bind(badSlot)
	h.head(layout.VectorBadSlot)
	h.badPointer(slot)

	h.Bind(end)
	within := h.NewLabel("within")
	h.If(asm.JLE, used, int64(limit), within) // always; the verifier wants to see it
	h.Const(used, int64(limit))
	h.Bind(within)
	h.Free(pointer)
}

// element puts the address of the next element into r.
func (h *handler) element(r asm.Register) {
	h.Emit(asm.Mov.Reg(r, base), asm.Add.Reg(r, used))
}

// head writes an element's head: the length in R0 and a word of flags. It leaves
// the element's address in R1.
func (h *handler) head(flags int64) {
	h.element(asm.R1)
	h.Emit(asm.StoreMem(asm.R1, 0, asm.R0, asm.Word))
	h.Const(asm.R2, flags)
	h.Emit(asm.StoreMem(asm.R1, 4, asm.R2, asm.Word))
}

// badPointer ends an element whose head says that the pointer r is bad.
func (h *handler) badPointer(r asm.Register) {
	h.Emit(asm.StoreMem(asm.R1, layout.VectorElem, r, asm.DWord))
	h.Emit(asm.Add.Imm(used, 2*layout.VectorElem))
}
