package plan

import (
	"fmt"

	"tapir/compiler/ir"
	"tapir/lang/types"
)

// Nothing but MAXACTION bounds a loop, so wherever a handler with loops runs, as many of
// its actions must count. Such a handler is not split, and keeps all its statements,
// those too that it could do without.

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

// calls reports whether x calls functions.
func calls(x ir.Expr) bool {
	for n := range ir.All(x) {
		if _, ok := n.(*ir.Call); ok {
			return true
		}
	}
	return false
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
