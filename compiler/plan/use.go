package plan

import (
	"fmt"
	"slices"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/types"
)

// use is what event probes do with a global.
type use struct {
	sums    []ir.Op         // by which statements add numbers to it, each once
	stat    bool            // <<<
	read    ir.Node         // the first that looks at it,
	set     ir.Node         // sets it whatever it was,
	change  ir.Node         // makes a new value of the old one in a way that is no sum,
	remove  ir.Node         // deletes an element,
	never   ir.Node         // or does what the kernel cannot
	moments []usedAt        // the kinds of moment at which it is used, each once
	threads uint            // the keys that are the thread's own number wherever it is used
	widths  map[int]int     // bytes of keys that are texts
	quoted  map[int]ir.Node // keys that are texts which the VM puts quotes around
	cited   ir.Node         // sets it to such a text
	asked   ir.Node         // compares one of its texts
	from    []origin        // where its texts, and keys that are texts, come from
}

// origin is an array whose texts are kept in another one, or are its key.
type origin struct {
	global *ir.Global
	key    int // noKey: kept
	n      ir.Node
}

const noKey = -1

// usedAt is a use at a kind of moment.
type usedAt struct {
	kind string
	n    ir.Node
}

// atCalls is the kind of moment that system calls are.
const atCalls = "a system call"

// momentOf tells moments apart that may come in the midst of each other on one CPU.
// Handlers of one kind don't: system calls follow each other, clocks are not
// interrupted by clocks, and a tracepoint's program does not run within itself.
func momentOf(p check.Point) string {
	switch {
	case p.Kind.IsSyscall():
		return atCalls
	case p.Kind.Interrupts():
		return "a profile or watchpoint"
	case p.Kind.IsUser():
		return inPrograms
	}
	return p.Kind.String() + " " + p.Name
}

// inPrograms is the kind of moment that places in programs are. There a handler may be
// put aside for another of its kind, so the kernel adds atomically to what they share.
const inPrograms = "a place in a program"

// keeps reports whether the kernel must have the global's value.
func (u *use) keeps() bool {
	return u.read != nil || u.set != nil || u.change != nil || u.remove != nil
}

// own reports whether each thread has elements of its own.
func (u *use) own() bool { return u.threads != 0 }

// width is the size of a key that is a text.
func (u *use) width(key int) int { return max(u.widths[key], layout.CommSize) }

// key is the form that keys of g have in the kernel.
func (u *use) key(g *ir.Global) layout.ElementKey {
	var key layout.ElementKey
	for i, k := range g.Type.Keys {
		part := layout.KeyPart{Size: 8}
		if k == types.String {
			part = layout.KeyPart{Text: true, Size: u.width(i), Quoted: u.quoted[i] != nil}
		}
		key = append(key, part)
	}
	return key
}

// collector finds out what one handler does with globals.
type collector struct {
	*residency
	h       *handler
	touched []*ir.Global
	open    map[*ir.Func]bool
}

// collect notes the uses of globals in a handler and lists those that it touches.
func (r *residency) collect(h *handler, body *ir.Block) []*ir.Global {
	c := &collector{residency: r, h: h, open: map[*ir.Func]bool{}}
	c.node(body)
	return c.touched
}

// of is the use of g, which n is one of.
func (c *collector) of(g *ir.Global, n ir.Node, keys []ir.Expr) *use {
	u := c.uses[g]
	if u == nil {
		u = &use{threads: ^uint(0), widths: map[int]int{}, quoted: map[int]ir.Node{}}
		c.uses[g] = u
		c.order = append(c.order, g)
	}
	if !slices.Contains(c.touched, g) {
		c.touched = append(c.touched, g)
	}
	kind := momentOf(c.h.out.IR.Point)
	if !slices.ContainsFunc(u.moments, func(m usedAt) bool { return m.kind == kind }) {
		u.moments = append(u.moments, usedAt{kind, n})
	}
	var threads uint
	for i, k := range keys {
		switch {
		case k == nil:
			first(&u.never, n)
		case g.Type.Keys[i] == types.String:
			u.text(i, k)
		case isThread(c.closedForm(k, c.h.defs)):
			threads |= 1 << i
		}
	}
	u.threads &= threads
	return u
}

// text notes how long a key that is a text can be.
func (u *use) text(i int, k ir.Expr) {
	size, quoted := keyText(k)
	u.widths[i] = max(u.widths[i], size)
	if quoted {
		u.widths[i] = layout.TextSize
		if u.quoted[i] == nil {
			u.quoted[i] = k
		}
	}
	u.takes(i, k)
}

