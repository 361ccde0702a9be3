package kernel

import (
	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"

	"tapir/bpf"
	"tapir/bpf/emit"
	"tapir/lang/builtin"
)

// A task may be in many calls of functions at once, and in the same function many times;
// in the kernel, an interrupt may come in between. What a return wants to know of the
// entry is therefore kept by the thread and by where the stack was: the word at its top
// was the address to return to, and when the function has returned, the stack is one word
// shorter. A trampoline of the kernel's runs the programs of both ends in one frame, whose
// address is that of their context.

// byFrame reports whether what is kept at the entry of a call is kept by its frame.
func byFrame(kind builtin.PointKind) bool { return kind.IsUser() || kind.IsFunction() }

// stackRegister is the number in DWARF of the register that points to the stack.
const stackRegister = 7

// entryStorage puts the address of what was kept at the call's entry into R0, or 0.
func (h *handler) entryStorage(name string, create bool) {
	if !byFrame(h.kind) {
		h.storage(name, create)
		return
	}
	key := h.frameKey()
	defer h.Free(key)
	if create {
		h.Map(asm.R1, name)
		h.Address(asm.R2, key)
		h.Value(asm.R3, bpf.ZerosMap, 0)
		h.Const(asm.R4, unix.BPF_ANY)
		h.Call(asm.FnMapUpdateElem)
	}
	h.Map(asm.R1, name)
	h.Address(asm.R2, key)
	h.Call(asm.FnMapLookupElem)
}

// frameKey makes the key of the call at hand.
func (h *handler) frameKey() emit.Slot {
	key := h.Alloc(bpf.FrameKey)
	h.taskInt(asm.R0, task, h.layout.Task.Pid)
	h.Spill(key, 0, asm.R0)
	switch stack := int16(h.layout.Regs.User[stackRegister]); {
	case h.trampolined():
		h.Emit(asm.Mov.Reg(asm.R0, regs))
		h.scalar(asm.R0)
	case h.kind.IsReturn():
		h.Emit(asm.LoadMem(asm.R0, regs, stack, asm.DWord), asm.Sub.Imm(asm.R0, 8))
	default:
		h.Emit(asm.LoadMem(asm.R0, regs, stack, asm.DWord))
	}
	h.Spill(key, 8, asm.R0)
	return key
}

// forgetFrame drops what was kept of the call that has returned.
func (h *handler) forgetFrame(name string) {
	key := h.frameKey()
	h.Map(asm.R1, name)
	h.Address(asm.R2, key)
	h.Call(asm.FnMapDeleteElem)
	h.Free(key)
}

// frameZeros is the bytes of zeros that new entries by frame are made of.
func frameZeros(entries []*bpf.Entries) int {
	n := 0
	for _, e := range entries {
		if e.ByFrame {
			n = max(n, bpf.EntryHead+e.Size)
		}
	}
	return n
}
