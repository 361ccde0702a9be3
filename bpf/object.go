// Package bpf has the Object: all that the compiler hands to the runtime for the
// kernel, as data. Nothing in it depends on the machine that it will run on
// beyond what bpf/target said of it.
package bpf

import (
	"slices"

	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"

	"tapir/bpf/layout"
	"tapir/lang/source"
)

// Names of the maps that every object has; instructions refer to maps by name.
const (
	EventsMap   = "events"   // ring buffer
	StateMap    = "state"    // array of one value, see layout.StateAsleep and its like
	CountersMap = "counters" // array of one value, see layout.Counters
	ScratchMap  = "scratch"  // per-CPU array of a value per program, in which records with tails are built
	TextsMap    = "texts"    // per-CPU array of a value per program, in which texts are made
	ZerosMap    = "zeros"    // array of one value that stays 0, of which new elements are made
)

// Object is a compiled script's kernel side.
type Object struct {
	Programs  []*Program
	StateSize int // bytes
	Counters  layout.Counters
	Scratch   int // bytes of a value; 0: no scratch map
	Texts     int // bytes of a value; 0: no map for texts
	Arrays    []*Array
	Tables    []*Table
	Entries   []*Entries
	Hashes    []*Hash
	Slots     []string // names of maps of layout.SlotsSize bytes
	Faults    []Fault  // a record's fault is the index of one of these, plus 1
	Counted   []Counted
	Zeros     int // bytes of the zeros map's value; 0: there is none
	// MapEntries is the size of arrays that name none; 0: the language's.
	MapEntries int
	// TAIClock says which clock layout.StateClockOffset is added to: the kernel's
	// CLOCK_TAI, or else CLOCK_MONOTONIC.
	TAIClock bool
	// CountsMisses says that the kernel counts the calls that its breakpoints miss.
	CountsMisses bool
}

// MissesUnknown reports whether there may be losses that the kernel does not count.
func (o *Object) MissesUnknown() bool {
	return !o.CountsMisses && slices.ContainsFunc(o.Programs, func(p *Program) bool {
		return p.Attach.Kind == KProbe || p.Attach.Kind == KRetProbe
	})
}

// Program is one eBPF program with where it goes.
type Program struct {
	Name         string // at most 15 bytes
	Attach       Attach
	Instructions asm.Instructions
	Probes       []int  // the probes whose handlers it holds
	Lines        []Line // ascending Instruction
}

// AttachKind is a way to attach a program.
type AttachKind uint8

// The ways to attach.
const (
	RawTracepoint AttachKind = iota
	PerfEvent                // a performance event or watchpoint of each CPU that is online
	OnDemand                 // nowhere: tapir runs it itself
	FEntry                   // a function's beginning, by a trampoline
	FExit                    // its end
	KProbe                   // the beginnings of functions, by breakpoints
	KRetProbe                // their ends
	Uprobe                   // places in the code of programs
	Uretprobe                // the returns of functions of programs
)

// IsTrampoline reports whether a program is loaded for one function of the kernel.
func (k AttachKind) IsTrampoline() bool { return k == FEntry || k == FExit }

// Attach says where a program goes.
type Attach struct {
	Kind AttachKind
	Name string // of the tracepoint or function, or what a person calls it: "places in the code of programs"
	// Event is what happens, if Kind is PerfEvent.
	Event Event
	// Functions are where the program goes, if Kind is KProbe or KRetProbe.
	Functions []Function
	// Sites are the places, if Kind is Uprobe or Uretprobe.
	Sites []Site
	// Multi says whether the kernel can put a program at many of them at once.
	Multi bool
	// Lacks says why this kernel can't attach the program; "" if nothing is known to be
	// in the way.
	Lacks string
}

// Event is a performance event, in the words of perf_event_open(2).
type Event struct {
	Type   uint32
	Config uint64
	// Period is how many of it make the program run once, on each CPU; of a clock,
	// nanoseconds. 0: it runs Hertz times a second, or nearly.
	Period, Hertz uint64
	// Address, Length (in bytes) and Access are those of a watchpoint.
	Address uint64
	Length  int
	Access  uint32
}

// The types of event that tapir itself knows more of.
const (
	software   = unix.PERF_TYPE_SOFTWARE
	watchpoint = unix.PERF_TYPE_BREAKPOINT
)

// The accesses that a watchpoint can be for (linux/hw_breakpoint.h).
const (
	Writes   = 2
	Accesses = 3
)