// takes notes the arrays that texts come from.
func (u *use) takes(key int, x ir.Expr) {
	switch x := x.(type) {
	case *ir.Elem:
		u.from = append(u.from, origin{x.Global, key, x})
	case *ir.Cond:
		u.takes(key, x.X)
		u.takes(key, x.Y)
	}
}

// cite finds what gets texts from arrays of such that the VM puts quotes around.
func (r *residency) cite() {
	for changed := true; changed; {
		changed = false
		for _, g := range r.order {
			u := r.uses[g]
			for _, s := range u.from {
				of := r.uses[s.global]
				switch {
				case of == nil || of.cited == nil:
				case s.key == noKey:
					changed = changed || u.cited == nil
					first(&u.cited, s.n)
				case u.quoted[s.key] == nil:
					u.quoted[s.key], changed = s.n, true
				}
			}
		}
	}
}

func first(to *ir.Node, n ir.Node) {
	if *to == nil {
		*to = n
	}
}

// node looks at n, an expression whose value is used or a statement.
func (c *collector) node(n ir.Node) {
	switch n := n.(type) {
	case *ir.Eval:
		c.effect(n.X)
		return
	case *ir.Loop:
		if n.Cond != nil {
			c.node(n.Cond)
		}
		c.node(n.Body)
		c.effect(n.Post)
		return
	case *ir.GlobalRef:
		first(&c.of(n.Global, n, nil).read, n)
	case *ir.Elem:
		u := c.of(n.Global, n, n.Keys)
		first(&u.read, n)
		first(&u.asked, n)
		c.keys(n.Keys)
		return
	case *ir.In:
		first(&c.of(n.Global, n, n.Keys).read, n)
		c.keys(n.Keys)
		return
	case *ir.Delete:
		u := c.of(n.Global, n, n.Keys)
		first(&u.remove, n)
		if n.Keys == nil {
			first(&u.never, n)
		}
		c.keys(n.Keys)
		return
	case *ir.Foreach:
		if n.Global != nil {
			first(&c.of(n.Global, n, nil).never, n)
		}
	case *ir.Assign, *ir.Step, *ir.StatAdd:
		if g := written(n); g != nil {
			first(&c.of(g, n, nil).never, n)
		}
	case *ir.Call:
		c.function(n.Func)
	}
	for m := range ir.Children(n) {
		c.node(m)
	}
}

func (c *collector) function(f *ir.Func) {
	if f == nil || c.open[f] {
		return
	}
	c.open[f] = true
	c.node(f.Body)
	c.function(f.Next)
	c.open[f] = false
}

// effect looks at an expression whose value is not used.
func (c *collector) effect(x ir.Expr) {
	switch x := x.(type) {
	case nil:
	case *ir.Assign:
		c.place(x.Left, x)
		c.value(x.Value)
	case *ir.Step:
		c.place(x.Left, x)
	case *ir.StatAdd:
		c.place(x.Left, x)
		c.node(x.Value)
	default:
		c.node(x)
	}
}

func (c *collector) keys(keys []ir.Expr) {
	for _, k := range keys {
		if k != nil {
			c.value(k)
		}
	}
}

// value looks at a key or what is stored: texts there may come from arrays of texts.
func (c *collector) value(x ir.Expr) {
	switch x := x.(type) {
	case *ir.Elem:
		first(&c.of(x.Global, x, x.Keys).read, x)
		c.keys(x.Keys)
	case *ir.Cond:
		c.node(x.C)
		c.value(x.X)
		c.value(x.Y)
	default:
		c.node(x)
	}
}

// place notes what x does to a place.
func (c *collector) place(p ir.Place, x ir.Expr) {
	var u *use
	switch p := p.(type) {
	case *ir.GlobalRef:
		u = c.of(p.Global, x, nil)
	case *ir.Elem:
		u = c.of(p.Global, x, p.Keys)
		c.keys(p.Keys)
	default:
		return
	}
	switch op, kind := updateOf(x); kind {
	case sums:
		if !slices.Contains(u.sums, op) {
			u.sums = append(u.sums, op)
		}
	case adds:
		u.stat = true
	case sets:
		first(&u.set, x)
		if v := x.(*ir.Assign).Value; v.Type().Kind == types.String {
			u.takes(noKey, v)
			if quotedText(v) {
				first(&u.cited, x)
			}
		}
	case changes:
		first(&u.change, x)
	}
}

// updateKind is what a statement makes of a place.
type updateKind uint8

const (
	sums    updateKind = iota // adds a number to it, so that the order does not matter
	adds                      // adds a value to a statistic
	sets                      // sets it whatever it was
	changes                   // makes a new value of the old one
)

