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
	if h.counted {
		return 0 // what the kernel had counted would be missing in the VM
	}
	for n := range reach(h.body) {
		if _, entry := n.(*ir.AtEntry); entry || mayFault(n) {
			return 0 // whether the handler runs at all, or goes on, is found out by the rest
		}
	}
	if h.risky() != "" {
		return 0
	}
	for n := len(h.body.Stmts) - 1; n > 0; n-- {
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
	out.Update, out.Mixed = h.kernelForm(first), true
	var stmts []ir.Stmt
	for _, s := range first {
		if _, ok := h.defined(s); ok {
			stmts = append(stmts, s)
		}
	}
	h.body.Stmts = append(stmts, rest...)
	dropDead(h.effects, h.body)

	filter := out.Filter
	out.Filter, out.Notes, h.barrier = nil, nil, nil
	h.body.Stmts = h.filter(h.body.Stmts)
	order(out.Filter)
	out.Filter, out.Late = filter, out.Filter
	dropDead(h.effects, h.body)
}
