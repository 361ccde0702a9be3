// Package builtin is the table of what the language itself provides: functions,
// print formats and probe kinds. It holds facts only; the code that computes
// them is in compiler/kernel and runtime/vm, and tests hold the three together.
package builtin

import "tapir/lang/types"

// Class says when and where a function's value is determined; the compiler
// places calls by it.
type Class uint8

// The classes.
const (
	// Pure functions depend on their arguments alone, or on what does not change
	// while a handler runs: the probe's name, the local time zone.
	Pure Class = iota
	// Context functions describe the moment of the event and the task that is
	// running (pid, execname, cpu, time). In begin, end and timer probes the
	// moment is now, and the task is tapir itself, or who uses a file of the session.
	Context
	// Argument functions read the probed call: its n-th argument, its result.
	// They need an event; the argument number must be a literal.
	Argument
	// Session functions are fixed before the first probe runs (target).
	Session
	// Memory functions read the traced program's or the kernel's memory at the
	// address in their first argument, or a stack, at the moment of the event. What
	// they make of the bytes is pure.
	Memory
	// Effect functions act on the session (exit, error, warn) and keep their
	// place in the order of things.
	Effect
)

var classNames = [...]string{"pure", "context", "argument", "session", "memory", "effect"}

func (c Class) String() string { return classNames[c] }

// Func is one built-in function.
type Func struct {
	Name   string
	Params []types.Kind
	// Names is the parameters' names, between blanks.
	Names string
	// Optional is how many of the last Params may be left out.
	Optional int
	Result   types.Kind
	Class    Class
	// Read is set for Memory functions.
	Read *Read
	// Tapset marks a function that only the tapset may call (its name begins with _).
	Tapset bool
	// Right is what a script must be allowed to do to call the function; "" for most.
	Right Right
	Doc   string // one sentence
}

// Happened is the name of a function that no script calls: the compiler does, where the
// session has to know the moment of events.
const Happened = "_happened"

// Kept is the name of a function that no script calls either: its argument is what a
// recording keeps besides. Only of stacks is it evaluated, so that they get their names.
const Kept = "_kept"

// Space is an address space.
type Space uint8

// The address spaces.
const (
	User Space = iota
	Kernel
)

// PageSize is the kernel's, and the most bytes that printf dumps of its memory.
const PageSize = 4096

// Read says which bytes a Memory function needs.
type Read struct {
	Space Space
	// Strict is set if what can't be read in a program's memory is an error. In the
	// kernel's it always is.
	Strict bool
	// CString reads up to and including a NUL, at most Max bytes; else Size or
	// Len tells how many bytes are read.
	CString bool
	// Vector reads an array of pointers to C strings up to its NULL, see
	// layout.VectorElem; Max bounds the bytes of the whole.
	Vector bool
	// Path reads the names on the way from a directory entry up to the root, see
	// layout.VectorElem; LenArg is then the argument that holds its mount, or 0.
	Path bool
	// Task looks for the thread whose id the first argument is; the 8 bytes are the
	// address of its task_struct, or 0.
	Task bool
	// Stack takes the calls that led to the event, as addresses of 8 bytes, the
	// innermost first, Frames at most. Those of a program have StackHead bytes before
	// them and, if Frames is more than 1, a copy of the stack behind. There is no
	// address to read at.
	Stack  bool
	Frames int
	Size   int // fixed number of bytes, if not 0
	// LenArg is the index of the argument that holds the number of bytes wanted,
	// if Size is 0 and none of CString, Vector, Path and Stack is set. At most Max are read.
	LenArg int
	Max    int // upper bound in bytes
}

// MayFault reports whether it is an error of the script if f has no value.
func (f *Func) MayFault() bool {
	return f.IsCounter() || f.Class == Memory && f.Read != nil && f.Read.Faults()
}

// IsCounter reports whether f gives what a performance counter has counted, which may be
// out of reach.
func (f *Func) IsCounter() bool { return f.Name == "_perf_counter" }

// Faults reports whether what can't be read is an error of the script.
func (r *Read) Faults() bool { return r.Strict || r.Space == Kernel }
