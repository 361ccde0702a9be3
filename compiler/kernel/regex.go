package kernel

import (
	"fmt"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/pattern"
)

// Regular expressions are matched by their automata, tables in a map: a load leads
// from a state and a byte to the next state. A task's name is short, so that no loop
// is needed, and most names are told apart by their first bytes.

// stateBytes is what a state takes in an automaton's table.
const stateBytes = 256

// automaton is the name of the map with an expression's table.
func (c *compiler) automaton(text string) string {
	if name, ok := c.automata[text]; ok {
		return name
	}
	name := fmt.Sprintf("pattern_%d", len(c.automata))
	c.automata[text] = name
	a, err := pattern.NewAutomaton(text)
	if err != nil {
		panic(fmt.Sprintf("kernel: pattern %q: %v", text, err))
	}
	t := &bpf.Table{Name: name, Data: make([]byte, pattern.MaxStates*stateBytes)}
	for i, next := range a.Next {
		copy(t.Data[i*stateBytes:], next[:])
	}
	c.patterns = append(c.patterns, t)
	return name
}

// match is whether a task's name matches. It may overwrite R0 to R4.
func (h *handler) match(x *ir.Regex, dst asm.Register) {
	if !isName(x.X) {
		h.bug(x.Span(), "%T is matched in the kernel", x.X)
	}
	const state, next, table, named = asm.R0, asm.R1, asm.R2, asm.R3
	of := task
	if x.X.(*ir.Builtin).Fn.Name == "pexecname" {
		h.Emit(asm.LoadMem(named, task, int16(h.layout.Task.RealParent), asm.DWord))
		of = named
	}
	decided := h.NewLabel("decided")
	h.Value(table, h.automaton(x.Pattern), 0)
	h.Const(state, pattern.Start)
	for i := range layout.CommSize {
		h.Emit(
			asm.And.Imm(state, pattern.MaxStates-1), asm.LSh.Imm(state, 8), asm.Add.Reg(state, table),
			asm.LoadMem(next, of, int16(h.layout.Task.Comm+i), asm.Byte), asm.Add.Reg(state, next),
			asm.LoadMem(state, state, 0, asm.Byte))
		h.If(asm.JLE, state, pattern.Yes, decided)
	}
	h.Const(state, pattern.No) // a name ends with a NUL, which decides
	h.Bind(decided)
	if x.Negate {
		h.Emit(asm.Xor.Imm(state, 1))
	}
	h.move(dst, state)
}
