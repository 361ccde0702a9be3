package ir

import (
	"fmt"
	"strconv"
	"strings"
)

// Precedences, lowest first. An operand in parentheses is one whose own
// precedence is below what its place asks for.
const (
	precAssign = iota + 1
	precCond
	precOrOr
	precAndAnd
	precOr
	precXor
	precAnd
	precIn
	precCompare
	precShift
	precConcat
	precAdd
	precMul
	precUnary
	precStep
	precPrimary
)

var binaryPrec = [...]int{
	OpOr: precOr, OpXor: precXor, OpAnd: precAnd,
	OpEq: precCompare, OpNe: precCompare, OpLt: precCompare, OpLe: precCompare, OpGt: precCompare, OpGe: precCompare,
	OpShl: precShift, OpShr: precShift, OpUshr: precShift, OpConcat: precConcat,
	OpAdd: precAdd, OpSub: precAdd, OpMul: precMul, OpDiv: precMul, OpMod: precMul,
}

// ExprString is x in the script's language, with no parentheses but those that
// it needs. Equal trees have equal texts.
func ExprString(x Expr) string {
	var p exprPrinter
	p.expr(x, precAssign)
	return p.String()
}

// FormatString is f as the arguments of printf: the quoted format and the values.
func FormatString(f *Format) string {
	var p exprPrinter
	p.format(f)
	return p.String()
}

type exprPrinter struct{ strings.Builder }

func (p *exprPrinter) expr(x Expr, min int) {
	if prec(x) < min {
		p.WriteByte('(')
		p.expr(x, precAssign)
		p.WriteByte(')')
		return
	}
	switch x := x.(type) {
	case *Int:
		p.WriteString(strconv.FormatInt(x.Value, 10))
	case *Str:
		p.WriteString(Quote(x.Value))
	case *LocalRef:
		p.WriteString(x.Local.Name)
	case *GlobalRef:
		p.WriteString(x.Global.Name)
	case *Elem:
		p.WriteString(x.Global.Name)
		p.keys(x.Keys)
	case *In:
		p.in(x)
	case *Unary:
		p.unary(x)
	case *Binary:
		p.binary(x)
	case *Logical:
		p.infix(x.X, logicalOp(x.Or), x.Y, prec(x))
	case *Cond:
		p.expr(x.C, precOrOr)
		p.WriteString(" ? ")
		p.expr(x.X, precCond)
		p.WriteString(" : ")
		p.expr(x.Y, precCond)
	case *Assign:
		p.infixRight(x.Left, " "+x.Op.String()+"= ", x.Value)
	case *Step:
		p.step(x)
	case *Call:
		p.call(x.Func.Name, x.Args)
	case *Builtin:
		p.call(x.Fn.Name, x.Args)
	case *StatAdd:
		p.infixRight(x.Left, " <<< ", x.Value)
	case *StatOp:
		p.stat(x)
	case *HistBucket:
		p.hist(x.Stat)
		p.keys([]Expr{x.Index})
	case *HistText:
		p.WriteString("sprint(")
		p.hist(x.Stat)
		p.WriteByte(')')
	case *Regex:
		p.regex(x)
	case *AtEntry:
		p.call("@entry", []Expr{x.X})
	case *Sprint:
		p.WriteString("sprintf(")
		p.format(x.Format)
		p.WriteByte(')')
	default:
		panic(fmt.Sprintf("ir: unexpected expression %T", x))
	}
}

func prec(x Expr) int {
	switch x := x.(type) {
	case *Int:
		if x.Value < 0 {
			return precUnary
		}
	case *In:
		return precIn
	case *Unary:
		return precUnary
	case *Binary:
		return binaryPrec[x.Op]
	case *Logical:
		if x.Or {
			return precOrOr
		}
		return precAndAnd
	case *Cond:
		return precCond
	case *Assign, *StatAdd:
		return precAssign
	case *Regex:
		return precCompare
	case *Step:
		return precStep
	}
	return precPrimary
}

func logicalOp(or bool) string {
	if or {
		return " || "
	}
	return " && "
}

// binary prints masks in hexadecimal.
func (p *exprPrinter) binary(x *Binary) {
	if v, ok := x.Y.(*Int); ok && v.Value > 9 && (x.Op == OpAnd || x.Op == OpOr || x.Op == OpXor) {
		p.expr(x.X, binaryPrec[x.Op])
		fmt.Fprintf(p, " %s 0x%x", x.Op, v.Value)
		return
	}
	p.infix(x.X, " "+x.Op.String()+" ", x.Y, binaryPrec[x.Op])
}

