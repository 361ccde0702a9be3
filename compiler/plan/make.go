package plan

import (
	"slices"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/source"
)

// Options are choices about placement.
type Options struct {
	Mode Mode
	// NoLoops says why the kernel runs no loops of a script; "" if it does.
	NoLoops string
	// Live is for a program that is looked at while it runs: what event probes add up
	// can be read at any time, and each of them has a switch.
	Live bool
	// Told has the session know of each event's time, CPU and task before its handler
	// runs.
	Told bool
	// Keep is for a recording: events carry also what scripts usually ask for, and the VM
	// has all of a handler, so that it does the same where no kernel has filtered the
	// events. Unless Mode is UserOnly, the kernel filters them all the same.
	Keep bool
}

// Make decides the placement of in, which stays as it is: what the VM runs are
// trees of the plan's own. The plan is nil if there are errors; the diagnostics never are.
func (o Options) Make(in *ir.Program) (*Plan, *source.Diagnostics) {
	return newPlanner(in, o).make()
}

func newPlanner(in *ir.Program, o Options) *planner {
	mode := o.Mode
	if o.Keep {
		mode = UserOnly
	}
	return &planner{
		in:      in,
		mode:    mode,
		keep:    o.Keep,
		sift:    o.Keep && o.Mode != UserOnly,
		noLoops: o.NoLoops,
		live:    o.Live,
		told:    o.Told,
		diags:   &source.Diagnostics{},
		effects: newEffects(in),
		writers: findWriters(in),
		funcs:   map[string]*ir.Func{},
		open:    map[*ir.Func]bool{},
		unbound: map[*ir.Local]string{},
		moments: map[*ir.Builtin]moment{},
		guards:  map[*ir.Builtin]ir.Expr{},
		byText:  map[string]*Capture{},
		many:    map[crowd]int{},
		known:   automata{},
		plan: &Plan{
			IR:        in,
			CaptureOf: map[*ir.Builtin]*Capture{},
			Late:      map[*ir.Builtin]bool{},
			Windows:   map[*ir.Builtin]*Window{},
			StateSize: layout.StateParams,
			words:     map[*ir.Builtin]ir.Expr{},
			Reads:     map[*ir.Builtin][]source.Span{},
			here:      map[*ir.Global]string{},
		},
	}
}

func (p *planner) make() (*Plan, *source.Diagnostics) {
	in := p.in
	p.needs = p.findNeeds()
	var handlers []*handler
	for _, probe := range in.Probes {
		p.many[crowdOf(probe)]++
	}
	for _, probe := range in.Probes {
		out, h := p.probe(probe)
		p.plan.Probes = append(p.plan.Probes, out)
		if h != nil {
			handlers = append(handlers, h)
		}
	}
	if p.automatic() {
		p.place(handlers)
	}
	for _, h := range handlers {
		h.finish()
	}
	if p.keep {
		p.level()
	}
	if p.live {
		p.switches()
	}
	p.families()
	for _, probe := range p.plan.Probes {
		for _, c := range slices.Concat(probe.Filter, probe.Late) {
			p.useParams(c.Expr)
		}
		if probe.Update != nil {
			p.useParams(probe.Update)
		}
	}
	for _, c := range p.plan.Captures {
		for _, x := range c.Exprs() {
			p.useParams(x)
		}
	}
	if p.diags.HasErrors() {
		return nil, p.diags
	}
	return p.plan, p.diags
}

type planner struct {
	in      *ir.Program
	mode    Mode
	live    bool
	told    bool
	noLoops string
	keep    bool
	sift    bool // what is kept is filtered
	diags   *source.Diagnostics
	effects *effects
	writers writers
	plan    *Plan
	needs   map[*ir.Func][]bool  // by parameter: whether what is read from memory depends on it
	funcs   map[string]*ir.Func  // planned functions, by funcKey
	open    map[*ir.Func]bool    // functions whose copies are being made
	unbound map[*ir.Local]string // why a parameter in needs has no fixed value
	moments map[*ir.Builtin]moment
	guards  map[*ir.Builtin]ir.Expr // without which a Memory function is not called
	byText  map[string]*Capture
	many    map[crowd]int // how many probes there are of each
	known   automata
}

// automatic reports whether handlers run in the kernel as a whole if they can.
func (p *planner) automatic() bool { return p.mode == Auto || p.mode == Names }

// onlyNames says why the kernel has no texts but names of tasks and literals; "" if it
// has.
func (p *planner) onlyNames() string {
	if p.mode == Names {
		return "-DMAXSTRINGLEN cuts texts in the VM"
	}
	return ""
}

// crowd is the probes that one place in the script stands for, at the same moment.
type crowd struct {
	pos  source.Span
	kind builtin.PointKind
}

func crowdOf(p *ir.Probe) crowd { return crowd{p.Pos, p.Point.Kind} }

