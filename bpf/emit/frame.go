package emit

import (
	"fmt"

	"github.com/cilium/ebpf/asm"
)

// StackSize is what the kernel gives a program, in bytes.
const StackSize = 512

// functionStack is what the kernel reckons for a function that has no frame of its own.
const functionStack = 32

// frame hands out the stack from its top downwards, last in, first out.
type frame struct {
	used, most int          // most: of the program, or of the function so far
	kept       int          // what the function found in use
	base       asm.Register // where its top is
	fullest    Mark         // where most of it was in use
}

// Slot is a part of the stack frame.
type Slot struct {
	Off  int16 // from the frame's top; a multiple of 8, negative
	size int
}

// Alloc takes size bytes of the stack, rounded up to 8. If there is no room left,
// the program fails.
func (b *Builder) Alloc(size int) Slot {
	size = (size + 7) &^ 7
	b.frame.used += size
	if b.frame.used > StackSize {
		b.Fail("%s", tooDeep)
		return Slot{-int16(size), size}
	}
	if b.frame.used > b.frame.most {
		b.frame.most, b.frame.fullest = b.frame.used, b.marks[len(b.marks)-1]
	}
	return Slot{-int16(b.frame.used), size}
}

// fit fails if the frame leaves no room for the functions that work on it, or are called.
func (b *Builder) fit() {
	if b.err == nil && b.frame.most > StackSize-functionStack*b.depth-b.below {
		b.err = &Error{b.frame.fullest, tooDeep}
	}
}

// stackUnit is what the kernel counts the stack of a function in, in bytes.
const stackUnit = 32

// CallFunction calls the function that begins at l, which takes so many bytes of the
// stack. It overwrites R0 to R5.
func (b *Builder) CallFunction(l Label, stack int) {
	b.below = max(b.below, (stack+stackUnit-1)&^(stackUnit-1))
	b.Emit(asm.Call.Label(b.ref(l)))
}

var tooDeep = fmt.Sprintf("too deeply nested: the kernel gives a program a stack of %d bytes", StackSize)

// FrameBase is the register from which the offsets of slots count.
func (b *Builder) FrameBase() asm.Register { return b.frame.base }

// Free gives back the slot that was taken last.
func (b *Builder) Free(s Slot) { b.frame.used -= s.size }

// Spill stores r at the slot's beginning plus off.
func (b *Builder) Spill(s Slot, off int16, r asm.Register) {
	b.Emit(asm.StoreMem(b.frame.base, s.Off+off, r, asm.DWord))
}

// Fill loads r from the slot's beginning plus off.
func (b *Builder) Fill(r asm.Register, s Slot, off int16) {
	b.Emit(asm.LoadMem(r, b.frame.base, s.Off+off, asm.DWord))
}

// Wipe stores r to all of the frame that the function at hand has used.
func (b *Builder) Wipe(r asm.Register) {
	for at := b.frame.kept + 8; at <= b.frame.most; at += 8 {
		b.Emit(asm.StoreMem(b.frame.base, int16(-at), r, asm.DWord))
	}
}

// Address puts the slot's address into r.
func (b *Builder) Address(r asm.Register, s Slot) {
	b.Emit(asm.Mov.Reg(r, b.frame.base), asm.Add.Imm(r, int32(s.Off)))
}
