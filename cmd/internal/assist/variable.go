package assist

import (
	"fmt"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/ctype"
	"tapir/lang/types"
)

// Variable is one that a probe's handler can read without setting it.
type Variable struct {
	Name string // with its $, if it is the probed code's
	Type string
}

// String is the variable as -L lists it.
func (v Variable) String() string { return v.Name + ":" + v.Type }

// Variables is those that a probe point's aliases set, and those of the probed code.
func Variables(p *check.Probe) []Variable {
	var list []Variable
	for _, l := range p.Locals {
		if !strings.HasPrefix(l.Name, "__") && l.Type.Kind != types.Unknown {
			list = append(list, Variable{l.Name, l.Type.Kind.String()})
		}
	}
	if p.Point.Kind.IsFile() {
		list = append(list, Variable{"$value", types.String.String()})
	}
	if t := p.Point.Trace; t != nil {
		for _, param := range t.Params {
			list = append(list, Variable{"$" + param.Name, param.Type.String()})
		}
	}
	if f := p.Point.Function; f != nil && f.Typed && !f.Bare {
		if p.Point.Kind.IsReturn() && f.Result.Kind != ctype.Void {
			list = append(list, Variable{"$return", f.Result.String()})
		}
		for _, param := range f.Params {
			list = append(list, Variable{"$" + param.Name, param.Type.String()})
		}
	}
	if u := p.Point.User; u != nil {
		list = append(list, userVariables(u, p.Point.Kind)...)
	}
	return list
}

// userVariables is the variables at a place in a program.
func userVariables(u *check.User, kind builtin.PointKind) []Variable {
	var list []Variable
	if u.Mark != nil {
		for i, a := range u.Mark.Args {
			list = append(list, Variable{fmt.Sprintf("$arg%d", i+1), fmt.Sprint(a.Type)})
		}
		return list
	}
	if kind == builtin.UserReturn {
		if t, err := u.File.Result(u.Function.Address); err == nil && t != nil {
			list = append(list, Variable{"$return", t.String()})
		}
	}
	vars, err := u.File.Variables(u.Address)
	if err != nil {
		return list // without debug information there are none
	}
	for _, params := range []bool{true, false} {
		for _, v := range vars {
			if v.Param == params && v.Lost == "" {
				list = append(list, Variable{"$" + v.Name, v.Type.String()})
			}
		}
	}
	return list
}
