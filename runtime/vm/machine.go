// Package vm runs a script's bytecode: the handlers of begin, end and timer
// probes, and for every event that of its probe, on the event's record. Start
// with New and Machine.Run.
//
// A Machine belongs to one goroutine, and so handlers are atomic, as the
// language has it. Once its buffers have grown, an event allocates nothing:
// strings in registers point into the record, into the program, or into an
// arena that the next event reuses; what globals hold is copied.
package vm

import (
	"cmp"
	"encoding/binary"
	"fmt"

	"tapir/bpf/layout"
	"tapir/compiler/bytecode"
	"tapir/lang/pattern"
	"tapir/lang/source"
	"tapir/lang/types"
	"tapir/runtime/symbol"
)

// Writer takes the text of one print call at a time. It must not keep the slice.
type Writer interface {
	Write(text []byte) (int, error)
}

// Options are what a run needs beside its program. The zero value prints
// nowhere and has the language's usual limits.
type Options struct {
	Out  Writer
	Warn func(message string) // of warn(); nil drops it
	// System takes a command of system(), to run it when the handler is done; nil
	// drops it.
	System func(command string)
	// SwitchFile goes on to the next file of the output; nil does nothing.
	SwitchFile func()
	// Happened, if not nil, is told of an event's moment before its handler runs, if the
	// program was compiled to tell it.
	Happened func(Moment)
	// Name is what module_name() gives; "" is tapir.
	Name string
	// Target is what target() gives.
	Target int64
	// EscapeControl shows control characters of traced data as \ooo; for output
	// that goes to a terminal.
	EscapeControl bool
	// Self answers context functions in probes that run outside events; nil is
	// this process.
	Self   Context
	Limits Limits
	// Kernel reads n bytes of the kernel's memory, or a C string of at most n, when a
	// handler asks for them that is at no event; nil can't.
	Kernel func(address uint64, n int, text bool) (b []byte, errno int64)
	// Symbols names addresses; nil makes them of what /proc tells.
	Symbols symbol.Names
}

// Limits bound what a handler may use; 0 is the usual value. Their names in -D
// are in brackets.
type Limits struct {
	StringLen    int // [MAXSTRINGLEN] bytes of a string, its final NUL counted: 512
	Actions      int // [MAXACTION] of an event's handler: 1000
	ActionsAside int // [MAXACTION_INTERRUPTIBLE] of any other handler: ten times as many
	MapEntries   int // [MAXMAPENTRIES] elements of an array: 2048
	Nesting      int // [MAXNESTING] calls within calls: what the script needs, and 10 if it recurses
	HistWidth    int // [HIST_WIDTH] marks of a histogram's longest bar: 50
	// HistElision [HIST_ELISION]: rows of a histogram that are farther than this
	// from any value are left out; negative: none are. nil is 2.
	HistElision *int
	HistBuckets int // [STP_MAX_BUCKETS] of a @hist_linear: 128
}

