package kernel

import (
	"encoding/binary"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf"
	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// Texts that may be long do not fit on the stack. They are made in memory that each CPU
// has for each program, of which parts are handed out as those of the stack are: last
// in, first out. A text there is padded with NULs, so that texts are equal if their words
// are.

// textOffset is a place in that memory.
type textOffset int16

// allocText takes n bytes, a multiple of 8.
func (h *handler) allocText(n int) textOffset {
	at := h.textsUsed
	h.textsUsed += n
	h.compiler.texts = max(h.compiler.texts, h.busy()+h.textsUsed)
	if h.compiler.texts > maxRecord {
		h.Fail("the texts of this probe take more than %d bytes at a time", maxRecord)
		return 0
	}
	return textOffset(at)
}

func (h *handler) freeText(n int) { h.textsUsed -= n }

// text puts the address of a text into r.
func (h *handler) text(r asm.Register, at textOffset) {
	h.Fill(r, *h.texts, 0)
	if at != 0 {
		h.Emit(asm.Add.Imm(r, int32(at)))
	}
}

// usesTexts reports whether the kernel needs memory for texts to compute n.
func (c *compiler) usesTexts(n ir.Node) bool {
	for n := range everything(n) {
		switch n := n.(type) {
		case *ir.Regex:
			if !isName(n.X) {
				return true
			}
		case *ir.Builtin:
			if n.Fn.Name == "isinstr" {
				return true
			}
		case *ir.Binary:
			if n.X.Type().Kind == types.String && n.Op.IsComparison() && !shortCompare(n) {
				return true
			}
		}
		if q := c.residentOf(n); q != nil && (longKey(q) || q.Texts()) {
			return true
		}
	}
	return false
}

// shortCompare reports whether the comparison of two texts does without memory for them.
func shortCompare(x *ir.Binary) bool {
	if _, _, ok := plan.MemoryText(x); ok {
		return true
	}
	if _, _, _, ok := plan.TextMatch(x); ok {
		return false
	}
	return isName(x.X) && (isPlain(x.Y) || isName(x.Y)) || isName(x.Y) && isPlain(x.X)
}

// takeTexts finds the CPU's memory for texts. Where the kernel may switch to another
// thread in the middle of a program, that thread may come to a place too; its event is
// lost.
func (h *handler) takeTexts(lost emit.Label) {
	s := h.Alloc(8)
	h.texts = &s
	h.compiler.texts = max(h.compiler.texts, h.busy()+layout.TextSize) // though all who want some may be out of reach
	h.Const(asm.R0, int64(h.dispatcher.index))
	h.Spill(s, 0, asm.R0)
	h.Map(asm.R1, bpf.TextsMap)
	h.Address(asm.R2, s)
	h.Call(asm.FnMapLookupElem)
	h.If(asm.JEq, asm.R0, 0, lost)
	if h.kind.IsUser() {
		h.Const(asm.R1, 1)
		h.Atomic(asm.Xchg, asm.R0, 0, asm.R1)
		h.If(asm.JNE, asm.R1, 0, lost)
		h.Emit(asm.Add.Imm(asm.R0, busyWord))
	}
	h.Spill(s, 0, asm.R0)
}

// giveTexts gives the memory back.
func (h *handler) giveTexts() {
	if h.kind.IsUser() {
		h.Fill(asm.R1, *h.texts, 0)
		h.Const(asm.R0, 0)
		h.Emit(asm.StoreMem(asm.R1, -busyWord, asm.R0, asm.DWord))
	}
	h.Free(*h.texts)
	h.texts = nil
}

// clearText fills a text with NULs. It overwrites R0 and R1.
func (h *handler) clearText(at textOffset, size int) {
	h.text(asm.R1, at)
	h.Const(asm.R0, 0)
	for off := 0; off < size; off += 8 {
		h.Emit(asm.StoreMem(asm.R1, int16(off), asm.R0, asm.DWord))
	}
}

// putText makes a text of size bytes, a multiple of 8 that is enough for it. If it is
// quoted, its last byte says how it is to be taken. It overwrites R0 to R5.
func (h *handler) putText(x ir.Expr, at textOffset, size int, quoted bool) {
	switch x := x.(type) {
	case *ir.Str:
		h.putLiteral(x, at, size, quoted)
		return
	case *ir.Cond:
		no, end := h.NewLabel("else"), h.NewLabel("text")
		h.branch(x.C, false, no, asm.R0)
		h.putText(x.X, at, size, quoted)
		h.Goto(end)
		h.Bind(no)
		h.putText(x.Y, at, size, quoted)
		h.Bind(end)
		return
	case *ir.Elem:
		h.putElement(x, at, size, quoted)
		return
	}
	if isName(x) {
		s := h.Alloc(layout.CommSize)
		h.storeName(x, s, 0)
		h.clearText(at, size)
		for word := range int16(2) {
			h.Fill(asm.R0, s, 8*word)
			h.Emit(asm.StoreMem(asm.R1, 8*word, asm.R0, asm.DWord))
		}
		h.Free(s)
		return
	}
	r, ok := plan.TextReadOf(x)
	if !ok || size != layout.TextSize {
		h.bug(x.Span(), "unexpected text %T of %d bytes in the kernel", x, size)
	}
	h.readText(x.(*ir.Builtin), r, at, quoted)
}

// putLiteral writes a literal, or the member's own in a family.
func (h *handler) putLiteral(x *ir.Str, at textOffset, size int, quoted bool) {
	if h.family != nil {
		if n, ok := h.family.Texts[x]; ok {
			h.text(asm.R2, at)
			h.Fill(asm.R1, h.family.entry, 0)
			for off := 0; off < size; off += 8 {
				h.Emit(
					asm.LoadMem(asm.R0, asm.R1, int16(textAt(h.family.Family, n)+off), asm.DWord),
					asm.StoreMem(asm.R2, int16(off), asm.R0, asm.DWord))
			}
			return
		}
	}
	b := make([]byte, size)
	plan.EncodeText(b, x.Value, quoted)
	h.text(asm.R1, at)
	h.Const(asm.R0, 0)
	for off := 0; off < size; off += 8 {
		if word := binary.LittleEndian.Uint64(b[off:]); word != 0 {
			h.Const(asm.R2, int64(word))
			h.Emit(asm.StoreMem(asm.R1, int16(off), asm.R2, asm.DWord))
		} else {
			h.Emit(asm.StoreMem(asm.R1, int16(off), asm.R0, asm.DWord))
		}
	}
}

// readText reads a text of memory.
func (h *handler) readText(x *ir.Builtin, r plan.TextRead, at textOffset, quoted bool) {
	good, end := h.NewLabel("readable"), h.NewLabel("text")
	addr := h.Alloc(8)
	h.long(r.Addr, asm.R0)
	h.Spill(addr, 0, asm.R0)
	h.clearText(at, layout.TextSize)
	h.Const(asm.R2, layout.TextSize)
	h.Fill(asm.R3, addr, 0)
	h.Call(reader(r.Read))
	h.If(asm.JSGE, asm.R0, 0, good)
	if r.Instead == nil && !r.Quoted {
		h.raiseRead(x, addr)
	} else {
		h.count(layout.Errors)
		h.putInstead(r, addr, at, quoted)
		h.Goto(end)
	}
	h.Bind(good)
	h.text(asm.R1, at)
	if r.Quoted {
		h.Const(asm.R0, layout.TextQuoted)
		h.Emit(asm.StoreMem(asm.R1, layout.TextTag, asm.R0, asm.Byte))
	}
	h.cutText(asm.R1, int(r.Most))
	h.Bind(end)
	h.Free(addr)
}

// cutText clears what lies behind the first n bytes of the text at r. It overwrites R0
// and Scratch.
func (h *handler) cutText(r asm.Register, n int) {
	if n >= layout.TextSize-1 {
		return
	}
	word := n &^ 7
	if n > word {
		h.Emit(asm.LoadMem(asm.R0, r, int16(word), asm.DWord))
		h.Imm(asm.And, asm.R0, 1<<(8*(n-word))-1)
		h.Emit(asm.StoreMem(r, int16(word), asm.R0, asm.DWord))
		word += 8
	}
	h.Const(asm.R0, 0)
	for ; word < layout.TextSize; word += 8 {
		h.Emit(asm.StoreMem(r, int16(word), asm.R0, asm.DWord))
	}
}

// putInstead writes what stands for memory that can't be read.
func (h *handler) putInstead(r plan.TextRead, addr emit.Slot, at textOffset, quoted bool) {
	if r.Instead != nil {
		h.putText(r.Instead, at, layout.TextSize, quoted)
		return
	}
	h.clearText(at, layout.TextSize)
	h.Fill(asm.R0, addr, 0)
	h.Emit(asm.StoreMem(asm.R1, 0, asm.R0, asm.DWord))
	h.Const(asm.R0, layout.TextAddress)
	h.Emit(asm.StoreMem(asm.R1, layout.TextTag, asm.R0, asm.Byte))
}

// putElement copies an element of an array of texts, or nothing.
func (h *handler) putElement(x *ir.Elem, at textOffset, size int, quoted bool) {
	q := h.resident(x)
	if size != layout.TextSize || q.Quoted && !quoted {
		h.bug(x.Span(), "an element of %s as a text of %d bytes", q.Global.Name, size)
	}
	none, end := h.NewLabel("none"), h.NewLabel("text")
	h.test(q, x.Keys)
	h.If(asm.JEq, asm.R0, 0, none)
	h.copyText(at, asm.R0, layout.ElementValue)
	h.Goto(end)
	h.Bind(none)
	h.clearText(at, size)
	h.Bind(end)
}

// copyText copies a whole text from an offset of what from points to, which is none of R1
// to R3.
func (h *handler) copyText(at textOffset, from asm.Register, off int32) {
	h.Emit(asm.Mov.Reg(asm.R3, from), asm.Add.Imm(asm.R3, off))
	h.text(asm.R1, at)
	h.Const(asm.R2, layout.TextSize)
	h.Call(asm.FnProbeReadKernel)
}

// setText gives an element of an array of texts, which is its thread's own, a new one.
func (h *handler) setText(p *ir.Elem, value ir.Expr) {
	q := h.resident(p)
	key := h.key(q, p.Keys)
	at := h.allocText(layout.TextSize)
	h.putText(value, at, layout.TextSize, q.Quoted)
	h.make(q, key, p)
	h.text(asm.R3, at)
	h.Emit(asm.Mov.Reg(asm.R1, element), asm.Add.Imm(asm.R1, layout.ElementValue))
	h.Const(asm.R2, layout.TextSize)
	h.Call(asm.FnProbeReadKernel)
	h.freeText(layout.TextSize)
	h.freeKey(key)
}

// compareTexts jumps as branch does on == or != of two texts.
func (h *handler) compareTexts(x *ir.Binary, want bool, l emit.Label) {
	equal := (x.Op == ir.OpEq) == want // jump if equal
	unequal := l
	if equal {
		unequal = h.NewLabel("unequal")
	}
	a, b := x.X, x.Y
	if _, literal := a.(*ir.Str); literal {
		a, b = b, a
	}
	at := h.allocText(layout.TextSize)
	h.putText(a, at, layout.TextSize, false)
	if s, literal := b.(*ir.Str); literal {
		h.unlessText(at, s.Value, unequal)
	} else {
		other := h.allocText(layout.TextSize)
		h.putText(b, other, layout.TextSize, false)
		h.text(asm.R1, at)
		h.text(asm.R2, other)
		for off := int16(0); off < layout.TextSize; off += 8 {
			h.Emit(asm.LoadMem(asm.R0, asm.R1, off, asm.DWord), asm.LoadMem(asm.R3, asm.R2, off, asm.DWord))
			h.IfReg(asm.JNE, asm.R0, asm.R3, unequal)
		}
		h.freeText(layout.TextSize)
	}
	h.freeText(layout.TextSize)
	if equal {
		h.Goto(l)
		h.Bind(unequal)
	}
}

// unlessText jumps to l if a text is not just s.
func (h *handler) unlessText(at textOffset, s string, l emit.Label) {
	b := make([]byte, (len(s)+8)&^7)
	copy(b, s)
	h.text(asm.R1, at)
	for off := 0; off < len(b); off += 8 {
		h.Emit(asm.LoadMem(asm.R0, asm.R1, int16(off), asm.DWord))
		h.If(asm.JNE, asm.R0, int64(binary.LittleEndian.Uint64(b[off:])), l)
	}
}

// matchText is whether a text matches an expression.
func (h *handler) matchText(x ir.Expr, expr string, negate bool, dst asm.Register) {
	at := h.allocText(layout.TextSize)
	h.putText(x, at, layout.TextSize, false)
	h.text(asm.R1, at)
	h.freeText(layout.TextSize)
	h.walk(expr)
	if negate {
		h.Emit(asm.Xor.Imm(asm.R0, 1))
	}
	h.move(dst, asm.R0)
}

// raiseRead ends the handler since a text can't be read: the errno is in R0, and the
// address in a part of the stack.
func (h *handler) raiseRead(x *ir.Builtin, addr emit.Slot) {
	h.Spill(*h.body.detail, 8, asm.R0)
	h.Fill(asm.R0, addr, 0)
	h.Spill(*h.body.detail, 0, asm.R0)
	h.count(layout.Errors)
	kind := bpf.UserText
	if x.Fn.Read.Space == builtin.Kernel {
		kind = bpf.KernelText
	}
	h.raise(kind, x.Token(), 0)
}

// detailed reports whether an error in b has an address and an errno.
func detailed(b *ir.Block) bool {
	for n := range everything(b) {
		if x, ok := n.(ir.Expr); ok {
			if r, ok := plan.TextReadOf(x); ok && r.Instead == nil && !r.Quoted {
				return true
			}
		}
	}
	return false
}
