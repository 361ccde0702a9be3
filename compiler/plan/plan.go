// Package plan decides what runs where: which conditions the kernel checks,
// which values travel in an event, which globals are mirrored in maps, and why.
// Start with Options; Plan.Explain tells a person what was decided.
package plan

import (
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/source"
	"tapir/lang/types"
)

// Plan is the placement of one program.
type Plan struct {
	IR     *ir.Program
	Probes []*Probe // parallel to IR.Probes
	// Funcs are the functions that the probes' bodies call: copies of IR.Funcs, one
	// for each set of values on which the memory depends that they read.
	Funcs []*ir.Func
	// Captures are all values that any probe's events carry, each distinct
	// expression once. A capture's index here is its number in the VM's code.
	Captures []*Capture
	// CaptureOf gives the capture that a call of a Context, Argument or Memory
	// function is answered from, in event probes and the functions they reach.
	// For Memory functions it holds the bytes, not the result. A number that the
	// kernel makes of memory is a call of a Context function that the language does
	// not have; Shown undoes that.
	CaptureOf map[*ir.Builtin]*Capture
	// Late are the calls of probes that fire in tapir itself whose address only the code
	// before them computes: the kernel's memory is read when they are made.
	Late map[*ir.Builtin]bool
	// Windows are what calls of Memory functions of events look their bytes up in whose
	// address only the VM knows.
	Windows map[*ir.Builtin]*Window
	Params  []*Param
	// Families are the probes that share a handler in the kernel, by their first one.
	Families []*Family
	// Residents are the globals on which event probes work in the kernel, in order
	// of declaration.
	Residents []*Resident
	// Shares is the size in bytes of one CPU's shares of resident scalars.
	Shares int
	// Guard, if not nil, is what handlers at places in programs count themselves in.
	Guard *Guard
	// StateSize is the size in bytes of the state map's value.
	StateSize int

	// Reads are the places of the reads that may fail in the number that a call stands
	// for, as Capture.Reads has them.
	Reads map[*ir.Builtin][]source.Span

	words map[*ir.Builtin]ir.Expr // what calls stand for that words made
	here  map[*ir.Global]string   // why globals that event probes use are not resident
}

// Probe is the placement of one handler.
type Probe struct {
	IR *ir.Probe
	// InKernel is set for event probes, which have an eBPF part, and for others that look
	// into the kernel's data.
	InKernel bool
	// Filter holds the conditions that the kernel checks, in order; the event is
	// sent only if all hold (are non-zero). Their expressions are closed: they
	// have no locals.
	Filter []*Condition
	// Captures are the values that the probe's events carry, Record.Fields in
	// parallel.
	Captures []*Capture
	Record   layout.Record
	// Entry, if not nil, is what the probe of a return keeps from the call's entry.
	Entry *Entry
	// Family, if not nil, is whose handler serves the probe in the kernel, and Reads
	// are how that reads the captures that are Memory, in their order.
	Family *Family
	Reads  []MemberRead
	// Update is what the kernel does with an event that passes the filter, in place
	// of sending it; nil if events are sent. Then Body is empty.
	Update *ir.Block
	// Mixed says that the event is sent all the same once it was updated by, if the
	// conditions in Late hold, which are like those of Filter: Body is the rest of
	// the handler.
	Mixed bool
	Late  []*Condition
	// Sends says why the kernel cannot run the handler as a whole; "" if it does.
	Sends string
	// Looks is set for a probe outside of events that uses resident globals.
	Looks bool
	// Switch, if not nil, is what turns the probe, and all others of its place in the
	// script, off and on.
	Switch *Param
	// Body is what the VM runs: the handler without what the kernel did. An event
	// probe's arming conditions are part of it as far as the kernel doesn't check
	// them; those of other probes are not, see IR.Conds.
	Body *ir.Block
	// Notes say why something is where it is, in the order of the script.
	Notes []Note

	named []named // for Explain
}

// FilterReads are the reads of memory that the probe's filter makes and that are an error
// if they fail.
func (p *Probe) FilterReads() []*ir.Builtin {
	var reads []*ir.Builtin
	for _, c := range p.Filter {
		for n := range ir.All(c.Expr) {
			if b, ok := n.(*ir.Builtin); ok && b.Fn.MayFault() && b.Fn.Result == types.Long {
				reads = append(reads, b)
			}
		}
	}
	return reads
}

// Condition is one conjunct of a filter.
type Condition struct {
	Expr ir.Expr
	Pos  source.Span // in the script
}

// Note is a reason, for explain.
type Note struct {
	Pos  source.Span
	Text string
}

// Capture is a value taken at the moment of the event. Its expressions are
// closed and kernel-computable.
type Capture struct {
	Index int
	Text  string // as explain shows it; two captures are one if their texts agree
	Kind  layout.FieldKind
	Value ir.Expr // Word and Comm
	// Memory: the bytes at Addr, as Read says; Len is the value of its LenArg.
	Addr, Len ir.Expr
	Read      *builtin.Read
	// AtEntry is set for what a probe of a return takes when the call begins.
	AtEntry bool
	// Cond, if not nil, says when Memory is read: where it does not hold, the VM
	// asks for nothing, and the field is empty.
	Cond ir.Expr
}

// Exprs are what the kernel computes for the capture.
func (c *Capture) Exprs() []ir.Expr {
	var xs []ir.Expr
	for _, x := range []ir.Expr{c.Cond, c.Value, c.Addr, c.Len} {
		if x != nil {
			xs = append(xs, x)
		}
	}
	return xs
}

// ParamKind is the form in which the kernel has a parameter.
type ParamKind uint8

// The kinds of parameter.
const (
	LongParam   ParamKind = iota // 8 bytes in the state map
	CommParam                    // a string that is compared with task names, in the state map
	ArrayParam                   // a hash map of its own
	SwitchParam                  // 8 bytes in the state map, 0 while a probe is off: no global of the script's
)

// Param is a global that is fixed once begin has run, mirrored for the kernel.
type Param struct {
	Global *ir.Global
	Kind   ParamKind
	Offset int             // scalars: in the state map
	Map    string          // arrays: the map's name
	Key    layout.ArrayKey // arrays
	Source string          // where the value comes from: "initialiser at 2:8", "begin at 19:7"
}

// Mode says how placement is chosen.
type Mode uint8

// The modes.
const (
	Auto     Mode = iota // whatever gives the same result in the kernel runs there
	UserOnly             // everything runs in the VM; every event is sent
	Events               // Auto, but every event that passes its filter is sent
	Names                // Auto, but of texts the kernel has only names of tasks and short literals
)
