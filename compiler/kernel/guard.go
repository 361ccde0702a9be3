package kernel

import (
	"math"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/plan"
)

// Where the kernel may put a thread aside in the midst of a handler, for another one that
// comes to a place in a program too, what handlers share is written atomically, and who
// takes a copy of what timers look at waits until those have gone that count themselves
// in there; see plan.Guard.

// mostTurns is how often a handler looks for a copy that stays what it was.
const mostTurns = 4

// enterCopy chooses a copy and counts the handler in. The copy may be turned in between;
// then nobody waits for this handler, and it looks again.
func (h *handler) enterCopy() {
	epoch, guard := h.Alloc(8), h.Alloc(8)
	h.body.epoch, h.body.guard, h.body.turned = &epoch, &guard, h.NewLabel("turned")
	in := h.NewLabel("counted_in")
	c := h.compiler.counters
	for range mostTurns {
		h.state(asm.R0, layout.StateEpoch)
		h.Imm(asm.And, asm.R0, 1)
		h.Spill(epoch, 0, asm.R0)
		h.Imm(asm.Mul, asm.R0, int64(c.Shares))
		h.Emit(
			asm.Mov.Reg(asm.R1, shares), asm.Add.Reg(asm.R1, asm.R0),
			asm.Add.Imm(asm.R1, int32(c.ShareOffset(h.compiler.plan.Guard.Offset)-c.Offset(h.index, 0))))
		h.Spill(guard, 0, asm.R1)
		h.Const(asm.R2, 1)
		h.Atomic(asm.FetchAdd, asm.R1, 0, asm.R2)
		h.state(asm.R0, layout.StateEpoch)
		h.Imm(asm.And, asm.R0, 1)
		h.Fill(asm.R2, epoch, 0)
		h.IfReg(asm.JEq, asm.R0, asm.R2, in)
		h.Const(asm.R2, -1)
		h.Atomic(asm.FetchAdd, asm.R1, 0, asm.R2)
	}
	h.Goto(h.body.turned)
	h.Bind(in)
}

// leaveCopy counts the handler out at leave, and goes on at done. Handlers that did not
// get in have lost their event.
func (h *handler) leaveCopy(leave, done emit.Label) {
	h.Bind(leave)
	h.Fill(asm.R1, *h.body.guard, 0)
	h.Const(asm.R2, -1)
	h.Atomic(asm.FetchAdd, asm.R1, 0, asm.R2)
	h.Goto(done)
	h.Bind(h.body.turned)
	h.count(layout.Lost)
	h.Goto(done)
	h.Free(*h.body.guard)
}

// mostRaises is how often a handler tries to raise a number that others raise.
const mostRaises = 8

// addShared puts the value in R0 into a share of a statistic that others may be writing to.
func (h *handler) addShared(q *plan.Resident, off int16) {
	const v, one = asm.R3, asm.R2
	word := func(n int) int16 { return off + int16(8*n) }
	h.Emit(asm.Mov.Reg(v, asm.R0))
	h.raiseWord(v, word(layout.ShareMin), true)
	h.raiseWord(v, word(layout.ShareMax), false)
	h.Const(one, 1)
	h.Atomic(asm.AddAtomic, element, word(layout.ShareCount), one)
	h.Atomic(asm.AddAtomic, element, word(layout.ShareSum), v)
	if f := q.Global.Histogram; f != nil {
		h.Emit(asm.Mov.Reg(asm.R0, v))
		h.bucket(f, asm.R0, q.Words-layout.ShareBuckets)
		h.Emit(asm.LSh.Imm(asm.R2, 3), asm.Add.Reg(asm.R2, element))
		h.Const(asm.R1, 1)
		h.Atomic(asm.AddAtomic, asm.R2, word(layout.ShareBuckets), asm.R1)
	}
}

// raiseWord raises a word of the element to what stands for v, if that is more; see
// layout.SharedMin. It overwrites R0, R1, R2 and Scratch.
func (h *handler) raiseWord(v asm.Register, off int16, low bool) {
	const was, to, old = asm.R0, asm.R1, asm.R2
	high := h.NewLabel("high_enough")
	h.Emit(asm.LoadImm(to, math.MinInt64, asm.DWord), asm.Xor.Reg(to, v))
	if low {
		h.Emit(asm.Xor.Imm(to, -1))
	}
	h.Emit(asm.LoadMem(was, element, off, asm.DWord))
	for range mostRaises {
		h.IfReg(asm.JGE, was, to, high)
		h.Emit(asm.Mov.Reg(old, was))
		h.Atomic(asm.CmpXchg, element, off, to)
		h.IfReg(asm.JEq, was, old, high)
	}
	h.body.misses = true
	h.Goto(h.body.missed)
	h.Bind(high)
}
