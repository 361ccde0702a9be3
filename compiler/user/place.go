package user

import (
	"fmt"

	"tapir/compiler/bytecode"
	"tapir/compiler/ir"
	"tapir/lang/source"
	"tapir/lang/types"
)

// assign makes `place op= value`; its new value goes to dst unless that is nil.
// Keys are evaluated before the value, and the place is read after it.
func (b *body) assign(x *ir.Assign, dst *uint8) {
	switch p := x.Left.(type) {
	case *ir.LocalRef:
		b.assignLocal(x, b.local(p.Local), dst)
	case *ir.GlobalRef:
		b.assignGlobal(x, p, dst)
	case *ir.Elem:
		b.assignElem(x, p, dst)
	default:
		panic(fmt.Sprintf("user: unexpected place %T", p))
	}
}

func (b *body) assignLocal(x *ir.Assign, reg uint8, dst *uint8) {
	if x.Op == ir.OpNone {
		b.valueTo(x.Value, reg)
	} else {
		b.combine(x, reg, reg, b.value(x.Value))
	}
	b.copyOut(x.Type().Kind, reg, dst)
}

func (b *body) assignGlobal(x *ir.Assign, p *ir.GlobalRef, dst *uint8) {
	g := int32(p.Global.Index)
	if x.Op == ir.OpAdd || x.Op == ir.OpSub {
		t := b.delta(x)
		b.emit(bytecode.Instr{Op: bytecode.AddLong, A: t, B: t, Imm: g})
		b.copyOut(types.Long, t, dst)
		return
	}
	v := b.value(x.Value)
	text := isText(x)
	switch {
	case x.Op != ir.OpNone && text:
		t := b.temp(types.String, x.Span())
		b.emit(bytecode.Instr{Op: bytecode.GetText, A: t, Imm: g})
		b.combine(x, t, t, v)
		v = t
	case x.Op != ir.OpNone:
		t := b.temp(types.Long, x.Span())
		b.emit(bytecode.Instr{Op: bytecode.GetLong, A: t, Imm: g})
		b.combine(x, t, t, v)
		v = t
	}
	op := bytecode.SetLong
	if text {
		op = bytecode.SetText
	}
	b.emit(bytecode.Instr{Op: op, A: v, Imm: g})
	b.copyOut(x.Type().Kind, v, dst)
}

func (b *body) assignElem(x *ir.Assign, p *ir.Elem, dst *uint8) {
	ib, tb := b.keys(p, x.Value)
	in := bytecode.Instr{B: ib, C: tb, Imm: int32(p.Global.Index)}
	load, store := bytecode.ElemLong, bytecode.StoreLong
	if isText(x) {
		load, store = bytecode.ElemText, bytecode.StoreText
	}
	kind := x.Type().Kind
	switch {
	case x.Op == ir.OpNone:
		in.Op, in.A = store, b.value(x.Value)
	case x.Op == ir.OpAdd || x.Op == ir.OpSub:
		in.Op, in.A = bytecode.AddElem, b.delta(x)
	default:
		v := b.value(x.Value)
		t := b.temp(kind, x.Span())
		in.Op, in.A = load, t
		b.emit(in)
		b.combine(x, t, t, v)
		in.Op = store
	}
	b.emitAt(p.Token(), in)
	b.copyOut(kind, in.A, dst)
}

// keys is operands for the keys of a place, which must last while value is
// evaluated.
func (b *body) keys(p *ir.Elem, value ir.Expr) (ints, texts uint8) {
	if value == nil {
		return b.operands(p.Keys, p.Span())
	}
	nInts, nTexts := count(p.Keys)
	for _, k := range p.Keys {
		if r, ok := k.(*ir.LocalRef); ok && writes(r.Local, value) {
			return b.consecutive(p.Keys, nInts, nTexts, 0, p.Span())
		}
	}
	return b.operands(p.Keys, p.Span())
}

