package kernel

import (
	"encoding/binary"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
)

// Names of tasks are compared as two words of 8 bytes each, under a mask that
// covers the text and its NUL. Direct loads take 20 ns less than the helper
// bpf_get_current_comm followed by a compare of bytes.

// isName reports whether x is the name of a task.
func isName(x ir.Expr) bool {
	f, ok := x.(*ir.Builtin)
	return ok && (f.Fn.Name == "execname" || f.Fn.Name == "pexecname")
}

// nameWord loads one of the two words of a task's name.
func (h *handler) nameWord(x ir.Expr, word int, dst asm.Register) {
	if !isName(x) {
		h.bug(x.Span(), "unexpected string %T in the kernel", x)
	}
	base := task
	if x.(*ir.Builtin).Fn.Name == "pexecname" {
		h.Emit(asm.LoadMem(dst, task, int16(h.layout.Task.RealParent), asm.DWord))
		base = dst
	}
	h.Emit(asm.LoadMem(dst, base, int16(h.layout.Task.Comm+8*word), asm.DWord))
}

// compareNames jumps as branch does on == or != of two strings.
func (h *handler) compareNames(x *ir.Binary, want bool, l emit.Label, dst asm.Register) {
	if x.Op != ir.OpEq && x.Op != ir.OpNe {
		h.bug(x.Span(), "operator %s on strings in the kernel", x.Op)
	}
	if addr, text, ok := plan.MemoryText(x); ok {
		h.compareText(x, addr, text, want, l, dst)
		return
	}
	if text, expr, negate, ok := plan.TextMatch(x); ok {
		h.matchText(text, expr, negate, dst)
		h.If(jump(asm.JNE, want), dst, 0, l)
		return
	}
	if !shortCompare(x) {
		h.compareTexts(x, want, l)
		return
	}
	name, other := x.X, x.Y
	if !isName(name) {
		name, other = other, name
	}
	equal := (x.Op == ir.OpEq) == want // jump if equal
	unequal := l
	if equal {
		unequal = h.NewLabel("unequal")
	}
	h.unlessEqual(name, other, unequal, dst)
	if equal {
		h.Goto(l)
		h.Bind(unequal)
	}
}

// unlessEqual jumps to l if a task's name differs from a string.
func (h *handler) unlessEqual(name, other ir.Expr, l emit.Label, dst asm.Register) {
	switch other := other.(type) {
	case *ir.Str:
		h.unlessLiteral(name, other.Value, l, dst)
	case *ir.GlobalRef:
		p := h.params[other.Global]
		if p == nil || p.Kind != plan.CommParam {
			h.bug(other.Span(), "global %s is no name that the kernel has", other.Global.Name)
		}
		h.unlessParam(name, p.Offset, l, dst)
	default:
		h.unlessName(name, other, l, dst)
	}
}

// unlessLiteral takes two instructions a word where the mask covers it wholly.
// A string too long for a name still makes a jump that could be passed, since the
// verifier refuses code that nothing leads to.
func (h *handler) unlessLiteral(name ir.Expr, s string, l emit.Label, dst asm.Register) {
	b := layout.CommParam(s)
	if len(s) >= layout.CommSize {
		h.Const(dst, 0)
		h.If(asm.JEq, dst, 0, l)
		return
	}
	for word := range 2 {
		value := int64(binary.LittleEndian.Uint64(b[8*word:]))
		mask := int64(binary.LittleEndian.Uint64(b[layout.CommSize+8*word:]))
		if mask == 0 {
			continue
		}
		h.nameWord(name, word, dst)
		if mask != -1 {
			h.Imm(asm.And, dst, mask)
		}
		h.If(asm.JNE, dst, value, l)
	}
}

func (h *handler) unlessParam(name ir.Expr, offset int, l emit.Label, dst asm.Register) {
	for word := range 2 {
		h.nameWord(name, word, dst)
		h.state(emit.Scratch, offset+layout.CommSize+8*word)
		h.Emit(asm.And.Reg(dst, emit.Scratch))
		h.state(emit.Scratch, offset+8*word)
		h.IfReg(asm.JNE, dst, emit.Scratch, l)
	}
}

