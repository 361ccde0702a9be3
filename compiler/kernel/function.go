package kernel

import (
	"cmp"
	"slices"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/lang/check"
)

// A function that a trampoline is at has a program of its own, which finds the
// arguments as words at its context; that of a return has the result behind them. The
// programs at breakpoints are one for all entries and one for all returns: each place
// has the function's number as its cookie, by which they dispatch as by a call's.

// functionHook is where the program of a probe of a function hangs.
func functionHook(kind builtin.PointKind, f *check.Function) hook {
	h := hook{kind: kind, means: f.Means}
	if f.Means == builtin.Trampoline {
		h.function = f.Name
	}
	return h
}

// entryHook is where what a return's probe wants of the entry is kept.
func entryHook(p *plan.Probe) hook {
	if f := p.IR.Point.Function; f != nil {
		return functionHook(builtin.FunctionEnter, f)
	}
	if p.IR.Point.Kind.IsUser() {
		return hook{kind: builtin.UserEntry}
	}
	return hook{kind: builtin.SyscallEnter, tracepoint: "sys_enter"}
}

// numbered reports whether the program dispatches on a number.
func (h hook) numbered() bool {
	return h.kind.IsSyscall() || h.kind.IsUser() || h.kind.IsFunction() && h.means == builtin.Breakpoint
}

// functionAttach is where a program at functions goes.
func (c *compiler) functionAttach(g program) bpf.Attach {
	a := bpf.Attach{Kind: functionKinds[g.means][g.kind == builtin.FunctionReturn], Name: g.function}
	can := c.kernel.Probing()
	if !can.Any() {
		a.Lacks = "this kernel can't probe its functions: it is built without CONFIG_KPROBES and CONFIG_FUNCTION_TRACER"
	}
	if g.means == builtin.Breakpoint {
		a.Name, a.Functions, a.Multi = "functions of the kernel", c.functions(g), can.Many
	}
	return a
}

// functionKinds are the ways to attach, by means and whether it is to the return.
var functionKinds = [...]map[bool]bpf.AttachKind{
	builtin.Trampoline: {false: bpf.FEntry, true: bpf.FExit},
	builtin.Breakpoint: {false: bpf.KProbe, true: bpf.KRetProbe},
}

// functions lists those that a program at breakpoints is for.
func (c *compiler) functions(g program) []bpf.Function {
	var list []bpf.Function
	add := func(probe int) {
		p := c.plan.Probes[probe]
		f := p.IR.Point.Function
		single := p.IR.Point.Name == p.IR.Spelling
		at := slices.IndexFunc(list, func(g bpf.Function) bool { return g.Cookie == uint64(p.IR.Point.Number) })
		if at < 0 {
			list = append(list, bpf.Function{Name: f.Name, Cookie: uint64(p.IR.Point.Number), Needed: single})
		} else if single {
			list[at].Needed = true
		}
	}
	for _, call := range g.calls {
		for _, p := range call.probes {
			add(p)
		}
		for _, k := range call.keepers {
			add(k.probe)
		}
	}
	families := slices.Clone(g.families)
	for _, k := range g.keepers {
		families = append(families, k.family)
	}
	for _, f := range families {
		for _, p := range f.Probes {
			add(p)
		}
	}
	slices.SortFunc(list, func(a, b bpf.Function) int { return cmp.Compare(a.Cookie, b.Cookie) })
	return list
}

// trampolined reports whether the program's context is words.
func (h *handler) trampolined() bool { return h.kind.IsFunction() && h.means == builtin.Trampoline }

// word loads the n-th word of a trampoline's context, from 0.
func (h *handler) word(n int, dst asm.Register) {
	h.Emit(asm.LoadMem(dst, regs, int16(8*n), asm.DWord))
	h.scalar(dst)
}

// scalar makes a number of what the verifier takes for a pointer, and allows little to
// be done with: of what is negated it thinks no more.
func (h *handler) scalar(r asm.Register) { h.Emit(asm.Neg.Imm(r, 0), asm.Neg.Imm(r, 0)) }

// result loads what the probed function or call gives back.
func (h *handler) result(dst asm.Register) {
	if h.trampolined() {
		h.word(len(h.probe.IR.Point.Function.Params), dst)
		return
	}
	h.Emit(asm.LoadMem(dst, regs, int16(h.layout.Regs.Result), asm.DWord))
}

// narrow cuts a register to what counts of it.
func (h *handler) narrow(r asm.Register, width narrow) {
	switch width {
	case signed:
		h.extend(r, 4)
	case unsigned:
		h.Emit(asm.Mov.Reg32(r, r))
	}
}