func (l Limits) orDefaults(p *bytecode.Program) Limits {
	defaults := []struct {
		field *int
		value int
	}{{&l.StringLen, 512}, {&l.Actions, 1000}, {&l.MapEntries, 2048}, {&l.Nesting, p.Nesting}, {&l.HistWidth, 50}, {&l.HistBuckets, usualBuckets}}
	for _, d := range defaults {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	l.HistWidth = min(l.HistWidth, maxWidth)
	l.HistBuckets = min(l.HistBuckets, mostBuckets)
	if l.HistElision == nil {
		two := 2
		l.HistElision = &two
	}
	if l.ActionsAside <= 0 {
		l.ActionsAside = 10 * l.Actions
	}
	return l
}

// A Machine holds the state of a running script.
type Machine struct {
	prog   *bytecode.Program
	out    Writer
	warn   func(string)
	host   host
	kernel func(address uint64, n int, text bool) ([]byte, int64) // or nil
	self   Context
	own    Context // what self is unless As has said otherwise
	target int64
	limits Limits
	maxLen int  // bytes that a string can have
	escape bool // the output is a terminal

	strings []string // the program's, cut to maxLen
	formats []format // the program's, compiled further
	regexes []*pattern.Pattern
	calls   []builtin // what each BuiltinCall runs
	globals []variable

	// The stack.
	ints   []int64
	texts  []string
	frames []frame
	loops  []iterator
	tries  []handler
	base   frame // where the running function has its registers; no pc
	high   int   // string registers in use since the handler began

	// The handler that runs.
	probe   int
	slots   []bytecode.Slot
	actions int64 // left
	record  []byte
	faults  uint32 // of the record's fields
	entry   []byte // the record of the call's entry; empty if that was not seen
	arena   arena
	fault   string // the message of a built-in function that failed
	faulty  int    // which of a long load's reads that was
	args    arguments
	found   []byte // what was looked up last
	buf     []byte // text in the making

	match       match // the last =~
	speculative speculations
	library     libraryState

	exiting    bool
	errors     int
	readErrors []uint64 // per probe
}

// variable is a global's value: the field of its type.
type variable struct {
	long  int64
	text  []byte
	array *array
	// Statistics, and arrays of them.
	form   *statForm
	scalar stat
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// New makes a machine with every global at its initial value.
func New(p *bytecode.Program, o Options) *Machine {
	m := &Machine{
		prog: p, out: o.Out, warn: o.Warn, self: o.Self, target: o.Target,
		limits: o.Limits.orDefaults(p), escape: o.EscapeControl,
		readErrors: make([]uint64, len(p.Probes)),
		host:       host{o.System, o.SwitchFile, o.Happened, cmp.Or(o.Name, "tapir")},
		kernel:     o.Kernel,
	}
	m.maxLen = m.limits.StringLen - 1
	m.library.stacks.symbols = o.Symbols
	if m.out == nil {
		m.out = discard{}
	}
	if m.self == nil {
		m.self = newProcess()
	}
	m.own = m.self
	for _, s := range p.Strings {
		m.strings = append(m.strings, s[:min(len(s), m.maxLen)])
	}
	for _, f := range p.Formats {
		m.formats = append(m.formats, compileFormat(f, o.EscapeControl))
	}
	for _, text := range p.Patterns {
		m.regexes = append(m.regexes, compilePattern(text))
	}
	for _, c := range p.Calls {
		m.calls = append(m.calls, lookup(c.Name))
	}
	for i := range p.Globals {
		m.globals = append(m.globals, m.newVariable(&p.Globals[i]))
	}
	m.grow(0, 0)
	return m
}

func (m *Machine) newVariable(g *bytecode.Global) variable {
	if g.Type.IsArray() {
		limit := g.Limit
		if limit <= 0 {
			limit = m.limits.MapEntries
		}
		v := variable{array: newArray(g.Type, limit, g.Wrap)}
		if g.Type.Kind == types.Stats {
			v.form = m.statForm(g)
			v.array.form = v.form
		}
		return v
	}
	if g.Type.Kind == types.Stats {
		form := m.statForm(g)
		return variable{form: form, scalar: form.new()}
	}
	return variable{long: g.Long, text: []byte(g.Text[:min(len(g.Text), m.maxLen)])}
}

// statForm is the form of a global's statistics. A histogram that has too many
// buckets, or none, is not kept; the checker has warned of it.
func (m *Machine) statForm(g *bytecode.Global) *statForm {
	return newStatForm(g.Stat, m.limits.HistBuckets)
}

// Run runs a probe's handler; record is the event's, nil for a probe that no
// event belongs to. The record must stay as it is until Run returns. The error
// is a *RuntimeError: the script's, not the machine's.
func (m *Machine) Run(probe int, record []byte) error {
	p := &m.prog.Probes[probe]
	if len(record) < p.RecordSize {
		panic(fmt.Sprintf("vm: a record of %d bytes for probe %s, which has %d", len(record), p.Name, p.RecordSize))
	}
	m.probe, m.slots, m.record = probe, p.Slots, record
	if p.EntryRecord > 0 {
		m.entry, _ = memoryAt(record, p.EntryRecord)
	}
	m.faults = 0
	if p.Event {
		m.faults = binary.LittleEndian.Uint32(record[layout.HeaderFaults:])
	}
	m.arena.reset()
	m.match.ok = false
	err := m.runUnlessFault(p)
	m.record = nil
	m.frames, m.loops, m.tries = m.frames[:0], m.loops[:0], m.tries[:0]
	clear(m.texts[:m.high]) // they may point into the record
	if err != nil {
		m.errors++
		return err
	}
	return nil
}

// runUnlessFault runs a handler, unless the kernel could not even tell whether it
// should run.
func (m *Machine) runUnlessFault(p *bytecode.Probe) *RuntimeError {
	if m.faults&layout.FilterFault != 0 {
		at := source.Span{}
		if n := int(m.faults &^ layout.FilterFault); n < len(p.FilterReads) {
			at = p.FilterReads[n]
		}
		return m.failAt(at, m.readFault())
	}
	return m.run(p)
}

// Exiting reports whether the script has called exit().
func (m *Machine) Exiting() bool { return m.exiting }

// Errors is the number of handlers that ended in an error.
func (m *Machine) Errors() int { return m.errors }

// ReadErrors is the number of times that a handler of the probe used memory
// which could not be read.
func (m *Machine) ReadErrors(probe int) uint64 { return m.readErrors[probe] }

// allowance is how many actions a run of p's handler may take.
func (m *Machine) allowance(p *bytecode.Probe) int64 {
	if p.Kind.IsEvent() {
		return int64(m.limits.Actions)
	}
	return int64(m.limits.ActionsAside)
}
