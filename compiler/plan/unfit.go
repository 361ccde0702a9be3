package plan

import (
	"fmt"
	"maps"
	"slices"

	"tapir/compiler/ir"
	"tapir/lang/types"
)

// unfit is "" if g, which event or timer probes write, may live in the kernel as
// far as it alone is concerned, else the reason why not.
func (r *residency) unfit(g *ir.Global) string {
	u := r.uses[g]
	at := func(n ir.Node) string { return r.at(n.Span()) }
	switch {
	case g.Wrap:
		return "it gives up old elements for new ones"
	case g.Type.Kind == types.String && !(g.Type.IsArray() && u.keeps()):
		return "it holds a text"
	case g.Type.Kind == types.String && (u.change != nil || len(u.sums) > 0):
		return "its texts are put together"
	case g.Variance:
		return "its variance depends on the order of the values"
	case u.never != nil:
		return "the kernel has no such use of it as at " + at(u.never)
	case r.outside.texts[g] != nil:
		return fmt.Sprintf("what is set at %s has a text of any length", at(r.outside.texts[g]))
	case g.Type.Kind == types.String && !u.own():
		return "CPUs would write its texts at the same time; with tid() as a key each thread would have its own elements"
	case u.cited != nil && u.asked != nil:
		return fmt.Sprintf("quotes are put around what is set at %s in the VM, and it is compared at %s", at(u.cited), at(u.asked))
	case oddHistogram(g.Histogram):
		return "its histogram does not have 3 to 128 buckets"
	case len(u.moments) > 1:
		return fmt.Sprintf("%s uses it, at %s, and so does %s, at %s, of which one may come in the midst of the other",
			u.moments[0].kind, at(u.moments[0].n), u.moments[1].kind, at(u.moments[1].n))
	case u.key(g).Size() > maxKey:
		return "its keys are too long together"
	case !u.keeps() && len(u.sums) > 1:
		return fmt.Sprintf("it is changed by both %s= and %s=, whose order matters", u.sums[0], u.sums[1])
	case u.keeps():
		return r.unfitToKeep(g, u)
	}
	return ""
}

// unfitToKeep is unfit for a global that event probes read as well.
func (r *residency) unfitToKeep(g *ir.Global, u *use) string {
	hint := ""
	if g.Type.IsArray() {
		hint = "; with tid() as a key each thread would have its own elements"
	}
	switch p := r.outside.beside[g]; {
	case p != nil:
		return fmt.Sprintf("both event probes and the %s at %s read it", besideWord(p), r.at(p.Pos))
	case r.ender != nil && r.outside.last[g]:
		return fmt.Sprintf("the %s at %s may end the session between two events that change it", besideWord(r.ender), r.at(r.ender.Pos))
	case firstQuoted(u) != nil:
		return fmt.Sprintf("quotes are put around its key at %s in the VM, and event probes read it", r.at(firstQuoted(u).Span()))
	case g.Type.Kind == types.Stats:
		return fmt.Sprintf("an event probe asks it, or deletes from it, at %s", r.at(firstOf(u.read, u.remove, u.set, u.change).Span()))
	case u.moments[0].kind == inPrograms && u.own():
		return ""
	case u.moments[0].kind != atCalls:
		return fmt.Sprintf("%s reads it or sets it, at %s, for no thread in particular", u.moments[0].kind, r.at(u.moments[0].n.Span()))
	case u.own():
		return ""
	case u.change != nil:
		return fmt.Sprintf("CPUs would change it at the same time, at %s%s", r.at(u.change.Span()), hint)
	case len(u.sums) > 0:
		return fmt.Sprintf("CPUs would change and read it at the same time, as at %s%s", r.at(firstOf(u.read, u.set, u.remove).Span()), hint)
	case u.remove != nil:
		return fmt.Sprintf("CPUs would delete and read it at the same time, as at %s%s", r.at(u.remove.Span()), hint)
	}
	return r.crowded(g, hint)
}

// firstQuoted is the first key that is a text which the VM puts quotes around, or nil.
func firstQuoted(u *use) ir.Node {
	for _, i := range slices.Sorted(maps.Keys(u.quoted)) {
		return u.quoted[i]
	}
	return nil
}

func firstOf(list ...ir.Node) ir.Node {
	for _, n := range list {
		if n != nil {
			return n
		}
	}
	return nil
}

// crowded says which handler does more than one thing with what all threads can
// reach, if it touches g.
func (r *residency) crowded(g *ir.Global, hint string) string {
	for i, h := range r.handlers {
		c := sharing{residency: r, about: g}
		c.body(r.whole[i])
		n, touches := c.n, c.touches
		if touches && n > 1 {
			return fmt.Sprintf("the probe at %s uses it together with others, or more than once, and other CPUs could come in between%s", r.at(h.out.IR.Pos), hint)
		}
	}
	return ""
}

// sharing counts what a handler does with globals that all threads can reach.
type sharing struct {
	*residency
	about   *ir.Global
	touches bool // some of it is about this one
	n       int
	depth   int
	loops   int // around the code at hand
}

func (c *sharing) body(b *ir.Block) {
	if c.depth > maxWholeDepth {
		return // such a handler stays in the VM anyway
	}
	c.depth++
	c.count(b)
	c.depth--
}

func (c *sharing) count(n ir.Node) {
	if _, ok := n.(*ir.Loop); ok {
		c.loops++
		defer func() { c.loops-- }()
	}
	if call, ok := n.(*ir.Call); ok {
		c.body(call.Func.Body)
	}
	if g := mentioned(n); g != nil && c.fixed(g) != "" {
		if u := c.uses[g]; u != nil && u.keeps() && !u.own() {
			c.n++
			if c.loops > 0 {
				c.n++ // it may come again
			}
			c.touches = c.touches || g == c.about
		}
	}
	for m := range ir.Children(n) {
		c.count(m)
	}
}
