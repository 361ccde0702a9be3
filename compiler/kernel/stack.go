package kernel

import (
	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"

	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
)

// keepContext saves what the program was passed, if a stack is taken: the helper wants
// it, and at a system call no register has it.
func (d *dispatcher) keepContext() {
	if !d.takesStack() {
		return
	}
	s := d.Alloc(8)
	d.Spill(s, 0, asm.R1)
	d.context = &s
}

// takesStack reports whether any probe of the plan takes a stack.
func (c *compiler) takesStack() bool {
	for _, x := range c.plan.Captures {
		if x.Kind == layout.Memory && x.Read.Stack {
			return true
		}
	}
	return false
}

// stack takes the addresses of a stack into the record's next tail, see
// builtin.Read.Stack. Where there is none, the field has an errno.
func (h *handler) stack(c *plan.Capture, f layout.Field) {
	failed, end := h.NewLabel("no_stack"), h.NewLabel("end")
	h.need(f.Max)
	if c.Read.Space == builtin.User {
		h.programStack(c, f, failed, end)
	} else {
		h.addresses(c.Read.Frames, 0, 0, failed)
		h.describe(f, asm.R0)
		h.advance(asm.R0, f.Max)
		h.Goto(end)
	}
	h.Bind(failed)
	h.describe(f, asm.R0)
	h.Bind(end)
}

// addresses takes so many at most to where the cursor is and a head behind, and leaves
// the number of bytes in R0.
func (h *handler) addresses(frames, head int, flags int64, failed emit.Label) {
	h.Fill(asm.R1, *h.context, 0)
	h.tail(asm.R2)
	h.Emit(asm.Add.Imm(asm.R2, int32(head)))
	h.Const(asm.R3, int64(8*frames))
	h.Const(asm.R4, flags)
	h.Call(asm.FnGetStack)
	h.If(asm.JGT, asm.R0, int64(8*frames), failed) // negative ones are large
}

// programStack takes the addresses that frame pointers lead to, and a copy of the stack,
// by which those are found that have none.
func (h *handler) programStack(c *plan.Capture, f layout.Field, failed, end emit.Label) {
	h.addresses(c.Read.Frames, builtin.StackHead, unix.BPF_F_USER_STACK, failed)
	start, next := h.Alloc(8), h.Alloc(8)
	h.Spill(start, 0, cursor)
	h.tail(asm.R1)
	h.Emit(asm.StoreMem(asm.R1, builtin.StackBytes, asm.R0, asm.DWord))
	h.Emit(asm.Add.Reg(cursor, asm.R0), asm.Add.Imm(cursor, builtin.StackHead))
	h.stackHead(start, next)
	if c.Read.Frames > 1 {
		h.copyStack(next)
	}
	h.Fill(asm.R1, start, 0)
	h.Emit(
		asm.Mov.Reg(asm.R0, cursor), asm.Sub.Reg(asm.R0, asm.R1),
		asm.StoreMem(record, int16(f.Offset), asm.R1, asm.Word),
		asm.StoreMem(record, int16(f.Offset)+4, asm.R0, asm.Word),
		asm.Add.Imm(cursor, 7), asm.And.Imm(cursor, -8))
	h.bound += f.Max + 7
	h.Free(next)
	h.Free(start)
	h.Goto(end)
}

// stackHead writes what stands before the addresses of a program's stack, and notes where
// the stack begins.
func (h *handler) stackHead(start, stack emit.Slot) {
	at := func(r asm.Register) { // the address of the head
		h.Fill(r, start, 0)
		h.Emit(asm.Add.Reg(r, record))
	}
	h.cpuClock(asm.R0)
	at(asm.R1)
	h.Emit(asm.StoreMem(asm.R1, builtin.StackTime, asm.R0, asm.DWord))
	h.trustedTask(asm.R1)
	h.Call(asm.FnTaskPtRegs)
	at(asm.R1)
	user := func(number, offset int) {
		h.Emit(
			asm.LoadMem(asm.R2, asm.R0, int16(h.layout.Regs.User[number]), asm.DWord),
			asm.StoreMem(asm.R1, int16(offset), asm.R2, asm.DWord))
	}
	user(instructionRegister, builtin.StackIP)
	user(baseRegister, builtin.StackBP)
	user(stackRegister, builtin.StackSP)
	h.Spill(stack, 0, asm.R2)
	h.taskInt(asm.R0, task, h.layout.Task.Tgid)
	h.Emit(asm.StoreMem(asm.R1, builtin.StackProcess, asm.R0, asm.DWord))
}

// copyStack copies the program's stack page by page, from the address in next on: behind
// its last page is nothing to be read.
func (h *handler) copyStack(next emit.Slot) {
	done := h.NewLabel("copied")
	for range builtin.StackPages {
		h.Fill(asm.R3, next, 0)
		h.toPageEnd(asm.R2, asm.R3)
		h.tail(asm.R1)
		h.Call(asm.FnProbeReadUser)
		h.If(asm.JNE, asm.R0, 0, done)
		h.Fill(asm.R3, next, 0)
		h.toPageEnd(asm.R2, asm.R3)
		h.Emit(asm.Add.Reg(cursor, asm.R2), asm.Add.Reg(asm.R3, asm.R2))
		h.Spill(next, 0, asm.R3)
	}
	h.Bind(done)
}

// toPageEnd puts the number of bytes from an address to the end of its page into dst. It
// overwrites R0.
func (h *handler) toPageEnd(dst, address asm.Register) {
	h.Emit(asm.Mov.Reg(asm.R0, address), asm.And.Imm(asm.R0, builtin.PageSize-1), asm.Mov.Imm(dst, builtin.PageSize), asm.Sub.Reg(dst, asm.R0))
}

// eventAddress is where a profile, a watchpoint or a probe of a program has interrupted
// what ran.
func (h *handler) eventAddress(dst asm.Register) {
	if !h.kind.Interrupts() && !h.kind.IsUser() {
		h.Const(dst, 0)
		return
	}
	h.Emit(asm.LoadMem(dst, regs, int16(h.layout.Regs.User[instructionRegister]), asm.DWord))
}

// Numbers in DWARF of registers: the address that is run, and the base of the frame.
const (
	instructionRegister = 16
	baseRegister        = 6
)
