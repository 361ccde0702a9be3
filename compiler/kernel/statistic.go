package kernel

import (
	"github.com/cilium/ebpf/asm"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/types"
)

// add puts a value into this CPU's share of a statistic.
func (h *handler) add(p ir.Place, value ir.Expr) {
	q, off := h.value(p, value)
	if q.Shared {
		h.addShared(q, off)
		return
	}
	const v, count, tmp = asm.R0, asm.R1, asm.R2
	word := func(n int) int16 { return off + int16(8*n) }
	more, high, counted := h.NewLabel("more"), h.NewLabel("high"), h.NewLabel("counted")
	h.Emit(asm.LoadMem(count, element, word(layout.ShareCount), asm.DWord))
	h.If(asm.JNE, count, 0, more)
	h.Emit(asm.StoreMem(element, word(layout.ShareMin), v, asm.DWord))
	h.Emit(asm.StoreMem(element, word(layout.ShareMax), v, asm.DWord))
	h.Goto(counted)
	h.Bind(more)
	h.Emit(asm.LoadMem(tmp, element, word(layout.ShareMin), asm.DWord))
	h.IfReg(asm.JSGE, v, tmp, high)
	h.Emit(asm.StoreMem(element, word(layout.ShareMin), v, asm.DWord))
	h.Bind(high)
	h.Emit(asm.LoadMem(tmp, element, word(layout.ShareMax), asm.DWord))
	h.IfReg(asm.JSLE, v, tmp, counted)
	h.Emit(asm.StoreMem(element, word(layout.ShareMax), v, asm.DWord))
	h.Bind(counted)
	h.Emit(
		asm.Add.Imm(count, 1), asm.StoreMem(element, word(layout.ShareCount), count, asm.DWord),
		asm.LoadMem(tmp, element, word(layout.ShareSum), asm.DWord), asm.Add.Reg(tmp, v),
		asm.StoreMem(element, word(layout.ShareSum), tmp, asm.DWord))
	if f := q.Global.Histogram; f != nil {
		h.bucket(f, v, q.Words-layout.ShareBuckets)
		h.Emit(asm.LSh.Imm(asm.R2, 3), asm.Add.Reg(asm.R2, element))
		h.Increment(asm.R2, word(layout.ShareBuckets))
	}
}

// bucket puts the number of v's bucket into R2, less than n. It uses R1 and R3.
func (h *handler) bucket(f *types.Histogram, v asm.Register, n int) {
	if f.Linear {
		h.linearBucket(f, v, n)
		return
	}
	h.logBucket(v)
}

// linearBucket counts from the one for values below the range.
func (h *handler) linearBucket(f *types.Histogram, v asm.Register, n int) {
	const b = asm.R2
	below, end := h.NewLabel("below"), h.NewLabel("bucket")
	h.Const(asm.R1, f.Low)
	h.IfReg(asm.JSLT, v, asm.R1, below)
	h.Emit(asm.Mov.Reg(b, v), asm.Sub.Reg(b, asm.R1))
	h.Imm(asm.Div, b, f.Width)
	h.Emit(asm.Add.Imm(b, 1))
	h.If(asm.JLE, b, int64(n-1), end)
	h.Const(b, int64(n-1))
	h.Goto(end)
	h.Bind(below)
	h.Const(b, 0)
	h.Bind(end)
}

// logBucket is 64 and the length of the number in bits, or 64 less it for a
// negative one. The length is found by halving, in some 4 ns. Then it goes through
// memory: the kernel's verifier, which has followed every path to a length of its
// own, forgets it there, and takes up all paths as one.
func (h *handler) logBucket(v asm.Register) {
	const b, left = asm.R2, asm.R1
	h.Emit(asm.Mov.Reg(left, v))
	h.negateBelow(left, left)
	h.Const(b, 0)
	for bits := int32(32); bits > 0; bits /= 2 {
		short := h.NewLabel("short")
		h.If(asm.JLT, left, 1<<bits, short)
		h.Emit(asm.Add.Imm(b, bits), asm.RSh.Imm(left, bits))
		h.Bind(short)
	}
	h.Emit(asm.Add.Reg(b, left))
	h.negateBelow(v, b)
	h.Emit(asm.Add.Imm(b, 64))
	if h.kind.IsUser() { // that memory is another handler's too; of such a part of the stack it remembers nothing
		s := h.Alloc(8)
		h.Emit(
			asm.StoreMem(h.FrameBase(), s.Off+2, b, asm.Half),
			asm.LoadMem(b, h.FrameBase(), s.Off+2, asm.Half),
			asm.And.Imm(b, 127))
		h.Free(s)
		return
	}
	h.counted(left)
	h.Emit(
		asm.StoreMem(left, layout.CounterScratch, b, asm.DWord),
		asm.LoadMem(b, left, layout.CounterScratch, asm.DWord),
		asm.And.Imm(b, 127))
}
