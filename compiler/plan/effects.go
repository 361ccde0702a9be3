package plan

import (
	"fmt"
	"slices"

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
type effects struct {
	funcs map[*ir.Func]effect
	// matches is set if the program asks what a regular expression matched.
	matches bool
}

// newEffects finds the functions' effects as the least fixed point over calls.
// Recursion may run into its limit.
func newEffects(in *ir.Program) *effects {
	e := &effects{funcs: map[*ir.Func]effect{}, matches: asksForMatch(in)}
	for _, f := range in.Funcs {
		for n := range reachFunc(f) {
			if c, ok := n.(*ir.Call); ok && c.Func == f {
				e.funcs[f] = fails
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, f := range in.Funcs {
			all := e.funcs[f] | e.of(f.Body)&^jumps | e.passedOn(f)
			changed = changed || all != e.funcs[f]
			e.funcs[f] = all
		}
	}
	return e
}

// passedOn is what calls that f's body hands to the next of its name can do.
func (e *effects) passedOn(f *ir.Func) effect {
	switch {
	case !passesOn(f):
		return 0
	case f.Next == nil:
		return fails
	}
	return e.funcs[f.Next]
}

func passesOn(f *ir.Func) bool {
	for n := range ir.All(f.Body) {
		if _, ok := n.(*ir.NextFunc); ok {
			return true
		}
	}
	return false
}

// matchReaders are the functions that look at the last match.
var matchReaders = []string{"matched", "matched_str", "ngroups"}

func asksForMatch(in *ir.Program) bool {
	asks := func(b *ir.Block) bool {
		for n := range ir.All(b) {
			if x, ok := n.(*ir.Builtin); ok && slices.Contains(matchReaders, x.Fn.Name) {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(in.Funcs, func(f *ir.Func) bool { return asks(f.Body) }) ||
		slices.ContainsFunc(in.Probes, func(p *ir.Probe) bool { return asks(p.Body) })
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
	case *ir.PrintHist, *ir.StatAdd:
		return visible | fails
	case *ir.StatOp:
		return asking(n.Op)
	case *ir.HistText, *ir.HistBucket: // of nothing there is none
		return fails
	case *ir.Regex:
		if e.matches {
			return visible
		}
		return 0
	case *ir.Loop, *ir.Foreach: // a limit on actions; a sorted array stays sorted
		return visible | fails
	case *ir.Next, *ir.NextFunc, *ir.Break, *ir.Continue, *ir.Return:
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

// asking knows what a statistic can't say of no values.
func asking(op ir.StatOpKind) effect {
	if op == ir.StatCount || op == ir.StatSum {
		return 0
	}
	return fails
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
		case *ir.Print, *ir.PrintHist:
			return "the printing at " + at
		case *ir.StatAdd:
			return describeStore(n.Left, e, at)
		case *ir.StatOp:
			return fmt.Sprintf("the @%s() at %s (it may fail)", n.Op, at)
		case *ir.HistText, *ir.HistBucket:
			return "the histogram at " + at + " (it may fail)"
		case *ir.Regex:
			return "the match at " + at + " (which matched() may look at)"
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
		switch n.(type) {
		case *ir.Next, *ir.NextFunc:
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
