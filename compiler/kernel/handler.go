package kernel

import (
	"github.com/cilium/ebpf/asm"

	"tapir/bpf"
	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// handler assembles one probe: count the hit, check the filter, send the record.
// Control falls out of its end whatever became of the event, so that the next
// probe at the same call follows.
type handler struct {
	*dispatcher
	index     int
	probe     *plan.Probe
	counters  emit.Slot  // holds the address of the probe's counters on this CPU
	alone     bool       // no other probe is at the same call
	haveRegs  bool       // regs is set
	clock     *emit.Slot // holds the time of day, read once
	uptime    *emit.Slot // holds the monotonic clock, read once
	bound     int        // record with tails: what the verifier knows cursor to be at most
	family    *family
	kept      emit.Slot // of a probe with an Entry: the address of what was kept for the task
	faults    *faults
	texts     *emit.Slot // holds the address of the memory for texts
	textsUsed int        // bytes of that
	room      *int       // where the most bytes are noted that a record may need
	body      *body      // of a handler that the kernel runs as a whole
}

func (h *handler) emit() {
	h.At(h.index, uint32(h.probe.IR.Pos.Start))
	h.hit()
	h.judge()
}

// judge checks the filter and sends the record of an event that passes it.
func (h *handler) judge() {
	for _, n := range h.computed() {
		if !h.usesTexts(n) {
			continue
		}
		busy, end := h.NewLabel("no_texts"), h.NewLabel("end")
		h.alone = h.alone && !h.kind.IsUser()
		h.takeTexts(busy)
		h.decide()
		h.giveTexts()
		h.Goto(end)
		h.Bind(busy)
		h.count(layout.Lost)
		h.Bind(end)
		return
	}
	h.decide()
}

// computed is all that the handler computes.
func (h *handler) computed() []ir.Node {
	var list []ir.Node
	for _, x := range h.exprs() {
		list = append(list, x)
	}
	for _, c := range h.probe.Late {
		list = append(list, c.Expr)
	}
	if h.probe.Update != nil {
		list = append(list, h.probe.Update)
	}
	return list
}

// decide is judge once the memory for texts is there.
func (h *handler) decide() {
	rejected, done := h.NewLabel("rejected"), h.NewLabel("done")
	rejects := len(h.probe.Filter) > 0
	if h.probe.Entry != nil {
		h.kept = h.Alloc(keptSize)
		defer h.Free(h.kept)
	}
	early := h.computesWithEntry()
	if early {
		h.findEntry(rejected)
		rejects = true
	}
	h.startFaults(h.exprs())
	if h.faults != nil {
		defer h.Free(h.faults.mask)
		h.faults.filters = true
		h.needRegs(h.exprs()...)
	}
	for _, c := range h.probe.Filter {
		h.At(h.index, uint32(c.Pos.Start))
		h.needRegs(c.Expr)
		h.branch(c.Expr, false, rejected, asm.R0)
	}
	h.At(h.index, uint32(h.probe.IR.Pos.Start))
	if h.faults != nil {
		h.Bind(h.faults.atOnce)
		h.faults.filters = false
	}
	switch {
	case h.kind == builtin.Counter:
		h.addCounts(done)
	case h.probe.Update != nil:
		if h.faulty {
			h.unlessStopped(rejected)
			rejects = true
		}
		h.update(done)
	default:
		if h.probe.Entry != nil && !early {
			h.findEntry(rejected)
			rejects = true
		}
		h.send(done)
		if rejects {
			h.Goto(done)
		}
	}
	if rejects {
		h.Bind(rejected)
		h.count(layout.Rejected)
	}
	h.Bind(done)
}

// exprs is all that the handler computes of the moment.
func (h *handler) exprs() []ir.Expr {
	var xs []ir.Expr
	for _, c := range h.probe.Filter {
		xs = append(xs, c.Expr)
	}
	for _, c := range h.probe.Captures {
		if !c.AtEntry {
			xs = append(xs, c.Exprs()...)
		}
	}
	return xs
}

// computesWithEntry reports whether the filter, or what is done with events that pass
// it, asks what was kept at the call's entry.
func (h *handler) computesWithEntry() bool {
	for range h.probe.EntryWords() {
		return true
	}
	return false
}

// hit finds this CPU's counters of the probe and counts the event.
func (h *handler) hit() {
	if h.atTask { // findTask came before
		h.atTask = false
		h.Emit(asm.Mov.Reg(asm.R1, record))
		h.Imm(asm.Add, asm.R1, int64(h.compiler.counters.Offset(h.index, 0)-layout.CounterTask))
	} else {
		h.cpuCounters(h.index)
	}
	h.Spill(h.counters, 0, asm.R1)
	h.bump(asm.R1, layout.Hits)
}

// cpuCounters puts the address of a probe's counters on this CPU into R1.
func (h *handler) cpuCounters(probe int) {
	h.cpuBlock(asm.R1, h.compiler.counters.Offset(probe, 0))
}

// cpuBlock puts the address of a byte of this CPU's part of the counters into dst,
// which is not R0.
func (d *dispatcher) cpuBlock(dst asm.Register, offset int) {
	d.Call(asm.FnGetSmpProcessorId)
	d.Imm(asm.And, asm.R0, int64(d.counters.CPUs-1))
	d.Imm(asm.Mul, asm.R0, int64(d.counters.Stride()))
	d.Value(dst, bpf.CountersMap, offset)
	d.Emit(asm.Add.Reg(dst, asm.R0))
}

// count adds one to a counter of the probe. It overwrites R1 and Scratch.
func (h *handler) count(k layout.Counter) {
	h.Fill(asm.R1, h.counters, 0)
	h.bump(asm.R1, k)
}

// bump adds one to a counter of those at r. It overwrites Scratch. A program in user code
// may be interrupted by another one's on the same CPU.
func (h *handler) bump(r asm.Register, k layout.Counter) {
	if !h.kind.IsUser() {
		h.Increment(r, int16(8*k))
		return
	}
	h.Const(emit.Scratch, 1)
	h.Atomic(asm.AddAtomic, r, int16(8*k), emit.Scratch)
}

// needRegs sets regs if one of the expressions reads it. It must stand where all
// later code passes by.
func (h *handler) needRegs(xs ...ir.Expr) {
	for _, x := range xs {
		if !h.haveRegs && x != nil && readsRegs(x) {
			h.loadRegs()
			h.haveRegs = true
		}
	}
}

// readsRegs reports whether x reads an argument or the result of the call.
func readsRegs(x ir.Expr) bool {
	for n := range ir.All(x) {
		if f, ok := n.(*ir.Builtin); ok && f.Fn.Class == builtin.Argument {
			return true
		}
	}
	return false
}

// calls reports whether the evaluation of x may overwrite all of R0 to R5, as the
// call of a helper does.
func calls(x ir.Expr) bool {
	for n := range ir.All(x) {
		switch n := n.(type) {
		case *ir.In, *ir.Elem, *ir.Call, *ir.Regex:
			return true
		case *ir.Binary:
			if fails(n) {
				return true
			}
			if n.X.Type().Kind == types.String && !(isName(n.X) && isPlain(n.Y) || isName(n.Y) && isPlain(n.X)) {
				return true
			}
		case *ir.Builtin:
			if n.Fn.Class == builtin.Memory || n.Fn.IsCounter() || n.Fn.Name == "isinstr" || contexts[n.Fn.Name].calls {
				return true
			}
		}
	}
	return false
}

// isPlain reports whether a task's name is compared with a text without a call; see
// unlessName.
func isPlain(x ir.Expr) bool {
	switch x.(type) {
	case *ir.Str, *ir.GlobalRef:
		return true
	}
	return false
}
