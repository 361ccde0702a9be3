package kernel

import (
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/btf"

	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/lang/builtin"
)

// Where the kernel has bpf_loop, an array of C strings is read by it: the verifier
// then looks at one turn instead of 128, which takes 0.3 ms instead of 13. A turn is
// a function of its own, with this frame of its caller's as its context.
const (
	loopBase    = 0  // address where the tail begins
	loopUsed    = 8  // bytes of it so far
	loopSlot    = 16 // address of the next pointer
	loopPointer = 24 // the pointer that is read
	loopSize    = 32
)

// loopElements reads the elements as elements does: R0 is the array's address, and
// behind it the tail's length.
func (h *handler) loopElements(turn emit.Label, limit int) {
	frame := h.Alloc(loopSize)
	h.Spill(frame, loopSlot, asm.R0)
	h.runTurns(frame, layout.VectorMaxElems, turn, limit, loopPointer)
	h.Free(frame)
}

// runTurns runs a turn until it says that it is the end, at most n times, and leaves the
// tail's length in R0, which is at most limit. The words of the frame begin as 0.
func (h *handler) runTurns(frame emit.Slot, n int64, turn emit.Label, limit int, words ...int16) {
	h.Emit(asm.Mov.Reg(asm.R0, record), asm.Add.Reg(asm.R0, cursor))
	h.Spill(frame, loopBase, asm.R0)
	h.zeroAt(asm.R0, asm.R1)
	h.Spill(frame, loopUsed, asm.R1)
	for _, w := range words {
		h.Spill(frame, w, asm.R1)
	}
	h.Const(asm.R1, n)
	h.Function(asm.R2, turn)
	h.Address(asm.R3, frame)
	h.Const(asm.R4, 0)
	h.Call(asm.FnLoop)
	h.Fill(asm.R0, frame, loopUsed)
	h.atMost(asm.R0, limit) // it is; the verifier wants to see it
}

// zeroAt sets r to 0 by way of the memory at addr. Before 6.7 the verifier looks only at
// the first turn of a loop: of a plain 0 it would conclude that no turn ever finds
// anything used, and drop the code for that.
func (h *handler) zeroAt(addr, r asm.Register) {
	h.Const(r, 0)
	h.Emit(asm.StoreMem(addr, 0, r, asm.DWord), asm.LoadMem(r, addr, 0, asm.DWord))
}

// turnOf is the function that reads an element of arrays of limit bytes; all that are
// alike share one.
func (d *dispatcher) turnOf(limit int, r *builtin.Read) emit.Label {
	for _, t := range d.turns {
		if t.limit == limit && t.read.Space == r.Space && t.read.Path == r.Path {
			return t.label
		}
	}
	d.turns = append(d.turns, turnFor{d.NewLabel("turn"), limit, r})
	return d.turns[len(d.turns)-1].label
}

// turnFor is what a turn's function is about.
type turnFor struct {
	label emit.Label
	limit int
	read  *builtin.Read
}

// The registers of a turn.
const (
	turnFrame   = asm.R6
	turnUsed    = asm.R7
	turnElement = asm.R8
)

