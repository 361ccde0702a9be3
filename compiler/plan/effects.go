package plan

import (
	"fmt"

	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// effect is what running a piece of code can do besides giving a value. Reading
// globals and setting locals is none of it.
type effect uint8

const (
	visible effect = 1 << iota // prints, writes globals, acts on the session
	fails                      // may raise a run-time error, or run into a limit
	jumps                      // may leave the handler or the loop around it
)

// effects knows the effect of every function.
type effects struct{ funcs map[*ir.Func]effect }

// newEffects finds the functions' effects as the least fixed point over calls.
// Recursion may run into its limit.
func newEffects(funcs []*ir.Func) *effects {
	e := &effects{map[*ir.Func]effect{}}
	for _, f := range funcs {
		for n := range reach(f.Body) {
			if c, ok := n.(*ir.Call); ok && c.Func == f {
				e.funcs[f] = fails
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, f := range funcs {
			all := e.funcs[f] | e.of(f.Body)&^jumps
			changed = changed || all != e.funcs[f]
			e.funcs[f] = all
		}
	}
	return e
}

func (e *effects) of(n ir.Node) effect {
	var all effect
	for n := range ir.All(n) {
		all |= e.own(n)
	}
	return all
}

// own is what n does itself, without what it holds.
func (e *effects) own(n ir.Node) effect {
	switch n := n.(type) {
	case *ir.Print, *ir.Delete:
		return visible
	case *ir.Loop, *ir.Foreach: // a limit on actions; a sorted array stays sorted
		return visible | fails
	case *ir.Next, *ir.Break, *ir.Continue, *ir.Return:
		return jumps
	case *ir.Assign:
		return storing(n.Left) | failing(n.Op, n.Value)
	case *ir.Step:
		return storing(n.Left)
	case *ir.Binary:
		return failing(n.Op, n.Y)
	case *ir.Builtin:
		return builtinEffect(n)
	case *ir.Sprint:
		return formatEffect(n.Format)
	case *ir.Call:
		return e.funcs[n.Func]
	}
	return 0
}

func storing(p ir.Place) effect {
	if _, ok := p.(*ir.LocalRef); ok {
		return 0
	}
	return visible | fails
}

func failing(op ir.Op, y ir.Expr) effect {
	if op != ir.OpDiv && op != ir.OpMod {
		return 0
	}
	if v, ok := y.(*ir.Int); ok && v.Value != 0 {
		return 0
	}
	return fails
}

// builtinEffect knows Memory functions whose last parameter is the text to use
// when nothing can be read: without it they raise an error.
func builtinEffect(x *ir.Builtin) effect {
	switch {
	case x.Fn.Class == builtin.Effect:
		return visible | fails
	case x.Fn.Class == builtin.Memory && x.Fn.Result == types.String && len(x.Args) < len(x.Fn.Params):
		return fails
	}
	return 0
}

func formatEffect(f *ir.Format) effect {
	for _, p := range f.Parts {
		if p.Verb == 'm' || p.Verb == 'M' {
			return fails // reads memory
		}
	}
	return 0
}

// describe names what a statement with an effect does, for notes.
func (p *planner) describe(n ir.Node) string {
	for n := range ir.All(n) {
		e := p.effects.own(n)
		if e&(visible|fails) == 0 {
			continue
		}
		at := p.at(n.Span())
		switch n := n.(type) {
		case *ir.Print:
			return "the printing at " + at
		case *ir.Delete:
			return fmt.Sprintf("the deletion from '%s' at %s", n.Global.Name, at)
		case *ir.Loop, *ir.Foreach:
			return "the loop at " + at
		case *ir.Assign:
			return describeStore(n.Left, e, at)
		case *ir.Step:
			return describeStore(n.Left, e, at)
		case *ir.Binary:
			return "the division at " + at + " (it may fail)"
		case *ir.Builtin:
			if e&visible == 0 {
				return fmt.Sprintf("the %s() at %s (it may fail)", n.Fn.Name, at)
			}
			return fmt.Sprintf("the %s() at %s", n.Fn.Name, at)
		case *ir.Call:
			return fmt.Sprintf("the call of %s() at %s", n.Func.Name, at)
		}
	}
	for n := range ir.All(n) {
		if s, ok := n.(ir.Stmt); ok && isNext(s) {
			return "the next at " + p.at(n.Span())
		}
	}
	return "the statement at " + p.at(n.Span())
}

func describeStore(left ir.Place, e effect, at string) string {
	switch l := left.(type) {
	case *ir.GlobalRef:
		return fmt.Sprintf("the assignment to '%s' at %s", l.Global.Name, at)
	case *ir.Elem:
		return fmt.Sprintf("the assignment to '%s' at %s", l.Global.Name, at)
	}
	return "the division at " + at + " (it may fail)"
}