// delta gives a new register with what a += or -= adds.
func (b *body) delta(x *ir.Assign) uint8 {
	t := b.temp(types.Long, x.Span())
	m := b.mark()
	b.longTo(x.Value, t)
	b.release(m)
	if x.Op == ir.OpSub {
		b.emit(bytecode.Instr{Op: bytecode.Neg, A: t, B: t})
	}
	return t
}

// combine makes dst = left op right for the operator of x.
func (b *body) combine(x *ir.Assign, dst, left, right uint8) {
	op := bytecode.Concat
	if x.Op != ir.OpConcat {
		op = binaryOps[x.Op]
	}
	b.emitAt(x.Token(), bytecode.Instr{Op: op, A: dst, B: left, C: right})
}

func (b *body) copyOut(k types.Kind, from uint8, dst *uint8) {
	if dst == nil || *dst == from {
		return
	}
	op := bytecode.MoveInt
	if k == types.String {
		op = bytecode.MoveText
	}
	b.emit(bytecode.Instr{Op: op, A: *dst, B: from})
}

// step makes ++ and --; the value goes to dst unless that is nil.
func (b *body) step(x *ir.Step, dst *uint8) {
	switch p := x.Left.(type) {
	case *ir.LocalRef:
		b.stepLocal(x, b.local(p.Local), dst)
	case *ir.GlobalRef:
		t := b.temp(types.Long, x.Span())
		b.loadInt(t, x.Delta)
		b.emit(bytecode.Instr{Op: bytecode.AddLong, A: t, B: t, Imm: int32(p.Global.Index)})
		b.stepValue(x, t, dst)
	case *ir.Elem:
		ib, tb := b.keys(p, nil)
		t := b.temp(types.Long, x.Span())
		b.loadInt(t, x.Delta)
		b.emitAt(p.Token(), bytecode.Instr{Op: bytecode.AddElem, A: t, B: ib, C: tb, Imm: int32(p.Global.Index)})
		b.stepValue(x, t, dst)
	default:
		panic(fmt.Sprintf("user: unexpected place %T", p))
	}
}

func (b *body) stepLocal(x *ir.Step, reg uint8, dst *uint8) {
	add := bytecode.Instr{Op: bytecode.AddConst, A: reg, B: reg, Imm: int32(x.Delta)}
	switch {
	case dst != nil && x.Post && *dst == reg:
		return // x = x++ leaves x as it was
	case dst != nil && x.Post:
		b.copyOut(types.Long, reg, dst)
		b.emit(add)
	default:
		b.emit(add)
		b.copyOut(types.Long, reg, dst)
	}
}

// stepValue gives dst the value of a step whose new value is in t.
func (b *body) stepValue(x *ir.Step, t uint8, dst *uint8) {
	switch {
	case dst == nil:
	case x.Post:
		b.emit(bytecode.Instr{Op: bytecode.AddConst, A: *dst, B: t, Imm: int32(-x.Delta)})
	default:
		b.copyOut(types.Long, t, dst)
	}
}

// call calls a function and gives the register of its result, which is free to
// be used until the next temporary is taken.
func (b *body) call(x *ir.Call) uint8 {
	nInts, nTexts := count(x.Args)
	m := b.mark()
	ib, tb := b.consecutive(x.Args, nInts, nTexts, 0, x.Span())
	b.emitAt(x.Token(), bytecode.Instr{Op: bytecode.Call, A: ib, B: tb, Imm: int32(b.c.funcIndex(x.Func))})
	b.release(m)
	if x.Func.Result == types.String {
		return b.hold(types.String, tb, x.Span())
	}
	return b.hold(types.Long, ib, x.Span())
}

// hold makes sure that the frame has register r, where a result will be.
func (b *body) hold(k types.Kind, r uint8, pos source.Span) uint8 {
	m := b.mark()
	b.temp(k, pos)
	b.release(m)
	return r
}
