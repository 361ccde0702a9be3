// Package user compiles what the plan leaves to user space, the handlers'
// remaining bodies and the functions that they reach, into bytecode. Start with
// Compile.
package user

import (
	"fmt"

	"tapir/compiler/bytecode"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/source"
)

// Error is a script that the virtual machine cannot run.
type Error struct {
	Pos source.Span
	Msg string
}

func (e *Error) Error() string { return e.Msg }

// recursionDepth is how deep recursive calls may go beyond the static depth of
// calls, unless MAXNESTING says otherwise; SystemTap's number.
const recursionDepth = 10

// Compile makes the virtual machine's program. Its error is an *Error.
func Compile(p *plan.Plan) (*bytecode.Program, error) {
	c := newCompiler(p)
	for _, g := range p.IR.Globals {
		c.prog.Globals = append(c.prog.Globals, global(g))
	}
	for _, pr := range p.Probes {
		c.probe(pr)
	}
	for i := 0; i < len(c.queue); i++ { // grows as functions call others
		c.function(i, c.queue[i])
	}
	if c.err != nil {
		return nil, c.err
	}
	c.prog.Display = unread(p.IR)
	c.prog.Nesting = nesting(p)
	if err := c.prog.Verify(); err != nil {
		panic(err) // the compiler's own mistake
	}
	return c.prog, nil
}

// compiler holds the program in the making, and where in its tables each entry
// is, so that equal ones share a place.
type compiler struct {
	plan  *plan.Plan
	prog  *bytecode.Program
	taint *taint
	err   *Error

	constants table[int64]
	strings   table[string]
	loads     table[bytecode.Load]
	calls     table[bytecode.BuiltinCall]
	stats     table[bytecode.StatQuestion]
	patterns  table[string]

	funcs map[*ir.Func]int
	queue []*ir.Func // by index
}

func newCompiler(p *plan.Plan) *compiler {
	prog := &bytecode.Program{Sources: p.IR.Sources, Reads: map[int][]source.Span{}}
	return &compiler{
		plan:      p,
		prog:      prog,
		taint:     findTaint(p),
		constants: newTable(&prog.Constants),
		strings:   newTable(&prog.Strings),
		loads:     newTable(&prog.Loads),
		calls:     newTable(&prog.Calls),
		stats:     newTable(&prog.Stats),
		patterns:  newTable(&prog.Patterns),
		funcs:     map[*ir.Func]int{},
	}
}

// table is a list of distinct values.
type table[T comparable] struct {
	list  *[]T
	index map[T]int32
}

func newTable[T comparable](list *[]T) table[T] { return table[T]{list, map[T]int32{}} }

func (t table[T]) add(v T) int32 {
	i, ok := t.index[v]
	if !ok {
		i = int32(len(*t.list))
		*t.list = append(*t.list, v)
		t.index[v] = i
	}
	return i
}

// fail notes what the script may not do; the first such thing is reported.
func (c *compiler) fail(pos source.Span, format string, args ...any) {
	if c.err == nil {
		c.err = &Error{pos, fmt.Sprintf(format, args...)}
	}
}

func global(g *ir.Global) bytecode.Global {
	b := bytecode.Global{
		Name: g.Name, Type: g.Type, Limit: g.Limit, Wrap: g.Wrap,
		Stat: bytecode.Stat{Histogram: g.Histogram, Shift: g.Shift, Variance: g.Variance},
	}
	switch x := g.Init.(type) {
	case nil:
	case *ir.Int:
		b.Long = x.Value
	case *ir.Str:
		b.Text = cString(x.Value)
	default:
		panic(fmt.Sprintf("user: unexpected initialiser %T", x))
	}
	return b
}

func (c *compiler) probe(p *plan.Probe) {
	pr := bytecode.Probe{
		Name:  p.IR.Spelling,
		Point: p.IR.Point.Name + p.IR.Point.Mark,
		Kind:  p.IR.Point.Kind,
		Entry: len(c.prog.Code),
		Event: p.InKernel,
	}
	if p.InKernel {
		pr.Slots = slots(c.plan, p)
		pr.RecordSize = p.Record.Fixed
		for _, x := range p.FilterReads() {
			pr.FilterReads = append(pr.FilterReads, x.Token())
		}
		if p.Entry != nil {
			pr.EntryRecord = p.Entry.Field.Offset
		}
	}
	b := newBody(c, nil, p.Body, p.IR.Pos)
	b.declare(p.Body)
	for _, cond := range conditions(p) {
		b.declare(cond)
	}
	end := &label{}
	for _, cond := range conditions(p) {
		b.branch(cond, false, end)
	}
	b.block(p.Body)
	b.bind(end)
	b.emit(bytecode.Instr{Op: bytecode.Halt})
	pr.Frame = b.frame()
	c.prog.Probes = append(c.prog.Probes, pr)
}

// conditions are the arming conditions that the handler must test itself: the
// planner has dealt with those of event probes.
func conditions(p *plan.Probe) []ir.Expr {
	if p.IR.Point.Kind.IsEvent() {
		return nil
	}
	return p.IR.Conds
}

func slots(p *plan.Plan, pr *plan.Probe) []bytecode.Slot {
	all := make([]bytecode.Slot, len(p.Captures))
	faults := pr.FaultPlaces()
	for i, cap := range pr.Captures {
		all[cap.Index] = bytecode.Slot{Present: true, AtEntry: cap.AtEntry, Field: pr.Record.Fields[i], Faults: faults[i]}
	}
	return all
}

// funcIndex gives f a number and sees to it that it is compiled.
func (c *compiler) funcIndex(f *ir.Func) int {
	i, ok := c.funcs[f]
	if !ok {
		i = len(c.queue)
		c.funcs[f] = i
		c.queue = append(c.queue, f)
		c.prog.Funcs = append(c.prog.Funcs, bytecode.Func{Name: f.Name, Pos: f.Pos})
	}
	return i
}

func (c *compiler) function(i int, f *ir.Func) {
	b := newBody(c, f, f.Body, f.Pos)
	c.prog.Funcs[i].Entry = len(c.prog.Code)
	b.params(f)
	b.declare(f.Body)
	b.keepParams(f)
	b.block(f.Body)
	b.result(nil)
	c.prog.Funcs[i].Frame = b.frame()
}
