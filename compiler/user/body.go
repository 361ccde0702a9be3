package user

import (
	"math"
	"strings"

	"tapir/compiler/bytecode"
	"tapir/compiler/ir"
	"tapir/lang/source"
	"tapir/lang/types"
)

// body is one handler or function in the making.
//
// Registers are handed out in the order in which they are needed: parameters,
// then the variables that the body mentions, then temporaries as a stack. An
// expression's code writes its target only as its last act, so that a variable
// may be the target of an expression that reads it.
type body struct {
	c      *compiler
	fn     *ir.Func    // nil in a probe
	pos    source.Span // of the whole, for what is wrong with no one part
	locals map[*ir.Local]uint8
	ints   registers
	texts  registers
	loops  []*loop
	tries  int                 // try statements around the code being made
	kept   map[*ir.Local]uint8 // copies of parameters, see keepParams

	actions ir.Actions
}

// registers is the allocation of one kind's registers.
type registers struct {
	params, locals, next, size int
}

func (r *registers) alloc(n int) int {
	i := r.next
	r.next += n
	r.size = max(r.size, r.next)
	return i
}

func newBody(c *compiler, f *ir.Func, code *ir.Block, pos source.Span) *body {
	return &body{c: c, fn: f, pos: pos, locals: map[*ir.Local]uint8{}, actions: ir.CountActions(code)}
}

func (b *body) frame() bytecode.Frame {
	frame := bytecode.Frame{
		Ints:  bytecode.Registers{Params: b.ints.params, Locals: b.ints.locals, Size: max(b.ints.size, 1)},
		Texts: bytecode.Registers{Params: b.texts.params, Locals: b.texts.locals, Size: max(b.texts.size, 1)},
	}
	return frame
}

// params gives the parameters of f the first registers of their kinds.
func (b *body) params(f *ir.Func) {
	for _, l := range f.Locals[:f.Params] {
		b.local(l)
	}
	b.ints.params, b.texts.params = b.ints.next, b.texts.next
	b.ints.locals, b.texts.locals = b.ints.next, b.texts.next
}

// declare gives every variable in n a register.
func (b *body) declare(n ir.Node) {
	for n := range ir.All(n) {
		switch n := n.(type) {
		case *ir.LocalRef:
			b.local(n.Local)
		case *ir.Foreach:
			for _, k := range n.Keys {
				b.local(k)
			}
			if n.Value != nil {
				b.local(n.Value)
			}
		case *ir.Try:
			if n.Var != nil {
				b.local(n.Var)
			}
		}
	}
	b.ints.locals, b.texts.locals = b.ints.next, b.texts.next
}

func (b *body) local(l *ir.Local) uint8 {
	r, ok := b.locals[l]
	if !ok {
		r = b.temp(l.Type.Kind, b.pos)
		b.locals[l] = r
	}
	return r
}

func (b *body) file(k types.Kind) *registers {
	if k == types.String {
		return &b.texts
	}
	return &b.ints
}

// temp takes the next free register of a kind.
func (b *body) temp(k types.Kind, pos source.Span) uint8 { return b.temps(k, 1, pos) }

// temps takes n registers of a kind in a row and gives the first.
func (b *body) temps(k types.Kind, n int, pos source.Span) uint8 {
	r := b.file(k).alloc(n)
	if r+n > bytecode.MaxRegisters {
		b.c.fail(pos, "too many variables and intermediate values of type %s in one probe or function (%d at most)", k, bytecode.MaxRegisters)
		return 0
	}
	return uint8(min(r, bytecode.MaxRegisters-1))
}

// mark remembers which temporaries are in use; release frees all later ones.
type mark struct{ ints, texts int }

func (b *body) mark() mark { return mark{b.ints.next, b.texts.next} }

func (b *body) release(m mark) { b.ints.next, b.texts.next = m.ints, m.texts }

func (b *body) emit(in bytecode.Instr) int {
	b.c.prog.Code = append(b.c.prog.Code, in)
	return len(b.c.prog.Code) - 1
}

// emitAt emits an instruction that can fail, with the token to report.
func (b *body) emitAt(pos source.Span, in bytecode.Instr) int {
	pc := b.emit(in)
	if n := len(b.c.prog.Lines); n == 0 || b.c.prog.Lines[n-1].Pos != pos {
		b.c.prog.Lines = append(b.c.prog.Lines, bytecode.Line{PC: pc, Pos: pos})
	}
	return pc
}

// charge counts n actions against MAXACTION.
func (b *body) charge(pos source.Span, n int) {
	if n > 0 {
		b.emitAt(pos, bytecode.Instr{Op: bytecode.Actions, Imm: int32(n)})
	}
}

// label is a place in the code that jumps go to.
type label struct {
	refs  []int
	bound bool
	pc    int
}

func (b *body) jump(in bytecode.Instr, to *label) {
	pc := b.emit(in)
	if to.bound {
		b.c.prog.Code[pc].Imm = int32(to.pc)
		return
	}
	to.refs = append(to.refs, pc)
}

func (b *body) bind(l *label) {
	l.bound, l.pc = true, len(b.c.prog.Code)
	for _, pc := range l.refs {
		b.c.prog.Code[pc].Imm = int32(l.pc)
	}
}

func (b *body) loadInt(dst uint8, v int64) {
	if v >= math.MinInt32 && v <= math.MaxInt32 {
		b.emit(bytecode.Instr{Op: bytecode.LoadInt, A: dst, Imm: int32(v)})
		return
	}
	b.emit(bytecode.Instr{Op: bytecode.LoadConst, A: dst, Imm: b.c.constants.add(v)})
}

func (b *body) loadText(dst uint8, s string) {
	b.emit(bytecode.Instr{Op: bytecode.LoadText, A: dst, Imm: b.c.strings.add(cString(s))})
}

// cString is what a string is at run time: what stands before its first NUL.
func cString(s string) string {
	s, _, _ = strings.Cut(s, "\x00")
	return s
}

func isText(x ir.Expr) bool { return x.Type().Kind == types.String }

// writes reports whether evaluating any of xs may assign to l.
func writes(l *ir.Local, xs ...ir.Expr) bool {
	for _, x := range xs {
		for n := range ir.All(x) {
			var p ir.Place
			switch n := n.(type) {
			case *ir.Assign:
				p = n.Left
			case *ir.Step:
				p = n.Left
			}
			if r, ok := p.(*ir.LocalRef); ok && r.Local == l {
				return true
			}
		}
	}
	return false
}
