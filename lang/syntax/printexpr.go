package syntax

import (
	"fmt"
	"slices"
	"strings"
)

// levelOf is the level at which x stands without parentheses.
func levelOf(x Expr) int {
	switch x := x.(type) {
	case *Assign:
		return levelAssign
	case *Ternary:
		return levelTernary
	case *Binary:
		return binaryLevels[x.Op]
	case *In:
		return levelIn
	case *Regex:
		return levelCompare
	case *Unary:
		return levelUnary
	case *IncDec:
		return levelIncDec
	}
	return levelValue
}

// expr writes x, in parentheses if it binds more loosely than level.
func (p *printer) expr(x Expr, level int) {
	if levelOf(x) < level {
		p.parenthesized(x)
		return
	}
	switch x := x.(type) {
	case *Assign:
		p.infix(x.Op, x.L, levelTernary, x.R, levelAssign)
	case *Ternary:
		p.expr(x.Cond, levelOr)
		p.text(" ? ")
		p.expr(x.X, levelAssign)
		p.text(" : ")
		p.expr(x.Y, levelTernary)
	case *Binary:
		p.binary(x)
	case *In:
		p.in(x)
	case *Regex:
		op := "=~"
		if x.Negate {
			op = "!~"
		}
		p.infix(op, x.X, levelShift, x.Pattern, levelValue)
	case *Unary:
		p.unary(x)
	case *IncDec:
		if !x.Post {
			p.text(x.Op)
		}
		p.expr(x.X, levelValue)
		if x.Post {
			p.text(x.Op)
		}
	default:
		p.value(x)
	}
}

func (p *printer) parenthesized(x Expr) {
	p.text("(")
	p.expr(x, levelNone)
	p.text(")")
}

func (p *printer) infix(op string, x Expr, left int, y Expr, right int) {
	p.expr(x, left)
	p.text(" ", op, " ")
	p.expr(y, right)
}

func (p *printer) binary(x *Binary) {
	level := levelOf(x)
	left := level
	if _, ok := x.X.(*Regex); ok && level == levelCompare {
		left++ // a match does not combine with its own level
	}
	p.infix(x.Op, x.X, left, x.Y, level+1)
}

func (p *printer) in(x *In) {
	if len(x.Keys) == 1 && x.Keys[0] != nil {
		p.expr(x.Keys[0], levelCompare)
	} else {
		p.keys(x.Keys)
	}
	p.text(" in ")
	p.expr(x.Array, levelValue)
}

// unary keeps a sign off another one, with which it would be one operator.
func (p *printer) unary(x *Unary) {
	inner := &printer{}
	inner.expr(x.X, levelUnary)
	operand := inner.String()
	p.text(x.Op)
	if strings.ContainsAny(operand[:1], "+-~") {
		p.text(" ")
	}
	p.text(operand)
}

func (p *printer) value(x Expr) {
	switch x := x.(type) {
	case *IntLit:
		p.text(describeNumber(x.Value))
	case *StringLit:
		p.text(quote(x.Value))
	case *Ident:
		p.text(x.Name)
	case *Index:
		p.expr(x.X, levelValue)
		p.keys(x.Keys)
	case *Call:
		p.text(x.Name)
		p.arguments(x.Args)
	case *Target:
		p.selection(x.Address, func() { p.text(x.Name) }, x.Path, x.Pretty)
	case *AtOp:
		p.selection(x.Address, func() {
			p.text("@", x.Name)
			p.arguments(x.Args)
		}, x.Path, x.Pretty)
	case *Autocast:
		p.selection(x.Address, func() { p.autocast(x) }, x.Path, x.Pretty)
	case *StatOp:
		p.statistic(x.Name, x.Stat, x.Params)
	case *HistOp:
		p.statistic(x.Name, x.Stat, x.Params)
	case *Print:
		p.print(x)
	case *EmbeddedExpr:
		p.embedded(x.Code)
	default:
		panic(fmt.Sprintf("syntax: unexpected expression %T", x))
	}
}

func (p *printer) selection(address bool, value func(), path []Selector, pretty int) {
	if address {
		p.text("&")
	}
	value()
	for _, s := range path {
		if s.Index == nil {
			p.text("->", s.Field)
			continue
		}
		p.text("[")
		p.expr(s.Index, levelNone)
		p.text("]")
	}
	p.text("$$"[:pretty])
}

// autocast writes the value that a path starts from, in parentheses if the path
// would become a part of it.
func (p *printer) autocast(x *Autocast) {
	switch v := x.X.(type) {
	case *Autocast, *Target:
		p.parenthesized(v)
		return
	case *AtOp:
		if atOperators[v.Name].selects {
			p.parenthesized(v)
			return
		}
	case *Ident, *HistOp:
		if x.Path[0].Index != nil {
			p.parenthesized(v)
			return
		}
	}
	p.expr(x.X, levelValue)
}

// keys writes an index; a nil key is the star.
func (p *printer) keys(keys []Expr) {
	p.text("[")
	list(p, keys, ", ", func(k Expr) {
		if k == nil {
			p.text("*")
		} else {
			p.expr(k, levelNone)
		}
	})
	p.text("]")
}

func (p *printer) arguments(args []Expr) {
	p.text("(")
	list(p, args, ", ", func(x Expr) { p.expr(x, levelNone) })
	p.text(")")
}

func (p *printer) statistic(name string, x Expr, params []Expr) {
	p.text("@", name, "(")
	p.expr(x, levelNone)
	for _, param := range params {
		p.text(", ")
		p.literal(param)
	}
	p.text(")")
}

func (p *printer) print(x *Print) {
	p.text(x.Kind.Name())
	args := x.Args
	if x.Format != nil {
		args = slices.Insert(slices.Clone(args), 0, Expr(x.Format))
	}
	p.arguments(args)
}

// Name is the function's name in scripts.
func (k PrintKind) Name() string {
	for name, kind := range printKinds {
		if kind == k&^PrintOrError {
			return name
		}
	}
	panic(fmt.Sprintf("syntax: no print of kind %d", k))
}