// infix prints operators, all of which group to the left.
func (p *exprPrinter) infix(x Expr, op string, y Expr, prec int) {
	p.expr(x, prec)
	p.WriteString(op)
	p.expr(y, prec+1)
}

// infixRight prints assignments, which group to the right.
func (p *exprPrinter) infixRight(x Expr, op string, y Expr) {
	p.expr(x, precUnary)
	p.WriteString(op)
	p.expr(y, precAssign)
}

func (p *exprPrinter) stat(x *StatOp) {
	p.WriteString("@" + x.Op.String() + "(")
	p.expr(x.Stat, precPrimary)
	if shift := globalOf(x.Stat).Shift; x.Op == StatVariance && shift > 0 {
		fmt.Fprintf(p, ", %d", shift)
	}
	p.WriteByte(')')
}

// hist prints the histogram of a statistic, which has but one form.
func (p *exprPrinter) hist(stat Place) {
	h := globalOf(stat).Histogram
	if h == nil || !h.Linear {
		p.call("@hist_log", []Expr{stat})
		return
	}
	p.call("@hist_linear", []Expr{stat, &Int{Value: h.Low}, &Int{Value: h.High}, &Int{Value: h.Width}})
}

// globalOf is the global that holds a statistic.
func globalOf(stat Place) *Global {
	switch x := stat.(type) {
	case *GlobalRef:
		return x.Global
	case *Elem:
		return x.Global
	}
	panic(fmt.Sprintf("ir: %T as a statistic", stat))
}

func (p *exprPrinter) regex(x *Regex) {
	p.expr(x.X, precShift)
	if x.Negate {
		p.WriteString(" !~ ")
	} else {
		p.WriteString(" =~ ")
	}
	p.WriteString(Quote(x.Pattern))
}

func (p *exprPrinter) in(x *In) {
	if len(x.Keys) == 1 && x.Keys[0] != nil {
		p.expr(x.Keys[0], precCompare)
	} else {
		p.keys(x.Keys)
	}
	p.WriteString(" in " + x.Global.Name)
}

func (p *exprPrinter) keys(keys []Expr) {
	p.WriteByte('[')
	for i, k := range keys {
		if i > 0 {
			p.WriteString(", ")
		}
		if k == nil {
			p.WriteByte('*')
		} else {
			p.expr(k, precAssign)
		}
	}
	p.WriteByte(']')
}

func (p *exprPrinter) unary(x *Unary) {
	p.WriteString(x.Op.String())
	if prec(x.X) == precUnary && x.Op == OpNeg {
		p.WriteByte(' ') // not --
	}
	p.expr(x.X, precUnary)
}

func (p *exprPrinter) step(x *Step) {
	op := "++"
	if x.Delta < 0 {
		op = "--"
	}
	if x.Post {
		p.expr(x.Left, precPrimary)
		p.WriteString(op)
		return
	}
	p.WriteString(op)
	p.expr(x.Left, precPrimary)
}

func (p *exprPrinter) call(name string, args []Expr) {
	p.WriteString(name + "(")
	for i, a := range args {
		if i > 0 {
			p.WriteString(", ")
		}
		p.expr(a, precAssign)
	}
	p.WriteByte(')')
}

func (p *exprPrinter) format(f *Format) {
	var text strings.Builder
	for _, part := range f.Parts {
		text.WriteString(part.String())
	}
	p.WriteString(Quote(text.String()))
	for _, a := range f.Args {
		p.WriteString(", ")
		p.expr(a, precAssign)
	}
}

var quoteEscapes = map[byte]string{
	'"': `\"`, '\\': `\\`, '\n': `\n`, '\t': `\t`, '\r': `\r`,
	'\a': `\a`, '\b': `\b`, '\v': `\v`, '\f': `\f`,
}

// Quote is s as a literal of the script's language.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		e, ok := quoteEscapes[s[i]]
		switch {
		case ok:
			b.WriteString(e)
		case s[i] < ' ' || s[i] == 0x7f:
			fmt.Fprintf(&b, `\%03o`, s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	b.WriteByte('"')
	return b.String()
}
