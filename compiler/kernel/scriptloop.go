package kernel

import (
	"slices"

	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/btf"

	"tapir/bpf"
	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/source"
)

// A loop of a script is run by bpf_loop: a turn is a function of its own, which works
// on the frame of the program. What ends it is the script's condition, or the limit on
// actions, which every turn counts against; the verifier knows neither, and needs not,
// since bpf_loop itself has an end.
//
// Before 6.7 the verifier looks at the first turn alone. Whatever it believes of a
// variable when that begins must therefore hold for all turns: see blur.

// MaxActions is the most actions that a handler with loops may take in the kernel.
const MaxActions = 1 << 17

// frameTop is the register in which a turn has the top of the program's frame.
const frameTop = shares

// loops is what a handler with loops has besides.
type loops struct {
	actions ir.Actions
	left    emit.Slot // how many actions it may still take
	failed  emit.Slot // the number of the error that ended a turn
	task    emit.Slot // what the registers of turns begin with
	regs    *emit.Slot
	shares  emit.Slot
	turns   int // around the code at hand

	stop, next        emit.Label // of the innermost turn
	breaks, continues bool       // something jumps there
}

// How a loop ended other than at its own end.
const (
	loopFinished = 1 + iota // with the handler
	loopMissed              // with the event, which is lost
	loopFailed              // with an error
	loopReturned            // with the function that it is in
)

// openLoops makes ready for the loops of a handler, if it has any.
func (h *handler) openLoops(b *ir.Block) {
	bodies := []*ir.Block{b}
	has := false
	for n := range everything(b) {
		switch n := n.(type) {
		case *ir.Loop:
			has = true
		case *ir.Call:
			bodies = append(bodies, n.Func.Body)
		}
	}
	if !has {
		return
	}
	l := &loops{actions: ir.CountActions(unique(bodies)...), left: h.Alloc(8), failed: h.Alloc(8), task: h.Alloc(8), shares: h.Alloc(8)}
	h.state(asm.R0, layout.StateActions)
	h.Spill(l.left, 0, asm.R0)
	h.Const(asm.R0, 0)
	h.Spill(l.failed, 0, asm.R0)
	h.Spill(l.task, 0, task)
	h.Spill(l.shares, 0, shares)
	if h.haveRegs {
		s := h.Alloc(8)
		h.Spill(s, 0, regs)
		l.regs = &s
	}
	h.body.loops = l
}

func unique(list []*ir.Block) []*ir.Block {
	var out []*ir.Block
	for _, b := range list {
		if !slices.Contains(out, b) {
			out = append(out, b)
		}
	}
	return out
}

func (h *handler) closeLoops() {
	l := h.body.loops
	if l == nil {
		return
	}
	if l.regs != nil {
		h.Free(*l.regs)
	}
	h.Free(l.shares)
	h.Free(l.task)
	h.Free(l.failed)
	h.Free(l.left)
}

// counted puts the address of the probe's counters on this CPU, of a family's first
// one, into r.
func (h *handler) counted(r asm.Register) {
	if l := h.body.loops; l != nil && l.turns > 0 {
		h.Fill(r, l.shares, 0)
		return
	}
	h.Emit(asm.Mov.Reg(r, shares))
}

// spendBefore counts the actions that a statement begins with.
func (h *handler) spendBefore(s ir.Stmt) {
	if l := h.body.loops; l != nil {
		h.spend(l.actions.Before[s], s.Token())
	}
}

// spend counts n actions, and ends the handler if those are too many.
func (h *handler) spend(n int, at source.Span) {
	if n == 0 {
		return
	}
	enough := h.NewLabel("actions")
	h.Fill(asm.R0, h.body.loops.left, 0)
	h.Emit(asm.Add.Imm(asm.R0, int32(-n)))
	h.Spill(h.body.loops.left, 0, asm.R0)
	h.If(asm.JSGT, asm.R0, 0, enough)
	h.raise(bpf.Actions, at, 0)
	h.Bind(enough)
}

// blur makes the verifier forget what it knows of some places on the stack. It leaves 0
// in R1, of which the verifier knows as little, and overwrites R2.
func (h *handler) blur(places []emit.Slot) {
	h.state(asm.R1, layout.StateZero)
	for _, p := range places {
		h.Fill(asm.R2, p, 0)
		h.Emit(asm.Add.Reg(asm.R2, asm.R1))
		h.Spill(p, 0, asm.R2)
	}
}

// changing is where what a loop may change is: the variables that it sets, and how many
// actions are left.
func (h *handler) changing(s *ir.Loop) []emit.Slot {
	list := []emit.Slot{h.body.loops.left}
	done := map[*ir.Local]bool{}
	for n := range ir.All(s) {
		l := assigned(n)
		if place, ok := h.body.vars[l]; ok && !done[l] {
			done[l] = true
			list = append(list, place)
		}
	}
	return list
}

