package ir

import (
	"fmt"
	"strings"

	"tapir/lang/check"
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
		return b.index(x)
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
		return b.choose(x)
	case *syntax.Assign:
		return b.assign(x)
	case *syntax.IncDec:
		return b.step(x)
	case *syntax.Call:
		return b.call(x)
	case *syntax.Print:
		return b.sprint(x)
	case *syntax.StatOp:
		return b.statOp(x)
	case *syntax.Regex:
		return &Regex{At: at(x), X: b.expr(x.X), Negate: x.Negate, Pattern: x.Pattern.Value}
	case *syntax.AtOp:
		if x.Name == "defined" && len(x.Args) == 1 {
			return &Int{at(x), Bool(defined(x.Args[0]))}
		}
		if x.Name == "entry" {
			return &AtEntry{at(x), b.expr(x.Args[0])}
		}
	}
	return b.refuse(x)
}

// refuse reports a construct that has no form in the tree.
func (b *builder) refuse(x syntax.Expr) Expr {
	switch x := x.(type) {
	case *syntax.Target:
		b.unsupported(x, "target variables")
	case *syntax.AtOp:
		b.unsupported(x, "expressions with @"+strings.TrimPrefix(x.Name, "@"))
	case *syntax.Autocast:
		b.unsupported(x, "kernel structures")
	case *syntax.HistOp:
		b.unsupported(x, "histograms as values")
	case *syntax.EmbeddedExpr:
		b.unsupported(x, "expressions in embedded C")
	default:
		panic(fmt.Sprintf("ir: unexpected expression %T", x))
	}
	return b.placeholder(x)
}

func (b *builder) placeholder(x syntax.Expr) Expr { return zero(b.in.Types[x], at(x)) }

// choose builds only the branch that a condition known by now leaves: the other
// may hold what this machine or version does not have.
func (b *builder) choose(x *syntax.Ternary) Expr {
	c := b.expr(x.Cond)
	if v, ok := c.(*Int); ok {
		if v.Value != 0 {
			return b.expr(x.X)
		}
		return b.expr(x.Y)
	}
	return Simplify(&Cond{at(x), c, b.expr(x.X), b.expr(x.Y)})
}

// defined reports whether x is made of things of the script alone; of what is
// asked of the kernel this version knows nothing.
func defined(x syntax.Expr) bool {
	known := true
	syntax.Walk(x, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.AtOp:
			known = n.Name == "entry"
		case *syntax.Target, *syntax.Autocast:
			known = false
		}
		return known
	})
	return known
}

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

func (b *builder) index(x *syntax.Index) Expr {
	if h, ok := x.X.(*syntax.HistOp); ok {
		stat, ok := b.stat(h.Stat)
		if !ok || len(x.Keys) != 1 || !b.single(x) {
			return b.placeholder(x)
		}
		return &HistBucket{at(x), stat, b.expr(x.Keys[0])}
	}
	if g := b.array(x.X); g != nil && b.single(x) {
		return &Elem{at(x), g, b.keys(x.Keys)}
	}
	return b.placeholder(x)
}

// single reports an element whose keys have a wildcard, and so is no one element.
func (b *builder) single(x *syntax.Index) bool {
	for _, k := range x.Keys {
		if k == nil {
			b.unsupported(x, "values of elements with '*'")
			return false
		}
	}
	return true
}

// stat is x as a statistic.
func (b *builder) stat(x syntax.Expr) (Place, bool) {
	switch x := x.(type) {
	case *syntax.Ident:
		g, ok := b.in.Uses[x].(*check.Global)
		if ok && !g.Type.IsArray() {
			return &GlobalRef{at(x), b.globals[g]}, true
		}
	case *syntax.Index:
		p, ok := b.index(x).(*Elem)
		return p, ok
	}
	b.unsupported(x, "statistics in this")
	return nil, false
}

var statOps = map[string]StatOpKind{
	"count": StatCount, "sum": StatSum, "min": StatMin, "max": StatMax, "avg": StatAvg, "variance": StatVariance,
}

func (b *builder) statOp(x *syntax.StatOp) Expr {
	op, ok := statOps[strings.TrimPrefix(x.Name, "@")]
	if !ok {
		panic("ir: unexpected operator @" + x.Name)
	}
	if stat, ok := b.stat(x.Stat); ok {
		return &StatOp{at(x), op, stat}
	}
	return b.placeholder(x)
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
		if stat, ok := b.stat(x.L); ok {
			return &StatAdd{at(x), stat, b.expr(x.R)}
		}
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
