package kernel

import (
	"github.com/cilium/ebpf/asm"

	"tapir/bpf"
	"tapir/bpf/layout"
	"tapir/lang/builtin"
)

// The call of a helper costs a traced system call up to 18 ns where kernels guard their
// returns, as against Spectre and Inception, and each handler needs the task: at least
// to tell the calls of 32-bit programs apart. Where the kernel has casts, the program
// finds the task by itself.
//
// Each CPU notes the task whose call was its last. Whether it is the task of this call
// is seen by its kernel stack, at whose end the registers are that the tracepoint
// passes: two tasks never have one stack at once, and one that gave its stack back, as
// it ended, runs on no CPU. Only where it is another one is the helper called. So it
// does not matter when the note was written, nor by whom.

// castTo looks at the address in src as a struct of a number in BTF. Like a call, it
// leaves R0 to R5 in disorder.
func (d *dispatcher) castTo(dst, src asm.Register, structure uint32) {
	if src != asm.R1 {
		d.Emit(asm.Mov.Reg(asm.R1, src))
	}
	d.Const(asm.R2, int64(structure))
	d.CallKernel(d.cast.Func)
	d.Emit(asm.Mov.Reg(dst, asm.R0))
}

// castNumber is loadNumber by casts. At the entry, regs then holds the address of the
// registers for later; at the return, task does.
func (d *dispatcher) castNumber() {
	if d.kind == builtin.SyscallEnter {
		d.Emit(
			asm.LoadMem(number, asm.R1, 8, asm.DWord),
			asm.LoadMem(regs, asm.R1, 0, asm.DWord))
		return
	}
	d.Emit(asm.LoadMem(task, asm.R1, 0, asm.DWord))
	d.castTo(regs, task, d.cast.Regs)
	d.Emit(asm.LoadMem(number, regs, int16(d.layout.Regs.Number), asm.DWord))
	if d.noted {
		d.noteNumber()
	}
}

// findTask sets task. The address of the registers is where castNumber has put it.
func (d *dispatcher) findTask() {
	const address, note = cursor, record // nothing else is in them yet
	other, found := d.NewLabel("other_task"), d.NewLabel("task")
	if d.kind == builtin.SyscallEnter {
		d.Emit(asm.Mov.Reg(address, regs))
	} else {
		d.Emit(asm.Mov.Reg(address, task))
	}
	d.cpuBlock(note, layout.CounterTask)
	d.Emit(asm.LoadMem(asm.R1, note, 0, asm.DWord))
	d.castTo(task, asm.R1, d.cast.Task)
	d.Emit(
		asm.LoadMem(asm.R0, task, int16(d.cast.Stack), asm.DWord),
		asm.Mov.Reg(asm.R1, address),
		asm.Sub.Reg(asm.R1, asm.R0))
	d.Value(asm.R2, bpf.StateMap, layout.StateStack)
	d.Emit(asm.LoadMem(asm.R2, asm.R2, 0, asm.Word))
	d.IfReg(asm.JNE, asm.R1, asm.R2, other)
	d.Emit(asm.LoadMem(asm.R0, task, int16(d.cast.OnCPU), asm.Word))
	d.If(asm.JNE, asm.R0, 0, found)

	d.Bind(other)
	d.Call(asm.FnGetCurrentTask)
	d.Emit(asm.StoreMem(note, 0, asm.R0, asm.DWord))
	d.castTo(task, asm.R0, d.cast.Task)
	d.Emit(
		asm.LoadMem(asm.R0, task, int16(d.cast.Stack), asm.DWord),
		asm.Sub.Reg(address, asm.R0))
	d.Value(asm.R2, bpf.StateMap, layout.StateStack)
	d.Emit(asm.StoreMem(asm.R2, 0, address, asm.Word))
	d.Bind(found)
	d.atTask = true
}

// trustedTask puts the task into dst as helpers want it: not what a cast has made. It
// leaves the other ones of R0 to R5 in disorder.
func (d *dispatcher) trustedTask(dst asm.Register) {
	if d.cast == nil {
		d.Emit(asm.Mov.Reg(dst, task))
		return
	}
	d.Call(asm.FnGetCurrentTaskBtf)
	d.Emit(asm.Mov.Reg(dst, asm.R0))
}
