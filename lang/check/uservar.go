package check

import (
	"errors"
	"fmt"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/ctype"
	"tapir/lang/image"
	"tapir/lang/syntax"
)

// The numbers in DWARF of the registers that are asked for by themselves.
const programCounter = 16

// user is the place in a program that the probe is at, or nil.
func (l *lowering) user() *User {
	if l.probe == nil {
		return nil
	}
	return l.probe.Point.User
}

// returns reports whether the probe is at the return of a function, where the values of
// variables are those that they had when it was called.
func (l *lowering) returns() bool { return l.probe.Point.Kind == builtin.UserReturn }

// userVariable is the value of `$name…` at a place in a program.
func (l *lowering) userVariable(u *User, e *syntax.Target) (value, error) {
	switch {
	case strings.HasPrefix(e.Name, "$$"):
		return l.userSummary(u, e)
	case e.Name == "$return":
		v, err := l.userReturned(u, e.Base)
		if err != nil {
			return value{}, err
		}
		return l.selected(v, e.Path, e.Address, e.Pretty)
	}
	if u.Instruction {
		return value{}, errGoEntry
	}
	vars, err := l.variablesAt(u)
	if err != nil {
		return value{}, fmt.Errorf("unable to find variable '%s': %w", e.Name, err)
	}
	var names []string
	for _, v := range vars {
		if "$"+v.Name == e.Name {
			return l.asOfCall(u, e, v)
		}
		names = append(names, "$"+v.Name)
	}
	if v, err := u.File.Global(e.Name[1:], anySource); err == nil {
		return l.pick(u, e.Base, v, e.Path, e.Address, e.Pretty)
	}
	return value{}, unknownError{"unable to find variable '" + e.Name + "'", e.Name, names}
}

var errGoEntry = errors.New("what a function of Go was called with is not kept for its return, since Go moves stacks: probe its entry")

func anySource(string) bool { return true }

// variablesAt are the variables at a place: of a mark, what it hands over.
func (l *lowering) variablesAt(u *User) ([]image.Variable, error) {
	if u.Mark == nil {
		return u.File.Variables(u.Address)
	}
	var vars []image.Variable
	for i, a := range u.Mark.Args {
		vars = append(vars, image.Variable{Name: fmt.Sprintf("arg%d", i+1), Type: a.Type, Param: true, Location: a.Location, Lost: a.Lost})
	}
	return vars, nil
}

// asOfCall is what is selected from a variable. At a return that is taken when the
// function is called; of a text, which can't be, the value that it starts from.
func (l *lowering) asOfCall(u *User, e *syntax.Target, v image.Variable) (value, error) {
	if !l.returns() || l.inEntry {
		return l.pick(u, e.Base, v, e.Path, e.Address, e.Pretty)
	}
	if e.Pretty > 0 {
		start, err := l.whole(u, e.Base, v)
		if err != nil {
			return value{}, err
		}
		return l.selected(atCall(start), e.Path, e.Address, e.Pretty)
	}
	l.inEntry = true
	x, err := l.pick(u, e.Base, v, e.Path, e.Address, 0)
	l.inEntry = false
	return atCall(x), err
}

// atCall is the value that x had when the function was called.
func atCall(v value) value {
	if v.x != nil {
		v.x = &syntax.AtOp{Base: baseOf(v.x), Name: atEntry, Args: []syntax.Expr{v.x}}
	}
	return v
}

// pick is what a path selects from a variable, its address, or its text.
func (l *lowering) pick(u *User, b syntax.Base, v image.Variable, path []syntax.Selector, address bool, pretty int) (value, error) {
	if !v.Memory || v.Lost != "" {
		x, err := l.whole(u, b, v)
		if err != nil {
			return value{}, err
		}
		return l.selected(x, path, address, pretty)
	}
	at := place{addr: l.computed(u, b, v.Location), typ: v.Type}
	if len(path) == 0 && !address && pretty > 0 {
		if x, err := load(at); err == nil && v.Type.Kind != ctype.Array {
			return l.pretty(b, x, pretty), nil
		}
	}
	return l.selectedAt(at, path, address, pretty)
}

