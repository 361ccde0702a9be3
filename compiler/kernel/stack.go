package kernel

import (
	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"

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
	head, flags := 0, int64(0)
	if c.Read.Space == builtin.User {
		head, flags = builtin.StackHead, unix.BPF_F_USER_STACK
		h.stackHead()
	}
	h.Fill(asm.R1, *h.context, 0)
	h.tail(asm.R2)
	h.Emit(asm.Add.Imm(asm.R2, int32(head)))
	h.Const(asm.R3, int64(f.Max-head))
	h.Const(asm.R4, flags)
	h.Call(asm.FnGetStack)
	h.If(asm.JGT, asm.R0, int64(f.Max-head), failed) // negative ones are large
	h.Emit(asm.Add.Imm(asm.R0, int32(head)))
	h.describe(f, asm.R0)
	h.advance(asm.R0, f.Max)
	h.Goto(end)
	h.Bind(failed)
	h.describe(f, asm.R0)
	h.Bind(end)
}

// stackHead writes what stands before the addresses of a program's stack.
func (h *handler) stackHead() {
	h.cpuClock(asm.R0)
	h.tail(asm.R1)
	h.Emit(asm.StoreMem(asm.R1, 0, asm.R0, asm.DWord))
	h.taskInt(asm.R0, task, h.layout.Task.Tgid)
	h.Emit(asm.StoreMem(asm.R1, 8, asm.R0, asm.DWord))
}

// eventAddress is where a profile or a probe of a program has interrupted what ran.
func (h *handler) eventAddress(dst asm.Register) {
	if h.kind != builtin.Profile && !h.kind.IsUser() {
		h.Const(dst, 0)
		return
	}
	h.Emit(asm.LoadMem(dst, regs, int16(h.layout.Regs.User[instructionRegister]), asm.DWord))
}

// instructionRegister is the number in DWARF of the column of the address that is run.
const instructionRegister = 16
