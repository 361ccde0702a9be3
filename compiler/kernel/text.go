package kernel

import (
	"encoding/binary"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf/emit"
	"tapir/compiler/ir"
)

// emptyString is what the helper for strings of programs returns of an empty one: it
// counts the NUL, but kernels as old as 6.1 return 0 of that string alone.
const emptyString = 1

// compareText jumps as branch does on == or != of a string in memory and a literal,
// whose bytes are text. One byte more is read than there should be, so that a longer
// string can be told.
func (h *handler) compareText(x *ir.Binary, addr ir.Expr, text string, want bool, l emit.Label, dst asm.Register) {
	equal := (x.Op == ir.OpEq) == want // jump if equal
	unequal := l
	if equal {
		unequal = h.NewLabel("unequal")
	}
	b := make([]byte, (len(text)+2+7)&^7)
	copy(b, text)
	buf := h.Alloc(len(b))
	h.long(addr, asm.R0)
	h.Emit(asm.Mov.Reg(asm.R3, asm.R0))
	h.Const(asm.R0, 0)
	for at := 0; at < len(b); at += 8 {
		h.Spill(buf, int16(at), asm.R0)
	}
	h.Address(asm.R1, buf)
	h.Const(asm.R2, int64(len(text)+2))
	h.Call(asm.FnProbeReadUserStr)
	if text == "" {
		h.If(asm.JGT, asm.R0, emptyString, unequal)
	} else {
		h.If(asm.JNE, asm.R0, int64(len(text)+1), unequal)
	}
	for at := 0; at < len(text); at += 8 {
		h.Fill(dst, buf, int16(at))
		if n := len(text) - at; n < 8 { // what lies behind the text does not count
			h.Imm(asm.And, dst, 1<<(8*n)-1)
		}
		h.If(asm.JNE, dst, int64(binary.LittleEndian.Uint64(b[at:])), unequal)
	}
	h.Free(buf)
	if equal {
		h.Goto(l)
		h.Bind(unequal)
	}
}
