package kernel

import (
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/btf"

	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
)

// The kernel finds the pid of a number in a tree (an XArray): each node has 64 slots,
// and says by how much the number is shifted to choose one of them. What a slot or the
// root has is a node if its low bits are 2, else the pid.
const (
	nodeMark  = 2
	nodeMask  = 3
	nodeSlots = 64
	maxLevels = 4 // of 6 bits each: the highest id is 2 to the 22nd power
)

// taskOf puts the address of the task of a thread's id into dst, or 0 if there is none.
func (h *handler) taskOf(tid ir.Expr, dst asm.Register) {
	h.long(tid, asm.R1)
	h.CallFunction(h.taskFinder(), finderStack)
	h.move(dst, asm.R0)
}

// taskFinder is the function that finds tasks, of which a program has one at most.
func (d *dispatcher) taskFinder() emit.Label {
	if d.finder == nil {
		l := d.NewLabel("find_task")
		d.finder = &l
	}
	return *d.finder
}

// finderFunc is global, so that the verifier looks at it once: it has more ways through
// it than it could follow wherever a program asks for a task.
func finderFunc() *btf.Func {
	long := &btf.Int{Name: "long", Size: 8, Encoding: btf.Signed}
	return &btf.Func{Name: "find_task", Linkage: btf.GlobalFunc, Type: &btf.FuncProto{
		Return: long, Params: []btf.FuncParam{{Name: "tid", Type: long}},
	}}
}

// The finder's registers, the word of its stack that it reads memory into, and how many
// bytes of stack it takes.
const (
	finderFound = asm.R6
	finderIndex = asm.R7
	finderWord  = -8
	finderStack = 8
)

// taskByID is the function that finds the task of the id in R1.
func (d *dispatcher) taskByID(l emit.Label) {
	none, leaf := d.NewLabel("none"), d.NewLabel("leaf")
	d.Bind(l)
	d.Emit(btf.WithFuncMetadata(asm.Mov.Reg(finderIndex, asm.R1), finderFunc()))
	d.Call(asm.FnGetCurrentTaskBtf)
	d.Emit(
		asm.LoadMem(asm.R3, asm.R0, int16(d.layout.Task.Signal), asm.DWord),
		asm.LoadMem(finderFound, asm.R3, int16(d.layout.Signal.Pids+8*processGroup), asm.DWord))
	d.pointerAt(d.layout.Pid.Namespace, none)
	d.pointerAt(d.layout.Lookup.Head, none)
	for level := range maxLevels {
		d.Emit(asm.Mov.Reg(asm.R1, finderFound), asm.And.Imm(asm.R1, nodeMask))
		d.If(asm.JNE, asm.R1, nodeMark, leaf)
		d.descend(level == 0, none)
	}
	d.Bind(leaf)
	d.If(asm.JEq, finderFound, 0, none)
	d.pointerAt(d.layout.Pid.Tasks, none)
	d.If(asm.JEq, finderFound, 0, none)
	d.Emit(asm.Mov.Reg(asm.R0, finderFound), asm.Sub.Imm(asm.R0, int32(d.layout.Task.PidLinks)), asm.Return())
	d.Bind(none)
	d.Emit(asm.Mov.Imm(asm.R0, 0), asm.Return())
}

// descend goes from a node to what it keeps for the index. What is beyond the slots of
// the first node is beyond the tree.
func (d *dispatcher) descend(first bool, none emit.Label) {
	d.readWord(d.layout.Lookup.Shift-nodeMark, 1, none)
	d.Emit(
		asm.LoadMem(asm.R1, asm.RFP, finderWord, asm.Byte),
		asm.And.Imm(asm.R1, 63),
		asm.Mov.Reg(asm.R3, finderIndex),
		asm.RSh.Reg(asm.R3, asm.R1))
	if first {
		d.If(asm.JGE, asm.R3, nodeSlots, none)
	}
	d.Emit(asm.And.Imm(asm.R3, nodeSlots-1), asm.LSh.Imm(asm.R3, 3), asm.Add.Reg(finderFound, asm.R3))
	d.pointerAt(d.layout.Lookup.Slots-nodeMark, none)
}

// pointerAt goes on to the pointer at an offset of what was found.
func (d *dispatcher) pointerAt(offset int, failed emit.Label) {
	d.readWord(offset, 8, failed)
	d.Emit(asm.LoadMem(finderFound, asm.RFP, finderWord, asm.DWord))
}

// readWord reads so many bytes at an offset of what was found.
func (d *dispatcher) readWord(offset int, size int64, failed emit.Label) {
	d.Emit(asm.Mov.Reg(asm.R1, asm.RFP), asm.Add.Imm(asm.R1, finderWord))
	d.Const(asm.R2, size)
	d.Emit(asm.Mov.Reg(asm.R3, finderFound), asm.Add.Imm(asm.R3, int32(offset)))
	d.Call(asm.FnProbeReadKernel)
	d.If(asm.JNE, asm.R0, 0, failed)
}

// foundTask captures the address of a task as the 8 bytes of a tail.
func (h *handler) foundTask(c *plan.Capture, f layout.Field) {
	h.need(f.Max)
	h.taskOf(c.Addr, asm.R0)
	h.tail(asm.R1)
	h.Emit(asm.StoreMem(asm.R1, 0, asm.R0, asm.DWord))
	h.Const(asm.R1, 8)
	h.describe(f, asm.R1)
	h.advance(asm.R1, f.Max)
}
