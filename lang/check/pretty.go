package check

import (
	"strings"

	"tapir/lang/ctype"
	"tapir/lang/syntax"
)

// maxPretty is how many values a text of a struct has at most; what is more becomes
// "...", as for a print call there are no more arguments.
const maxPretty = 32

// prettyText is a text in the making: a format and its arguments.
type prettyText struct {
	*lowering
	base   syntax.Base
	format strings.Builder
	args   []syntax.Expr
	level  int // of structs that are open
}

// The bounds of a text's structs in each other, and of its format: those of damaged files
// may lie in circles.
const (
	maxLevel  = 16
	maxFormat = 1 << 14
)

// pretty is the text of a value: of what a pointer points to, `{.a=1, .b={...}}`.
func (l *lowering) pretty(b syntax.Base, v value, depth int) value {
	p := &prettyText{lowering: l, base: b}
	p.value(v, depth, true)
	return p.text()
}

// prettyPlace is the text of what lies at a place, or ERROR if it can't be read.
func (l *lowering) prettyPlace(at place, depth int) value {
	p := &prettyText{lowering: l, base: baseOf(at.addr)}
	p.place(at, depth, true)
	v := p.text()
	if text, ok := v.x.(*syntax.Print); ok {
		text.Kind |= syntax.PrintOrError
	}
	return v
}

func (p *prettyText) text() value {
	if len(p.args) == 1 && p.format.String() == "%s" {
		return value{x: p.args[0]}
	}
	if len(p.args) == 0 {
		return value{x: &syntax.StringLit{Base: p.base, Value: strings.ReplaceAll(p.format.String(), "%%", "%")}}
	}
	return value{x: &syntax.Print{
		Base: p.base, Kind: syntax.PrintToString | syntax.PrintFormatted,
		Format: &syntax.StringLit{Base: p.base, Value: p.format.String()}, Args: p.args,
	}}
}

// add appends a conversion of x.
func (p *prettyText) add(conversion string, x syntax.Expr) {
	if len(p.args) == maxPretty {
		if !strings.HasSuffix(p.format.String(), "...") {
			p.format.WriteString("...")
		}
		return
	}
	p.format.WriteString(conversion)
	p.args = append(p.args, syntax.CloneExpr(x))
}

// value appends a value; top is set for what the script asked for.
func (p *prettyText) value(v value, depth int, top bool) {
	switch {
	case v.typ.Kind == ctype.Pointer && v.typ.Elem().Char:
		p.cString(v.x, v.typ.User)
	case v.typ.Kind == ctype.Pointer && top && v.typ.Elem().IsAggregate():
		p.add("%s", p.prettyPlace(place{addr: v.x, typ: v.typ.Elem()}, depth).x)
	case v.typ.Kind == ctype.Pointer:
		p.add("%p", v.x)
	case v.typ.Char:
		p.add("'%#c'", v.x)
	case v.typ.Signed:
		p.add("%i", v.x)
	default:
		p.add("%u", v.x)
	}
}

// cString appends the C string at an address in the kernel, or in the program.
func (p *prettyText) cString(addr syntax.Expr, user bool) {
	read := "kernel_string"
	if user {
		read = "user_string"
	}
	p.add("\"%s\"", call(p.base, read, addr, &syntax.StringLit{Base: p.base, Value: "<unknown>"}))
}

// maxElements is how many elements of an array are shown.
const maxElements = 16

// place appends what lies at a place, with depth levels of structs in it.
func (p *prettyText) place(at place, depth int, top bool) {
	switch {
	case at.typ.IsAggregate() && depth > 0:
		p.members(at, depth)
	case at.typ.IsAggregate():
		p.format.WriteString("{...}")
	case at.typ.Kind == ctype.Array && at.typ.Elem().Char:
		p.cString(at.addr, at.typ.User)
	case at.typ.Kind == ctype.Array && depth > 0:
		p.elements(at, depth)
	case at.typ.Kind == ctype.Array:
		p.format.WriteString("[...]")
	default:
		v, err := load(at)
		if err != nil {
			p.format.WriteString("?")
			return
		}
		p.value(v, depth, top)
	}
}

func (p *prettyText) members(at place, depth int) {
	if p.level == maxLevel || p.format.Len() > maxFormat {
		p.format.WriteString("{...}")
		return
	}
	p.level++
	defer func() { p.level-- }()
	p.format.WriteString("{")
	for i, m := range at.typ.Members() {
		if len(p.args) == maxPretty || p.format.Len() > maxFormat {
			p.format.WriteString("...")
			break
		}
		if i > 0 {
			p.format.WriteString(", ")
		}
		if m.Name != "" {
			p.format.WriteString("." + m.Name + "=")
		}
		if m.Bits > 0 {
			p.place(bitField(p.base, at.addr, m), depth-1, false)
			continue
		}
		inner := depth - 1
		if m.Name == "" || depth > 1 {
			inner = depth // deep, or a part of the struct itself
		}
		p.place(place{addr: plus(p.base, at.addr, int64(m.Offset/8)), typ: m.Type}, inner, false)
	}
	p.format.WriteString("}")
}

func (p *prettyText) elements(at place, depth int) {
	elem := at.typ.Elem()
	p.format.WriteString("[")
	for i := range at.typ.Len {
		if i == maxElements || len(p.args) == maxPretty {
			p.format.WriteString("...")
			break
		}
		if i > 0 {
			p.format.WriteString(", ")
		}
		p.place(place{addr: plus(p.base, at.addr, int64(i*elem.Size)), typ: elem}, depth-1, false)
	}
	p.format.WriteString("]")
}

// summary is the value of `$$vars` and its like.
func (l *lowering) summary(e *syntax.Target) (value, error) {
	text := func(s string) (value, error) { return value{x: &syntax.StringLit{Base: e.Base, Value: s}}, nil }
	switch e.Name {
	case "$$name":
		return text(l.probe.Point.Trace.Name)
	case "$$locals", "$$return":
		return text("")
	case "$$vars", "$$parms":
	default:
		return value{}, unknownError{"unknown variable '" + e.Name + "'", e.Name, []string{"$$vars", "$$parms", "$$name"}}
	}
	p := &prettyText{lowering: l, base: e.Base}
	for i, param := range l.params {
		if i > 0 {
			p.format.WriteString(" ")
		}
		p.format.WriteString(param.Name + "=")
		v := l.argument(e.Base, i+1, param.Type)
		if e.Pretty > 0 {
			p.value(v, e.Pretty, true)
		} else {
			p.add("%#x", v.x)
		}
	}
	return p.text(), nil
}
