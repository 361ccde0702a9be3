package user

import (
	"fmt"
	"math"

	"tapir/compiler/bytecode"
	"tapir/compiler/ir"
	"tapir/lang/source"
	"tapir/lang/types"
)

// long gives the register that holds x: a variable's own, or a temporary.
func (b *body) long(x ir.Expr) uint8 {
	if r, ok := x.(*ir.LocalRef); ok {
		return b.local(r.Local)
	}
	t := b.temp(types.Long, x.Span())
	m := b.mark()
	b.longTo(x, t)
	b.release(m)
	return t
}

// text is long for strings.
func (b *body) text(x ir.Expr) uint8 {
	if r, ok := x.(*ir.LocalRef); ok {
		return b.local(r.Local)
	}
	t := b.temp(types.String, x.Span())
	m := b.mark()
	b.textTo(x, t)
	b.release(m)
	return t
}

// before is value for an operand that must keep its value while those behind it
// are evaluated: a variable that they assign to is copied.
func (b *body) before(x ir.Expr, later ...ir.Expr) uint8 {
	r, ok := x.(*ir.LocalRef)
	if !ok || !writes(r.Local, later...) {
		return b.value(x)
	}
	t := b.temp(x.Type().Kind, x.Span())
	b.valueTo(x, t)
	return t
}

func (b *body) valueTo(x ir.Expr, dst uint8) {
	if isText(x) {
		b.textTo(x, dst)
	} else {
		b.longTo(x, dst)
	}
}

var binaryOps = map[ir.Op]bytecode.Op{
	ir.OpAdd: bytecode.Add, ir.OpSub: bytecode.Sub, ir.OpMul: bytecode.Mul, ir.OpDiv: bytecode.Div, ir.OpMod: bytecode.Mod,
	ir.OpAnd: bytecode.And, ir.OpOr: bytecode.Or, ir.OpXor: bytecode.Xor,
	ir.OpShl: bytecode.Shl, ir.OpShr: bytecode.Shr, ir.OpUshr: bytecode.Ushr,
}

var unaryOps = map[ir.Op]bytecode.Op{ir.OpNeg: bytecode.Neg, ir.OpNot: bytecode.Not, ir.OpCompl: bytecode.Compl}

// longTo puts the number x into a register.
func (b *body) longTo(x ir.Expr, dst uint8) {
	switch x := x.(type) {
	case *ir.Int:
		b.loadInt(dst, x.Value)
	case *ir.LocalRef:
		if r := b.local(x.Local); r != dst {
			b.emit(bytecode.Instr{Op: bytecode.MoveInt, A: dst, B: r})
		}
	case *ir.GlobalRef:
		b.emit(bytecode.Instr{Op: bytecode.GetLong, A: dst, Imm: int32(x.Global.Index)})
	case *ir.Elem:
		ib, tb := b.operands(x.Keys, x.Span())
		b.emit(bytecode.Instr{Op: bytecode.ElemLong, A: dst, B: ib, C: tb, Imm: int32(x.Global.Index)})
	case *ir.In:
		b.in(x, dst)
	case *ir.Unary:
		b.emit(bytecode.Instr{Op: unaryOps[x.Op], A: dst, B: b.long(x.X)})
	case *ir.Binary:
		b.binary(x, dst)
	case *ir.Logical:
		b.truth(x, dst)
	case *ir.Cond:
		b.cond(x, dst)
	case *ir.Assign:
		b.assign(x, &dst)
	case *ir.Step:
		b.step(x, &dst)
	case *ir.StatAdd:
		b.statAdd(x, &dst)
	case *ir.StatOp:
		b.statOp(x, dst)
	case *ir.HistBucket:
		b.histBucket(x, dst)
	case *ir.Regex:
		b.match(x, dst)
	case *ir.Call:
		if r := b.call(x); r != dst {
			b.emit(bytecode.Instr{Op: bytecode.MoveInt, A: dst, B: r})
		}
	case *ir.Builtin:
		b.builtin(x, dst)
	case *ir.AtEntry:
		b.longTo(x.X, dst)
	default:
		panic(fmt.Sprintf("user: unexpected number %T", x))
	}
}

// textTo puts the string x into a register.
func (b *body) textTo(x ir.Expr, dst uint8) {
	switch x := x.(type) {
	case *ir.Str:
		b.loadText(dst, x.Value)
	case *ir.LocalRef:
		if r := b.local(x.Local); r != dst {
			b.emit(bytecode.Instr{Op: bytecode.MoveText, A: dst, B: r})
		}
	case *ir.GlobalRef:
		b.emit(bytecode.Instr{Op: bytecode.GetText, A: dst, Imm: int32(x.Global.Index)})
	case *ir.Elem:
		ib, tb := b.operands(x.Keys, x.Span())
		b.emit(bytecode.Instr{Op: bytecode.ElemText, A: dst, B: ib, C: tb, Imm: int32(x.Global.Index)})
	case *ir.Binary:
		left := b.before(x.X, x.Y)
		right := b.text(x.Y)
		b.emit(bytecode.Instr{Op: bytecode.Concat, A: dst, B: left, C: right})
	case *ir.Cond:
		b.cond(x, dst)
	case *ir.Assign:
		b.assign(x, &dst)
	case *ir.Call:
		if r := b.call(x); r != dst {
			b.emit(bytecode.Instr{Op: bytecode.MoveText, A: dst, B: r})
		}
	case *ir.Builtin:
		b.builtin(x, dst)
	case *ir.AtEntry:
		b.textTo(x.X, dst)
	case *ir.Sprint:
		b.sprint(x, dst)
	case *ir.HistText:
		b.histText(x, dst)
	default:
		panic(fmt.Sprintf("user: unexpected string %T", x))
	}
}

