package kernel

import (
	"fmt"
	"slices"

	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"

	"tapir/bpf"
	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/bpf/target"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
)

// What @perf reads is counted by each CPU, whoever runs there. Whenever a CPU turns to
// another task, what it has counted since the last time is added to the thread that
// leaves, if that runs the counter's program. A thread that asks adds what has come since.

// The tracepoints at which counts are settled.
const (
	changes = "sched_switch"
	execs   = "sched_process_exec" // from here on the thread is another program
)

// counted lists the events of the plan's counters, by their numbers.
func counted(p *plan.Plan) []bpf.Counted {
	var list []bpf.Counted
	for i, probe := range p.Probes {
		if point := probe.IR.Point; point.Kind == builtin.Counter {
			list = append(list, bpf.Counted{Event: eventOf(point), Probe: i})
		}
	}
	slices.SortFunc(list, func(a, b bpf.Counted) int {
		return p.Probes[a.Probe].IR.Point.Counter - p.Probes[b.Probe].IR.Point.Counter
	})
	for i := range list {
		list[i].Map = counterMap(i)
	}
	return list
}

// counterMap is the map of a counter's events on each CPU.
func counterMap(counter int) string { return fmt.Sprintf("perf_%d", counter) }

// addForgetting adds the program that forgets what was counted for a thread before it
// became another program.
func addForgetting(groups []program) []program {
	if slices.ContainsFunc(groups, func(g program) bool { return g.kind == builtin.Counter }) {
		groups, _ = programAt(groups, hook{kind: builtin.Counter, tracepoint: execs})
	}
	return groups
}

// Offsets in a value of bpf.CountsMap.
const (
	countsChanges = 0
	countsLast    = 8 // of each counter, 8 bytes
)

// settleCounts puts into deltas what this CPU has counted since it was here last. What it
// can't read counts nothing: a thread that asks for it then finds that out itself.
func (d *dispatcher) settleCounts() {
	n := len(counted(d.plan))
	d.deltas = d.Alloc(8 * n)
	at := d.Alloc(8)
	d.cpuCounts(at, d.exit)
	d.Increment(asm.R0, countsChanges)
	for i := range n {
		failed, next := d.NewLabel("failed"), d.NewLabel("next")
		d.readCounter(i)
		d.If(asm.JSLT, asm.R0, 0, failed)
		d.Fill(asm.R1, at, 0)
		d.Emit(
			asm.LoadMem(asm.R2, asm.R1, int16(countsLast+8*i), asm.DWord),
			asm.StoreMem(asm.R1, int16(countsLast+8*i), asm.R0, asm.DWord),
			asm.Sub.Reg(asm.R0, asm.R2))
		d.Goto(next)
		d.Bind(failed)
		d.Const(asm.R0, 0)
		d.Bind(next)
		d.Spill(d.deltas, int16(8*i), asm.R0)
	}
	d.Free(at)
}

// cpuCounts puts the address of this CPU's counts into R0 and into the slot.
func (d *dispatcher) cpuCounts(at emit.Slot, none emit.Label) {
	d.Const(asm.R0, 0)
	d.Spill(at, 0, asm.R0)
	d.Map(asm.R1, bpf.CountsMap)
	d.Address(asm.R2, at)
	d.Call(asm.FnMapLookupElem)
	d.If(asm.JEq, asm.R0, 0, none)
	d.Spill(at, 0, asm.R0)
}

// readCounter leaves in R0 what this CPU has counted; negative if it can't be read.
func (d *dispatcher) readCounter(counter int) {
	d.Map(asm.R1, counterMap(counter))
	d.Const(asm.R2, unix.BPF_F_CURRENT_CPU)
	d.Call(asm.FnPerfEventRead)
}

// findSums puts the address of the thread's sums into R0, or 0; key keeps the thread's id.
func (d *dispatcher) findSums(key emit.Slot) {
	d.Emit(asm.LoadMem(asm.R0, task, int16(d.layout.Task.Pid), asm.Word))
	d.Spill(key, 0, asm.R0)
	d.lookForSums(key)
}

func (d *dispatcher) lookForSums(key emit.Slot) {
	d.Map(asm.R1, bpf.SumsMap)
	d.Address(asm.R2, key)
	d.Call(asm.FnMapLookupElem)
}