// turn is the function that reads one element of at most limit bytes in all. Its
// result is 1 at the end.
func (d *dispatcher) turn(l emit.Label, limit int, r *builtin.Read) {
	badString, badSlot, full, next, stop := d.NewLabel("bad_string"), d.NewLabel("bad_slot"), d.NewLabel("full"), d.NewLabel("next"), d.NewLabel("stop")
	text, single := *r, *r
	text.CString, single.CString = true, false

	d.Bind(l)
	d.Emit(btf.WithFuncMetadata(asm.Mov.Reg(turnFrame, asm.R2), turnFunc()))
	d.Emit(asm.LoadMem(turnUsed, turnFrame, loopUsed, asm.DWord))
	d.If(asm.JGT, turnUsed, int64(limit-2*layout.VectorElem), stop)
	d.Emit(
		asm.LoadMem(turnElement, turnFrame, loopBase, asm.DWord),
		asm.Add.Reg(turnElement, turnUsed),
		asm.Mov.Reg(asm.R1, turnFrame),
		asm.Add.Imm(asm.R1, loopPointer))
	d.Const(asm.R2, 8)
	d.Emit(asm.LoadMem(asm.R3, turnFrame, loopSlot, asm.DWord))
	d.Call(reader(&single))
	d.If(asm.JNE, asm.R0, 0, badSlot)
	d.Emit(asm.LoadMem(asm.R3, turnFrame, loopPointer, asm.DWord))
	d.If(asm.JEq, asm.R3, 0, stop)

	d.turnText(&text, limit, badString, full)
	d.Emit(asm.Mov.Reg(asm.R0, asm.R1))
	d.Bind(full)
	d.turnEnd()

	d.Bind(next)
	d.Emit(
		asm.StoreMem(turnFrame, loopUsed, turnUsed, asm.DWord),
		asm.LoadMem(asm.R1, turnFrame, loopSlot, asm.DWord),
		asm.Add.Imm(asm.R1, 8),
		asm.StoreMem(turnFrame, loopSlot, asm.R1, asm.DWord))
	d.Const(asm.R0, 0)
	d.Emit(asm.Return())

	d.Bind(badString)
	d.Emit(asm.Add.Imm(asm.R0, 1))
	d.If(asm.JEq, asm.R0, 0, full) // see emptyString
	d.Emit(asm.LoadMem(asm.R3, turnFrame, loopPointer, asm.DWord))
	d.turnHead(0)
	d.turnBad(asm.R3)
	d.Goto(next)

	d.Bind(badSlot)
	d.Emit(asm.LoadMem(asm.R3, turnFrame, loopSlot, asm.DWord))
	d.turnHead(layout.VectorBadSlot)
	d.turnBad(asm.R3)
	d.Emit(asm.StoreMem(turnFrame, loopUsed, turnUsed, asm.DWord))
	d.Bind(stop)
	d.Const(asm.R0, 1)
	d.Emit(asm.Return())
}

// turnText reads the string at R3 behind the element's head, and leaves its length in
// R0. If it fits into what is left of limit, it goes on at fits, else behind this, with
// what is left in R1.
func (d *dispatcher) turnText(r *builtin.Read, limit int, bad, fits emit.Label) {
	d.Emit(asm.Mov.Reg(asm.R1, turnElement), asm.Add.Imm(asm.R1, layout.VectorElem))
	d.Const(asm.R2, vectorString)
	d.Call(reader(r))
	d.Emit(asm.Sub.Imm(asm.R0, 1))
	d.If(asm.JGT, asm.R0, vectorString-1, bad)
	d.Const(asm.R1, int64(limit-layout.VectorElem))
	d.Emit(asm.Sub.Reg(asm.R1, turnUsed))
	d.IfReg(asm.JLE, asm.R0, asm.R1, fits)
}

// turnEnd ends an element of the length in R0.
func (d *dispatcher) turnEnd() {
	d.turnHead(0)
	d.Emit(asm.Add.Reg(turnUsed, asm.R0), asm.Add.Imm(turnUsed, layout.VectorElem+7), asm.And.Imm(turnUsed, -8))
}

// turnHead writes an element's head: the length in R0 and a word of flags.
func (d *dispatcher) turnHead(flags int64) {
	d.Const(asm.R2, flags)
	d.Emit(
		asm.StoreMem(turnElement, 0, asm.R0, asm.Word),
		asm.StoreMem(turnElement, 4, asm.R2, asm.Word))
}

// turnBad ends an element whose head says that the pointer r is bad.
func (d *dispatcher) turnBad(r asm.Register) {
	d.Emit(
		asm.StoreMem(turnElement, layout.VectorElem, r, asm.DWord),
		asm.Add.Imm(turnUsed, 2*layout.VectorElem))
}

// The kernel wants to know the types of a program's functions if it has several.
func mainFunc(name string) *btf.Func {
	return &btf.Func{Name: name, Linkage: btf.GlobalFunc, Type: &btf.FuncProto{
		Return: intType(), Params: []btf.FuncParam{{Name: "ctx", Type: &btf.Pointer{Target: (*btf.Void)(nil)}}},
	}}
}

func turnFunc() *btf.Func {
	return &btf.Func{Name: "turn", Linkage: btf.StaticFunc, Type: &btf.FuncProto{
		Return: intType(),
		Params: []btf.FuncParam{{Name: "index", Type: intType()}, {Name: "frame", Type: &btf.Pointer{Target: (*btf.Void)(nil)}}},
	}}
}

func intType() *btf.Int { return &btf.Int{Name: "int", Size: 4, Encoding: btf.Signed} }
