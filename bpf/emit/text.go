package emit

import (
	"fmt"
	"strings"

	"github.com/cilium/ebpf/asm"
)

// Text is an instruction in the verifier's notation, with labels in place of
// distances: `if r1 s> 5 goto done`.
func Text(ins asm.Instruction) string {
	op := ins.OpCode
	switch class := op.Class(); {
	case op.IsDWordLoad():
		return constant(ins)
	case class.IsLoad():
		return fmt.Sprintf("%s = *(%s *)%s", register(ins.Dst), sizeNames[op.Size()], address(ins.Src, ins.Offset))
	case class.IsStore():
		return fmt.Sprintf("*(%s *)%s = %s", sizeNames[op.Size()], address(ins.Dst, ins.Offset), register(ins.Src))
	case class.IsALU():
		return arithmetic(ins)
	case class.IsJump():
		return transfer(ins)
	}
	return fmt.Sprintf("%v", ins)
}

var sizeNames = map[asm.Size]string{asm.Byte: "u8", asm.Half: "u16", asm.Word: "u32", asm.DWord: "u64"}

func address(r asm.Register, off int16) string { return fmt.Sprintf("(%s %+d)", register(r), off) }

// register names r as the verifier does.
func register(r asm.Register) string { return fmt.Sprintf("r%d", uint8(r)) }

func constant(ins asm.Instruction) string {
	switch ins.Src {
	case asm.PseudoFunc:
		return fmt.Sprintf("%s = %s", register(ins.Dst), ins.Reference())
	case asm.PseudoMapFD:
		return fmt.Sprintf("%s = map %s", register(ins.Dst), ins.Reference())
	case asm.PseudoMapValue:
		return fmt.Sprintf("%s = &%s[%d]", register(ins.Dst), ins.Reference(), uint64(ins.Constant)>>32)
	}
	return fmt.Sprintf("%s = %#x", register(ins.Dst), uint64(ins.Constant))
}

var aluSigns = map[asm.ALUOp]string{
	asm.Mov: "=", asm.Add: "+=", asm.Sub: "-=", asm.Mul: "*=", asm.Div: "/=", asm.Mod: "%=",
	asm.And: "&=", asm.Or: "|=", asm.Xor: "^=", asm.LSh: "<<=", asm.RSh: ">>=", asm.ArSh: "s>>=",
}

func arithmetic(ins asm.Instruction) string {
	if ins.OpCode.ALUOp() == asm.Neg {
		return fmt.Sprintf("%s = -%s", register(ins.Dst), register(ins.Dst))
	}
	return fmt.Sprintf("%s %s %s", register(ins.Dst), aluSigns[ins.OpCode.ALUOp()], operand(ins))
}

func operand(ins asm.Instruction) string {
	if ins.OpCode.Source() == asm.RegSource {
		return register(ins.Src)
	}
	return fmt.Sprint(ins.Constant)
}

var jumpSigns = map[asm.JumpOp]string{
	asm.JEq: "==", asm.JNE: "!=", asm.JSet: "&",
	asm.JGT: ">", asm.JGE: ">=", asm.JLT: "<", asm.JLE: "<=",
	asm.JSGT: "s>", asm.JSGE: "s>=", asm.JSLT: "s<", asm.JSLE: "s<=",
}

func transfer(ins asm.Instruction) string {
	switch op := ins.OpCode.JumpOp(); op {
	case asm.Exit:
		return "exit"
	case asm.Call:
		if ins.Src == asm.PseudoKfuncCall {
			return fmt.Sprintf("call function %d of the kernel", ins.Constant)
		}
		if ins.IsFunctionCall() {
			return "call " + ins.Reference()
		}
		return "call " + strings.TrimPrefix(asm.BuiltinFunc(ins.Constant).String(), "Fn")
	case asm.Ja:
		return "goto " + ins.Reference()
	default:
		return fmt.Sprintf("if %s %s %s goto %s", register(ins.Dst), jumpSigns[op], operand(ins), ins.Reference())
	}
}
