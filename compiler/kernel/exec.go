package kernel

import (
	"slices"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf"
	"tapir/bpf/target"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
)

// A program that was executed by execveat(2) finds the number of execve(2) in the
// register that has the call's, for the kernel sets it so. Where returns of execveat
// are probed, the number is therefore noted at the entry of both.

// execNote is the map of the calls' numbers, by task.
const execNote = "exec_call"

// execCalls are the numbers of execve and execveat on a kernel.
func execCalls(k *target.Kernel) (execve, execveat int) {
	execve, _ = k.SyscallNumber("execve")
	execveat, _ = k.SyscallNumber("execveat")
	return execve, execveat
}

// addExecNotes has the numbers noted if returns of execveat are probed.
func addExecNotes(p *plan.Plan, k *target.Kernel, groups []program) []program {
	execve, execveat := execCalls(k)
	at := slices.IndexFunc(groups, func(g program) bool { return g.kind == builtin.SyscallExit && g.has(p, execveat) })
	if at < 0 {
		return groups
	}
	groups[at].noted = true
	groups, g := programAt(groups, hook{kind: builtin.SyscallEnter, tracepoint: "sys_enter"})
	for _, number := range []int{execve, execveat} {
		g.call(number).noted = true
	}
	return groups
}

// has reports whether a probe of the program is at a call by its number.
func (g *program) has(p *plan.Plan, number int) bool {
	at := func(i int) bool { return p.Probes[i].IR.Point.Number == number }
	return slices.ContainsFunc(g.calls, func(c call) bool { return c.number == number }) ||
		slices.ContainsFunc(g.families, func(f *plan.Family) bool { return slices.ContainsFunc(f.Probes, at) })
}

// noteCall keeps the number of the call that begins.
func (d *dispatcher) noteCall(nr int) {
	full := d.NewLabel("full")
	h := &handler{dispatcher: d}
	h.storage(execNote, true)
	h.If(asm.JEq, asm.R0, 0, full)
	h.Const(asm.R1, int64(nr))
	h.Emit(asm.StoreMem(asm.R0, 0, asm.R1, asm.DWord))
	h.Bind(full)
}

// noteNumber corrects the number of a call that returns.
func (d *dispatcher) noteNumber() {
	execve, _ := execCalls(d.kernel)
	right, plain := d.NewLabel("right"), d.NewLabel("execve")
	h := &handler{dispatcher: d}
	h.If(asm.JNE, number, int64(execve), right)
	h.storage(execNote, false)
	h.If(asm.JEq, asm.R0, 0, plain)
	h.Emit(asm.LoadMem(number, asm.R0, 0, asm.DWord))
	h.If(asm.JNE, number, 0, right)
	h.Bind(plain)
	h.Const(number, int64(execve))
	h.Bind(right)
}

// execNotes is the map of the numbers, if a program notes them.
func execNotes(groups []program) []*bpf.Entries {
	if slices.ContainsFunc(groups, func(g program) bool { return g.noted }) {
		return []*bpf.Entries{{Name: execNote, Size: 8}}
	}
	return nil
}
