package kernel

import (
	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"

	"tapir/bpf"
	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/source"
	"tapir/lang/types"
)

// A handler that the kernel runs as a whole works on the resident globals and sends
// nothing, unless it runs into an error: then a record with the error's number goes
// to the reader, and the handler is over, as it would be in the virtual machine.

// The registers of such a handler that outlive calls.
const (
	element = asm.R8 // the element that is updated; on the way to the error's record, its number
	shares  = asm.R9 // the address of the probe's counters on this CPU; of a family, the first one's
)

// body is what a handler has while it runs in the kernel.
type body struct {
	finish   emit.Label // behind its last statement
	faulted  emit.Label // element has the number of the error
	missed   emit.Label // the event is lost
	finishes bool       // something jumps to finish
	faults   bool       // something jumps to faulted
	misses   bool       // something jumps to missed
	detail   *emit.Slot // of an error: the address that can't be read, and the errno
	epoch    *emit.Slot // which copy of what timers read is written to
	guard    *emit.Slot // holds the address of the copy's guard, if handlers may be put aside
	turned   emit.Label // the copy was turned again and again
	vars     map[*ir.Local]emit.Slot
	frames   []inlined
	loops    *loops // nil if the handler has none
}

// inlined is a call of a function whose body is being assembled.
type inlined struct {
	result  emit.Slot
	end     emit.Label
	returns bool // something jumps to end
	at      source.Span
}

// update assembles the handler's update, in the place of sending its event.
func (h *handler) update(done emit.Label) {
	b := h.probe.Update
	h.body = &body{
		finish: h.NewLabel("aggregated"), faulted: h.NewLabel("faulted"), missed: h.NewLabel("missed"),
		vars: map[*ir.Local]emit.Slot{},
	}
	for n := range everything(b) {
		if x, ok := n.(ir.Expr); ok {
			h.needRegs(x)
		}
	}
	clocks := h.shareClocks(append([]ir.Node{b}, h.lateExprs()...))
	if detailed(b) {
		s := h.Alloc(layout.ErrorDetail)
		h.Const(asm.R0, 0)
		h.Spill(s, 0, asm.R0)
		h.Spill(s, 8, asm.R0)
		h.body.detail = &s
	}
	if h.family != nil {
		h.cpuCounters(h.index)
		h.Emit(asm.Mov.Reg(shares, asm.R1))
	} else {
		h.Fill(shares, h.counters, 0)
	}
	end := done
	if guarded := h.chooseCopy(b); guarded {
		h.alone = false
		done = h.NewLabel("leave")
	}
	vars := h.declare(localsOf(b))
	h.openLoops(b)
	comes := h.block(b)
	h.At(h.index, uint32(h.probe.IR.Pos.Start))
	h.closeLoops()
	h.Free(vars)
	if h.probe.Mixed && comes {
		h.goOn(done)
		comes = false
	}
	if comes || h.body.finishes {
		h.Bind(h.body.finish)
		h.count(layout.Aggregated)
		h.Goto(done)
	}
	if h.body.faults {
		h.Bind(h.body.faulted)
		h.sendFault(done)
	}
	if h.body.misses {
		h.Bind(h.body.missed)
		h.count(layout.Lost)
		h.Goto(done)
	}
	if h.body.guard != nil {
		h.leaveCopy(done, end)
	}
	if h.body.epoch != nil {
		h.Free(*h.body.epoch)
	}
	if h.body.detail != nil {
		h.Free(*h.body.detail)
	}
	h.freeClocks(clocks)
	h.body = nil
}

// lateExprs is what the handler computes when it has updated the globals.
func (h *handler) lateExprs() []ir.Node {
	if !h.probe.Mixed {
		return nil
	}
	var list []ir.Node
	for _, c := range h.probe.Late {
		list = append(list, c.Expr)
	}
	for _, c := range h.probe.Captures {
		for _, x := range c.Exprs() {
			list = append(list, x)
		}
	}
	return list
}

