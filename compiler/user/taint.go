package user

import (
	"tapir/compiler/bytecode"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// marks say where the bytes of a value may come from.
type marks uint8

const (
	traced  marks = 1 << iota // from a traced program or the kernel
	control                   // from the script, with control characters in it
)

// taint knows, for every variable and function, the marks of all values that it
// may ever hold, whatever the order of things.
//
// On a terminal, control characters of traced data are shown escaped, so that
// no program can drive the user's terminal by the name of a file. What stems
// from literals and numbers alone is the script's own business, and is not
// looked at when it is printed.
type taint struct {
	locals  map[*ir.Local]marks
	globals map[*ir.Global]marks
	keys    map[*ir.Global][]marks
	results map[*ir.Func]marks
	changed bool
}

// findTaint goes over the whole program until nothing is new.
func findTaint(p *plan.Plan) *taint {
	t := &taint{
		locals:  map[*ir.Local]marks{},
		globals: map[*ir.Global]marks{},
		keys:    map[*ir.Global][]marks{},
		results: map[*ir.Func]marks{},
	}
	for _, g := range p.IR.Globals {
		t.keys[g] = make([]marks, len(g.Type.Keys))
		if g.Init != nil {
			t.globals[g] = t.of(g.Init)
		}
	}
	for t.changed = true; t.changed; {
		t.changed = false
		seen := map[*ir.Func]bool{}
		for _, pr := range p.Probes {
			t.body(pr.Body, nil, seen)
		}
	}
	return t
}

// body takes up every assignment in n, and in the functions that it calls.
func (t *taint) body(n ir.Node, f *ir.Func, seen map[*ir.Func]bool) {
	for n := range ir.All(n) {
		switch n := n.(type) {
		case *ir.Assign:
			t.store(n.Left, t.assigned(n))
		case *ir.Step:
			t.store(n.Left, 0)
		case *ir.StatAdd:
			t.store(n.Left, 0)
		case *ir.Foreach:
			t.foreach(n)
		case *ir.Try:
			if n.Var != nil { // messages may name anything
				join(t, t.locals, n.Var, traced|control)
			}
		case *ir.NextFunc:
			t.nextFunc(f, seen)
		case *ir.Return:
			if n.X != nil && f != nil {
				join(t, t.results, f, t.of(n.X))
			}
		case *ir.Call:
			for i, x := range n.Args {
				join(t, t.locals, n.Func.Locals[i], t.of(x))
			}
			if !seen[n.Func] {
				seen[n.Func] = true
				t.body(n.Func.Body, n.Func, seen)
			}
		}
	}
}

// nextFunc takes up the call that f passes on.
func (t *taint) nextFunc(f *ir.Func, seen map[*ir.Func]bool) {
	if f == nil || f.Next == nil {
		return
	}
	for i, p := range f.Locals[:f.Params] {
		join(t, t.locals, f.Next.Locals[i], t.locals[p])
	}
	if !seen[f.Next] {
		seen[f.Next] = true
		t.body(f.Next.Body, f.Next, seen)
	}
	join(t, t.results, f, t.results[f.Next])
}

func (t *taint) foreach(s *ir.Foreach) {
	if s.Hist != nil {
		return // numbers
	}
	for i, k := range s.Keys {
		join(t, t.locals, k, t.keys[s.Global][i])
	}
	if s.Value != nil {
		join(t, t.locals, s.Value, t.globals[s.Global])
	}
}

func (t *taint) store(p ir.Place, m marks) {
	switch p := p.(type) {
	case *ir.LocalRef:
		join(t, t.locals, p.Local, m)
	case *ir.GlobalRef:
		join(t, t.globals, p.Global, m)
	case *ir.Elem:
		join(t, t.globals, p.Global, m)
		for i, k := range p.Keys {
			old := t.keys[p.Global][i]
			t.keys[p.Global][i] |= t.of(k)
			t.changed = t.changed || t.keys[p.Global][i] != old
		}
	}
}

func join[K comparable](t *taint, m map[K]marks, k K, v marks) {
	if m[k]|v != m[k] {
		m[k] |= v
		t.changed = true
	}
}

// of is the marks of x, as far as they are known.
func (t *taint) of(x ir.Expr) marks {
	switch x := x.(type) {
	case *ir.Str:
		return ofLiteral(x.Value)
	case *ir.LocalRef:
		return t.locals[x.Local]
	case *ir.GlobalRef:
		return t.globals[x.Global]
	case *ir.Elem:
		return t.globals[x.Global]
	case *ir.Unary:
		return t.of(x.X)
	case *ir.Binary:
		if x.Op.IsComparison() {
			return 0
		}
		return t.of(x.X) | t.of(x.Y)
	case *ir.Cond:
		return t.of(x.X) | t.of(x.Y)
	case *ir.Assign:
		return t.assigned(x)
	case *ir.Step:
		return t.of(x.Left)
	case *ir.Call:
		return t.results[x.Func]
	case *ir.Builtin:
		return t.ofBuiltin(x)
	case *ir.Sprint:
		return t.ofFormat(x.Format)
	case *ir.AtEntry:
		return t.of(x.X)
	case *ir.HistText:
		return control
	}
	return 0 // numbers and truth values
}

func (t *taint) assigned(x *ir.Assign) marks {
	m := t.of(x.Value)
	if x.Op != ir.OpNone {
		m |= t.of(x.Left)
	}
	return m
}

// ofBuiltin: what is not computed from arguments alone is traced, and a text
// made of numbers is harmless.
func (t *taint) ofBuiltin(x *ir.Builtin) marks {
	m := marks(0)
	switch x.Fn.Class {
	case builtin.Context, builtin.Argument, builtin.Memory:
		if x.Fn.Read != nil && x.Fn.Read.Stack {
			return control // the lines of a stack; its names are harmless
		}
		m = traced
	case builtin.Effect: // matched() and its like give parts of any string
		m = traced | control
	}
	for _, a := range x.Args {
		if isText(a) || x.Fn.Result != types.String {
			m |= t.of(a)
		}
	}
	return m
}

func (t *taint) ofFormat(f *ir.Format) marks {
	m := marks(0)
	args := f.Args
	for _, p := range f.Parts {
		if p.Verb == 0 {
			m |= ofLiteral(p.Literal)
			continue
		}
		if p.WidthArg {
			args = args[1:]
		}
		if p.PrecArg {
			args = args[1:]
		}
		switch p.Verb {
		case 's':
			m |= t.of(args[0])
		case 'c', 'b', 'm':
			m |= control | t.of(args[0])
		}
		args = args[1:]
	}
	return m
}

func ofLiteral(s string) marks {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return control
		}
	}
	return 0
}

// escape is how the conversion of x is shown on a terminal.
func (t *taint) escape(verb byte, x ir.Expr) bytecode.Escape {
	switch verb {
	case 's', 'c', 'b', 'm':
	default:
		return bytecode.Plain
	}
	switch m := t.of(x); {
	case m&traced == 0:
		return bytecode.Plain
	case m&control == 0:
		return bytecode.EscapeControl
	}
	return bytecode.EscapeMixed
}
