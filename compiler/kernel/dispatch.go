package kernel

import (
	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"

	"tapir/bpf"
	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/bpf/target"
	"tapir/lang/builtin"
)

// The registers of all generated code. R0 to R4 hold intermediate values, the
// assembler's Scratch is R5.
const (
	task   = asm.R6 // the current task_struct
	regs   = asm.R7 // its pt_regs, once a handler has asked for them; in a profile those of the moment
	cursor = asm.R8 // where a record's next tail begins
	record = asm.R9 // the record that is being filled
)

// number holds the system call's number during dispatch.
const number = asm.R2

// dispatcher assembles one program. Both tracepoints pass the address of pt_regs
// and a long: the number at the entry, the result at the return. The address is
// nothing that the verifier trusts, so registers are read by way of the task.
type dispatcher struct {
	*compiler
	*emit.Builder
	program
	index  int
	wake   emit.Label // wakes the reader if it sleeps, and exits
	other  emit.Label // calls that have no handler of their own
	exit   emit.Label
	wakes  bool // a handler goes to wake
	turns  []turnFor
	deltas emit.Slot // of counters: what each has counted since the CPU's last change of task
	// finder, if not nil, is the function that finds tasks.
	finder *emit.Label
	// context, if not nil, holds what the program was passed.
	context *emit.Slot
	cast    *target.Cast // at system calls, if task and regs are found without helpers
	atTask  bool         // record holds the address of this CPU's CounterTask
	entered bool         // task is set, and it is no 32-bit program's
}

func (d *dispatcher) emit() {
	d.wake, d.exit = d.NewLabel("wake"), d.NewLabel("exit")
	if d.other = d.exit; d.hasFamilies() {
		d.other = d.NewLabel("other")
	}
	handlers := make([]emit.Label, len(d.calls))
	for i := range d.calls {
		handlers[i] = d.NewLabel("call")
	}
	d.keepContext()
	switch {
	case d.kind.IsSyscall():
		d.loadNumber()
	default:
		d.Emit(asm.Mov.Reg(regs, asm.R1)) // what a profile is passed begins with the registers; see maxArgument
		if d.numbered() {
			d.loadCookie()
		}
	}
	counters := d.Alloc(8)
	if d.kind == builtin.Counter {
		d.settleCounts()
	}
	if d.numbered() {
		if len(d.calls) > 0 && d.calls[0].number == builtin.AnyCall {
			d.handleAny(counters)
			handlers = handlers[1:]
		}
		d.tree(d.calls, handlers)
	}
	for i, call := range d.calls {
		d.At(-1, 0)
		d.Bind(handlers[i])
		if len(call.probes) == 0 && d.hasFamilies() { // something is kept here, which is all that is peculiar to the call
			d.keepAlone(call, counters)
			continue
		}
		d.enter()
		d.handle(call, counters, true)
		if d.kind == builtin.Counter {
			d.forgetDead()
		}
		d.Goto(d.exit)
	}
	d.At(-1, 0)
	if d.kind == builtin.Counter && d.tracepoint == execs {
		d.loadTask()
		d.forgetThread()
		d.Goto(d.exit)
	}
	if d.hasFamilies() {
		d.Bind(d.other)
		d.handleFamilies(counters)
		d.At(-1, 0)
	}
	if d.wakes {
		d.Bind(d.wake)
		d.wakeReader(d.exit)
	}
	d.Bind(d.exit)
	d.Emit(asm.Mov.Imm(asm.R0, 0), asm.Return())
	if d.finder != nil {
		d.taskByID(*d.finder)
	}
	for _, t := range d.turns {
		if t.read.Path {
			d.pathTurn(t.label, t.limit, t.read)
			continue
		}
		d.turn(t.label, t.limit, t.read)
	}
}

// hasFamilies reports whether calls without a handler of their own may have one.
func (d *dispatcher) hasFamilies() bool { return len(d.families)+len(d.keepers) > 0 }

// keepAlone assembles what is kept of a call that has no handler of its own, and goes on
// with it as with those others.
func (d *dispatcher) keepAlone(call call, counters emit.Slot) {
	address := d.Alloc(8)
	byCast := d.cast != nil && d.kind == builtin.SyscallEnter && !d.entered
	if byCast { // there the registers are an address yet
		d.Spill(address, 0, regs)
	}
	d.enter()
	d.handle(call, counters, true)
	if byCast {
		d.Fill(regs, address, 0)
	}
	d.Free(address)
	d.Const(number, int64(call.number))
	d.Goto(d.other)
}

// handleAny assembles the probes of every call, before those of single ones.
func (d *dispatcher) handleAny(counters emit.Slot) {
	saved := d.Alloc(8)
	d.Spill(saved, 0, number)
	d.enter()
	d.entered = true
	any := d.calls[0]
	d.calls = d.calls[1:]
	d.handle(any, counters, len(d.calls) == 0 && !d.hasFamilies())
	d.Fill(number, saved, 0)
	d.Free(saved)
}

