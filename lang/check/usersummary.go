package check

import (
	"tapir/lang/ctype"
	"tapir/lang/image"
	"tapir/lang/syntax"
)

// summaries are the texts about a place in a program, and which variables they show.
var summaries = map[string]func(image.Variable) bool{
	"$$parms":  func(v image.Variable) bool { return v.Param },
	"$$locals": func(v image.Variable) bool { return !v.Param },
	"$$vars":   func(image.Variable) bool { return true },
}

// userSummary is the value of `$$vars` and its like at a place in a program.
func (l *lowering) userSummary(u *User, e *syntax.Target) (value, error) {
	text := func(s string) (value, error) { return value{x: &syntax.StringLit{Base: e.Base, Value: s}}, nil }
	switch {
	case e.Name == "$$name" && u.Mark != nil:
		return text(u.Mark.Name)
	case e.Name == "$$provider" && u.Mark != nil:
		return text(u.Mark.Provider)
	case e.Name == "$$name" && u.Function != nil:
		return text(u.Function.Plain)
	case e.Name == "$$return":
		return l.returnSummary(u, e)
	}
	shown := summaries[e.Name]
	if shown == nil {
		return value{}, unknownError{"unknown variable '" + e.Name + "'", e.Name, []string{"$$vars", "$$parms", "$$locals", "$$return", "$$name"}}
	}
	vars, err := l.variablesAt(u)
	if err != nil {
		return value{}, err
	}
	p := &prettyText{lowering: l, base: e.Base}
	seen := map[string]bool{} // what an inner block declares hides what an outer one does
	for _, params := range []bool{true, false} {
		for _, v := range vars {
			if v.Param == params && shown(v) && !seen[v.Name] {
				seen[v.Name] = true
				p.variable(u, v, e.Pretty)
			}
		}
	}
	return p.text(), nil
}

// variable appends `name=value`, with ? for what is not to be had.
func (p *prettyText) variable(u *User, v image.Variable, pretty int) {
	if p.format.Len() > 0 {
		p.format.WriteString(" ")
	}
	p.format.WriteString(v.Name + "=")
	b := p.base
	if v.Memory && v.Lost == "" && (v.Type.IsAggregate() || v.Type.Kind == ctype.Array) {
		if p.returns() && !p.inEntry {
			p.format.WriteString("?")
			return
		}
		p.place(place{addr: p.computed(u, b, v.Location), typ: v.Type}, pretty, true)
		return
	}
	x, err := p.whole(u, b, v)
	if err != nil {
		p.format.WriteString("?")
		return
	}
	if p.returns() && !p.inEntry {
		x = atCall(x)
	}
	if pretty > 0 {
		p.value(x, pretty, true)
		return
	}
	p.add("%#x", x.x)
}

// returnSummary is `return=value` in a probe of a return, and nothing elsewhere.
func (l *lowering) returnSummary(u *User, e *syntax.Target) (value, error) {
	p := &prettyText{lowering: l, base: e.Base}
	if !l.returns() {
		return p.text(), nil
	}
	v, err := l.userReturned(u, e.Base)
	if err != nil {
		return p.text(), nil // a function that returns nothing has an empty text
	}
	p.format.WriteString("return=")
	if e.Pretty > 0 {
		p.value(v, e.Pretty, true)
	} else {
		p.add("%#x", v.x)
	}
	return p.text(), nil
}
