package kernel

import (
	"github.com/cilium/ebpf/asm"

	"tapir/bpf"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
)

// context is how the kernel answers a function about the moment of the event.
type context struct {
	calls bool // a helper is called
	load  func(h *handler, dst asm.Register)
}

// contexts has the functions whose result is a number and which have no arguments.
var contexts = map[string]context{
	"pid":  {load: func(h *handler, dst asm.Register) { h.taskInt(dst, task, h.layout.Task.Tgid) }},
	"tid":  {load: func(h *handler, dst asm.Register) { h.taskInt(dst, task, h.layout.Task.Pid) }},
	"ppid": {load: (*handler).ppid},
	"uid":  {load: func(h *handler, dst asm.Register) { h.cred(dst, h.layout.Cred.UID) }},
	"euid": {load: func(h *handler, dst asm.Register) { h.cred(dst, h.layout.Cred.EUID) }},
	"gid":  {load: func(h *handler, dst asm.Register) { h.cred(dst, h.layout.Cred.GID) }},
	"egid": {load: func(h *handler, dst asm.Register) { h.cred(dst, h.layout.Cred.EGID) }},
	"pgrp": {load: func(h *handler, dst asm.Register) { h.group(dst, processGroup) }},
	"sid":  {load: func(h *handler, dst asm.Register) { h.group(dst, sessionGroup) }},

	"user_mode":      {load: (*handler).userMode},
	"_event_address": {load: (*handler).eventAddress},

	"cpu":          {calls: true, load: func(h *handler, dst asm.Register) { h.helper(dst, asm.FnGetSmpProcessorId) }},
	"cpu_clock_ns": {calls: true, load: (*handler).cpuClock},
	"jiffies":      {calls: true, load: func(h *handler, dst asm.Register) { h.helper(dst, asm.FnJiffies64) }},

	"gettimeofday_ns": {calls: true, load: func(h *handler, dst asm.Register) { h.timeOfDay(dst, 1) }},
	"gettimeofday_us": {calls: true, load: func(h *handler, dst asm.Register) { h.timeOfDay(dst, 1e3) }},
	"gettimeofday_ms": {calls: true, load: func(h *handler, dst asm.Register) { h.timeOfDay(dst, 1e6) }},
	"gettimeofday_s":  {calls: true, load: func(h *handler, dst asm.Register) { h.timeOfDay(dst, 1e9) }},

	"get_cycles": {load: func(h *handler, dst asm.Register) {
		h.Fail("get_cycles() is not available in probes of the kernel: it keeps the cycle counter from eBPF programs; use cpu_clock_ns()")
		h.Const(dst, 0)
	}},

	"_in_target": {calls: true, load: (*handler).inTarget},

	"target": {load: func(h *handler, dst asm.Register) { h.state(dst, layout.StateTarget) }},

	"_current_task": {load: func(h *handler, dst asm.Register) { h.move(dst, task) }},

	"_stp_syscall_nr": {load: func(h *handler, dst asm.Register) {
		h.Emit(asm.LoadMem(dst, regs, int16(h.layout.Regs.Number), asm.DWord))
	}},

	"returnval": {load: (*handler).result},
}

// clocks are the contexts that read the time of day.
var clocks = map[string]bool{"gettimeofday_ns": true, "gettimeofday_us": true, "gettimeofday_ms": true, "gettimeofday_s": true}

// taskInt loads an s32 of a task. Ids are positive, so the kernel's ints need no
// extension of the sign.
func (h *handler) taskInt(dst, task asm.Register, offset int) {
	h.Emit(asm.LoadMem(dst, task, int16(offset), asm.Word))
}

func (h *handler) ppid(dst asm.Register) {
	h.Emit(asm.LoadMem(dst, task, int16(h.layout.Task.RealParent), asm.DWord))
	h.taskInt(dst, dst, h.layout.Task.Tgid)
}

func (h *handler) cred(dst asm.Register, offset int) {
	h.Emit(
		asm.LoadMem(dst, task, int16(h.layout.Task.Cred), asm.DWord),
		asm.LoadMem(dst, dst, int16(offset), asm.Word))
}

// The kernel's numbers for the groups that a task is in: enum pid_type.
const (
	processGroup = 2
	sessionGroup = 3
)

// group loads the id of a group that the task is in, as the first pid namespace
// has it.
func (h *handler) group(dst asm.Register, kind int) {
	h.Emit(
		asm.LoadMem(dst, task, int16(h.layout.Task.Signal), asm.DWord),
		asm.LoadMem(dst, dst, int16(h.layout.Signal.Pids+8*kind), asm.DWord),
		asm.LoadMem(dst, dst, int16(h.layout.Pid.Numbers), asm.Word))
}

