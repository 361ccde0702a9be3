// Package kernel compiles the part of a plan that runs in the kernel: the probes'
// filters and the records of their events. Start with Compile.
//
// All probes at system calls' entries share one program, and all at their returns
// another; each dispatches on the call's number. One attached program costs the
// traced machine some 90 ns a call, one more compare 0.14 ns. All profiles of one
// event and period share a program, which has nothing to dispatch on, as do watchpoints of
// the same memory.
package kernel

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/cilium/ebpf/btf"

	"tapir/bpf"
	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/bpf/target"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/source"
)

// Error is a limit of the kernel's side that a script ran into.
type Error struct {
	Pos     source.Span
	Message string
}

func (e *Error) Error() string { return e.Message }

// Compile makes the object of a plan, or nil if none of its probes has a kernel
// part. It fails with an *Error if something does not fit into an eBPF program,
// and with another error if the kernel cannot be traced at all.
func Compile(p *plan.Plan, k *target.Kernel) (*bpf.Object, error) {
	groups := group(p, k)
	if len(groups) == 0 {
		return nil, nil
	}
	l, err := k.Layout()
	if err != nil {
		return nil, err
	}
	c := &compiler{
		plan:   p,
		kernel: k,
		layout: l,
		counters: layout.Counters{
			CPUs: k.CPUs(), Probes: len(p.Probes),
			Shares: (p.Shares + layout.CounterSize - 1) &^ (layout.CounterSize - 1),
		},
		params:    make(map[*ir.Global]*plan.Param, len(p.Params)),
		residents: make(map[*ir.Global]*plan.Resident, len(p.Residents)),

		entrySizes: make(map[int]int),
		automata:   make(map[string]automaton),
	}
	for _, q := range p.Residents {
		c.residents[q.Global] = q
	}
	for _, probe := range p.Probes {
		c.faulty = c.faulty || probe.Update != nil && c.mayFail(probe.Update)
	}
	for _, param := range p.Params {
		c.params[param.Global] = param
	}
	object := &bpf.Object{StateSize: max(p.StateSize, layout.StateParams), Counters: c.counters, Arrays: arrays(p), Tables: tables(p)}
	for i, g := range groups {
		program, err := c.program(g, i)
		if err != nil {
			return nil, err
		}
		object.Programs = append(object.Programs, program)
	}
	object.Scratch = (c.scratch + 7) &^ 7
	object.Texts = c.texts
	object.Entries = append(c.entries(), execNotes(groups)...)
	object.Tables = append(object.Tables, c.patterns...)
	object.Hashes, object.Zeros = hashes(p)
	object.Zeros = max(object.Zeros, frameZeros(object.Entries))
	object.Slots = slots(p)
	object.Counted = counted(p)
	if n := len(object.Counted); n > 0 {
		object.Zeros = max(object.Zeros, 8*n)
	}
	object.Faults = c.faultList
	return object, nil
}

// compiler is what the programs of one plan have in common.
type compiler struct {
	plan     *plan.Plan
	kernel   *target.Kernel
	layout   *target.Layout
	counters layout.Counters
	params   map[*ir.Global]*plan.Param
	scratch  int // bytes of scratch memory that a record may need
	texts    int // bytes of memory that texts may need
	// entrySizes are the bytes that what is kept at an entry may need, by the first
	// probe that it is for.
	entrySizes map[int]int

	automata map[string]automaton // tables of regular expressions, by their text
	patterns []*bpf.Table

	residents map[*ir.Global]*plan.Resident
	faulty    bool        // a handler that the kernel runs may run into an error
	faultList []bpf.Fault // those that the programs so far can find
}

// hook is a place in the kernel that a program is attached to.
type hook struct {
	kind       builtin.PointKind
	tracepoint string
	event      bpf.Event   // of a profile or watchpoint
	here       *plan.Probe // that fires in tapir itself
	means      builtin.Means
	function   string // that a trampoline is at
	atReturns  bool   // of a UserReturn: at the instructions that return
}