// goOn sends the event of a handler that is not over, if what guards the rest holds.
func (h *handler) goOn(done emit.Label) {
	for _, c := range h.probe.Late {
		h.At(h.index, uint32(c.Pos.Start))
		h.needRegs(c.Expr)
		h.body.finishes = true
		h.branch(c.Expr, false, h.body.finish, asm.R0)
	}
	h.At(h.index, uint32(h.probe.IR.Pos.Start))
	h.send(done)
	h.Goto(done)
}

// chooseCopy reads once, so that the whole handler falls on one side of a timer,
// which copy the handler writes to. That must not come before the hit is counted: who
// turns programs to the other copy waits for all hits that are counted by then. The
// atomic addition of nothing sees to it, for some 5 ns.
//
// At places in programs the handler counts itself in, and it is for leaveCopy to count it
// out.
func (h *handler) chooseCopy(b *ir.Block) (guarded bool) {
	for n := range everything(b) {
		if q := h.residentOf(n); q != nil && q.Swapped {
			if h.kind.IsUser() {
				h.enterCopy()
				return true
			}
			s := h.Alloc(8)
			h.Const(asm.R0, 0)
			h.Fill(asm.R1, h.counters, 0)
			h.Atomic(asm.FetchAdd, asm.R1, int16(8*layout.Hits), asm.R0) // the hit is seen before the copy is chosen
			h.state(asm.R0, layout.StateEpoch)
			h.Imm(asm.And, asm.R0, 1)
			h.Spill(s, 0, asm.R0)
			h.body.epoch = &s
			return false
		}
	}
	return false
}

// sendFault tells the reader of the error whose number is in element, and stops
// all handlers if there were more errors than the session bears.
func (h *handler) sendFault(done emit.Label) {
	over := h.NewLabel("borne")
	h.Map(asm.R1, bpf.EventsMap)
	h.Const(asm.R2, int64(h.errorSize()))
	h.Const(asm.R3, 0)
	h.Call(asm.FnRingbufReserve)
	h.body.misses = true
	h.If(asm.JEq, asm.R0, 0, h.body.missed)
	if h.family != nil {
		h.Fill(asm.R1, h.family.index, 0)
	} else {
		h.Const(asm.R1, int64(h.index))
	}
	h.Imm(asm.Or, asm.R1, layout.ErrorFlag)
	h.Emit(asm.StoreMem(asm.R0, layout.HeaderProbe, asm.R1, asm.Word))
	h.Emit(asm.StoreMem(asm.R0, layout.HeaderError, element, asm.Word))
	for off := int16(0); h.body.detail != nil && off < layout.ErrorDetail; off += 8 {
		h.Fill(asm.R1, *h.body.detail, off)
		h.Emit(asm.StoreMem(asm.R0, layout.ErrorSize+off, asm.R1, asm.DWord))
	}
	h.Emit(asm.Mov.Reg(asm.R1, asm.R0))
	h.Const(asm.R2, unix.BPF_RB_NO_WAKEUP)
	h.Call(asm.FnRingbufSubmit)
	h.count(layout.Sent)
	h.Value(asm.R1, bpf.StateMap, layout.StateErrors)
	h.Const(asm.R0, 1)
	h.Atomic(asm.FetchAdd, asm.R1, 0, asm.R0)
	h.state(asm.R1, layout.StateMaxErrors)
	h.IfReg(asm.JLT, asm.R0, asm.R1, over)
	h.Value(asm.R1, bpf.StateMap, layout.StateStopped)
	h.Const(asm.R0, 1)
	h.Emit(asm.StoreMem(asm.R1, 0, asm.R0, asm.DWord))
	h.Bind(over)
	h.leave(done)
}

// errorSize is the bytes of an error's record.
func (h *handler) errorSize() int {
	if h.body.detail != nil {
		return layout.ErrorSize + layout.ErrorDetail
	}
	return layout.ErrorSize
}

