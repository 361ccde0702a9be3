// Package bytecode is the instruction set of the virtual machine and the form
// of a program for it. Program.Fprint lists one as text.
//
// The code is typed: integers and strings have registers of their own, and
// every instruction knows which it takes. A frame has at most MaxRegisters of
// each. A function's frame begins within its caller's, at the arguments, so
// that calls move nothing.
package bytecode

import (
	"sort"

	"tapir/bpf/layout"
	"tapir/lang/builtin"
	"tapir/lang/source"
	"tapir/lang/types"
)

// MaxRegisters is the number of registers of each kind that a frame may have.
const MaxRegisters = 256

// Program is the user side of a script.
type Program struct {
	Sources   *source.Set
	Code      []Instr
	Constants []int64
	Strings   []string
	Formats   []Format
	Loads     []Load
	// Reads are the places in the script of what may fail in a long load, by where that
	// is in the code: those of its slot's Faults.
	Reads    map[int][]source.Span
	Calls    []BuiltinCall
	Loops    []Loop
	Stats    []StatQuestion
	Patterns []string // of =~, in the order of first use
	Funcs    []Func
	Probes   []Probe
	Globals  []Global
	Lines    []Line // ascending PC
	// Display lists the globals that are written but never read, in order of
	// declaration: they are shown when the session ends.
	Display []int
	// Nesting is how deep calls may be nested, unless the user says otherwise.
	Nesting int
}

// Frame is what a body needs: the first Params registers of each kind are
// arguments, those up to Locals start as 0 and "", and there are Size of them.
type Frame struct {
	Ints, Texts Registers
}

// Registers is one kind's share of a frame.
type Registers struct {
	Params, Locals, Size int
}

// Func is a function written in the language.
type Func struct {
	Name  string
	Entry int // index of its first instruction
	Frame Frame
	Pos   source.Span // its name
}

// Probe is one handler.
type Probe struct {
	Name  string // as in the script
	Point string // the canonical spelling
	Kind  builtin.PointKind
	Entry int
	Frame Frame
	// Event is set if the handler runs on a record from the kernel.
	Event bool
	// Slots has a place in the record for each capture that the probe's events
	// carry, by the capture's number.
	Slots []Slot
	// EntryRecord is where the record has that of the call's entry, in which some of
	// Slots are then; 0 if it has none.
	EntryRecord int
	// FilterReads are the places in the script of what may fail in the kernel's filter.
	FilterReads []source.Span
	// RecordSize is the fewest bytes that a record of the probe has.
	RecordSize int
}

// Slot is where a record has a captured value.
type Slot struct {
	Present bool
	AtEntry bool // the place is in the record of the call's entry
	// Faults are the bits that say that the value could not be had, in the order of the
	// reads that they are about.
	Faults []layout.FaultPlace
	layout.Field
}

// Global is a global variable's declaration.
type Global struct {
	Name  string
	Type  types.Type
	Limit int // elements an array may have; 0: MAXMAPENTRIES
	Wrap  bool
	Long  int64 // initial value
	Text  string
	Stat  Stat
}

// Stat is how a statistic is kept.
type Stat struct {
	Histogram *types.Histogram // nil: none
	Shift     int              // fraction bits of its mean, for the variance
	Variance  bool             // whether the mean and the variance are kept
}

// StatKind is what is asked of a statistic.
type StatKind uint8

// The questions.
const (
	Count StatKind = iota
	Sum
	Min
	Max
	Avg
	Variance
)

var statNames = [...]string{"count", "sum", "min", "max", "avg", "variance"}

func (k StatKind) String() string { return statNames[k] }

// StatQuestion is @count(g), or another operator.
type StatQuestion struct {
	Kind   StatKind
	Global int
}

// Load is a context or argument value: the capture's number (-1: none), and the
// function's name, by which tapir's own context answers where there is none.
type Load struct {
	Capture int
	Name    string
}

// BuiltinCall is a call of a built-in function.
type BuiltinCall struct {
	Name    string
	Args    int // how many were given
	Capture int // Memory functions: whence the bytes come; else -1
	// Late, if not nil, is what is read when the call is made: in probes that fire in
	// tapir itself, where the address comes to be known only then.
	Late *builtin.Read
	// Window, if not nil, is where the bytes of a Memory function are looked up by their
	// address, and Size how many there are.
	Window *Window
	Size   int
}

// Window is memory that the event carries from an address on.
type Window struct {
	Base  int    // the capture that is the address
	Parts [2]int // the captures with the bytes, those of one behind those of the other
}

// Loop is a foreach statement.
type Loop struct {
	Global int
	Keys   []uint8 // the register of each loop variable, of its key's kind
	Value  int     // the register that takes the element, or -1
	// Sort is the key to sort by, from 1; 0 is the value; -1 leaves the order.
	Sort       int
	Descending bool
	Limit      bool // the instruction's A holds the limit
	Sliced     bool // the instruction's B and C hold a mask and keys
	// Hist loops go over the buckets of one histogram; if the global is an array,
	// the instruction's B and C hold its keys. There is one loop variable.
	Hist bool
	// Aggregate is by what elements that are statistics are sorted.
	Aggregate StatKind
}

// Escape says how a string is shown on a terminal.
type Escape uint8

// The ways to show a string.
const (
	Plain         Escape = iota // as it is: nothing in it was traced
	EscapeControl               // control characters as \ooo
	EscapeMixed                 // the same, but tabs and newlines may be the script's own
)

// Format is a print call: texts and conversions in order.
type Format struct {
	Segments []Segment
}

// Segment is a literal text, or one conversion of the next argument of its kind;
// of the verbs, i, m and M are no more.
type Segment struct {
	builtin.FormatPart
	Escape Escape
}

// Line says that the code from PC on stems from Pos.
type Line struct {
	PC  int
	Pos source.Span
}

// Position is the place in the script from which the instruction at pc stems.
func (p *Program) Position(pc int) source.Span {
	i := sort.Search(len(p.Lines), func(i int) bool { return p.Lines[i].PC > pc })
	if i == 0 {
		return source.Span{}
	}
	return p.Lines[i-1].Pos
}