// userMode is whether a profile or watchpoint interrupted a program: then the low two bits of
// the code segment, its privilege, are both set; in the kernel none is.
func (h *handler) userMode(dst asm.Register) {
	if !h.kind.Interrupts() {
		h.Const(dst, 0)
		return
	}
	h.Emit(asm.LoadMem(dst, regs, int16(h.layout.Regs.Segment), asm.DWord))
	h.Imm(asm.And, dst, 1)
}

// helper calls a helper that has no arguments.
func (h *handler) helper(dst asm.Register, f asm.BuiltinFunc) {
	h.Call(f)
	h.move(dst, asm.R0)
}

func (h *handler) move(dst, src asm.Register) {
	if dst != src {
		h.Emit(asm.Mov.Reg(dst, src))
	}
}

// state loads 8 bytes of the state map.
func (h *handler) state(dst asm.Register, offset int) {
	h.Value(dst, bpf.StateMap, offset)
	h.Emit(asm.LoadMem(dst, dst, 0, asm.DWord))
}

// cpuClock is the time since the start, without what the machine slept.
func (h *handler) cpuClock(dst asm.Register) {
	if h.uptime != nil {
		h.Fill(dst, *h.uptime, 0)
		return
	}
	h.helper(dst, asm.FnKtimeGetNs)
}

// timeOfDay is the time since the epoch in units of the given nanoseconds. The
// clock costs 40 ns, so a record reads it once for all its fields.
func (h *handler) timeOfDay(dst asm.Register, unit int64) {
	if h.clock != nil {
		h.Fill(dst, *h.clock, 0)
	} else {
		h.readClock()
		h.move(dst, asm.R0)
	}
	if unit > 1 {
		h.Imm(asm.Div, dst, unit)
	}
}

// readClock puts the time of day in nanoseconds into R0.
func (h *handler) readClock() {
	clock := asm.FnKtimeGetNs
	if h.kernel.HasTAIClock() {
		clock = asm.FnKtimeGetTaiNs
	}
	h.Call(clock)
	h.state(asm.R1, layout.StateClockOffset)
	h.Emit(asm.Add.Reg(asm.R0, asm.R1))
}

// narrow says how a function reads its argument: as 32 bits, with or without
// sign, or whole.
type narrow uint8

const (
	whole narrow = iota
	signed
	unsigned
)

var arguments = map[string]narrow{
	"int_arg":       signed,
	"uint_arg":      unsigned,
	"long_arg":      whole,
	"ulong_arg":     whole,
	"pointer_arg":   whole,
	"u32_arg":       unsigned,
	"s32_arg":       signed,
	"u64_arg":       whole,
	"s64_arg":       whole,
	"longlong_arg":  whole,
	"ulonglong_arg": whole,
}

// maxArgument is the highest number of an argument: a tracepoint hands over words, a
// call has registers.
func (h *handler) maxArgument() int64 {
	if h.kind == builtin.Trace {
		return maxParams
	}
	return int64(len(h.layout.Regs.Args))
}

// maxParams is how many words the kernel lets a tracepoint hand over.
const maxParams = 12

// registers are the offsets of the arguments' registers in pt_regs.
func (h *handler) registers() [6]int {
	if h.kind.IsUser() || h.kind.IsFunction() {
		return h.layout.Regs.Params
	}
	return h.layout.Regs.Args
}

// argument loads an argument of the probed call.
func (h *handler) argument(x *ir.Builtin, width narrow, dst asm.Register) {
	n, ok := literal(x.Args[0])
	if !ok || n < 1 || n > h.maxArgument() {
		h.bug(x.Span(), "%s needs a literal from 1 to %d", x.Fn.Name, h.maxArgument())
	}
	if h.trampolined() {
		h.word(int(n-1), dst)
		h.narrow(dst, width)
		return
	}
	size := asm.DWord
	if width != whole {
		size = asm.Word
	}
	offset := int(8 * (n - 1))
	if h.kind != builtin.Trace {
		offset = h.registers()[n-1]
	}
	h.Emit(asm.LoadMem(dst, regs, int16(offset), size))
	if width == signed {
		h.extend(dst, 4)
	}
}

// extend spreads the sign of the low bytes over the register. The instruction for
// it came only with 6.6.
func (h *handler) extend(r asm.Register, bytes int) {
	if bytes < 8 {
		shift := int32(64 - 8*bytes)
		h.Emit(asm.LSh.Imm(r, shift), asm.ArSh.Imm(r, shift))
	}
}
