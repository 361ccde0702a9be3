package kernel

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf"
	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/pattern"
)

// Regular expressions are matched by their automata, tables in a map: a load leads from a
// byte to its class, and one from a state and a class to the next state. A task's name
// needs no loop, and most names are told apart by their first bytes.

// automaton is an expression's table: the class of every byte, and then for every state
// a row of as many states as there are classes, two bytes each.
type automaton struct {
	table  string // the map's name
	states int    // a power of two, not less than their number
	row    int    // how far a state is shifted up to get its row: a row's bytes are a power of two
}

const classBytes = 256

// automaton makes the table of an expression.
func (c *compiler) automaton(text string) automaton {
	if t, ok := c.automata[text]; ok {
		return t
	}
	a, err := pattern.NewAutomaton(text)
	if err != nil {
		panic(fmt.Sprintf("kernel: pattern %q: %v", text, err))
	}
	t := automaton{
		table:  fmt.Sprintf("pattern_%d", len(c.automata)),
		states: 1 << bits.Len(uint(len(a.Next)-1)),
		row:    1 + bits.Len(uint(a.Classes-1)),
	}
	// What the verifier takes a class to be at most lies behind the last row too.
	data := make([]byte, classBytes+t.states<<t.row+2*classBytes)
	copy(data, a.Class[:])
	for i, next := range a.Next {
		for class, to := range next {
			binary.LittleEndian.PutUint16(data[classBytes+i<<t.row+2*class:], to)
		}
	}
	c.automata[text] = t
	c.patterns = append(c.patterns, &bpf.Table{Name: t.table, Data: data})
	return t
}

// look takes the automaton's state, R0, over a byte: the one at an offset of from. The
// table's address is in R3. It overwrites R2 and Scratch.
func (h *handler) look(a automaton, from asm.Register, off int16) {
	const state, class = asm.R0, asm.R2
	h.Emit(
		asm.LoadMem(class, from, off, asm.Byte),
		asm.Mov.Reg(emit.Scratch, asm.R3), asm.Add.Reg(emit.Scratch, class),
		asm.LoadMem(class, emit.Scratch, 0, asm.Byte), asm.LSh.Imm(class, 1),
		asm.And.Imm(state, int32(a.states-1)), asm.LSh.Imm(state, int32(a.row)),
		asm.Add.Reg(state, class), asm.Add.Reg(state, asm.R3),
		asm.LoadMem(state, state, classBytes, asm.Half))
}

// match is whether a text matches. It may overwrite R0 to R4.
func (h *handler) match(x *ir.Regex, dst asm.Register) {
	if !isName(x.X) {
		h.matchText(x.X, x.Pattern, x.Negate, dst)
		return
	}
	const state, named = asm.R0, asm.R4
	of := task
	if x.X.(*ir.Builtin).Fn.Name == "pexecname" {
		h.Emit(asm.LoadMem(named, task, int16(h.layout.Task.RealParent), asm.DWord))
		of = named
	}
	decided := h.NewLabel("decided")
	a := h.automaton(x.Pattern)
	h.Value(asm.R3, a.table, 0)
	h.Const(state, pattern.Start)
	for i := range layout.CommSize {
		h.look(a, of, int16(h.layout.Task.Comm+i))
		h.If(asm.JLE, state, pattern.Yes, decided)
	}
	h.Const(state, pattern.No) // a name ends with a NUL, which decides
	h.Bind(decided)
	if x.Negate {
		h.Emit(asm.Xor.Imm(state, 1))
	}
	h.move(dst, state)
}

// bytesPerTurn is how many bytes of a text one turn of the loop over it looks at.
const bytesPerTurn = 8

// walk leaves in R0 whether the text at R1 matches an expression. It overwrites R1 to R4.
func (h *handler) walk(expr string) {
	const state, text, turns = asm.R0, asm.R1, asm.R4
	a := h.automaton(expr)
	loop, decided := h.NewLabel("bytes"), h.NewLabel("decided")
	h.Value(asm.R3, a.table, 0)
	h.Const(state, pattern.Start)
	h.Const(turns, 0)
	h.Bind(loop)
	for i := range int16(bytesPerTurn) {
		h.look(a, text, i)
		h.If(asm.JLE, state, pattern.Yes, decided)
	}
	h.Emit(asm.Add.Imm(text, bytesPerTurn), asm.Add.Imm(turns, 1))
	h.If(asm.JLT, turns, layout.TextSize/bytesPerTurn, loop)
	h.Const(state, pattern.No) // a text ends with a NUL, which decides
	h.Bind(decided)
}