// assigned is the variable that n itself sets, or nil.
func assigned(n ir.Node) *ir.Local {
	var p ir.Place
	switch n := n.(type) {
	case *ir.Assign:
		p = n.Left
	case *ir.Step:
		p = n.Left
	}
	if r, ok := p.(*ir.LocalRef); ok {
		return r.Local
	}
	return nil
}

// loop runs a loop.
func (h *handler) loop(s *ir.Loop) {
	ended := h.Alloc(8)
	changing := h.changing(s)
	h.blur(changing)
	h.Spill(ended, 0, asm.R1)
	turn := h.NewLabel("turn")
	outer := *h.body
	outerLoops := *h.body.loops
	h.inTurn()
	h.Apart(frameTop, func() { h.scriptTurn(s, turn, ended, changing) })
	inner := *h.body
	h.body.frames, *h.body.loops = outer.frames, outerLoops
	h.body.finish, h.body.faulted, h.body.missed = outer.finish, outer.faulted, outer.missed
	h.body.finishes, h.body.faults, h.body.misses = outer.finishes, outer.faults, outer.misses

	h.Const(asm.R1, MaxActions)
	h.Function(asm.R2, turn)
	h.Emit(asm.Mov.Reg(asm.R3, h.FrameBase()))
	h.Const(asm.R4, 0)
	h.Call(asm.FnLoop)
	h.leaveLoop(inner, ended)
	h.Free(ended)
}

// inTurn gives the code of a turn places of its own to go to: none outside can be
// reached by a jump.
func (h *handler) inTurn() {
	b, l := h.body, h.body.loops
	b.finish, b.faulted, b.missed = h.NewLabel("finish"), h.NewLabel("fault"), h.NewLabel("miss")
	b.finishes, b.faults, b.misses = false, false, false
	b.frames = slices.Clone(b.frames)
	if n := len(b.frames); n > 0 {
		b.frames[n-1].end, b.frames[n-1].returns = h.NewLabel("return"), false
	}
	l.stop, l.next = h.NewLabel("stop"), h.NewLabel("next")
	l.breaks, l.continues = false, false
	l.turns++
}

// scriptTurn is the function of a turn. Its result is 1 at the loop's end. However it
// came there, the stack looks the same to the verifier: from 6.7 on that follows turns
// until they bring it nothing new.
func (h *handler) scriptTurn(s *ir.Loop, turn emit.Label, ended emit.Slot, changing []emit.Slot) {
	b, l := h.body, h.body.loops
	out := h.NewLabel("out")
	h.Bind(turn)
	h.Emit(btf.WithFuncMetadata(asm.Mov.Reg(frameTop, asm.R2), turnFunc()))
	h.Fill(task, l.task, 0)
	if l.regs != nil {
		h.Fill(regs, *l.regs, 0)
	}
	if s.Cond != nil {
		l.breaks = true
		h.branch(s.Cond, false, l.stop, asm.R0)
	}
	h.spend(l.actions.Turns[s], s.Body.Token())
	if comes := h.block(s.Body); comes || l.continues {
		h.Bind(l.next)
		if s.Post != nil {
			h.effect(s.Post)
		}
		h.Const(asm.R0, 0)
		h.Goto(out)
	}
	if l.breaks {
		h.Bind(l.stop)
		h.Const(asm.R0, 1)
		h.Goto(out)
	}
	end := func(l emit.Label, how int64) {
		h.Bind(l)
		h.Const(asm.R0, how)
		h.Spill(ended, 0, asm.R0)
		h.Const(asm.R0, 1)
		h.Goto(out)
	}
	if b.finishes {
		end(b.finish, loopFinished)
	}
	if b.misses {
		end(b.missed, loopMissed)
	}
	if n := len(b.frames); n > 0 && b.frames[n-1].returns {
		end(b.frames[n-1].end, loopReturned)
	}
	if b.faults {
		h.Bind(b.faulted)
		h.Spill(l.failed, 0, element)
		end(h.NewLabel("failed"), loopFailed)
	}
	h.Bind(out)
	h.blur(changing)
	h.Const(asm.R1, 0)
	h.Wipe(asm.R1)
	h.Emit(asm.Return())
}

// leaveLoop goes on where the loop's turns, which have gone to the places of inner,
// have left for.
func (h *handler) leaveLoop(inner body, ended emit.Slot) {
	b := h.body
	h.Fill(asm.R0, ended, 0)
	if inner.finishes {
		b.finishes = true
		h.If(asm.JEq, asm.R0, loopFinished, b.finish)
	}
	if inner.misses {
		b.misses = true
		h.If(asm.JEq, asm.R0, loopMissed, b.missed)
	}
	if n := len(b.frames); n > 0 && inner.frames[n-1].returns {
		b.frames[n-1].returns = true
		h.If(asm.JEq, asm.R0, loopReturned, b.frames[n-1].end)
	}
	if inner.faults {
		b.faults = true
		over := h.NewLabel("over")
		h.If(asm.JNE, asm.R0, loopFailed, over)
		h.Fill(element, b.loops.failed, 0)
		h.Goto(b.faulted)
		h.Bind(over)
	}
}
