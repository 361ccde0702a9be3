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
	"tapir/compiler/plan"
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
	return c.table(text, a)
}

// table makes an automaton's table; name tells it from others.
func (c *compiler) table(name string, a *pattern.Automaton) automaton {
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
	c.automata[name] = t
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
	if x.Loose {
		h.matchLoosely(x, dst)
		return
	}
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

// walk leaves in R0 whether the text at R1 matches an expression.
func (h *handler) walk(expr string) { h.walkBy(h.automaton(expr), layout.TextSize, pattern.No) }

// walkBy leaves in R0 what the automaton says of the text at R1, or undecided if its
// first n bytes don't tell. It overwrites R1 to R4.
func (h *handler) walkBy(a automaton, n int64, undecided int64) {
	const state, text, turns = asm.R0, asm.R1, asm.R4
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
	h.If(asm.JLT, turns, n/bytesPerTurn, loop)
	h.Const(state, undecided)
	h.Bind(decided)
}

// uncut is the most bytes of a text, and a multiple of bytesPerTurn, of which the quoted
// form is not cut, whatever they are.
const uncut = 120

// matchLoosely is 0 if a text does not match for sure. It may overwrite R0 to R4.
func (h *handler) matchLoosely(x *ir.Regex, dst asm.Register) {
	r, ok := plan.TextReadOf(x.X)
	if !ok {
		h.bug(x.Span(), "%T is matched loosely", x.X)
	}
	at := h.allocText(layout.TextSize)
	end := h.NewLabel("told")
	h.long(r.Addr, asm.R0)
	h.Emit(asm.Mov.Reg(asm.R3, asm.R0))
	h.clearText(at, layout.TextSize)
	h.Const(asm.R2, layout.TextSize)
	h.Call(reader(r.Read))
	h.Emit(asm.Mov.Reg(asm.R1, asm.R0))
	h.Const(asm.R0, 1)
	h.If(asm.JSLT, asm.R1, 0, end)
	h.text(asm.R1, at)
	h.cutText(asm.R1, int(r.Most))
	h.freeText(layout.TextSize)
	if r.Quoted {
		h.walkBy(h.quotedAutomaton(x), uncut, pattern.Yes)
	} else {
		h.walk(x.Pattern)
		if x.Negate {
			h.Emit(asm.Xor.Imm(asm.R0, 1))
		}
	}
	h.Bind(end)
	h.move(dst, asm.R0)
}

// quotedAutomaton is the table for texts that are to be put in quotes.
func (c *compiler) quotedAutomaton(x *ir.Regex) automaton {
	name := fmt.Sprintf("%v, quoted: %s", x.Negate, x.Pattern)
	if t, ok := c.automata[name]; ok {
		return t
	}
	a, err := pattern.NewQuotedAutomaton(x.Pattern, x.Negate, plan.QuotedEscape)
	if err != nil {
		panic(fmt.Sprintf("kernel: pattern %q: %v", x.Pattern, err))
	}
	return c.table(name, a)
}
