package plan

import (
	"fmt"
	"iter"

	"tapir/compiler/ir"
	"tapir/lang/source"
)

// reach yields n, all that it holds, and all that the functions hold that it
// calls or that get their calls passed on, each function once. It is for code of
// probes; see reachFunc.
func reach(n ir.Node) iter.Seq[ir.Node] {
	return func(yield func(ir.Node) bool) {
		r := reacher{yield, map[*ir.Func]bool{}}
		r.walk(n, nil)
	}
}

// reachFunc yields what reach does of f's body.
func reachFunc(f *ir.Func) iter.Seq[ir.Node] {
	return func(yield func(ir.Node) bool) {
		r := reacher{yield, map[*ir.Func]bool{}}
		r.walk(f.Body, f)
	}
}

type reacher struct {
	yield func(ir.Node) bool
	seen  map[*ir.Func]bool
}

// walk goes over n, which is part of f or, if f is nil, of a probe. It is false
// once enough was seen.
func (r *reacher) walk(n ir.Node, f *ir.Func) bool {
	for n := range ir.All(n) {
		if !r.yield(n) {
			return false
		}
		var to *ir.Func
		switch n := n.(type) {
		case *ir.Call:
			to = n.Func
		case *ir.NextFunc:
			to = f.Next
		}
		if to == nil || r.seen[to] {
			continue
		}
		r.seen[to] = true
		if !r.walk(to.Body, to) {
			return false
		}
	}
	return true
}

// at is a place as notes have it: LINE:COL, with the file's name if it is not the
// script's.
func (p *planner) at(s source.Span) string { return place(p.in.Sources, s) }

func place(set *source.Set, s source.Span) string {
	if set == nil || !s.IsValid() {
		return "?"
	}
	pos := set.Position(s.Start)
	if pos.File == nil {
		return "?"
	}
	if pos.File.Library {
		return fmt.Sprintf("%s:%d:%d", pos.File.Name, pos.Line, pos.Col)
	}
	return fmt.Sprintf("%d:%d", pos.Line, pos.Col)
}
