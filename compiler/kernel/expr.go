package kernel

import (
	"math"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf/emit"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
)

// long evaluates a number into dst, one of R0 to R4. Registers below dst keep
// their values unless calls(x); those above do not.
func (h *handler) long(x ir.Expr, dst asm.Register) {
	switch x := x.(type) {
	case *ir.Int:
		h.Const(dst, x.Value)
	case *ir.GlobalRef:
		h.param(x, dst)
	case *ir.Regex:
		h.match(x, dst)
	case *ir.LocalRef:
		h.Fill(dst, h.variable(x), 0)
	case *ir.Call:
		h.call(x, dst)
	case *ir.Elem:
		h.elem(x, dst)
	case *ir.Unary:
		h.unary(x, dst)
	case *ir.Binary:
		if x.Op.IsComparison() {
			h.truth(x, dst)
			return
		}
		h.binary(x, dst)
	case *ir.In, *ir.Logical:
		h.truth(x, dst)
	case *ir.Cond:
		h.choose(x, dst)
	case *ir.Builtin:
		h.builtin(x, dst)
	case *ir.AtEntry:
		h.entryWord(x, dst)
	case *ir.Assign:
		h.long(x.Value, dst)
		h.Spill(h.variable(x.Left.(*ir.LocalRef)), 0, dst)
	case *ir.Step:
		h.stepped(x, dst)
	default:
		h.bug(x.Span(), "unexpected %T in the kernel", x)
	}
}

// stepped steps a variable and gives the value that it had, or has.
func (h *handler) stepped(x *ir.Step, dst asm.Register) {
	s := h.variable(x.Left.(*ir.LocalRef))
	h.Fill(dst, s, 0)
	h.Emit(asm.Mov.Reg(emit.Scratch, dst), asm.Add.Imm(emit.Scratch, int32(x.Delta)))
	h.Spill(s, 0, emit.Scratch)
	if !x.Post {
		h.Emit(asm.Mov.Reg(dst, emit.Scratch))
	}
}

// literal is x's value if it is a number written down.
func literal(x ir.Expr) (int64, bool) {
	switch x := x.(type) {
	case *ir.Int:
		return x.Value, true
	case *ir.Unary:
		if v, ok := literal(x.X); ok && x.Op == ir.OpNeg {
			return -v, true
		}
	}
	return 0, false
}

func (h *handler) param(x *ir.GlobalRef, dst asm.Register) {
	if q := h.residents[x.Global]; q != nil {
		h.state(dst, q.Offset)
		return
	}
	p := h.params[x.Global]
	if p == nil || p.Kind != plan.LongParam && p.Kind != plan.SwitchParam {
		h.bug(x.Span(), "global %s is no number that the kernel has", x.Global.Name)
	}
	h.state(dst, p.Offset)
}

func (h *handler) unary(x *ir.Unary, dst asm.Register) {
	switch x.Op {
	case ir.OpNeg:
		h.long(x.X, dst)
		h.Emit(asm.Neg.Imm(dst, 0))
	case ir.OpCompl:
		h.long(x.X, dst)
		h.Emit(asm.Xor.Imm(dst, -1))
	case ir.OpNot:
		h.truth(x, dst)
	default:
		h.bug(x.Span(), "unexpected operator %s", x.Op)
	}
}

// truth is 1 if x holds, else 0.
func (h *handler) truth(x ir.Expr, dst asm.Register) {
	no, end := h.NewLabel("no"), h.NewLabel("end")
	h.branch(x, false, no, dst)
	h.Const(dst, 1)
	h.Goto(end)
	h.Bind(no)
	h.Const(dst, 0)
	h.Bind(end)
}

func (h *handler) choose(x *ir.Cond, dst asm.Register) {
	no, end := h.NewLabel("else"), h.NewLabel("end")
	h.branch(x.C, false, no, dst)
	h.long(x.X, dst)
	h.Goto(end)
	h.Bind(no)
	h.long(x.Y, dst)
	h.Bind(end)
}

var aluOps = map[ir.Op]asm.ALUOp{
	ir.OpAdd: asm.Add, ir.OpSub: asm.Sub, ir.OpMul: asm.Mul,
	ir.OpAnd: asm.And, ir.OpOr: asm.Or, ir.OpXor: asm.Xor,
}

