package ir

import (
	"fmt"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

var binaryOps = map[string]Op{
	"+": OpAdd, "-": OpSub, "*": OpMul, "/": OpDiv, "%": OpMod,
	"&": OpAnd, "|": OpOr, "^": OpXor, "<<": OpShl, ">>": OpShr, ">>>": OpUshr,
	"==": OpEq, "!=": OpNe, "<": OpLt, "<=": OpLe, ">": OpGt, ">=": OpGe,
	".": OpConcat,
}

var unaryOps = map[string]Op{"-": OpNeg, "!": OpNot, "~": OpCompl}

// expr translates x. Where it can't, it reports that and makes do with a literal
// of x's type.
func (b *builder) expr(x syntax.Expr) Expr {
	switch x := x.(type) {
	case *syntax.IntLit:
		return &Int{at(x), x.Value}
	case *syntax.StringLit:
		return &Str{at(x), untilNUL(x.Value)}
	case *syntax.Ident:
		return b.ident(x)
	case *syntax.Index:
		if g := b.array(x.X); g != nil {
			return &Elem{at(x), g, b.keys(x.Keys)}
		}
		return b.placeholder(x)
	case *syntax.In:
		if g := b.array(x.Array); g != nil {
			return &In{at(x), g, b.keys(x.Keys)}
		}
		return b.placeholder(x)
	case *syntax.Unary:
		return b.unary(x)
	case *syntax.Binary:
		return b.binary(x)
	case *syntax.Ternary:
		return Simplify(&Cond{at(x), b.expr(x.Cond), b.expr(x.X), b.expr(x.Y)})
	case *syntax.Assign:
		return b.assign(x)
	case *syntax.IncDec:
		return b.step(x)
	case *syntax.Call:
		return b.call(x)
	case *syntax.Print:
		if x.Kind&syntax.PrintToString == 0 {
			b.unsupported(x, "print functions as values")
			return b.placeholder(x)
		}
		return Simplify(&Sprint{at(x), b.format(x)})
	}
	return b.refuse(x)
}

// refuse reports a construct that has no form in the tree.
func (b *builder) refuse(x syntax.Expr) Expr {
	switch x := x.(type) {
	case *syntax.Regex:
		b.unsupported(x, "regular expressions")
	case *syntax.Target:
		b.unsupported(x, "target variables")
	case *syntax.AtOp:
		b.unsupported(x, "expressions with @"+strings.TrimPrefix(x.Name, "@"))
	case *syntax.Autocast:
		b.unsupported(x, "kernel structures")
	case *syntax.StatOp, *syntax.HistOp:
		b.unsupported(x, "statistics")
	case *syntax.EmbeddedExpr:
		b.unsupported(x, "expressions in embedded C")
	default:
		panic(fmt.Sprintf("ir: unexpected expression %T", x))
	}
	return b.placeholder(x)
}

func (b *builder) placeholder(x syntax.Expr) Expr { return zero(b.in.Types[x], at(x)) }

func untilNUL(s string) string {
	s, _, _ = strings.Cut(s, "\x00")
	return s
}

func (b *builder) ident(x *syntax.Ident) Expr {
	switch o := b.in.Uses[x].(type) {
	case *check.Local:
		return &LocalRef{at(x), b.locals[o]}
	case *check.Global:
		g := b.globals[o]
		if g.Type.IsArray() || g.Type.Kind == types.Stats {
			b.unsupported(x, "whole arrays and statistics as values")
			return b.placeholder(x)
		}
		return &GlobalRef{at(x), g}
	case *check.Builtin:
		return &Builtin{At: at(x), Fn: o.Func}
	case *check.Func:
		return &Call{At: at(x), Func: b.funcs[o]}
	}
	panic(fmt.Sprintf("ir: name %s was not resolved", x.Name))
}

// array is the global that x names as an array; nil, and reported, if x is
// something else.
func (b *builder) array(x syntax.Expr) *Global {
	switch x := x.(type) {
	case *syntax.Ident:
		if g, ok := b.in.Uses[x].(*check.Global); ok {
			return b.globals[g]
		}
		b.unsupported(x, "kernel structures")
	default:
		b.refuse(x)
	}
	return nil
}

func (b *builder) keys(xs []syntax.Expr) []Expr {
	keys := make([]Expr, len(xs))
	for i, x := range xs {
		if x != nil {
			keys[i] = b.expr(x)
		}
	}
	return keys
}

func (b *builder) unary(x *syntax.Unary) Expr {
	if x.Op == "+" {
		return b.expr(x.X)
	}
	op, ok := unaryOps[x.Op]
	if !ok {
		panic("ir: unexpected operator " + x.Op)
	}
	return Simplify(&Unary{at(x), op, b.expr(x.X)})
}

func (b *builder) binary(x *syntax.Binary) Expr {
	l, r := b.expr(x.X), b.expr(x.Y)
	switch x.Op {
	case "&&":
		return Simplify(&Logical{at(x), false, l, r})
	case "||":
		return Simplify(&Logical{at(x), true, l, r})
	}
	op, ok := binaryOps[x.Op]
	if !ok {
		panic("ir: unexpected operator " + x.Op)
	}
	return Simplify(&Binary{at(x), op, l, r})
}

func (b *builder) assign(x *syntax.Assign) Expr {
	if x.Op == "<<<" {
		b.unsupported(x, "statistics")
		return b.placeholder(x)
	}
	left, ok := b.place(x.L)
	if !ok {
		return b.placeholder(x)
	}
	op := OpNone
	if x.Op != "=" {
		if op, ok = binaryOps[strings.TrimSuffix(x.Op, "=")]; !ok {
			panic("ir: unexpected operator " + x.Op)
		}
	}
	return &Assign{at(x), left, op, b.expr(x.R)}
}

func (b *builder) step(x *syntax.IncDec) Expr {
	left, ok := b.place(x.X)
	if !ok {
		return b.placeholder(x)
	}
	delta := int64(1)
	if x.Op == "--" {
		delta = -1
	}
	return &Step{at(x), left, delta, x.Post}
}

// place is x as something to assign to.
func (b *builder) place(x syntax.Expr) (Place, bool) {
	n := len(b.diags.List)
	if p, ok := b.expr(x).(Place); ok {
		return p, true
	}
	if len(b.diags.List) == n {
		b.unsupported(x, "assignments to this")
	}
	return nil, false
}

func (b *builder) call(x *syntax.Call) Expr {
	args := make([]Expr, len(x.Args))
	for i, a := range x.Args {
		args[i] = b.expr(a)
	}
	switch o := b.in.Uses[x].(type) {
	case *check.Builtin:
		return &Builtin{at(x), o.Func, args}
	case *check.Func:
		return &Call{at(x), b.funcs[o], args}
	}
	panic(fmt.Sprintf("ir: function %s was not resolved", x.Name))
}

// format makes one form of print, println, printd, printf and print_char.
func (b *builder) format(x *syntax.Print) *Format {
	f := &Format{}
	for _, a := range x.Args {
		if _, ok := a.(*syntax.HistOp); ok {
			b.unsupported(a, "histograms")
			return f
		}
		f.Args = append(f.Args, b.expr(a))
	}
	if x.Kind&syntax.PrintFormatted != 0 {
		parts, err := builtin.ParseFormat(x.Format.Value)
		if err != nil {
			b.diags.Add(&source.Diagnostic{
				Severity: source.ParseError,
				Code:     "format",
				Message:  err.Error(),
				Token:    x.Format.Token(),
			})
		}
		f.Parts = parts
		return FoldFormat(f)
	}
	for i, a := range f.Args {
		if i > 0 && x.Kind&syntax.PrintDelimited != 0 && x.Format != nil {
			f.Parts = append(f.Parts, literal(x.Format.Value))
		}
		f.Parts = append(f.Parts, conversion(x.Kind, a))
	}
	if x.Kind&syntax.PrintNewline != 0 {
		f.Parts = append(f.Parts, literal("\n"))
	}
	return FoldFormat(f)
}

func literal(s string) builtin.FormatPart {
	return builtin.FormatPart{Literal: s, Width: -1, Prec: -1}
}

// conversion shows a value of x's type as it is.
func conversion(kind syntax.PrintKind, x Expr) builtin.FormatPart {
	p := builtin.FormatPart{Verb: 'd', Width: -1, Prec: -1}
	switch {
	case kind&syntax.PrintChar != 0:
		p.Verb = 'c'
	case x.Type().Kind == types.String:
		p.Verb = 's'
	}
	return p
}