// unlessStopped leaves the handler if the session has had too many errors.
func (h *handler) unlessStopped(rejected emit.Label) {
	h.state(asm.R0, layout.StateStopped)
	h.If(asm.JNE, asm.R0, 0, rejected)
}

// raise ends the handler with an error.
func (h *handler) raise(kind bpf.FaultKind, at source.Span, global int) {
	f := bpf.Fault{Kind: kind, Probe: h.index, Pos: at, Global: global}
	for i := len(h.body.frames) - 1; i >= 0; i-- {
		f.Calls = append(f.Calls, h.body.frames[i].at)
	}
	h.faultList = append(h.faultList, f)
	h.body.faults = true
	h.Const(element, int64(len(h.faultList)))
	h.Goto(h.body.faulted)
}

// declare gives variables their places, with the value 0.
func (h *handler) declare(list []*ir.Local) emit.Slot {
	s := h.Alloc(8 * len(list))
	if len(list) > 0 {
		h.Const(asm.R0, 0)
	}
	for i, l := range list {
		h.Spill(s, int16(8*i), asm.R0)
		h.body.vars[l] = emit.Slot{Off: s.Off + int16(8*i)}
	}
	return s
}

// localsOf lists the numbers among the variables that b itself mentions.
func localsOf(b *ir.Block) []*ir.Local {
	var list []*ir.Local
	seen := map[*ir.Local]bool{}
	for n := range ir.All(b) {
		if r, ok := n.(*ir.LocalRef); ok && !seen[r.Local] && r.Local.Type.Kind == types.Long {
			seen[r.Local] = true
			list = append(list, r.Local)
		}
	}
	return list
}

// block assembles statements and reports whether control comes out of their end:
// the kernel takes no code that nothing leads to.
func (h *handler) block(b *ir.Block) bool {
	if b == nil {
		return true
	}
	for _, s := range b.Stmts {
		h.At(h.index, uint32(s.Span().Start))
		h.spendBefore(s)
		if !h.stmt(s) {
			return false
		}
	}
	return true
}

func (h *handler) stmt(s ir.Stmt) bool {
	switch s := s.(type) {
	case *ir.Block:
		return h.block(s)
	case *ir.Eval:
		h.effect(s.X)
	case *ir.If:
		return h.choice(s)
	case *ir.Delete:
		h.remove(s)
	case *ir.Loop:
		h.loop(s)
	case *ir.Break:
		h.body.loops.breaks = true
		h.Goto(h.body.loops.stop)
		return false
	case *ir.Continue:
		h.body.loops.continues = true
		h.Goto(h.body.loops.next)
		return false
	case *ir.Next:
		h.body.finishes = true
		h.Goto(h.body.finish)
		return false
	case *ir.Return:
		f := &h.body.frames[len(h.body.frames)-1]
		f.returns = true
		if s.X != nil {
			h.long(s.X, asm.R0)
			h.Spill(f.result, 0, asm.R0)
		}
		h.Goto(f.end)
		return false
	default:
		h.bug(s.Span(), "unexpected statement %T in the kernel", s)
	}
	return true
}

func (h *handler) choice(s *ir.If) bool {
	no, end := h.NewLabel("else"), h.NewLabel("end")
	h.branch(s.Cond, false, no, asm.R0)
	comes := h.block(s.Then)
	if s.Else == nil {
		h.Bind(no)
		return true
	}
	if comes {
		h.Goto(end)
	}
	h.Bind(no)
	also := h.block(s.Else)
	h.Bind(end)
	return comes || also
}

// effect evaluates an expression whose value is not used.
func (h *handler) effect(x ir.Expr) {
	switch x := x.(type) {
	case *ir.Assign:
		h.assign(x)
	case *ir.Step:
		h.step(x)
	case *ir.StatAdd:
		h.add(x.Left, x.Value)
	default:
		h.long(x, asm.R0)
	}
}

