package user

import (
	"fmt"

	"tapir/compiler/bytecode"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// effects are the operations of functions that act on the session.
var effects = map[string]bytecode.Op{
	"exit":  bytecode.ExitRun,
	"abort": bytecode.Abort,
	"error": bytecode.Raise,
	"warn":  bytecode.WarnText,
}

// act makes a call of an Effect function.
func (b *body) act(x *ir.Builtin) {
	if x.Fn.Name == "log" {
		b.log(x)
		return
	}
	op, ok := effects[x.Fn.Name]
	if !ok {
		b.compute(x, b.temp(types.Long, x.Span()))
		return
	}
	in := bytecode.Instr{Op: op}
	if len(x.Args) > 0 {
		in.A = b.text(x.Args[0])
	}
	if op == bytecode.Raise { // the message alone is shown
		b.emitAt(noPos, in)
		return
	}
	b.emit(in)
}

// log prints its argument as a line.
func (b *body) log(x *ir.Builtin) {
	b.print(&ir.Print{At: x.At, Format: &ir.Format{
		Parts: []builtin.FormatPart{{Verb: 's', Width: -1, Prec: -1}, {Literal: "\n", Width: -1, Prec: -1}},
		Args:  x.Args,
	}})
}

// builtin puts the value of a built-in function into a register of its kind.
func (b *body) builtin(x *ir.Builtin, dst uint8) {
	switch x.Fn.Class {
	case builtin.Context, builtin.Argument:
		b.load(x, dst)
	case builtin.Session:
		if x.Fn.Name != "target" {
			b.compute(x, dst)
			return
		}
		b.emit(bytecode.Instr{Op: bytecode.LoadPid, A: dst})
	case builtin.Pure, builtin.Memory, builtin.Effect:
		if _, ok := effects[x.Fn.Name]; ok {
			b.act(x)
			b.loadInt(dst, 0)
			return
		}
		b.compute(x, dst)
	default:
		panic(fmt.Sprintf("user: a value of class %d", x.Fn.Class))
	}
}

// capture is the number of the value that answers x, or -1.
func (b *body) capture(x *ir.Builtin) int {
	if cap, ok := b.c.plan.CaptureOf[x]; ok {
		return cap.Index
	}
	return -1
}

func (b *body) load(x *ir.Builtin, dst uint8) {
	for _, a := range x.Args {
		b.effect(a)
	}
	op := bytecode.LoadLong
	if x.Fn.Result == types.String {
		op = bytecode.LoadName
	}
	ref := b.c.loads.add(bytecode.Load{Capture: b.capture(x), Name: x.Fn.Name})
	pc := b.emitAt(x.Token(), bytecode.Instr{Op: op, A: dst, Imm: ref})
	if reads := b.c.plan.Reads[x]; len(reads) > 0 {
		b.c.prog.Reads[pc] = reads
	}
}

func (b *body) compute(x *ir.Builtin, dst uint8) {
	call := bytecode.BuiltinCall{Name: x.Fn.Name, Args: len(x.Args), Capture: -1}
	if x.Fn.Class == builtin.Memory {
		call.Capture = b.capture(x)
		if b.c.plan.Late[x] {
			call.Late = x.Fn.Read
		}
		if w := b.c.plan.Windows[x]; w != nil {
			call.Size = x.Fn.Read.Size
			call.Window = &bytecode.Window{Base: w.Base.Index, Parts: [2]int{w.Parts[0].Index, w.Parts[1].Index}}
		}
	}
	ib, tb := b.operands(x.Args, x.Span())
	op := bytecode.CallLong
	if x.Fn.Result == types.String {
		op = bytecode.CallText
	}
	b.emitAt(x.Token(), bytecode.Instr{Op: op, A: ib, B: tb, C: dst, Imm: b.c.calls.add(call)})
}
