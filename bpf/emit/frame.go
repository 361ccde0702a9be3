package emit

import "github.com/cilium/ebpf/asm"

// StackSize is what the kernel gives a program, in bytes.
const StackSize = 512

// frame hands out the stack from its top downwards, last in, first out.
type frame struct{ used int }

// Slot is a part of the stack frame.
type Slot struct {
	Off  int16 // from RFP; a multiple of 8, negative
	size int
}

// Alloc takes size bytes of the stack, rounded up to 8. If there is no room left,
// the program fails.
func (b *Builder) Alloc(size int) Slot {
	size = (size + 7) &^ 7
	b.frame.used += size
	if b.frame.used > StackSize {
		b.Fail("too deeply nested: the kernel gives a program a stack of %d bytes", StackSize)
		return Slot{-int16(size), size}
	}
	return Slot{-int16(b.frame.used), size}
}

// Free gives back the slot that was taken last.
func (b *Builder) Free(s Slot) { b.frame.used -= s.size }

// Spill stores r at the slot's beginning plus off.
func (b *Builder) Spill(s Slot, off int16, r asm.Register) {
	b.Emit(asm.StoreMem(asm.RFP, s.Off+off, r, asm.DWord))
}

// Fill loads r from the slot's beginning plus off.
func (b *Builder) Fill(r asm.Register, s Slot, off int16) {
	b.Emit(asm.LoadMem(r, asm.RFP, s.Off+off, asm.DWord))
}

// Address puts the slot's address into r.
func (b *Builder) Address(r asm.Register, s Slot) {
	b.Emit(asm.Mov.Reg(r, asm.RFP), asm.Add.Imm(r, int32(s.Off)))
}