func (b *body) binary(x *ir.Binary, dst uint8) {
	if x.Op.IsComparison() {
		b.comparison(x, dst)
		return
	}
	if k, ok := addend(x); ok {
		b.emit(bytecode.Instr{Op: bytecode.AddConst, A: dst, B: b.long(x.X), Imm: k})
		return
	}
	left := b.before(x.X, x.Y)
	right := b.long(x.Y)
	b.emitAt(x.Token(), bytecode.Instr{Op: binaryOps[x.Op], A: dst, B: left, C: right})
}

// addend is the small number that x adds or subtracts on its right.
func addend(x *ir.Binary) (int32, bool) {
	k, ok := x.Y.(*ir.Int)
	if !ok || k.Value > math.MaxInt32 || k.Value <= math.MinInt32 {
		return 0, false
	}
	switch x.Op {
	case ir.OpAdd:
		return int32(k.Value), true
	case ir.OpSub:
		return int32(-k.Value), true
	}
	return 0, false
}

// cond is C ? X : Y of either kind.
func (b *body) cond(x *ir.Cond, dst uint8) {
	otherwise, end := &label{}, &label{}
	m := b.mark()
	b.branch(x.C, false, otherwise)
	b.valueTo(x.X, dst)
	b.release(m)
	b.jump(bytecode.Instr{Op: bytecode.Jump}, end)
	b.bind(otherwise)
	b.valueTo(x.Y, dst)
	b.release(m)
	b.bind(end)
}

func (b *body) in(x *ir.In, dst uint8) {
	if wild(x.Keys) {
		ib, tb := b.pattern(x.Keys, x.Span())
		b.emit(bytecode.Instr{Op: bytecode.HasMatch, A: dst, B: ib, C: tb, Imm: int32(x.Global.Index)})
		return
	}
	ib, tb := b.operands(x.Keys, x.Span())
	b.emit(bytecode.Instr{Op: bytecode.Has, A: dst, B: ib, C: tb, Imm: int32(x.Global.Index)})
}

// operands evaluates xs so that the numbers stand in consecutive registers, and
// the strings too, and gives the first of each.
func (b *body) operands(xs []ir.Expr, pos source.Span) (ints, texts uint8) {
	nInts, nTexts := count(xs)
	if nInts <= 1 && nTexts <= 1 {
		return b.single(xs)
	}
	return b.consecutive(xs, nInts, nTexts, 0, pos)
}

func count(xs []ir.Expr) (ints, texts int) {
	for _, x := range xs {
		switch {
		case x == nil:
		case isText(x):
			texts++
		default:
			ints++
		}
	}
	return ints, texts
}

// single is operands for at most one value of each kind, which need not be moved.
func (b *body) single(xs []ir.Expr) (ints, texts uint8) {
	for i, x := range xs {
		r := b.before(x, xs[i+1:]...)
		if isText(x) {
			texts = r
		} else {
			ints = r
		}
	}
	return ints, texts
}

// consecutive evaluates xs into new registers in a row, the numbers after skip
// free ones.
func (b *body) consecutive(xs []ir.Expr, nInts, nTexts, skip int, pos source.Span) (ints, texts uint8) {
	ints = b.temps(types.Long, skip+nInts, pos)
	texts = b.temps(types.String, nTexts, pos)
	m := b.mark()
	i, t := ints+uint8(skip), texts
	for _, x := range xs {
		switch {
		case x == nil:
		case isText(x):
			b.textTo(x, t)
			t++
		default:
			b.longTo(x, i)
			i++
		}
		b.release(m)
	}
	return ints, texts
}

func wild(keys []ir.Expr) bool {
	for _, k := range keys {
		if k == nil {
			return true
		}
	}
	return false
}

// pattern is operands for keys with wildcards: a mask of these comes first.
func (b *body) pattern(keys []ir.Expr, pos source.Span) (ints, texts uint8) {
	nInts, nTexts := count(keys)
	ints, texts = b.consecutive(keys, nInts, nTexts, 1, pos)
	mask := int64(0)
	for i, k := range keys {
		if k == nil {
			mask |= 1 << i
		}
	}
	b.loadInt(ints, mask)
	return ints, texts
}
