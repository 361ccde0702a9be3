package kernel

import (
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/btf"

	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
)

// The path of a directory entry is read from its end to its beginning, by bpf_loop, one
// name a turn; where a mount begins, the way goes on at the entry that it covers.
//
// A turn's context is a frame as that of an array of strings, and more.
const (
	pathDentry = loopSlot    // address of the entry whose name is next
	pathNext   = loopPointer // scratch: a pointer that is read
	pathMount  = loopSize    // address of the mount, or 0
	pathName   = pathMount + 8
	pathSize   = pathName + 8
)

// path reads the names on the way from a directory entry to the root.
func (h *handler) path(c *plan.Capture, f layout.Field) {
	limit := f.Max &^ 7
	h.need(limit + vectorString)
	if !h.kernel.HasLoop() {
		h.Fail("paths are read by bpf_loop, which kernels before 5.17 do not have")
		h.Const(asm.R0, 0)
		h.describe(f, asm.R0)
		return
	}
	frame := h.Alloc(pathSize)
	known, end := h.NewLabel("mount"), h.NewLabel("end")
	h.long(c.Addr, asm.R0)
	h.Spill(frame, pathDentry, asm.R0)
	h.long(c.Len, asm.R0)
	h.If(asm.JNE, asm.R0, 0, known)
	h.Spill(frame, pathMount, asm.R0)
	h.Goto(end)
	h.Bind(known)
	h.Emit(asm.Sub.Imm(asm.R0, int32(h.layout.Path.Mount)))
	h.Spill(frame, pathMount, asm.R0)
	h.Bind(end)

	h.runTurns(frame, 2*layout.VectorMaxElems, h.turnOf(limit, c.Read), limit, pathNext, pathName)
	h.Free(frame)
	h.describe(f, asm.R0)
	h.advance(asm.R0, limit)
}

// pathTurn is the function that reads one name, or goes from a mount to the one that
// it lies on. Its result is 1 at the end.
func (d *dispatcher) pathTurn(l emit.Label, limit int, r *builtin.Read) {
	name, root, fits, stop := d.NewLabel("name"), d.NewLabel("root"), d.NewLabel("fits"), d.NewLabel("stop")
	text := *r
	text.CString, text.Path = true, false
	at := d.layout.Path

	d.Bind(l)
	d.Emit(btf.WithFuncMetadata(asm.Mov.Reg(turnFrame, asm.R2), turnFunc()))
	d.Emit(asm.LoadMem(turnUsed, turnFrame, loopUsed, asm.DWord))
	d.If(asm.JGT, turnUsed, int64(limit-2*layout.VectorElem), stop)
	d.Emit(
		asm.LoadMem(turnElement, turnFrame, loopBase, asm.DWord),
		asm.Add.Reg(turnElement, turnUsed),
		asm.LoadMem(asm.R1, turnFrame, pathMount, asm.DWord))
	d.If(asm.JEq, asm.R1, 0, name)

	d.follow(pathMount, at.Mount+at.Root, pathNext, stop)
	d.Emit(asm.LoadMem(asm.R1, turnFrame, pathDentry, asm.DWord))
	d.IfReg(asm.JNE, asm.R0, asm.R1, name)
	d.follow(pathMount, at.Mountpoint, pathDentry, stop)
	d.follow(pathMount, at.Above, pathNext, stop)
	d.Emit(asm.LoadMem(asm.R1, turnFrame, pathMount, asm.DWord))
	d.IfReg(asm.JEq, asm.R0, asm.R1, root)
	d.Emit(asm.StoreMem(turnFrame, pathMount, asm.R0, asm.DWord))
	d.Const(asm.R0, 0)
	d.Emit(asm.Return())

	d.Bind(name)
	d.follow(pathDentry, at.Name, pathName, stop)
	d.follow(pathDentry, at.Parent, pathNext, stop)
	d.Emit(asm.LoadMem(asm.R1, turnFrame, pathDentry, asm.DWord))
	d.IfReg(asm.JEq, asm.R0, asm.R1, root)
	d.Emit(asm.LoadMem(asm.R3, turnFrame, pathName, asm.DWord))
	d.turnText(&text, limit, stop, fits)
	d.Goto(stop)
	d.Bind(fits)
	d.turnEnd()
	d.Emit(
		asm.LoadMem(asm.R1, turnFrame, pathNext, asm.DWord),
		asm.StoreMem(turnFrame, pathDentry, asm.R1, asm.DWord))
	d.Emit(asm.StoreMem(turnFrame, loopUsed, turnUsed, asm.DWord))
	d.Const(asm.R0, 0)
	d.Emit(asm.Return())

	d.Bind(root)
	d.Const(asm.R0, 0)
	d.turnHead(layout.PathRoot)
	d.Emit(
		asm.Add.Imm(turnUsed, layout.VectorElem),
		asm.StoreMem(turnFrame, loopUsed, turnUsed, asm.DWord))
	d.Bind(stop)
	d.Const(asm.R0, 1)
	d.Emit(asm.Return())
}

// follow reads the pointer at an offset of what a word of the turn's frame points to,
// into another word of it, and leaves it in R0.
func (d *dispatcher) follow(from int16, offset int, to int16, failed emit.Label) {
	d.Emit(asm.Mov.Reg(asm.R1, turnFrame), asm.Add.Imm(asm.R1, int32(to)))
	d.Const(asm.R2, 8)
	d.Emit(
		asm.LoadMem(asm.R3, turnFrame, from, asm.DWord),
		asm.Add.Imm(asm.R3, int32(offset)))
	d.Call(asm.FnProbeReadKernel)
	d.If(asm.JNE, asm.R0, 0, failed)
	d.Emit(asm.LoadMem(asm.R0, turnFrame, to, asm.DWord))
}
