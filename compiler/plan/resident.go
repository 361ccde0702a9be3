package plan

import (
	"cmp"
	"fmt"
	"slices"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// A global is resident if every event probe that touches it runs in the kernel as
// a whole, and if that cannot be seen: handlers run at the same time on several
// CPUs there, one after another in the VM.
//
//   - Where event probes only add to it, each in its own order gives the same, so
//     every CPU collects a share. The VM has the global itself, and takes in the
//     shares whenever code outside of events is about to look.
//   - Where they read it as well, the kernel has it. A handler may do what it likes
//     with the elements that only its own thread can reach, since no thread runs
//     twice at a time; and it may do one thing to one that all can reach, because
//     then there is an order of handlers that explains what happened.

// ResidentKind says who has a resident global while probes run.
type ResidentKind uint8

// The kinds of resident global.
const (
	Summed ResidentKind = iota // the VM, and the kernel shares to be added to it
	Kept                       // the kernel
)

// Resident is a global on which event probes work in the kernel.
type Resident struct {
	Global *ir.Global
	Kind   ResidentKind
	Op     ir.Op // Summed numbers: how shares are added: OpAdd, OpAnd, OpOr or OpXor
	Key    layout.ElementKey
	Maps   [2]string // of an array; without a second one if it is not Swapped
	Words  int       // of an element's value, 8 bytes each
	Offset int       // of a scalar: among the shares, or, if Kept, in the state map
	// Swapped says that timers, or people, look at it while events go on, or that timers
	// may end the session, so programs write to one of two copies: see layout.StateEpoch.
	Swapped bool
	// Shared says that handlers may be put aside for each other in the midst of adding to
	// it; see layout.SharedMin.
	Shared bool
	// Slots is the map with the elements of a kept array whose one key is the
	// thread's own number; Maps has those for which there is no room. "" if the
	// array is another one.
	Slots string
	// Quoted says that texts are kept without the quotes that the VM puts around them.
	Quoted bool
	// Ordered says that somebody may see the order of a kept array's elements.
	Ordered bool
}

// Guard is a word among each copy of the shares, of how many handlers on the CPU are
// about to write to that copy. Where handlers are put aside for each other, the counts of
// hits and of ends don't tell whether one of some time ago has ended.
type Guard struct{ Offset int }

// Texts reports whether the elements are texts.
func (r *Resident) Texts() bool { return r.Global.Type.Kind == types.String }

// Statistic reports whether the global, or its elements, are statistics.
func (r *Resident) Statistic() bool { return r.Global.Type.Kind == types.Stats }

// Resident is where g lives in the kernel, or nil.
func (p *Plan) Resident(g *ir.Global) *Resident {
	for _, r := range p.Residents {
		if r.Global == g {
			return r
		}
	}
	return nil
}

// residency decides which globals are resident, and which handlers run in the
// kernel as a whole.
type residency struct {
	*planner
	handlers []*handler // of event probes
	uses     map[*ir.Global]*use
	order    []*ir.Global          // of first use by event probes
	touched  [][]*ir.Global        // per handler
	whole    []*ir.Block           // per handler: what the kernel would run
	stays    []string              // per handler: why it needs the VM, or ""
	cuts     []int                 // per handler: how many of its statements the kernel runs
	why      map[*ir.Global]string // why a global is not resident
	outside  outside
	ender    *ir.Probe // the first probe beside events that may end the session
}

// place finds the residents and gives their handlers the code for the kernel.
func (p *planner) place(handlers []*handler) {
	r := &residency{
		planner: p, handlers: handlers, uses: map[*ir.Global]*use{}, why: p.plan.here,
		outside: findOutside(p.in),
	}
	for _, h := range handlers {
		whole := h.kernelForm(h.body.Stmts)
		r.whole = append(r.whole, whole)
		r.touched = append(r.touched, r.collect(h, whole))
		r.stays = append(r.stays, cmp.Or(h.risky(), lowering{planner: p}.handler(whole)))
		r.cuts = append(r.cuts, len(h.body.Stmts))
		if r.stays[len(r.stays)-1] != "" {
			r.cuts[len(r.cuts)-1] = h.firstCut()
		}
	}
	for _, p := range r.outside.besides {
		if r.ender == nil && r.mayEnd(p) {
			r.ender = p
		}
	}
	r.cite()
	for _, g := range r.order {
		for i, size := range r.outside.keys[g] {
			r.uses[g].widths[i] = max(r.uses[g].widths[i], size)
		}
		if p.fixed(g) != "" {
			r.why[g] = r.unfit(g)
		}
	}
	r.ending()
	for r.spread() {
	}
	r.settle()
}

// risky says which condition of the filter may fail: the VM has to raise that error.
func (h *handler) risky() string {
	for _, c := range h.out.Filter {
		if mayFaultIn(c.Expr) {
			return fmt.Sprintf("the read at %s may fail", h.at(c.Pos))
		}
	}
	return ""
}

// spread goes one step further from what has to be in the VM to what it is used
// with, and reports whether there was a step to go.
func (r *residency) spread() (changed bool) {
	for i, h := range r.handlers {
		if r.stays[i] != "" {
			changed = r.shorten(i) || changed
			continue
		}
		for _, g := range r.touched[i] {
			if why := r.why[g]; why != "" {
				r.stays[i] = fmt.Sprintf("'%s' is in the VM: %s", g.Name, why)
				r.cuts[i] = h.firstCut()
				changed = true
				break
			}
		}
	}
	for i, h := range r.handlers {
		if r.stays[i] == "" {
			continue
		}
		where := r.at(h.out.IR.Pos)
		rest := h.body.Stmts[r.cuts[i]:]
		for _, g := range globalsOf(rest) {
			changed = r.reject(g, fmt.Sprintf("the probe at %s uses it and runs in the VM: %s", where, r.stays[i])) || changed
		}
		if h.risky() == "" && !r.raises(&ir.Block{Stmts: rest}) {
			continue
		}
		for _, g := range r.order {
			if p := r.outside.fails[g]; p != nil {
				changed = r.reject(g, fmt.Sprintf("the error probe at %s looks at it, and the probe at %s may fail in the VM", r.at(p.Pos), where)) || changed
			}
		}
	}
	return changed
}

// reject keeps g in the VM, if it is not there already.
func (r *residency) reject(g *ir.Global, why string) bool {
	if r.why[g] != "" || r.fixed(g) == "" {
		return false
	}
	r.why[g] = why
	return true
}

// mayEnd reports whether a probe beside events may end the session: by exit(), or by an
// error that an error probe would see the globals at. What events do behind that must not
// show.
func (r *residency) mayEnd(p *ir.Probe) bool {
	b := withConds(p)
	if r.exit(b) != nil {
		return true
	}
	return len(r.outside.fails) > 0 && r.raises(b)
}

// raises reports whether b may run into an error: by what it does, or by a read of memory
// that fails.
func (r *residency) raises(b *ir.Block) bool {
	if r.effects.of(b)&fails != 0 {
		return true
	}
	for n := range reach(b) {
		if mayFault(n) {
			return true
		}
	}
	return false
}

// ending keeps globals in the VM whose last values depend on when exactly a
// handler in the VM ends the session.
func (r *residency) ending() {
	for i := range r.handlers {
		n := r.exit(r.handlers[i].out.IR.Body)
		if n == nil {
			continue
		}
		for _, g := range r.order {
			r.reject(g, fmt.Sprintf("the %s() at %s, in an event probe, decides which event is the last", n.Fn.Name, r.at(n.Span())))
		}
	}
}

func (r *residency) exit(b *ir.Block) *ir.Builtin {
	for n := range reach(b) {
		if x, ok := n.(*ir.Builtin); ok && (x.Fn.Name == "exit" || x.Fn.Name == "abort") {
			return x
		}
	}
	return nil
}

// settle makes the plan of what was decided.
func (r *residency) settle() {
	for i, h := range r.handlers {
		touched := r.touched[i]
		switch h.out.Sends = r.stays[i]; {
		case h.out.Sends == "":
			h.out.Update, h.out.Notes = r.whole[i], nil
		case r.cuts[i] == 0:
			continue
		default:
			touched = globalsOf(h.body.Stmts[:r.cuts[i]])
			h.split(r.cuts[i])
		}
		for _, g := range touched {
			if r.fixed(g) != "" && r.plan.Resident(g) == nil {
				r.plan.Residents = append(r.plan.Residents, r.resident(g))
			}
		}
	}
	slices.SortFunc(r.plan.Residents, func(a, b *Resident) int { return a.Global.Index - b.Global.Index })
	for _, q := range r.plan.Residents {
		r.locate(q)
	}
	if slices.ContainsFunc(r.plan.Residents, func(q *Resident) bool { return q.Shared && q.Swapped }) {
		r.plan.Guard = &Guard{Offset: r.plan.Shares}
		r.plan.Shares += 8
	}
	for _, p := range r.plan.Probes {
		p.Looks = !p.IR.Point.Kind.IsEvent() && r.looks(p.IR) || p.IR.Point.Kind.IsBeside() && r.mayEnd(p.IR)
	}
}

// looks reports whether a probe outside of events touches a resident global.
func (r *residency) looks(p *ir.Probe) bool {
	for n := range reach(withConds(p)) {
		if g := mentioned(n); g != nil && r.plan.Resident(g) != nil {
			return true
		}
	}
	return false
}

func (r *residency) resident(g *ir.Global) *Resident {
	u := r.uses[g]
	q := &Resident{Global: g, Words: 1, Key: u.key(g), Shared: u.moments[0].kind == inPrograms}
	switch {
	case u.keeps():
		q.Kind = Kept
		if q.Texts() {
			q.Words, q.Quoted = layout.TextSize/8, u.cited != nil
		}
		q.Ordered = u.read == nil || r.outside.walked[g]
	case u.stat:
		q.Words = layout.ShareBuckets + buckets(g.Histogram)
	default:
		q.Op = u.sums[0]
	}
	q.Swapped = q.Kind == Summed && r.lookedAt(g)
	return q
}

// lookedAt reports whether what events add to g may be wanted while they go on.
func (r *residency) lookedAt(g *ir.Global) bool {
	return r.live || r.outside.beside[g] != nil || r.ender != nil
}

// locate gives a resident its place.
func (r *residency) locate(q *Resident) {
	switch {
	case q.Global.Type.IsArray():
		q.Maps[0] = mapName(q.Global, "")
		if q.Swapped {
			q.Maps[1] = mapName(q.Global, "'")
		}
		if q.Kind == Kept && r.uses[q.Global].own() && len(q.Key) == 1 && !q.Texts() {
			q.Slots = mapName(q.Global, "*")
		}
	case q.Kind == Kept:
		q.Offset = r.plan.StateSize
		r.plan.StateSize += layout.LongParamSize
	default:
		q.Offset = r.plan.Shares
		r.plan.Shares += 8 * q.Words
	}
}

// Bounds of what the kernel keeps.
const (
	maxKey      = 2080 // bytes of a key
	maxShare    = 2048 // words of a statistic
	logBuckets  = 128  // of @hist_log
	mostBuckets = 128  // of @hist_linear, unless -DSTP_MAX_BUCKETS says otherwise
)

// buckets is how many a histogram has; 0 if there is none.
func buckets(h *types.Histogram) int {
	switch {
	case h == nil:
		return 0
	case !h.Linear:
		return logBuckets
	}
	return int(uint64(h.High-h.Low)/uint64(h.Width)) + 3
}

// oddHistogram reports whether the VM keeps no buckets of h, or how many is not
// known here.
func oddHistogram(h *types.Histogram) bool {
	if h == nil || !h.Linear {
		return false
	}
	return h.Width <= 0 || h.Low > h.High || uint64(h.High-h.Low)/uint64(h.Width) > mostBuckets-3
}

// isThread reports whether x, in closed form, is the number of the thread that
// runs the handler.
func isThread(x ir.Expr) bool {
	b, ok := x.(*ir.Builtin)
	return ok && b.Fn.Class == builtin.Context && b.Fn.Name == "tid"
}
