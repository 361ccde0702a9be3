// Package check turns parsed scripts into a checked program: names resolved,
// aliases expanded, types inferred. Start with Check.
package check

import (
	"tapir/lang/builtin"
	"tapir/lang/ctype"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

// Program is a script that makes sense, without what has no effect in it and
// what literals and @defined decide against. Types and Uses are side tables over the
// trees that Funcs and Probes hold; each probe owns its trees, so that an alias
// used twice has two sets of entries.
type Program struct {
	Sources *source.Set
	Globals []*Global // in order of declaration, unused tapset ones left out
	Funcs   []*Func   // those that probes reach, in order of first use
	Probes  []*Probe  // in order of declaration

	// Types has the type of every expression. A statistic, what an extractor or a
	// histogram is asked of, and a histogram itself are stats; an extractor, a
	// bucket of a histogram, a match and `x <<< n` are long; a name that stands for
	// an array has the array's type; the variable of a catch is a string.
	Types map[syntax.Expr]types.Type
	// Uses says what each *syntax.Ident, *syntax.Call and array name denotes. A call
	// denotes the first function that gets it. Loop variables and those of a catch
	// may be globals.
	Uses map[syntax.Expr]Object
}

// Object is what a name denotes: *Global, *Local, *Func or *Builtin.
type Object interface{ object() }

// Global is a global variable.
type Global struct {
	Name   string
	Decl   *syntax.GlobalVar
	Type   types.Type
	Init   syntax.Expr // nil, an IntLit or a StringLit (-G replaces it)
	Limit  int         // elements that an array may have; 0: MAXMAPENTRIES
	Wrap   bool
	Script bool // declared in the user's script, not in the tapset
	// Histogram is the form that @hist_log or @hist_linear asks of a statistic, or nil.
	Histogram *types.Histogram
	// Shift is the number of fraction bits that @variance asks of a statistic, and
	// Variance whether anything asks.
	Shift    int
	Variance bool
}

// Local is a variable of one function or probe, parameters included.
type Local struct {
	Name string
	Type types.Type
	Tok  source.Token // first mention
}

// Func is a function written in the language.
type Func struct {
	Name   string
	Decl   *syntax.FuncDecl
	Params []*Local
	Locals []*Local // without the parameters
	Result types.Kind
	Body   *syntax.Block
	// Next is the overload that `next` passes the call on to, or nil.
	Next *Func
}

// Builtin is a use of a built-in function.
type Builtin struct{ *builtin.Func }

func (*Global) object()  {}
func (*Local) object()   {}
func (*Func) object()    {}
func (*Builtin) object() {}

// Probe is one handler at one probe point. A declaration with several points,
// or with an alias that has several, gives several probes.
type Probe struct {
	Decl  *syntax.ProbeDecl // of the script
	Point Point
	// Spelling is the point as the script has it: `syscall.fork.return`.
	Spelling string
	// Body is the aliases' prologues, the script's block and the epilogues.
	Body   *syntax.Block
	Locals []*Local
	// Conds are the arming conditions on the way, all of which must hold.
	Conds []syntax.Expr
}

// Point is a resolved probe point.
type Point struct {
	Kind builtin.PointKind
	// Name is the canonical spelling: `kernel.syscall("clone").return`.
	Name string
	// Mark is the ? or ! behind the point in the script or the alias; pp() shows it.
	Mark string
	// Priority orders begin, end and error probes; lower runs first.
	Priority int64
	// Interval and Random are a timer's, in nanoseconds; Interval a timer.profile's too.
	Interval, Random int64
	// File is that of a FileRead or FileWrite.
	File *File
	// Syscall and Number name the system call of a SyscallEnter or SyscallExit.
	Syscall string
	// Number tells calls apart, and functions in their place.
	Number int
	// Trace is the tracepoint of a Trace.
	Trace *Tracepoint
	// Function is that of a FunctionEnter or FunctionReturn.
	Function *Function
	// Process is set for what happens to a program as a whole: the point's Trace or
	// Syscall tells of it.
	Process bool
	// Perf is the event of a Counter, and of a Profile that is no clock of timer.profile.
	Perf *PerfEvent
	// Counter is the number of a Counter, from 0 without gaps, by which @perf asks for it.
	Counter int
	// Watched is the memory of a Watch.
	Watched *Watched
	// User is the place of a UserEntry or UserReturn, which Number numbers.
	User *User
}

// File is a file of the session, which programs read and write while it runs.
type File struct {
	Path string // within the session's folder, clean
	Mode uint32 // who may do what the probe is about: permission bits
	Max  int    // bytes that a reader gets at most; 0: as many as a string has
}

// Tracepoint is one of the kernel's.
type Tracepoint struct {
	Name   string
	Params []ctype.Param // what it hands over
}

// Target is what Check asks about the machine that will be traced.
type Target interface {
	// SyscallNumber is the number of a system call by the kernel's name for it.
	SyscallNumber(name string) (nr int, ok bool)
	// SyscallNames lists all of them, sorted.
	SyscallNames() []string
}
