package user

import (
	"math"

	"tapir/compiler/bytecode"
	"tapir/compiler/ir"
)

// comparisons has the operation for each operator; > and >= swap their operands.
var comparisons = map[ir.Op]struct {
	swap                       bool
	set, textSet, jump, textTo bytecode.Op
	short                      bytecode.Op // with a short on the right, unswapped
	negated, mirrored          ir.Op
}{
	ir.OpEq: {false, bytecode.Eq, bytecode.TextEq, bytecode.JumpEq, bytecode.JumpTextEq, bytecode.JumpEqTo, ir.OpNe, ir.OpEq},
	ir.OpNe: {false, bytecode.Ne, bytecode.TextNe, bytecode.JumpNe, bytecode.JumpTextNe, bytecode.JumpNeTo, ir.OpEq, ir.OpNe},
	ir.OpLt: {false, bytecode.Lt, bytecode.TextLt, bytecode.JumpLt, bytecode.JumpTextLt, bytecode.JumpLtTo, ir.OpGe, ir.OpGt},
	ir.OpLe: {false, bytecode.Le, bytecode.TextLe, bytecode.JumpLe, bytecode.JumpTextLe, bytecode.JumpLeTo, ir.OpGt, ir.OpGe},
	ir.OpGt: {true, bytecode.Lt, bytecode.TextLt, bytecode.JumpLt, bytecode.JumpTextLt, bytecode.JumpGtTo, ir.OpLe, ir.OpLt},
	ir.OpGe: {true, bytecode.Le, bytecode.TextLe, bytecode.JumpLe, bytecode.JumpTextLe, bytecode.JumpGeTo, ir.OpLt, ir.OpLe},
}

// comparison puts the truth of x into a register.
func (b *body) comparison(x *ir.Binary, dst uint8) {
	facts := comparisons[x.Op]
	left, right := b.before(x.X, x.Y), b.value(x.Y)
	if facts.swap {
		left, right = right, left
	}
	op := facts.set
	if isText(x.X) {
		op = facts.textSet
	}
	b.emit(bytecode.Instr{Op: op, A: dst, B: left, C: right})
}

// truth puts 1 into a register if x holds, else 0.
func (b *body) truth(x ir.Expr, dst uint8) {
	no, end := &label{}, &label{}
	b.branch(x, false, no)
	b.loadInt(dst, 1)
	b.jump(bytecode.Instr{Op: bytecode.Jump}, end)
	b.bind(no)
	b.loadInt(dst, 0)
	b.bind(end)
}

// branch goes to a label if the truth of x is when, and else on.
func (b *body) branch(x ir.Expr, when bool, to *label) {
	m := b.mark()
	defer b.release(m)
	switch x := x.(type) {
	case *ir.Int:
		if (x.Value != 0) == when {
			b.jump(bytecode.Instr{Op: bytecode.Jump}, to)
		}
		return
	case *ir.Unary:
		if x.Op == ir.OpNot {
			b.branch(x.X, !when, to)
			return
		}
	case *ir.Logical:
		b.logical(x, when, to)
		return
	case *ir.Binary:
		if x.Op.IsComparison() {
			b.compareJump(x, when, to)
			return
		}
	}
	op := bytecode.JumpZero
	if when {
		op = bytecode.JumpNonzero
	}
	r := b.long(x)
	b.jump(bytecode.Instr{Op: op, A: r}, to)
}

func (b *body) logical(x *ir.Logical, when bool, to *label) {
	if x.Or == when { // either operand decides
		b.branch(x.X, when, to)
		b.branch(x.Y, when, to)
		return
	}
	skip := &label{}
	b.branch(x.X, !when, skip)
	b.branch(x.Y, when, to)
	b.bind(skip)
}

// compareJump fuses a comparison with the jump.
func (b *body) compareJump(x *ir.Binary, when bool, to *label) {
	op, left, right := x.Op, x.X, x.Y
	if !when {
		op = comparisons[op].negated
	}
	if _, ok := short(left); ok {
		op, left, right = comparisons[op].mirrored, right, left // a number has no effects: order is free
	}
	facts := comparisons[op]
	if k, ok := short(right); ok {
		r := b.long(left)
		b.jump(bytecode.Instr{Op: facts.short, A: r}.WithShort(k), to)
		return
	}
	l, r := b.before(left, right), b.value(right)
	if facts.swap {
		l, r = r, l
	}
	jump := facts.jump
	if isText(x.X) {
		jump = facts.textTo
	}
	b.jump(bytecode.Instr{Op: jump, A: l, B: r}, to)
}

// short is the number x if it fits into an instruction beside a register.
func short(x ir.Expr) (int16, bool) {
	k, ok := x.(*ir.Int)
	if !ok || k.Value < math.MinInt16 || k.Value > math.MaxInt16 {
		return 0, false
	}
	return int16(k.Value), true
}
