package kernel

import (
	"slices"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf"
	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/check"
)

// All places in the code of programs share one program, all returns of functions
// another, and the instructions that return, in programs that can't bear the former, a
// third. Which place it is, the kernel tells by the cookie that it was attached with:
// the point's number, by which the program then dispatches as on a call's number.

// userAttach says where a program of user code goes.
func (c *compiler) userAttach(g program) bpf.Attach {
	at := bpf.Attach{Kind: bpf.Uprobe, Name: "places in the code of programs", Multi: c.kernel.HasUprobeMulti()}
	if g.kind == builtin.UserReturn && !g.atReturns {
		at.Kind, at.Name = bpf.Uretprobe, "returns of functions of programs"
	}
	for _, number := range g.numbers(c) {
		u := c.userAt(number)
		at.Sites = append(at.Sites, bpf.Site{
			Path: u.File.Path(), Offset: u.Offset, Semaphore: u.Semaphore, PID: u.PID, Cookie: uint64(number),
		})
	}
	return at
}

// numbers are those of the places at which the program has something to do, ascending.
func (g *program) numbers(c *compiler) []int {
	var list []int
	for _, call := range g.calls {
		list = append(list, call.number)
	}
	families := slices.Clone(g.families)
	for _, k := range g.keepers {
		families = append(families, k.family)
	}
	for _, f := range families {
		for _, i := range f.Probes {
			list = append(list, c.plan.Probes[i].IR.Point.Number)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// userAt is the place of a number. It counts in all processes if for any of its probes
// it does.
func (c *compiler) userAt(number int) check.User {
	var found check.User
	for _, p := range c.plan.Probes {
		u := p.IR.Point.User
		if u == nil || p.IR.Point.Number != number {
			continue
		}
		if found.File == nil {
			found = *u
		} else if found.PID != u.PID {
			found.PID = 0
		}
	}
	return found
}

// loadCookie puts the number of the place into number.
func (d *dispatcher) loadCookie() {
	d.Call(asm.FnGetAttachCookie) // R1 is still the context
	d.Emit(asm.Mov.Reg(number, asm.R0))
}

// register loads a register of the program, by its number in DWARF.
func (h *handler) register(x *ir.Builtin, dst asm.Register) {
	n, ok := literal(x.Args[0])
	if !ok || n < 0 || n >= int64(len(h.layout.Regs.User)) {
		h.bug(x.Span(), "%s needs a literal from 0 to %d", x.Fn.Name, len(h.layout.Regs.User)-1)
	}
	h.Emit(asm.LoadMem(dst, regs, int16(h.layout.Regs.User[n]), asm.DWord))
}

// maxAncestors is how far up the target is looked for. A task without a parent is its
// own.
const maxAncestors = 12

// inTarget is whether the task's process is the target or one of its descendants.
func (h *handler) inTarget(dst asm.Register) {
	yes, end := h.NewLabel("target"), h.NewLabel("end")
	h.state(asm.R1, layout.StateTarget)
	h.move(asm.R2, task)
	for i := range maxAncestors {
		if i > 0 {
			h.Emit(asm.LoadMem(asm.R2, asm.R2, int16(h.layout.Task.RealParent), asm.DWord))
		}
		h.taskInt(emit.Scratch, asm.R2, h.layout.Task.Tgid)
		h.IfReg(asm.JEq, emit.Scratch, asm.R1, yes)
	}
	h.Const(dst, 0)
	h.Goto(end)
	h.Bind(yes)
	h.Const(dst, 1)
	h.Bind(end)
}

// busyWord is the word before a record in scratch memory: whether it is being built.
const busyWord = 8

// busy is the bytes of scratch memory before a record.
func (h *handler) busy() int {
	if h.kind.IsUser() {
		return busyWord
	}
	return 0
}

// takeScratch takes the scratch memory in R0 for a record; record then points behind the word
// that says so. Where the kernel may switch to another thread in the middle of a program,
// that thread may come to a place too, and its event is lost.
func (h *handler) takeScratch(lost emit.Label) {
	if !h.kind.IsUser() {
		return
	}
	h.Const(asm.R1, 1)
	h.Atomic(asm.Xchg, record, 0, asm.R1)
	h.If(asm.JNE, asm.R1, 0, lost)
	h.Emit(asm.Add.Imm(record, busyWord))
}

// giveScratch gives the scratch memory back, and keeps R0.
func (h *handler) giveScratch() {
	if h.kind.IsUser() {
		h.Const(asm.R1, 0)
		h.Emit(asm.StoreMem(record, -busyWord, asm.R1, asm.DWord))
	}
}