// Clock is the event of a clock on each CPU, which runs the program once in so many
// nanoseconds.
func Clock(period int64) Event {
	return Event{Type: software, Config: unix.PERF_COUNT_SW_CPU_CLOCK, Period: uint64(period)}
}

// Watchpoint is the event of a use of the kernel's memory; every one runs the program.
func Watchpoint(address uint64, length int, access uint32) Event {
	return Event{Type: watchpoint, Period: 1, Address: address, Length: length, Access: access}
}

// IsWatchpoint reports whether it is one.
func (e Event) IsWatchpoint() bool { return e.Type == watchpoint }

// Exact reports whether the program must have run once for each Period in the event's
// count. Clocks count time, whose periods a CPU that is stopped passes over.
func (e Event) Exact() bool {
	clock := e.Type == software && (e.Config == unix.PERF_COUNT_SW_CPU_CLOCK || e.Config == unix.PERF_COUNT_SW_TASK_CLOCK)
	return e.Period > 0 && !clock
}

// Counted is an event that each CPU counts, and that programs read.
type Counted struct {
	Map   string // of the event on each CPU
	Event Event
	Probe int
}

// The maps of what is made of the counts.
const (
	CountsMap = "perf_counts" // per CPU: how often it has changed the task, and each count then
	SumsMap   = "perf_sums"   // by thread: the sum of each count
)

// maxThreads is how many threads can be counted for at the same time.
const maxThreads = 1 << 14

// Function is one of the kernel's that a program is attached to.
type Function struct {
	Name   string
	Cookie uint64 // tells the program which one it is
	// Needed is set if the script names it. Of functions that a pattern matches some may
	// turn out to be out of reach.
	Needed bool
}

// Site is a place in a program's file.
type Site struct {
	Path      string
	Offset    uint64
	Semaphore uint64 // where the counter of those who watch it lies in the file; 0: it has none
	PID       int    // of the only process that is watched; 0: all
	Cookie    uint64 // what the program is told there
}

// Line says which probe and which part of the script an instruction stems from,
// for refusals by the verifier.
type Line struct {
	Instruction int // in 8-byte slots, as the verifier counts
	Probe       int // -1: the dispatcher
	Pos         uint32
}

// Array is a hash map that mirrors a parameter array.
type Array struct {
	Name       string // the map's
	Key        layout.ArrayKey
	MaxEntries int
}

// Table is an array of one value that is there from the beginning: what a handler
// looks up by the number of a call.
type Table struct {
	Name string // the map's
	Data []byte
}

// Entries is a map that keeps, for each task, what was captured at the entry of the
// call that it is in: {u32 length; u32 unused} and a record of at most Size bytes.
type Entries struct {
	Name string // the map's
	Size int
	// ByFrame is set for calls within a program, of which a task may be in many: each
	// has its own, by the thread's id and the address of the stack.
	ByFrame bool
}

// FrameKey is the bytes of a key of Entries by frame: {u64 thread; u64 stack}.
const FrameKey = 16

// maxFrames is how many calls can have something kept at the same time.
const maxFrames = 1 << 14

// EntryHead is the number of bytes before the record in a value of Entries.
const EntryHead = 8

// Hash is a hash map with the elements of a resident array, as layout.ElementKey
// and layout.ElementStamp say.
type Hash struct {
	Name    string
	Key     layout.ElementKey
	Words   int  // of a value behind the stamp, 8 bytes each
	PerCPU  bool // every CPU has a share of an element
	Exact   bool // room is set aside, so that it is full exactly if Entries are in it
	Entries int  // 0: as many as Object.MapEntries says
}

// Value is the size of an element's stamp and value in bytes.
func (t *Hash) Value() int { return layout.ElementValue + 8*t.Words }

// FaultKind is a run-time error that programs can find.
type FaultKind uint8

// The run-time errors.
const (
	Division   FaultKind = iota // by zero
	Overflow                    // of an array
	Actions                     // more of them than a handler may take
	UserText                    // a text of a program's that can't be read; see layout.ErrorDetail
	KernelText                  // the same for the kernel's
)

// Fault is a place in a script where a run-time error may occur in the kernel.
type Fault struct {
	Kind   FaultKind
	Probe  int
	Global int // Overflow: the array
	Pos    source.Span
	Calls  []source.Span // of the functions that it is in, innermost first
}
