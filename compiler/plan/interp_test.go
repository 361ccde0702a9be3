package plan_test

import (
	"errors"
	"fmt"
	"strings"

	"tapir/compiler/ir"
	"tapir/lang/types"
)

// machine runs trees directly, one event after another: what tests compare
// placements by.
type machine struct {
	globals map[*ir.Global]any            // int64 or string
	arrays  map[*ir.Global]map[string]any // by the keys' text
	event   map[string]any                // results of built-in functions, by their calls' text
	out     strings.Builder
	actions int
}

var (
	errNext   = errors.New("next")
	errReturn = errors.New("return")
	errBreak  = errors.New("break")
)

type frame struct {
	locals map[*ir.Local]any
	result any
}

func newMachine(p *ir.Program) *machine {
	m := &machine{globals: map[*ir.Global]any{}, arrays: map[*ir.Global]map[string]any{}}
	for _, g := range p.Globals {
		m.arrays[g] = map[string]any{}
		m.globals[g] = zeroOf(g.Type)
		if g.Init != nil {
			m.globals[g] = m.eval(&frame{}, g.Init)
		}
	}
	return m
}

func zeroOf(t types.Type) any {
	if t.Kind == types.String {
		return ""
	}
	return int64(0)
}

// handle runs a handler and prints the error that it ends with.
func (m *machine) handle(b *ir.Block) {
	m.actions = 0
	defer func() {
		if r := recover(); r != nil {
			failure, ok := r.(scriptError)
			if !ok {
				panic(r)
			}
			m.out.WriteString("ERROR: " + string(failure) + "\n")
		}
	}()
	_ = m.block(&frame{locals: map[*ir.Local]any{}}, b)
}

type scriptError string

func (m *machine) block(f *frame, b *ir.Block) error {
	if b == nil {
		return nil
	}
	for _, s := range b.Stmts {
		if err := m.stmt(f, s); err != nil {
			return err
		}
	}
	return nil
}

func (m *machine) stmt(f *frame, s ir.Stmt) error {
	switch s := s.(type) {
	case *ir.Block:
		return m.block(f, s)
	case *ir.Eval:
		m.eval(f, s.X)
	case *ir.Print:
		for _, a := range s.Format.Args {
			fmt.Fprint(&m.out, m.eval(f, a), " ")
		}
		m.out.WriteString(ir.FormatString(&ir.Format{Parts: s.Format.Parts}) + "\n")
	case *ir.If:
		if m.truth(f, s.Cond) {
			return m.block(f, s.Then)
		}
		return m.block(f, s.Else)
	case *ir.Loop:
		return m.loop(f, s)
	case *ir.Return:
		f.result = nil
		if s.X != nil {
			f.result = m.eval(f, s.X)
		}
		return errReturn
	case *ir.Next:
		return errNext
	case *ir.Break:
		return errBreak
	default:
		panic(fmt.Sprintf("unexpected %T", s))
	}
	return nil
}

func (m *machine) loop(f *frame, s *ir.Loop) error {
	for s.Cond == nil || m.truth(f, s.Cond) {
		if m.actions++; m.actions > 100 {
			panic(scriptError("MAXACTION exceeded"))
		}
		switch err := m.block(f, s.Body); err {
		case nil:
		case errBreak:
			return nil
		default:
			return err
		}
		if s.Post != nil {
			m.eval(f, s.Post)
		}
	}
	return nil
}

func (m *machine) truth(f *frame, x ir.Expr) bool { return m.eval(f, x).(int64) != 0 }

func (m *machine) eval(f *frame, x ir.Expr) any {
	switch x := x.(type) {
	case *ir.Int:
		return x.Value
	case *ir.Str:
		return x.Value
	case *ir.LocalRef:
		if v, ok := f.locals[x.Local]; ok {
			return v
		}
		return zeroOf(x.Local.Type)
	case *ir.GlobalRef:
		return m.globals[x.Global]
	case *ir.Elem:
		if v, ok := m.arrays[x.Global][m.key(f, x.Keys)]; ok {
			return v
		}
		return zeroOf(x.Type())
	case *ir.In:
		_, ok := m.arrays[x.Global][m.key(f, x.Keys)]
		return ir.Bool(ok)
	case *ir.Unary:
		return ir.Arith1(x.Op, m.eval(f, x.X).(int64))
	case *ir.Binary:
		return binary(x.Op, m.eval(f, x.X), m.eval(f, x.Y))
	case *ir.Logical:
		if m.truth(f, x.X) == x.Or {
			return ir.Bool(x.Or)
		}
		return ir.Bool(m.truth(f, x.Y))
	case *ir.Cond:
		if m.truth(f, x.C) {
			return m.eval(f, x.X)
		}
		return m.eval(f, x.Y)
	case *ir.Assign:
		v := m.eval(f, x.Value)
		if x.Op != ir.OpNone {
			v = binary(x.Op, m.eval(f, x.Left), v)
		}
		m.store(f, x.Left, v)
		return v
	case *ir.Step:
		old := m.eval(f, x.Left).(int64)
		m.store(f, x.Left, old+x.Delta)
		if x.Post {
			return old
		}
		return old + x.Delta
	case *ir.Call:
		return m.call(f, x)
	case *ir.Builtin:
		return m.event[ir.ExprString(x)]
	}
	panic(fmt.Sprintf("unexpected %T", x))
}

func binary(op ir.Op, x, y any) any {
	if s, ok := x.(string); ok {
		if op == ir.OpConcat {
			return s + y.(string)
		}
		return ir.CompareStrings(op, s, y.(string))
	}
	v, ok := ir.Arith(op, x.(int64), y.(int64))
	if !ok {
		panic(scriptError("division by 0"))
	}
	return v
}

func (m *machine) store(f *frame, p ir.Place, v any) {
	switch p := p.(type) {
	case *ir.LocalRef:
		f.locals[p.Local] = v
	case *ir.GlobalRef:
		m.globals[p.Global] = v
	case *ir.Elem:
		m.arrays[p.Global][m.key(f, p.Keys)] = v
	}
}

func (m *machine) key(f *frame, keys []ir.Expr) string {
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&b, "%v\n", m.eval(f, k))
	}
	return b.String()
}

func (m *machine) call(f *frame, x *ir.Call) any {
	inner := &frame{locals: map[*ir.Local]any{}}
	for i, a := range x.Args {
		inner.locals[x.Func.Locals[i]] = m.eval(f, a)
	}
	_ = m.block(inner, x.Func.Body)
	if inner.result == nil {
		return zeroOf(types.Type{Kind: x.Func.Result})
	}
	return inner.result
}

// state is all that a script can see of what has happened.
func (m *machine) state(p *ir.Program) string {
	var b strings.Builder
	for _, g := range p.Globals {
		fmt.Fprintf(&b, "%s = %v %v\n", g.Name, m.globals[g], m.arrays[g])
	}
	return b.String()
}
