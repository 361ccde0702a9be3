package emit

import "github.com/cilium/ebpf/asm"

// StackSize is what the kernel gives a program, in bytes.
const StackSize = 512

// frame hands out the stack from its top downwards, last in, first out.
type frame struct {
	used, most int
	below      int // what the functions that are called take, as the kernel counts
}

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
	b.frame.most = max(b.frame.most, b.frame.used)
	if b.frame.used > StackSize-b.frame.below {
		b.overflow()
		return Slot{-int16(size), size}
	}
	return Slot{-int16(b.frame.used), size}
}

// stackUnit is what the kernel counts the stack of a function in, in bytes.
const stackUnit = 32

// CallFunction calls the function that begins at l, which takes so many bytes of the
// stack. It overwrites R0 to R5.
func (b *Builder) CallFunction(l Label, stack int) {
	b.frame.below = max(b.frame.below, (stack+stackUnit-1)&^(stackUnit-1))
	if b.frame.most > StackSize-b.frame.below {
		b.overflow()
	}
	b.Emit(asm.Call.Label(b.ref(l)))
}

func (b *Builder) overflow() {
	b.Fail("too deeply nested: the kernel gives a program a stack of %d bytes", StackSize)
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