// shiftOps use the low six bits of the count, as ir.ShiftLeft does; as a constant
// it must be less than 64.
var shiftOps = map[ir.Op]asm.ALUOp{
	ir.OpShl: asm.LSh, ir.OpShr: asm.ArSh, ir.OpUshr: asm.RSh,
}

func registerOp(op ir.Op) (alu asm.ALUOp, ok bool) {
	if alu, ok = aluOps[op]; !ok {
		alu, ok = shiftOps[op]
	}
	return alu, ok
}

func (h *handler) binary(x *ir.Binary, dst asm.Register) {
	if fails(x) {
		h.divideBy(x, dst)
		return
	}
	v, constant := literal(x.Y)
	if op, ok := aluOps[x.Op]; ok && constant {
		h.long(x.X, dst)
		h.Imm(op, dst, v)
		return
	}
	if op, ok := shiftOps[x.Op]; ok && constant {
		h.long(x.X, dst)
		h.Emit(op.Imm(dst, int32(v&63)))
		return
	}
	if op, ok := registerOp(x.Op); ok {
		h.Emit(op.Reg(dst, h.pair(x.X, x.Y, dst)))
		return
	}
	if (x.Op == ir.OpDiv || x.Op == ir.OpMod) && constant && v != 0 {
		h.long(x.X, dst)
		h.divide(x.Op, dst, v)
		return
	}
	h.bug(x.Span(), "operator %s with such an operand", x.Op)
}

// divide truncates towards zero, as the language does. The instructions before
// ISA v4 know only unsigned division, so the absolute values are divided and the
// sign is put back; the least number is its own absolute value, which is right as
// an unsigned one.
func (h *handler) divide(op ir.Op, dst asm.Register, v int64) {
	alu, negative, positive := asm.Div, v > 0, v < 0 // whose quotient is negated
	if op == ir.OpMod {
		alu, negative, positive = asm.Mod, true, false
	}
	abs := v
	if v < 0 && v != math.MinInt64 {
		abs = -v
	}
	plus, end := h.NewLabel("plus"), h.NewLabel("end")
	h.If(asm.JSGE, dst, 0, plus)
	h.Emit(asm.Neg.Imm(dst, 0))
	h.Imm(alu, dst, abs)
	h.negateIf(negative, dst)
	h.Goto(end)
	h.Bind(plus)
	h.Imm(alu, dst, abs)
	h.negateIf(positive, dst)
	h.Bind(end)
}

func (h *handler) negateIf(negate bool, r asm.Register) {
	if negate {
		h.Emit(asm.Neg.Imm(r, 0))
	}
}

// pair evaluates x into dst and y into the register that it returns, which the
// next instruction must use.
func (h *handler) pair(x, y ir.Expr, dst asm.Register) asm.Register {
	h.long(x, dst)
	if next := dst + 1; next < emit.Scratch && !calls(y) {
		h.long(y, next)
		return next
	}
	s := h.Alloc(8)
	h.Spill(s, 0, dst)
	h.long(y, dst)
	h.Emit(asm.Mov.Reg(emit.Scratch, dst))
	h.Fill(dst, s, 0)
	h.Free(s)
	return emit.Scratch
}

func (h *handler) builtin(x *ir.Builtin, dst asm.Register) {
	if c, ok := contexts[x.Fn.Name]; ok {
		if x.Fn.Name == "returnval" && !h.kind.IsReturn() {
			h.bug(x.Span(), "returnval before the return")
		}
		c.load(h, dst)
		return
	}
	if x.Fn.Name == "_uregister" {
		h.register(x, dst)
		return
	}
	if x.Fn.IsCounter() {
		h.counter(x, dst)
		return
	}
	if width, ok := arguments[x.Fn.Name]; ok {
		h.argument(x, width, dst)
		return
	}
	if text, expr, negate, ok := plan.TextMatch(x); ok {
		h.matchText(text, expr, negate, dst)
		return
	}
	if x.Fn.Class == builtin.Memory {
		h.readNumber(x, dst)
		return
	}
	h.bug(x.Span(), "unexpected call of %s in the kernel", x.Fn.Name)
}
