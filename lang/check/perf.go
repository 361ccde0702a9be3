package check

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"tapir/lang/builtin"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// PerfEvent is a performance event that is counted on each CPU, in the kernel's words
// (perf_event_open(2)).
type PerfEvent struct {
	Type   uint32
	Config uint64
	// Period is how many of the event make the probe fire once; 0: it fires Hertz times a
	// second, or nearly.
	Period, Hertz uint64
}

// The types of event that are no counters.
const (
	tracepointEvent = 2
	breakpointEvent = 5
)

// samplePeriod is how many of an event make a probe fire that does not say.
const samplePeriod = 1_000_000

// Performance events begin with perf.type(N).config(N); what may follow comes in this
// order, each part once at most.
var perfTails = []string{"sample", "hz", "process", "counter"}

// perfPoint is a point that begins with perf.type, as it is read.
type perfPoint struct {
	*checker
	event  PerfEvent
	guards []syntax.Expr     // without which the handler does not run
	name   *syntax.StringLit // of the counter, if it is one
}

// resolvePerf finds the handler of perf.type(T).config(C) and what may follow; ok is
// false if the point is another one.
func (c *checker) resolvePerf(comps []*syntax.Component, e expansion) (hs []handler, fail *failure, ok bool) {
	if comps[0].Name != "perf" || comps[0].Arg != nil || len(comps) < 2 || comps[1].Name != "type" {
		return nil, nil, false
	}
	p := &perfPoint{checker: c, event: PerfEvent{Period: samplePeriod}}
	if cause := p.read(comps[1:]); cause != nil {
		return nil, &failure{about: comps[0].Token(), cause: cause}, true
	}
	point := Point{Kind: builtin.Profile, Name: spell(comps), Perf: &p.event}
	if p.name != nil {
		if cause := p.counter(&point, e); cause != nil {
			return nil, &failure{about: comps[0].Token(), cause: cause}, true
		}
	}
	return []handler{{point: point, spelling: spell(comps), layers: e.layers, conds: e.conds, guards: p.guards}}, nil, true
}

// read reads what follows perf.
func (p *perfPoint) read(comps []*syntax.Component) *source.Diagnostic {
	kind, cause := perfNumber(comps[0], 0, math.MaxUint32)
	switch {
	case cause != nil:
		return cause
	case len(comps) == 1:
		return because(comps[0].Token(), "probe point truncated (follow: config)")
	case comps[1].Name != "config":
		return because(comps[1].Token(), "probe point mismatch%s", similarNote(similar(comps[1].Name, []string{"config"})))
	}
	config, isInt := comps[1].Arg.(*syntax.IntLit)
	if !isInt {
		return perfNeeds(comps[1])
	}
	switch kind {
	case tracepointEvent:
		return because(comps[0].Arg.Token(), `events of type %d are tracepoints: probe kernel.trace("NAME")`, kind)
	case breakpointEvent:
		return because(comps[0].Arg.Token(), `events of type %d are watchpoints: probe kernel.data("NAME").write`, kind)
	}
	p.event.Type, p.event.Config = uint32(kind), uint64(config.Value)
	return p.tail(comps[2:])
}

// tail reads what follows the event.
func (p *perfPoint) tail(comps []*syntax.Component) *source.Diagnostic {
	next := 0
	for _, comp := range comps {
		for next < len(perfTails) && perfTails[next] != comp.Name {
			next++
		}
		if next == len(perfTails) {
			return because(comp.Token(), `probe point mismatch: an event is followed by .sample(n) or .hz(n), .process("PATH"), .counter("NAME"), in this order`)
		}
		if cause := p.part(comp); cause != nil {
			return cause
		}
		next++
		if comp.Name == "sample" {
			next++ // either that or hz
		}
	}
	return nil
}

// part reads one of perfTails.
func (p *perfPoint) part(comp *syntax.Component) *source.Diagnostic {
	switch comp.Name {
	case "sample":
		n, cause := perfNumber(comp, 1, math.MaxInt64)
		p.event.Period = uint64(n)
		return cause
	case "hz":
		n, cause := perfNumber(comp, 1, math.MaxInt32)
		p.event.Period, p.event.Hertz = 0, uint64(n)
		return cause
	case "process":
		return p.process(comp)
	}
	name, ok := comp.Arg.(*syntax.StringLit)
	if !ok {
		return because(comp.Token(), `a counter has a name: counter("cycles")`)
	}
	p.name = name
	return nil
}