// probe plans a probe that needs no kernel, or begins the plan of an event probe's
// handler: what is left of it behind the filter is its body.
func (p *planner) probe(in *ir.Probe) (*Probe, *handler) {
	out := &Probe{IR: in, InKernel: in.Point.Kind.IsEvent()}
	if !out.InKernel {
		p.here(out)
		return out, nil
	}
	if in.Point.Kind == builtin.Counter {
		p.counter(out)
		return out, nil
	}
	if in.Point.Kind.Interrupts() && !p.checkMoment(in) {
		out.Body = &ir.Block{At: in.Body.At}
		return out, nil
	}
	body := atReturn(in).Block(withConds(in))
	body.Stmts = splice(nil, body.Stmts)
	dropDead(p.effects, body)
	h := &handler{planner: p, out: out, defs: p.definitions(body)}
	h.name()
	h.body = h.literals(body)
	if p.sift {
		h.sifted()
		return out, h
	}
	if p.mode == UserOnly {
		out.Notes = append(out.Notes, Note{in.Pos, "all of it in the VM, as --placement=user asks"})
		return out, h
	}
	rest := h.body
	if h.counted = loops(h.body); h.counted {
		h.body.Stmts = unnest(h.body.Stmts)
		rest = ir.Copier{}.Block(h.body)
	}
	rest.Stmts = h.filter(rest.Stmts)
	order(out.Filter)
	switch {
	case out.Never():
		h.body.Stmts = nil
	case !h.counted:
		dropDead(p.effects, h.body)
	}
	return out, h
}

// counter plans a counter, whose events the kernel deals with whatever the mode is: what
// is left of its body is the condition that the thread runs its program.
func (p *planner) counter(out *Probe) {
	body := withConds(out.IR)
	h := &handler{planner: p, out: out, defs: p.definitions(body)}
	h.filter(body.Stmts)
	order(out.Filter)
	out.Update, out.Body = &ir.Block{At: body.At}, &ir.Block{At: body.At}
	layOut(out)
}

// finish plans what the VM does with the events of a handler, and what they carry.
func (h *handler) finish() {
	out := h.out
	out.Body = h.body
	if out.Update != nil {
		h.checkUpdate()
	}
	if out.Update != nil && !out.Mixed {
		out.Body = &ir.Block{At: h.body.At}
	} else if h.mode != UserOnly && !h.counted {
		h.sink(h.body)
		h.planner.words(h.body, h.defs, h.many[crowdOf(out.IR)] >= minFamily)
	}
	if h.told && (out.Update == nil || out.Mixed) {
		h.tell(out.Body)
	}
	h.connect(out.Body, h.defs)
	h.capture(out)
	if h.keep && out.Update == nil {
		h.keepUsual(out)
	}
	h.entryWords(out)
	layOut(out)
}

// Never reports whether the filter holds for no event at all.
func (p *Probe) Never() bool {
	for _, c := range p.Filter {
		if v, ok := c.Expr.(*ir.Int); ok && v.Value == 0 {
			return true
		}
	}
	return false
}

// literals copies body with variables that stand for literals replaced by them.
func (h *handler) literals(body *ir.Block) *ir.Block {
	known := map[*ir.Local]ir.Expr{}
	for l, x := range h.defs.values {
		switch x.(type) {
		case *ir.Int, *ir.Str:
			known[l] = x
		}
	}
	fold := ir.Copier{Replace: func(x ir.Expr) (ir.Expr, bool) {
		return ir.Fold(ir.Substitute(x, known)), true
	}}
	body = fold.Block(body)
	dropDead(h.effects, body)
	return body
}

// withConds is the handler with its arming conditions as its first statements.
func withConds(in *ir.Probe) *ir.Block {
	b := &ir.Block{At: in.Body.At}
	for _, c := range in.Conds {
		at := ir.At{Pos: c.Span()}
		next := &ir.Block{At: at, Stmts: []ir.Stmt{&ir.Next{At: at}}}
		b.Stmts = append(b.Stmts, &ir.If{At: at, Cond: ir.Negate(c), Then: next})
	}
	b.Stmts = append(b.Stmts, in.Body.Stmts...)
	return b
}

// splice appends stmts to out with blocks among them dissolved, since blocks are
// no scopes, and without what follows a next.
func splice(out, stmts []ir.Stmt) []ir.Stmt {
	for _, s := range stmts {
		switch s := s.(type) {
		case *ir.Block:
			out = splice(out, s.Stmts)
			if n := len(out); n > 0 && isNext(out[n-1]) {
				return out
			}
			continue
		case *ir.If:
			s.Then.Stmts = splice(nil, s.Then.Stmts)
			if s.Else != nil {
				s.Else.Stmts = splice(nil, s.Else.Stmts)
			}
		case *ir.Loop:
			s.Body.Stmts = splice(nil, s.Body.Stmts)
		case *ir.Foreach:
			s.Body.Stmts = splice(nil, s.Body.Stmts)
		case *ir.Try:
			s.Body.Stmts = splice(nil, s.Body.Stmts)
			s.Handler.Stmts = splice(nil, s.Handler.Stmts)
		}
		out = append(out, s)
		if isNext(s) {
			return out
		}
	}
	return out
}

func isNext(s ir.Stmt) bool {
	_, ok := s.(*ir.Next)
	return ok
}