var tracepoints = [...]hook{
	{kind: builtin.SyscallEnter, tracepoint: "sys_enter"},
	{kind: builtin.SyscallExit, tracepoint: "sys_exit"},
}

// hookOf is where a probe's program hangs.
func hookOf(p *plan.Probe) hook {
	for _, h := range tracepoints {
		if h.kind == p.IR.Point.Kind {
			return h
		}
	}
	if f := p.IR.Point.Function; f != nil {
		return functionHook(p.IR.Point.Kind, f)
	}
	if t := p.IR.Point.Trace; t != nil {
		return hook{kind: builtin.Trace, tracepoint: t.Name}
	}
	if p.IR.Point.Kind == builtin.Counter {
		return hook{kind: builtin.Counter, tracepoint: changes}
	}
	if !p.IR.Point.Kind.IsEvent() {
		return hook{kind: p.IR.Point.Kind, here: p}
	}
	if p.IR.Point.User != nil {
		return hook{kind: p.IR.Point.Kind, atReturns: p.IR.Point.User.Instruction}
	}
	return hook{kind: p.IR.Point.Kind, event: eventOf(p.IR.Point)}
}

// eventOf is the performance event that a profile or watchpoint stands for.
func eventOf(p check.Point) bpf.Event {
	switch e, w := p.Perf, p.Watched; {
	case e != nil:
		return bpf.Event{Type: e.Type, Config: e.Config, Period: e.Period, Hertz: e.Hertz}
	case w != nil && w.Reads:
		return bpf.Watchpoint(w.Address, w.Length, bpf.Accesses)
	case w != nil:
		return bpf.Watchpoint(w.Address, w.Length, bpf.Writes)
	}
	return bpf.Clock(p.Interval)
}

// attach is the hook in the object's words.
func (c *compiler) attach(h program) bpf.Attach {
	if h.kind.IsUser() {
		return c.userAttach(h)
	}
	if h.kind.IsFunction() {
		return c.functionAttach(h)
	}
	if h.kind.Interrupts() {
		return bpf.Attach{Kind: bpf.PerfEvent, Name: c.plan.Probes[h.calls[0].probes[0]].IR.Spelling, Event: h.event}
	}
	if h.here != nil {
		return bpf.Attach{Kind: bpf.OnDemand, Name: h.here.IR.Point.Name}
	}
	return bpf.Attach{Kind: bpf.RawTracepoint, Name: h.tracepoint}
}

// name is that of the hook's program, which is the object's index-th.
func (h hook) name(index int) string {
	switch h.kind {
	case builtin.Profile:
		return fmt.Sprintf("profile_%d", index)
	case builtin.Watch:
		return fmt.Sprintf("watch_%d", index)
	case builtin.Counter:
		return fmt.Sprintf("counters_%d", index)
	case builtin.Trace:
		return fmt.Sprintf("trace_%d", index)
	case builtin.FunctionEnter:
		return fmt.Sprintf("function_%d", index)
	case builtin.FunctionReturn:
		return fmt.Sprintf("return_%d", index)
	case builtin.SyscallEnter, builtin.SyscallExit:
		return h.tracepoint
	case builtin.UserEntry:
		return "user_entry"
	case builtin.UserReturn:
		if h.atReturns {
			return "user_ret"
		}
		return "user_return"
	}
	return fmt.Sprintf("moment_%d", index)
}

// program is the probes of one hook, by the numbers of their calls. A profile is
// about one call, of no number.
type program struct {
	hook
	calls    []call         // ascending number, without those of families
	families []*plan.Family // in the plan's order
	keepers  []keeper       // of families of returns
	noted    bool           // which of two calls returns is asked of what was noted
}

// call is the probes at one system call, in order of declaration.
type call struct {
	number  int
	probes  []int
	keepers []keeper // of returns
	noted   bool     // the number is kept for the return
}