// unlessName compares the names of two tasks. It needs both without what may lie
// behind their NULs, so it goes by way of the stack.
func (h *handler) unlessName(x, y ir.Expr, l emit.Label, dst asm.Register) {
	s := h.Alloc(2 * layout.CommSize)
	h.storeName(x, s, 0)
	h.storeName(y, s, layout.CommSize)
	for word := range int16(2) {
		h.Fill(dst, s, 8*word)
		h.Fill(emit.Scratch, s, layout.CommSize+8*word)
		h.IfReg(asm.JNE, dst, emit.Scratch, l)
	}
	h.Free(s)
}

// storeName writes a string to the stack as a name padded with NULs. It uses R0
// to R4 and Scratch.
func (h *handler) storeName(x ir.Expr, s emit.Slot, off int16) {
	if str, ok := x.(*ir.Str); ok {
		h.storeLiteral(str, s, off)
		return
	}
	const (
		low, high = asm.R0, asm.R1
		keep      = asm.R2
	)
	h.nameWord(x, 0, low)
	h.nameWord(x, 1, high)
	end := h.NewLabel("padded")
	whole := h.NewLabel("whole")
	h.keepText(low, keep)
	h.If(asm.JEq, keep, -1, whole)
	h.Const(high, 0)
	h.Goto(end)
	h.Bind(whole)
	h.keepText(high, keep)
	h.Bind(end)
	h.Spill(s, off, low)
	h.Spill(s, off+8, high)
}

// keepText clears the bytes of r from its first NUL on; keep gets the mask of
// those that stay. It is the usual search for a zero byte in a word: the lowest
// high bit in (r - 0x01…) & ^r & 0x80… belongs to the first one. It overwrites
// Scratch and R3.
func (h *handler) keepText(r, keep asm.Register) {
	const (
		ones  = 0x0101010101010101
		highs = -0x7f7f7f7f7f7f7f80
		tmp   = asm.R3
	)
	h.Emit(asm.Mov.Reg(keep, r))
	h.Imm(asm.Sub, keep, ones)
	h.Emit(asm.Mov.Reg(tmp, r), asm.Xor.Imm(tmp, -1), asm.And.Reg(keep, tmp))
	h.Imm(asm.And, keep, highs)
	h.Emit(
		asm.Mov.Reg(tmp, keep), asm.Neg.Imm(tmp, 0), asm.And.Reg(keep, tmp), // the lowest bit
		asm.RSh.Imm(keep, 7), asm.Sub.Imm(keep, 1), // all bits below its byte
		asm.And.Reg(r, keep))
}

func (h *handler) storeLiteral(x *ir.Str, s emit.Slot, off int16) {
	if len(x.Value) >= layout.CommSize {
		h.bug(x.Span(), "string %q as a name", x.Value)
	}
	b := layout.CommParam(x.Value)
	h.storeBytes(b[:layout.CommSize], s, off)
}

// lookUp looks for an element of a parameter array and leaves the address of its
// value in R0, or 0.
func (h *handler) lookUp(g *ir.Global, keys []ir.Expr, x ir.Expr) {
	p := h.params[g]
	if p == nil || p.Kind != plan.ArrayParam || len(keys) != len(p.Key) {
		h.bug(x.Span(), "global %s is no array that the kernel has", g.Name)
	}
	s := h.Alloc(p.Key.Size())
	off := int16(0)
	for i, part := range p.Key {
		if keys[i] == nil {
			h.bug(x.Span(), "wildcard in the kernel")
		}
		if part == layout.Comm {
			h.storeName(keys[i], s, off)
		} else {
			h.long(keys[i], asm.R0)
			h.Spill(s, off, asm.R0)
		}
		off += int16(part.Size())
	}
	h.Map(asm.R1, p.Map)
	h.Address(asm.R2, s)
	h.Call(asm.FnMapLookupElem)
	h.Free(s)
}

// elem is the value of an element, 0 if there is none.
func (h *handler) elem(x *ir.Elem, dst asm.Register) {
	if q := h.residents[x.Global]; q != nil {
		h.get(q, x, dst)
		return
	}
	miss, end := h.NewLabel("miss"), h.NewLabel("end")
	h.lookUp(x.Global, x.Keys, x)
	h.If(asm.JEq, asm.R0, 0, miss)
	h.Emit(asm.LoadMem(dst, asm.R0, 0, asm.DWord))
	h.Goto(end)
	h.Bind(miss)
	h.Const(dst, 0)
	h.Bind(end)
}