// counter is a performance counter that @perf asks for by its name.
type counter struct {
	number   int
	declared source.Token // the name in its point; zero as long as there is none
	asked    source.Token // the first @perf
}

// namedCounter is the counter of a name.
func (c *checker) namedCounter(name string) *counter {
	if c.counters == nil {
		c.counters = map[string]*counter{}
	}
	n := c.counters[name]
	if n == nil {
		n = &counter{number: len(c.counters)}
		c.counters[name] = n
	}
	return n
}

// counter makes a point a counter, which runs no handler.
func (p *perfPoint) counter(point *Point, e expansion) *source.Diagnostic {
	tok := p.name.Token()
	n := p.namedCounter(p.name.Value)
	switch {
	case len(p.guards) == 0:
		return because(tok, `a counter belongs to a program: .process("PATH").counter(%q)`, p.name.Value)
	case len(e.conds) > 0:
		return because(tok, "a counter can't have a condition")
	case n.declared.Span.IsValid():
		return because(tok, "there is another counter '%s'", p.name.Value)
	case len(p.counters) > maxCounters:
		return because(tok, "too many counters: at most %d are possible", maxCounters)
	}
	n.declared = tok
	point.Kind, point.Counter = builtin.Counter, n.number
	p.event.Period, p.event.Hertz = 0, 0
	return nil
}

// maxCounters bounds what is read whenever a CPU turns to another task.
const maxCounters = 16

// perfFunction is what @perf(NAME) comes to.
const perfFunction = "_perf_counter"

// perf replaces @perf(NAME).
func (l *lowering) perf(e *syntax.AtOp) syntax.Expr {
	name, ok := e.Args[0].(*syntax.StringLit)
	if !ok {
		return e
	}
	n := l.namedCounter(name.Value)
	if !n.asked.Span.IsValid() {
		n.asked = name.Token()
	}
	return call(e.Base, perfFunction, number(e.Base, int64(n.number)))
}

// checkCounters reports the counters that are asked for and that there are none of.
func (c *checker) checkCounters() {
	var names []string
	for name, n := range c.counters {
		if n.declared.Span.IsValid() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Sorted(maps.Keys(c.counters)) {
		if n := c.counters[name]; !n.declared.Span.IsValid() && n.asked.Span.IsValid() {
			c.error(codeTarget, n.asked, "there is no counter '%s'%s", name, similarNote(similar(name, names))).
				WithHint(fmt.Sprintf(`probe perf.sw.page_faults.process("PATH").counter(%q) {} makes one`, name))
		}
	}
}

// process keeps the point to a program, or to that of -c or -x.
func (p *perfPoint) process(comp *syntax.Component) *source.Diagnostic {
	programs, ok := p.target.(Programs)
	if !ok {
		return plain("programs are not known here")
	}
	of := &processPoint{checker: p.checker, about: comp.Token()}
	if cause := of.choose(programs, comp, false); cause != nil {
		return cause
	}
	if of.pid == 0 {
		is, cause := of.runs(comp.Base, of.file)
		p.guards = append(p.guards, is)
		return cause
	}
	cause := of.guard(comp.Base, false)
	p.guards = append(p.guards, of.guards...)
	return cause
}

// perfNumber is a component's argument, a number between low and high.
func perfNumber(comp *syntax.Component, low, high int64) (int64, *source.Diagnostic) {
	n, ok := comp.Arg.(*syntax.IntLit)
	switch {
	case !ok:
		return 0, perfNeeds(comp)
	case n.Value < low || n.Value > high:
		return 0, because(n.Token(), "%s out of range (%d, %d)", comp.Name, low, high)
	}
	return n.Value, nil
}

func perfNeeds(comp *syntax.Component) *source.Diagnostic {
	return because(comp.Token(), "%s has a number: %s(1)", comp.Name, comp.Name)
}

// String is how a person calls the event's rate: "every 1000 of them".
func (e PerfEvent) String() string {
	if e.Period == 0 {
		return fmt.Sprintf("%d a second", e.Hertz)
	}
	return fmt.Sprintf("one in %d", e.Period)
}
