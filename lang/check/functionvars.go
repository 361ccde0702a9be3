package check

import (
	"errors"
	"fmt"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/ctype"
	"tapir/lang/syntax"
)

// maxRegisters is how many arguments of a function are in registers.
const maxRegisters = 6

var errUntyped = errors.New("the kernel's types do not describe this function; int_arg(n) and its like read what it is called with")

// functionVariable is the value of `$name…` in a probe of a function. At the return,
// what is said of an argument is what was true at the entry.
func (l *lowering) functionVariable(e *syntax.Target) (value, error) {
	f := l.probe.Point.Function
	switch {
	case f.Bare:
		return value{}, errors.New("kprobe probes have no variables; int_arg(n) and its like read what the function is called with")
	case e.Name == "$$name":
		return value{x: &syntax.StringLit{Base: e.Base, Value: f.Name}}, nil
	case !f.Typed:
		return value{}, errUntyped
	case e.Name == "$return":
		v, err := l.returned(e.Base, f)
		if err != nil {
			return value{}, err
		}
		return l.selected(v, e.Path, e.Address, e.Pretty)
	case strings.HasPrefix(e.Name, "$$"):
		return l.functionSummary(e)
	}
	for i, p := range f.Params {
		if "$"+p.Name == e.Name {
			v, err := l.functionArgument(e.Base, i, p.Type)
			if err != nil {
				return value{}, err
			}
			if v, err = l.selected(v, e.Path, e.Address, e.Pretty); err != nil {
				return value{}, err
			}
			return l.atEntry(v), nil
		}
	}
	var names []string
	for _, p := range f.Params {
		names = append(names, "$"+p.Name)
	}
	if l.probe.Point.Kind == builtin.FunctionReturn && f.Result.Kind != ctype.Void {
		names = append(names, "$return")
	}
	return value{}, unknownError{"unable to find the function's variable '" + e.Name + "'", e.Name, names}
}

// functionArgument is a parameter when the function begins; i counts from 0.
func (l *lowering) functionArgument(b syntax.Base, i int, t *ctype.Type) (value, error) {
	if i >= maxRegisters {
		return value{}, fmt.Errorf("only the first %d arguments of a function are in registers", maxRegisters)
	}
	for _, p := range l.probe.Point.Function.Params[:i+1] {
		if p.Type.Size > 8 {
			return value{}, fmt.Errorf("it is not known where argument %d is: '%s' does not fit into a register", i+1, p.Name)
		}
	}
	return l.argument(b, i+1, t), nil
}

// atEntry is what was true when the function began, in a probe of its return.
func (l *lowering) atEntry(v value) value {
	if l.probe.Point.Kind != builtin.FunctionReturn || l.inEntry {
		return v
	}
	return value{x: &syntax.AtOp{Base: baseOf(v.x), Name: atEntry, Args: []syntax.Expr{v.x}}, typ: v.typ}
}

// returned is what the function gives back.
func (l *lowering) returned(b syntax.Base, f *Function) (value, error) {
	switch {
	case l.probe.Point.Kind != builtin.FunctionReturn:
		return value{}, errors.New("$return is known in .return probes only")
	case f.Result.Kind == ctype.Void:
		return value{}, fmt.Errorf("function %s returns nothing", f.Name)
	}
	t, x := f.Result, syntax.Expr(call(b, "returnval"))
	if t.Kind == ctype.Int && t.Size < 8 {
		x = extracted(b, x, 0, 8*t.Size, t.Signed)
	}
	return value{x: x, typ: t}, nil
}

// functionSummary is the value of `$$parms` and its like.
func (l *lowering) functionSummary(e *syntax.Target) (value, error) {
	f := l.probe.Point.Function
	switch e.Name {
	case "$$locals":
		return value{x: &syntax.StringLit{Base: e.Base}}, nil
	case "$$return":
		return l.returnText(e, f), nil
	case "$$vars", "$$parms":
	default:
		return value{}, unknownError{"unknown variable '" + e.Name + "'", e.Name, []string{"$$vars", "$$parms", "$$return", "$$name"}}
	}
	text := l.paramsText(e, f)
	if r := l.returnText(e, f); e.Name == "$$vars" && !isEmptyText(r.x) {
		both := &syntax.Binary{Base: e.Base, Op: ".", X: text.x, Y: &syntax.StringLit{Base: e.Base, Value: " "}}
		return value{x: &syntax.Binary{Base: e.Base, Op: ".", X: both, Y: r.x}}, nil
	}
	return text, nil
}

func isEmptyText(x syntax.Expr) bool {
	s, ok := x.(*syntax.StringLit)
	return ok && s.Value == ""
}

// paramsText is `a=0x1 b=0x2`, in which each is what it was at the entry.
func (l *lowering) paramsText(e *syntax.Target, f *Function) value {
	p := &prettyText{lowering: l, base: e.Base}
	for i, param := range f.Params {
		if i > 0 {
			p.format.WriteString(" ")
		}
		p.format.WriteString(param.Name + "=")
		v, err := l.functionArgument(e.Base, i, param.Type)
		switch {
		case err != nil:
			p.format.WriteString("?")
		case e.Pretty > 0:
			from := len(p.args)
			p.value(v, e.Pretty, true)
			for j := range p.args[from:] {
				p.args[from+j] = l.enteredText(p.args[from+j])
			}
		default:
			p.add("%#x", l.atEntry(v).x)
		}
	}
	return p.text()
}

// enteredText is an argument of a text as it was at the entry, part by part if it is a
// text itself.
func (l *lowering) enteredText(x syntax.Expr) syntax.Expr {
	text, ok := x.(*syntax.Print)
	if !ok {
		return l.atEntry(value{x: x}).x
	}
	for i, a := range text.Args {
		text.Args[i] = l.enteredText(a)
	}
	return text
}

// returnText is `return=0x1`, or nothing where nothing is returned.
func (l *lowering) returnText(e *syntax.Target, f *Function) value {
	p := &prettyText{lowering: l, base: e.Base}
	if v, err := l.returned(e.Base, f); err == nil {
		p.format.WriteString("return=")
		if e.Pretty > 0 {
			p.value(v, e.Pretty, true)
		} else {
			p.add("%#x", v.x)
		}
	}
	return p.text()
}