// whole is the value of a variable.
func (l *lowering) whole(u *User, b syntax.Base, v image.Variable) (value, error) {
	switch {
	case v.Lost != "":
		return value{}, fmt.Errorf("'$%s' has no value here: %s", v.Name, v.Lost)
	case v.Memory:
		return load(place{addr: l.computed(u, b, v.Location), typ: v.Type})
	}
	x := l.computed(u, b, v.Location)
	switch t := v.Type; {
	case t.Kind == ctype.Int && t.Size < 8:
		return value{extracted(b, x, 0, 8*t.Size, t.Signed), t}, nil
	case t.Kind == ctype.Int || t.Kind == ctype.Pointer:
		return value{x, t}, nil
	}
	return value{}, fmt.Errorf("'%s' in registers is not a number", v.Type)
}

// computed is the expression that a location stands for.
func (l *lowering) computed(u *User, b syntax.Base, where image.Location) syntax.Expr {
	var stack []syntax.Expr
	for _, s := range where.Steps {
		if op, ok := stepOperators[s.Code]; ok {
			n := len(stack)
			stack = append(stack[:n-2], operation(b, op, stack[n-2], stack[n-1]))
			continue
		}
		switch s.Code {
		case image.Const:
			stack = append(stack, number(b, s.N))
		case image.Register:
			stack = append(stack, call(b, registerFunction, number(b, s.N)))
		case image.Address:
			stack = append(stack, plus(b, l.here(b), s.N-int64(u.Address)))
		case image.Load:
			stack[len(stack)-1] = call(b, fmt.Sprintf("_user_uint%d", 8*s.N), stack[len(stack)-1])
		default:
			panic(fmt.Sprintf("check: unexpected step %d", s.Code))
		}
	}
	return stack[len(stack)-1]
}

var stepOperators = map[image.Code]string{
	image.Add: "+", image.Sub: "-", image.Mul: "*", image.And: "&", image.Shl: "<<", image.Shr: ">>>",
}

// operation is x op y; sums with literals are added up.
func operation(b syntax.Base, op string, x, y syntax.Expr) syntax.Expr {
	n, literal := y.(*syntax.IntLit)
	switch {
	case literal && op == "+":
		return plus(b, x, n.Value)
	case literal && op == "-":
		return plus(b, x, -n.Value)
	}
	return &syntax.Binary{Base: b, Op: op, X: x, Y: y}
}

// here is the address in memory of the place that the probe is at: where the program
// stands, and at a return where it stood when the function was called.
func (l *lowering) here(b syntax.Base) syntax.Expr {
	v := value{x: call(b, registerFunction, number(b, programCounter))}
	if l.returns() && !l.inEntry {
		v = atCall(v)
	}
	return v.x
}

// userReturned is the value that a function returns.
func (l *lowering) userReturned(u *User, b syntax.Base) (value, error) {
	if !l.returns() {
		return value{}, errors.New("'$return' is known in .return probes only")
	}
	if u.Instruction {
		return value{}, errors.New("'$return' of functions of Go is not supported by this version: returnval() is the first number or address of the results")
	}
	t, err := u.File.Result(u.Address)
	switch {
	case err != nil:
		return value{}, fmt.Errorf("the type of '$return' is not known: %w; returnval() is the plain number", err)
	case t == nil:
		return value{}, errors.New("the function returns nothing")
	case t.IsAggregate() || t.Kind == ctype.Float:
		return value{}, fmt.Errorf("'$return' is of type '%s', which is no number", t)
	}
	x := call(b, "returnval")
	if t.Kind == ctype.Int && t.Size < 8 {
		return value{extracted(b, x, 0, 8*t.Size, t.Signed), t}, nil
	}
	return value{x, t}, nil
}

// global is the value of `@var("name@file")…`.
func (l *lowering) global(e *syntax.AtOp) (value, error) {
	u := l.user()
	if u == nil {
		return value{}, errors.New("@var is known in probes of programs only")
	}
	if len(e.Args) != 1 {
		return value{}, errors.New("@var with the name of another file is not supported by this version")
	}
	name, ok := e.Args[0].(*syntax.StringLit)
	if !ok {
		return value{}, errors.New("@var wants a literal name")
	}
	pattern := parseCode(name.Value)
	v, err := u.File.Global(pattern.name, pattern.inSource)
	if err != nil {
		return value{}, err
	}
	return l.pick(u, e.Base, v, e.Path, e.Address, e.Pretty)
}

// userType is a type of the program that the probe is in, or nil.
func (l *lowering) userType(name string) *ctype.Type {
	if u := l.user(); u != nil {
		return u.File.Type(name)
	}
	return nil
}
