package kernel

import (
	"github.com/cilium/ebpf/asm"

	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
)

// The kernel finds the pid of a number in a tree (an XArray): each node has 64 slots,
// and says by how much the number is shifted to choose one of them. What a slot or the
// root has is a node if its low bits are 2, else the pid.
const (
	nodeMark  = 2
	nodeMask  = 3
	nodeSlots = 64
	maxLevels = 4 // of 6 bits each: the highest id is 2 to the 22nd power
)

// taskOf puts the address of the task of a thread's id into dst, or 0 if there is none.
func (h *handler) taskOf(tid ir.Expr, dst asm.Register) {
	none, leaf, end := h.NewLabel("none"), h.NewLabel("leaf"), h.NewLabel("end")
	found, index := h.Alloc(8), h.Alloc(8)
	h.long(tid, asm.R0)
	h.Spill(index, 0, asm.R0)
	h.Emit(
		asm.LoadMem(asm.R3, task, int16(h.layout.Task.Signal), asm.DWord),
		asm.LoadMem(asm.R3, asm.R3, int16(h.layout.Signal.Pids+8*processGroup), asm.DWord))
	h.pointerAt(h.layout.Pid.Namespace, found, none)
	h.Fill(asm.R3, found, 0)
	h.pointerAt(h.layout.Lookup.Head, found, none)
	for level := range maxLevels {
		h.Fill(asm.R0, found, 0)
		h.Emit(asm.Mov.Reg(asm.R1, asm.R0), asm.And.Imm(asm.R1, nodeMask))
		h.If(asm.JNE, asm.R1, nodeMark, leaf)
		h.descend(index, found, level == 0, none)
	}
	h.Bind(leaf)
	h.Fill(asm.R3, found, 0)
	h.If(asm.JEq, asm.R3, 0, none)
	h.pointerAt(h.layout.Pid.Tasks, found, none)
	h.Fill(asm.R0, found, 0)
	h.If(asm.JEq, asm.R0, 0, none)
	h.Emit(asm.Sub.Imm(asm.R0, int32(h.layout.Task.PidLinks)))
	h.move(dst, asm.R0)
	h.Goto(end)
	h.Bind(none)
	h.Const(dst, 0)
	h.Bind(end)
	h.Free(index)
	h.Free(found)
}

// descend reads what the node that found has keeps for an index, into found. What is
// beyond the slots of the first node is beyond the tree.
func (h *handler) descend(index, found emit.Slot, first bool, none emit.Label) {
	shift := h.Alloc(8)
	h.Address(asm.R1, shift)
	h.Const(asm.R2, 1)
	h.Fill(asm.R3, found, 0)
	h.Emit(asm.Add.Imm(asm.R3, int32(h.layout.Lookup.Shift-nodeMark)))
	h.Call(asm.FnProbeReadKernel)
	h.If(asm.JNE, asm.R0, 0, none)
	h.Emit(asm.LoadMem(asm.R1, h.FrameBase(), shift.Off, asm.Byte), asm.And.Imm(asm.R1, 63))
	h.Fill(asm.R3, index, 0)
	h.Emit(asm.RSh.Reg(asm.R3, asm.R1))
	if first {
		h.If(asm.JGE, asm.R3, nodeSlots, none)
	}
	h.Emit(asm.And.Imm(asm.R3, nodeSlots-1), asm.LSh.Imm(asm.R3, 3))
	h.Fill(asm.R0, found, 0)
	h.Emit(asm.Add.Reg(asm.R3, asm.R0))
	h.pointerAt(h.layout.Lookup.Slots-nodeMark, found, none)
	h.Free(shift)
}

// pointerAt reads the pointer at an offset of what R3 points to.
func (h *handler) pointerAt(offset int, to emit.Slot, failed emit.Label) {
	h.Emit(asm.Add.Imm(asm.R3, int32(offset)))
	h.Address(asm.R1, to)
	h.Const(asm.R2, 8)
	h.Call(asm.FnProbeReadKernel)
	h.If(asm.JNE, asm.R0, 0, failed)
}

// foundTask captures the address of a task as the 8 bytes of a tail.
func (h *handler) foundTask(c *plan.Capture, f layout.Field) {
	h.need(f.Max)
	h.taskOf(c.Addr, asm.R0)
	h.tail(asm.R1)
	h.Emit(asm.StoreMem(asm.R1, 0, asm.R0, asm.DWord))
	h.Const(asm.R1, 8)
	h.describe(f, asm.R1)
	h.advance(asm.R1, f.Max)
}