// updateOf takes x apart; op is that of a sum.
func updateOf(x ir.Expr) (op ir.Op, kind updateKind) {
	switch x := x.(type) {
	case *ir.Step:
		return ir.OpAdd, sums
	case *ir.StatAdd:
		return ir.OpNone, adds
	case *ir.Assign:
		switch x.Op {
		case ir.OpNone:
			return ir.OpNone, sets
		case ir.OpAdd, ir.OpSub:
			return ir.OpAdd, sums
		case ir.OpAnd, ir.OpOr, ir.OpXor:
			return x.Op, sums
		}
		return x.Op, changes
	}
	panic(fmt.Sprintf("plan: unexpected update %T", x))
}

// mentioned is the global that n itself reads, writes or walks, or nil.
func mentioned(n ir.Node) *ir.Global {
	switch n := n.(type) {
	case *ir.GlobalRef:
		return n.Global
	case *ir.Elem:
		return n.Global
	case *ir.In:
		return n.Global
	case *ir.Delete:
		return n.Global
	case *ir.Foreach:
		return n.Global
	}
	return nil
}

// outside is what probes outside of events do with globals.
type outside struct {
	beside map[*ir.Global]*ir.Probe   // the first timer, or other probe beside events, that touches it
	fails  map[*ir.Global]*ir.Probe   // the first error probe that does
	texts  map[*ir.Global]ir.Node     // sets an element whose key or value is a text that is not written down
	keys   map[*ir.Global]map[int]int // bytes that literals among the keys need

	walked map[*ir.Global]bool // goes through its elements
	last   map[*ir.Global]bool // looks at it when all else is over: an end or error probe

	besides []*ir.Probe // timers, and others that run while events come
}

func findOutside(in *ir.Program) outside {
	o := outside{
		beside: map[*ir.Global]*ir.Probe{}, fails: map[*ir.Global]*ir.Probe{}, texts: map[*ir.Global]ir.Node{}, keys: map[*ir.Global]map[int]int{},
		walked: map[*ir.Global]bool{}, last: map[*ir.Global]bool{},
	}
	for _, p := range in.Probes {
		if p.Point.Kind.IsEvent() {
			continue
		}
		if p.Point.Kind.IsBeside() {
			o.besides = append(o.besides, p)
		}
		for n := range reach(p.Body) {
			o.note(p, n)
			o.set(n)
		}
		for _, c := range p.Conds {
			for n := range ir.All(c) {
				o.note(p, n)
			}
		}
	}
	return o
}

func (o *outside) note(p *ir.Probe, n ir.Node) {
	g := mentioned(n)
	if g == nil {
		return
	}
	if _, ok := n.(*ir.Foreach); ok {
		o.walked[g] = true
	}
	switch k := p.Point.Kind; {
	case k.IsBeside():
		if o.beside[g] == nil {
			o.beside[g] = p
		}
	case k == builtin.Error:
		o.last[g] = true
		if o.fails[g] == nil {
			o.fails[g] = p
		}
	case k == builtin.End:
		o.last[g] = true
	}
}

// set notes the keys and the values of elements that n makes.
func (o *outside) set(n ir.Node) {
	g := written(n)
	e, ok := leftOf(n).(*ir.Elem)
	if !ok || o.texts[g] != nil {
		return
	}
	if o.keys[g] == nil {
		o.keys[g] = map[int]int{}
	}
	for i, k := range e.Keys {
		if g.Type.Keys[i] != types.String {
			continue
		}
		if !shortLiteral(k) {
			o.texts[g] = n
			return
		}
		size, _ := keyText(k)
		o.keys[g][i] = max(o.keys[g][i], size)
	}
	if a, ok := n.(*ir.Assign); ok && a.Value.Type().Kind == types.String && (a.Op != ir.OpNone || !shortLiteral(a.Value)) {
		o.texts[g] = n
	}
}

// besideName is what messages call a probe that runs while events come.
func besideName(p *ir.Probe) string {
	switch k := p.Point.Kind; {
	case k.IsFile():
		return "procfs"
	case k.IsInput():
		return "input"
	}
	return "timer"
}

// besideWord is besideName in a sentence: "the timer", "the procfs probe".
func besideWord(p *ir.Probe) string {
	if name := besideName(p); name != "timer" {
		return name + " probe"
	}
	return "timer"
}

// shortLiteral reports whether x is a text that is written down, and the kernel can have.
func shortLiteral(x ir.Expr) bool {
	s, ok := x.(*ir.Str)
	return ok && len(s.Value) < layout.TextSize
}