// handle assembles the probes at one call, one behind the other.
func (d *dispatcher) handle(call call, counters emit.Slot, alone bool) {
	d.atTask = d.atTask && !call.noted && len(call.keepers) == 0
	if call.noted {
		d.noteCall(call.number)
	}
	d.keepAt(call)
	for _, probe := range call.probes {
		h := &handler{
			dispatcher: d,
			index:      probe,
			probe:      d.plan.Probes[probe],
			counters:   counters,
			alone:      alone && len(call.probes) == 1,
			haveRegs:   d.kind != builtin.SyscallEnter,
		}
		h.emit()
	}
}

// loadNumber puts the call's number into number. At a return that is in pt_regs,
// so task and regs are set too.
func (d *dispatcher) loadNumber() {
	if d.cast != nil {
		d.castNumber()
		return
	}
	if d.kind == builtin.SyscallEnter {
		d.Emit(asm.LoadMem(number, asm.R1, 8, asm.DWord))
		return
	}
	d.loadTask()
	d.loadRegs()
	d.Emit(asm.LoadMem(number, regs, int16(d.layout.Regs.Number), asm.DWord))
	if d.noted {
		d.noteNumber()
	}
}

// tree jumps to the handlers of the number's call, or to other. Measured, a
// compare is so cheap that a table of numbers in a map does not pay.
func (d *dispatcher) tree(calls []call, handlers []emit.Label) {
	const leaf = 3
	if len(calls) <= leaf {
		for i, c := range calls {
			d.If(asm.JEq, number, int64(c.number), handlers[i])
		}
		d.Goto(d.other)
		return
	}
	mid := len(calls) / 2
	upper := d.NewLabel("from")
	d.If(asm.JGE, number, int64(calls[mid].number), upper)
	d.tree(calls[:mid], handlers[:mid])
	d.Bind(upper)
	d.tree(calls[mid:], handlers[mid:])
}

// enter sets task and, at a system call, leaves if the caller is a 32-bit one,
// whose numbers mean other calls.
func (d *dispatcher) enter() {
	if d.entered {
		return
	}
	switch {
	case d.cast != nil:
		d.findTask()
	case d.kind != builtin.SyscallExit:
		d.loadTask()
	}
	if !d.kind.IsSyscall() {
		return
	}
	d.Emit(asm.LoadMem(asm.R1, task, int16(d.layout.Task.Status), asm.Word))
	d.If(asm.JSet, asm.R1, target.CompatStatus, d.exit)
}

func (d *dispatcher) loadTask() {
	d.Call(asm.FnGetCurrentTaskBtf)
	d.Emit(asm.Mov.Reg(task, asm.R0))
}

func (d *dispatcher) loadRegs() {
	if d.cast != nil {
		d.castTo(regs, regs, d.cast.Regs)
		return
	}
	d.Emit(asm.Mov.Reg(asm.R1, task))
	d.Call(asm.FnTaskPtRegs)
	d.Emit(asm.Mov.Reg(regs, asm.R0))
}

// leave ends a handler that has put a record into the ring.
func (h *handler) leave(done emit.Label) {
	if h.alone {
		h.wakes = true
		h.Goto(h.wake)
		return
	}
	h.wakeReader(done)
	h.Goto(done)
}

// wakeReader wakes the reader if it said that it sleeps, and jumps to done if not. The
// question comes after the record is in the ring: the reader says so before it looks into
// the ring for the last time, so one of the two sees the other. A wake-up has to hang on a
// record, hence the discarded one. It costs the traced call 7 to 24 µs, so it must be rare.
func (d *dispatcher) wakeReader(done emit.Label) {
	d.Value(asm.R1, bpf.StateMap, layout.StateAsleep)
	d.Emit(asm.LoadMem(asm.R1, asm.R1, 0, asm.Word))
	d.If(asm.JEq, asm.R1, 0, done)
	d.Map(asm.R1, bpf.EventsMap)
	d.Const(asm.R2, 8)
	d.Const(asm.R3, 0)
	d.Call(asm.FnRingbufReserve)
	d.If(asm.JEq, asm.R0, 0, done)
	d.Value(asm.R1, bpf.StateMap, layout.StateAsleep)
	d.Const(asm.R2, 0)
	d.Emit(asm.StoreMem(asm.R1, 0, asm.R2, asm.Word))
	d.Emit(asm.Mov.Reg(asm.R1, asm.R0))
	d.Const(asm.R2, unix.BPF_RB_FORCE_WAKEUP)
	d.Call(asm.FnRingbufDiscard)
}