func (h *handler) assign(x *ir.Assign) {
	if l, ok := x.Left.(*ir.LocalRef); ok {
		value := x.Value
		if x.Op != ir.OpNone {
			value = &ir.Binary{At: x.At, Op: x.Op, X: l, Y: x.Value}
		}
		h.long(value, asm.R0)
		h.Spill(h.variable(l), 0, asm.R0)
		return
	}
	switch x.Op {
	case ir.OpNone:
		h.set(x.Left, x.Value)
	case ir.OpAdd, ir.OpAnd, ir.OpOr, ir.OpXor:
		h.sum(x.Left, x.Op, x.Value)
	case ir.OpSub:
		h.sum(x.Left, ir.OpAdd, &ir.Unary{At: x.At, Op: ir.OpNeg, X: x.Value})
	default:
		h.change(x.At, x.Left, x.Op, x.Value)
	}
}

func (h *handler) step(x *ir.Step) {
	delta := &ir.Int{At: x.At, Value: x.Delta}
	if l, ok := x.Left.(*ir.LocalRef); ok {
		h.assign(&ir.Assign{At: x.At, Left: l, Op: ir.OpAdd, Value: delta})
		return
	}
	h.sum(x.Left, ir.OpAdd, delta)
}

func (h *handler) variable(x *ir.LocalRef) emit.Slot {
	s, ok := h.body.vars[x.Local]
	if !ok {
		h.bug(x.Span(), "variable %s has no place", x.Local.Name)
	}
	return s
}

// call evaluates a call by its function's body.
func (h *handler) call(x *ir.Call, dst asm.Register) {
	f := x.Func
	result, args := h.Alloc(8), h.Alloc(8*len(x.Args))
	h.Const(asm.R0, 0)
	h.Spill(result, 0, asm.R0)
	for i, a := range x.Args {
		h.long(a, asm.R0)
		h.Spill(args, int16(8*i), asm.R0)
	}
	var rest []*ir.Local
	for _, l := range localsOf(f.Body) {
		if l.Index >= f.Params || f.Locals[l.Index] != l {
			rest = append(rest, l)
		}
	}
	vars := h.declare(rest)
	for i, l := range f.Locals[:f.Params] {
		h.body.vars[l] = emit.Slot{Off: args.Off + int16(8*i)}
	}
	end := h.NewLabel("returned")
	h.body.frames = append(h.body.frames, inlined{result: result, end: end, at: x.Token()})
	h.block(f.Body)
	h.body.frames = h.body.frames[:len(h.body.frames)-1]
	h.Bind(end)
	h.Fill(dst, result, 0)
	h.Free(vars)
	h.Free(args)
	h.Free(result)
}

// divideBy divides by what may be 0, which is an error, and leaves R1 to R4 in
// disorder. For the signs see divide.
func (h *handler) divideBy(x *ir.Binary, dst asm.Register) {
	s := h.Alloc(8)
	h.long(x.X, asm.R0)
	h.Spill(s, 0, asm.R0)
	h.long(x.Y, asm.R0)
	good := h.NewLabel("divisor")
	h.If(asm.JNE, asm.R0, 0, good)
	h.raise(bpf.Division, x.Token(), 0)
	h.Bind(good)
	const number, divisor, sign = asm.R1, asm.R0, asm.R2
	h.Fill(number, s, 0)
	h.Free(s)
	h.Emit(asm.Mov.Reg(sign, number))
	alu := asm.Mod
	if x.Op == ir.OpDiv {
		alu = asm.Div
		h.Emit(asm.Xor.Reg(sign, divisor))
	}
	h.negateBelow(number, number)
	h.negateBelow(divisor, divisor)
	h.Emit(alu.Reg(number, divisor))
	h.negateBelow(sign, number)
	h.move(dst, number)
}

// negateBelow negates r if sign is negative.
func (h *handler) negateBelow(sign, r asm.Register) {
	over := h.NewLabel("signed")
	h.If(asm.JSGE, sign, 0, over)
	h.Emit(asm.Neg.Imm(r, 0))
	h.Bind(over)
}
