package kernel

import (
	"github.com/cilium/ebpf/asm"

	"tapir/bpf/emit"
	"tapir/compiler/ir"
	"tapir/lang/types"
)

// branch jumps to l if x is true (want) or false (!want), and goes on otherwise.
// It uses registers as long does.
func (h *handler) branch(x ir.Expr, want bool, l emit.Label, dst asm.Register) {
	switch x := x.(type) {
	case *ir.Logical:
		h.logical(x, want, l, dst)
		return
	case *ir.Unary:
		if x.Op == ir.OpNot {
			h.branch(x.X, !want, l, dst)
			return
		}
	case *ir.Binary:
		if x.Op.IsComparison() {
			h.compare(x, want, l, dst)
			return
		}
	case *ir.In:
		if q := h.residents[x.Global]; q != nil {
			h.test(q, x.Keys)
		} else {
			h.lookUp(x.Global, x.Keys, x)
		}
		h.If(jump(asm.JNE, want), asm.R0, 0, l)
		return
	}
	h.long(x, dst)
	h.If(jump(asm.JNE, want), dst, 0, l)
}

func (h *handler) logical(x *ir.Logical, want bool, l emit.Label, dst asm.Register) {
	if x.Or == want { // either operand is enough to jump
		h.branch(x.X, want, l, dst)
		h.branch(x.Y, want, l, dst)
		return
	}
	over := h.NewLabel("over")
	h.branch(x.X, !want, over, dst)
	h.branch(x.Y, want, l, dst)
	h.Bind(over)
}

// comparisons has the jump for each operator, on signed numbers, and the one for
// its opposite.
var comparisons = map[ir.Op]asm.JumpOp{
	ir.OpEq: asm.JEq, ir.OpNe: asm.JNE,
	ir.OpLt: asm.JSLT, ir.OpLe: asm.JSLE,
	ir.OpGt: asm.JSGT, ir.OpGe: asm.JSGE,
}

var opposites = map[asm.JumpOp]asm.JumpOp{
	asm.JEq: asm.JNE, asm.JNE: asm.JEq,
	asm.JSLT: asm.JSGE, asm.JSGE: asm.JSLT,
	asm.JSLE: asm.JSGT, asm.JSGT: asm.JSLE,
}

// jump is the operator that jumps if the comparison's truth is want.
func jump(op asm.JumpOp, want bool) asm.JumpOp {
	if want {
		return op
	}
	return opposites[op]
}

func (h *handler) compare(x *ir.Binary, want bool, l emit.Label, dst asm.Register) {
	if x.X.Type().Kind == types.String {
		h.compareNames(x, want, l, dst)
		return
	}
	op := jump(comparisons[x.Op], want)
	if v, ok := literal(x.Y); ok {
		h.long(x.X, dst)
		h.If(op, dst, v, l)
		return
	}
	y := h.pair(x.X, x.Y, dst)
	h.IfReg(op, dst, y, l)
}
