package plan

import (
	"fmt"
	"slices"

	"tapir/compiler/ir"
	"tapir/lang/types"
)

// Nothing but MAXACTION bounds a loop, so wherever a handler with loops runs, as many of
// its actions must count. Such a handler keeps all its statements, those too that it could
// do without. If it is split, that is before the first statement that does not always take
// as many actions; and the VM counts what the kernel ran.

// Bounds of loops in the kernel.
const (
	maxLoops      = 4 // within each other, each a function of the program
	loopVariables = 3 // words of the stack that one needs
)

// loops reports whether a handler has loops.
func loops(b *ir.Block) bool {
	for n := range reach(b) {
		switch n.(type) {
		case *ir.Loop, *ir.Foreach:
			return true
		}
	}
	return false
}

// mostUniform is the most statements of a handler with loops that is split: however they
// follow each other, what comes before the loops is far from the usual MAXACTION, below
// which handlers are not split.
const mostUniform = 300

// uniform is how many statements there are at the head of a handler that take as many
// actions whenever it goes on behind them.
func uniform(stmts []ir.Stmt) int {
	size := 0
	for n := range ir.All(&ir.Block{Stmts: stmts}) {
		if _, ok := n.(ir.Stmt); ok {
			size++
		}
	}
	if size > mostUniform {
		return 0
	}
	for i, s := range stmts {
		switch s := s.(type) {
		case *ir.Eval:
			if calls(s.X) {
				return i
			}
		case *ir.Delete:
			if slices.ContainsFunc(s.Keys, calls) {
				return i
			}
		case *ir.If:
			if !leaves(s.Then) || s.Else != nil || calls(s.Cond) {
				return i
			}
		default:
			return i
		}
	}
	return len(stmts)
}

// unnest takes the last statement of a handler with loops apart, if all before it is
// uniform: `if (c) S` is `if (!c) next` and S.
func unnest(stmts []ir.Stmt) []ir.Stmt {
	last := len(stmts) - 1
	if last < 0 || uniform(stmts[:last]) < last {
		return stmts
	}
	g, ok := guardOf(stmts[last], true)
	if !ok || !g.nested {
		return stmts
	}
	at := ir.At{Pos: stmts[last].Span()}
	next := &ir.Block{At: at, Stmts: []ir.Stmt{&ir.Next{At: at}}}
	leave := &ir.If{At: at, Cond: ir.Negate(g.cond), Then: next}
	return unnest(append(append(stmts[:last:last], leave), g.then...))
}

// passed reports whether s only asks what the filter has found out.
func (h *handler) passed(s ir.Stmt) bool {
	g, ok := guardOf(s, false)
	if !ok || len(g.then) > 0 {
		return false
	}
	return !slices.ContainsFunc(conjuncts(h.closedForm(g.cond, h.defs)), func(x ir.Expr) bool {
		text := ir.ExprString(x)
		return !slices.ContainsFunc(h.out.Filter, func(c *Condition) bool { return ir.ExprString(c.Expr) == text })
	})
}

// calls reports whether x calls functions.
func calls(x ir.Expr) bool {
	for n := range ir.All(x) {
		if _, ok := n.(*ir.Call); ok {
			return true
		}
	}
	return false
}

// isIdle reports whether a statement does nothing.
func isIdle(s ir.Stmt) bool {
	e, ok := s.(*ir.Eval)
	if !ok {
		return false
	}
	_, number := e.X.(*ir.Int)
	return number
}

// idle puts a statement that does nothing in the place of each that makes a text for
// nobody: it still counts.
func (h *handler) idle(b *ir.Block) {
	read := mentions(b)
	for n := range ir.All(b) {
		if e, ok := n.(*ir.Eval); ok {
			if l, _, ok := plainStore(e); ok {
				read[l]--
			}
		}
	}
	for n := range ir.All(b) {
		e, ok := n.(*ir.Eval)
		if !ok {
			continue
		}
		l, value, ok := plainStore(e)
		if ok && l.Type.Kind == types.String && read[l] == 0 && h.effects.of(value) == 0 && !assigns(value) && !calls(value) {
			e.X = &ir.Int{At: e.At}
		}
	}
}

// loop checks a loop whose turns the kernel runs.
func (l *lowering) loop(s *ir.Loop) string {
	switch at := l.at(s.Span()); {
	case l.noLoops != "":
		return fmt.Sprintf("the loop at %s: %s", at, l.noLoops)
	case l.loops >= maxLoops:
		return fmt.Sprintf("the loop at %s is within %d others", at, maxLoops)
	}
	l.loops++
	defer func() { l.loops-- }()
	if s.Cond != nil {
		if reason := l.cond(s.Cond); reason != "" {
			return reason
		}
	}
	if reason := l.block(s.Body); reason != "" {
		return reason
	}
	if s.Post == nil {
		return ""
	}
	return l.effect(s.Post)
}