// addCounts adds what the CPU has counted for the thread that leaves it.
func (h *handler) addCounts(done emit.Label) {
	found, full := h.NewLabel("found"), h.NewLabel("full")
	key := h.Alloc(8)
	h.findSums(key)
	h.If(asm.JNE, asm.R0, 0, found)
	h.Map(asm.R1, bpf.SumsMap)
	h.Address(asm.R2, key)
	h.Value(asm.R3, bpf.ZerosMap, 0)
	h.Const(asm.R4, unix.BPF_ANY)
	h.Call(asm.FnMapUpdateElem)
	h.lookForSums(key)
	h.If(asm.JEq, asm.R0, 0, full)
	h.Bind(found)
	h.Free(key)
	at := int16(8 * h.probe.IR.Point.Counter)
	h.Fill(asm.R2, h.deltas, at)
	h.Emit(
		asm.LoadMem(asm.R1, asm.R0, at, asm.DWord),
		asm.Add.Reg(asm.R1, asm.R2),
		asm.StoreMem(asm.R0, at, asm.R1, asm.DWord))
	h.count(layout.Aggregated)
	h.Goto(done)
	h.Bind(full)
	h.count(layout.Lost)
	h.Goto(done)
}

// forgetDead forgets the sums of a thread that will not run again.
func (d *dispatcher) forgetDead() {
	d.Emit(asm.LoadMem(asm.R1, task, int16(d.layout.Task.State), asm.Word))
	alive := d.NewLabel("alive")
	d.Emit(asm.And.Imm(asm.R1, target.DeadTask))
	d.If(asm.JEq, asm.R1, 0, alive)
	d.forgetThread()
	d.Bind(alive)
}

// forgetThread forgets the thread's sums.
func (d *dispatcher) forgetThread() {
	key := d.Alloc(8)
	d.Emit(asm.LoadMem(asm.R0, task, int16(d.layout.Task.Pid), asm.Word))
	d.Spill(key, 0, asm.R0)
	d.Map(asm.R1, bpf.SumsMap)
	d.Address(asm.R2, key)
	d.Call(asm.FnMapDeleteElem)
	d.Free(key)
}

// counterTries is how often a thread looks that is put aside in the middle of it.
const counterTries = 4

// counter loads what a counter has counted for the thread. Between its looks at the CPU's
// count and at the sums no other thread may have had the CPU.
func (h *handler) counter(x *ir.Builtin, dst asm.Register) {
	n, ok := literal(x.Args[0])
	if !ok {
		h.bug(x.Span(), "%s needs a literal", x.Fn.Name)
	}
	failed, read, end := h.NewLabel("no_count"), h.NewLabel("counted"), h.NewLabel("end")
	at, before, value, key := h.Alloc(8), h.Alloc(8), h.Alloc(8), h.Alloc(8)
	h.cpuCounts(at, failed)
	for range counterTries {
		fresh := h.NewLabel("fresh")
		h.Fill(asm.R1, at, 0)
		h.Emit(asm.LoadMem(asm.R0, asm.R1, countsChanges, asm.DWord))
		h.Spill(before, 0, asm.R0)
		h.readCounter(int(n))
		h.If(asm.JSLT, asm.R0, 0, failed)
		h.Fill(asm.R1, at, 0)
		h.Emit(asm.LoadMem(asm.R1, asm.R1, int16(countsLast+8*n), asm.DWord), asm.Sub.Reg(asm.R0, asm.R1))
		h.Spill(value, 0, asm.R0)
		h.findSums(key)
		h.If(asm.JEq, asm.R0, 0, fresh)
		h.Emit(asm.LoadMem(asm.R0, asm.R0, int16(8*n), asm.DWord))
		h.Fill(asm.R1, value, 0)
		h.Emit(asm.Add.Reg(asm.R0, asm.R1))
		h.Spill(value, 0, asm.R0)
		h.Bind(fresh)
		h.Fill(asm.R1, at, 0)
		h.Emit(asm.LoadMem(asm.R0, asm.R1, countsChanges, asm.DWord))
		h.Fill(asm.R1, before, 0)
		h.IfReg(asm.JEq, asm.R0, asm.R1, read)
	}
	h.Bind(failed)
	h.count(layout.Errors)
	if !h.fault(x) {
		h.Const(dst, 0)
		h.Goto(end)
	}
	h.Bind(read)
	h.Fill(dst, value, 0)
	h.Bind(end)
	for _, s := range []emit.Slot{key, value, before, at} {
		h.Free(s)
	}
}
