package plan

import (
	"slices"

	"tapir/compiler/ir"
)

// A handler that only begins with what the kernel can run is split: the kernel runs
// its first statements for every event, and the event is sent for the rest, if the
// conditions hold that guard that.

// firstCut is how many of the handler's statements the kernel could run, at most.
func (h *handler) firstCut() int {
	for n := range reach(h.body) {
		if _, entry := n.(*ir.AtEntry); entry || mayFault(n) {
			return 0 // whether the handler runs at all, or goes on, is found out by the rest
		}
	}
	if h.risky() != "" {
		return 0
	}
	most := len(h.body.Stmts) - 1
	if h.counted {
		most = min(most, uniform(h.body.Stmts))
	}
	for n := most; n > 0; n-- {
		if h.canCut(n) {
			return n
		}
	}
	return 0
}

// canCut reports whether the kernel could run the first n statements, and the VM the
// others without them.
func (h *handler) canCut(n int) bool {
	first, rest := h.body.Stmts[:n], &ir.Block{Stmts: h.body.Stmts[n:]}
	if (lowering{planner: h.planner}).handler(h.kernelForm(first)) != "" {
		return false
	}
	needed := mentions(rest)
	for l := range stores(&ir.Block{Stmts: first}) {
		if needed[l] > 0 && h.defs.values[l] == nil {
			return false
		}
	}
	return true
}

// shorten takes from a handler's statements that the kernel runs those from the first
// on that uses a global in the VM, and reports whether there was one. Statements that
// use no resident global are not worth it.
func (r *residency) shorten(i int) bool {
	h, n := r.handlers[i], r.cuts[i]
	cut := 0
	for k, s := range h.body.Stmts[:n] {
		list := globalsOf([]ir.Stmt{s})
		if slices.ContainsFunc(list, func(g *ir.Global) bool { return r.why[g] != "" }) {
			break
		}
		if slices.ContainsFunc(list, func(g *ir.Global) bool { return r.fixed(g) != "" }) {
			cut = k + 1
		}
	}
	for cut > 0 && !h.canCut(cut) {
		cut--
	}
	r.cuts[i] = cut
	return cut != n
}

// globalsOf lists the globals that statements use, each once.
func globalsOf(stmts []ir.Stmt) []*ir.Global {
	var list []*ir.Global
	for n := range reach(&ir.Block{Stmts: stmts}) {
		if g := mentioned(n); g != nil && !slices.Contains(list, g) {
			list = append(list, g)
		}
	}
	return list
}

// split gives the kernel the handler's first n statements. What those define and the
// rest needs is defined there too.
func (h *handler) split(n int) {
	out := h.out
	first, rest := h.body.Stmts[:n:n], h.body.Stmts[n:]
	if h.counted {
		first = slices.DeleteFunc(slices.Clone(first), h.passed)
	}
	out.Update, out.Mixed = h.kernelForm(first), true
	h.body.Stmts = append(h.remains(h.body.Stmts[:n]), rest...)

	filter := out.Filter
	out.Filter, out.Notes, h.barrier = nil, nil, nil
	left := h.body
	if h.counted {
		left = ir.Copier{}.Block(h.body)
	} else {
		dropDead(h.effects, h.body)
	}
	left.Stmts = h.filter(left.Stmts)
	order(out.Filter)
	out.Filter, out.Late = filter, out.Filter
	if !h.counted {
		dropDead(h.effects, h.body)
	}
}

// remains is what the VM has in the place of statements that the kernel runs: what they
// define. Where statements are counted, as many are left, of which only those do
// something that define what is needed behind them.
func (h *handler) remains(first []ir.Stmt) []ir.Stmt {
	needed := mentions(&ir.Block{Stmts: h.body.Stmts[len(first):]})
	var left []ir.Stmt
	for _, s := range slices.Backward(first) {
		l, ok := h.defined(s)
		switch {
		case ok && (!h.counted || needed[l] > 0):
			left = append(left, s)
			for l, n := range mentions(s) {
				needed[l] += n
			}
		case h.counted:
			at := ir.At{Pos: s.Span()}
			left = append(left, &ir.Eval{At: at, X: &ir.Int{At: at}})
		}
	}
	slices.Reverse(left)
	return left
}