// group sorts the probes that have a kernel part into programs.
func group(p *plan.Plan, k *target.Kernel) []program {
	var groups []program
	for i, probe := range p.Probes {
		if !probe.InKernel {
			continue
		}
		var g *program
		groups, g = programAt(groups, hookOf(probe))
		if f := probe.Family; f == nil {
			c := g.call(probe.IR.Point.Number)
			c.probes = append(c.probes, i)
		} else if !slices.Contains(g.families, f) {
			g.families = append(g.families, f)
		}
	}
	groups = addForgetting(addExecNotes(p, k, addKeepers(p, groups)))
	for _, g := range groups {
		slices.SortFunc(g.families, func(f, h *plan.Family) int {
			return slices.Index(p.Families, f) - slices.Index(p.Families, h)
		})
	}
	slices.SortStableFunc(groups, func(g, h program) int { return cmp.Compare(g.kind, h.kind) })
	return groups
}

// programAt is the program of groups at a hook, which is added if there is none yet.
func programAt(groups []program, h hook) ([]program, *program) {
	at := slices.IndexFunc(groups, func(g program) bool { return g.hook == h })
	if at < 0 {
		at = len(groups)
		groups = append(groups, program{hook: h})
	}
	return groups, &groups[at]
}

// call is the one of a number, which is added if it is not there yet.
func (g *program) call(number int) *call {
	at, found := slices.BinarySearchFunc(g.calls, number, func(c call, n int) int { return cmp.Compare(c.number, n) })
	if !found {
		g.calls = slices.Insert(g.calls, at, call{number: number})
	}
	return &g.calls[at]
}

// arrays lists the maps of the parameters that are arrays.
func arrays(p *plan.Plan) []*bpf.Array {
	var list []*bpf.Array
	for _, param := range p.Params {
		if param.Kind != plan.ArrayParam {
			continue
		}
		entries := cmp.Or(param.Global.Limit, bpf.MapEntries)
		list = append(list, &bpf.Array{Name: param.Map, Key: param.Key, MaxEntries: entries})
	}
	return list
}

// program assembles one program; index tells it from the object's others.
func (c *compiler) program(g program, index int) (*bpf.Program, error) {
	b := emit.New()
	d := &dispatcher{compiler: c, Builder: b, program: g, index: index}
	if g.kind.IsSyscall() {
		d.cast = c.kernel.Cast()
	}
	d.emit()
	insns, marks, err := b.Finish()
	if err != nil {
		return nil, c.limit(err)
	}
	if b.Functions() || len(d.turns) > 0 || d.finder != nil {
		insns[0] = btf.WithFuncMetadata(insns[0], mainFunc(g.name(index)))
	}
	p := &bpf.Program{
		Name:         g.name(index),
		Attach:       c.attach(g),
		Instructions: insns,
	}
	for _, call := range g.calls {
		p.Probes = append(p.Probes, call.probes...)
	}
	for _, f := range g.families {
		p.Probes = append(p.Probes, f.Probes...)
	}
	slices.Sort(p.Probes)
	for _, m := range marks {
		p.Lines = append(p.Lines, bpf.Line{Instruction: m.Slot, Probe: m.Probe, Pos: m.Pos})
	}
	return p, nil
}

// limit gives an assembler's error its place in the script.
func (c *compiler) limit(err error) error {
	e, ok := err.(*emit.Error)
	if !ok {
		return err
	}
	return &Error{c.span(e.Mark), e.Message}
}

// span is the part of the script that a mark points to.
func (c *compiler) span(m emit.Mark) source.Span {
	start := source.Pos(m.Pos)
	if m.Probe < 0 {
		return source.Span{Start: start, End: start}
	}
	p := c.plan.Probes[m.Probe]
	for _, cond := range p.Filter {
		if cond.Pos.Start == start {
			return cond.Pos
		}
	}
	return p.IR.Pos
}

// bug stops at something that the plan should have kept away from here.
func (c *compiler) bug(at source.Span, format string, args ...any) {
	where := fmt.Sprintf("offset %d", at.Start)
	if s := c.plan.IR.Sources; s != nil && at.IsValid() {
		if p := s.Position(at.Start); p.File != nil {
			where = fmt.Sprintf("%s:%d:%d", p.File.Name, p.Line, p.Col)
		}
	}
	panic(fmt.Sprintf("kernel: %s: %s", where, fmt.Sprintf(format, args...)))
}
