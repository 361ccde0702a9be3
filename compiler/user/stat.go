package user

import (
	"fmt"

	"tapir/compiler/bytecode"
	"tapir/compiler/ir"
	"tapir/lang/pattern"
)

// statKinds has the machine's name for each question.
var statKinds = [...]bytecode.StatKind{
	ir.StatCount: bytecode.Count, ir.StatSum: bytecode.Sum, ir.StatMin: bytecode.Min,
	ir.StatMax: bytecode.Max, ir.StatAvg: bytecode.Avg, ir.StatVariance: bytecode.Variance,
}

// statAdd makes `place <<< value`; the value goes to dst unless that is nil.
func (b *body) statAdd(x *ir.StatAdd, dst *uint8) {
	var in bytecode.Instr
	switch p := x.Left.(type) {
	case *ir.GlobalRef:
		in = bytecode.Instr{Op: bytecode.AddStat, Imm: int32(p.Global.Index)}
	case *ir.Elem:
		in = bytecode.Instr{Op: bytecode.AddStatElem, Imm: int32(p.Global.Index)}
		in.B, in.C = b.keys(p, x.Value)
	default:
		panic(fmt.Sprintf("user: unexpected statistic %T", p))
	}
	in.A = b.long(x.Value)
	b.emitAt(x.Left.Token(), in)
	b.copyOut(x.Type().Kind, in.A, dst)
}

// statistic starts an instruction about a statistic: its keys, if it is an
// element, and its global.
func (b *body) statistic(op bytecode.Op, p ir.Place) bytecode.Instr {
	switch p := p.(type) {
	case *ir.GlobalRef:
		return bytecode.Instr{Op: op, Imm: int32(p.Global.Index)}
	case *ir.Elem:
		in := bytecode.Instr{Op: op, Imm: int32(p.Global.Index)}
		in.B, in.C = b.operands(p.Keys, p.Span())
		return in
	}
	panic(fmt.Sprintf("user: unexpected statistic %T", p))
}

func (b *body) statOp(x *ir.StatOp, dst uint8) {
	in := b.statistic(bytecode.GetStat, x.Stat)
	in.A = dst
	in.Imm = b.c.stats.add(bytecode.StatQuestion{Kind: statKinds[x.Op], Global: int(in.Imm)})
	b.emitAt(x.Token(), in)
}

// histBucket evaluates the keys before the index, which gives way to the count.
func (b *body) histBucket(x *ir.HistBucket, dst uint8) {
	var in bytecode.Instr
	if e, ok := x.Stat.(*ir.Elem); ok {
		in = bytecode.Instr{Op: bytecode.GetBucket, Imm: int32(e.Global.Index)}
		in.B, in.C = b.keys(e, x.Index)
	} else {
		in = b.statistic(bytecode.GetBucket, x.Stat)
	}
	in.A = b.temp(x.Type().Kind, x.Span())
	b.longTo(x.Index, in.A)
	b.emitAt(x.Token(), in)
	b.copyOut(x.Type().Kind, in.A, &dst)
}

func (b *body) histText(x *ir.HistText, dst uint8) {
	in := b.statistic(bytecode.HistText, x.Stat)
	in.A = dst
	b.emitAt(x.Token(), in)
}

func (b *body) printHist(s *ir.PrintHist) {
	b.emitAt(s.Token(), b.statistic(bytecode.PrintHist, s.Stat))
}

// match puts 1 into a register if a string matches a pattern, else 0.
func (b *body) match(x *ir.Regex, dst uint8) {
	if _, err := pattern.Compile(x.Pattern); err != nil {
		b.c.fail(x.Span(), "%v", err)
		return
	}
	b.emit(bytecode.Instr{Op: bytecode.Match, A: dst, B: b.text(x.X), Imm: b.c.patterns.add(x.Pattern)})
	if x.Negate {
		b.emit(bytecode.Instr{Op: bytecode.Not, A: dst, B: dst})
	}
}
