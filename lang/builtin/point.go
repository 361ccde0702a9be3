package builtin

// PointKind is a kind of probe point that needs no tapset.
type PointKind uint8

// The kinds of probe point.
const (
	Begin          PointKind = iota // begin(priority)
	End                             // end(priority)
	Error                           // error(priority)
	Never                           // type-checked, never run
	Timer                           // timer.UNIT(n), timer.hz(n)
	FileRead                        // procfs("PATH").read: a program reads a file of the session
	FileWrite                       // procfs("PATH").write
	InputChar                       // input.char: tapir's own standard input
	InputLine                       // input.line
	SyscallEnter                    // kernel.syscall("NAME"), kernel.syscall
	SyscallExit                     // kernel.syscall("NAME").return
	Profile                         // timer.profile and perf.type(T).config(C): an event that each CPU counts
	Trace                           // kernel.trace("NAME")
	FunctionEnter                   // kernel.function("NAME")
	FunctionReturn                  // kernel.function("NAME").return
	UserEntry                       // process("PATH").function("NAME") and other places in a program's code
	UserReturn                      // process("PATH").function("NAME").return
	Watch                           // kernel.data("NAME").write: a use of the kernel's memory
	Counter                         // perf.type(T).config(C).process("PATH").counter("NAME"): runs no handler
)

var pointKindNames = [...]string{
	"begin", "end", "error", "never", "timer", "file read", "file write", "input character", "input line", "system call entry", "system call return", "profile", "tracepoint",
	"function entry", "function return", "user function", "user function return", "watchpoint", "counter",
}

func (k PointKind) String() string { return pointKindNames[k] }

// IsEvent reports whether probes of this kind fire in the kernel, on any CPU,
// as opposed to in tapir's own thread.
func (k PointKind) IsEvent() bool { return k >= SyscallEnter }

// IsBeside reports whether probes of this kind fire in tapir's own thread while
// events come.
func (k PointKind) IsBeside() bool { return k >= Timer && k < SyscallEnter }

// IsInput reports whether probes of this kind are about tapir's standard input.
func (k PointKind) IsInput() bool { return k == InputChar || k == InputLine }

// IsFile reports whether probes of this kind are about a file of the session.
func (k PointKind) IsFile() bool { return k == FileRead || k == FileWrite }

// HasValue reports whether probes of this kind have $value: a text that somebody
// outside gives, or gets.
func (k PointKind) HasValue() bool { return k.IsFile() || k.IsInput() }

// IsSyscall reports whether probes of this kind are about a system call.
func (k PointKind) IsSyscall() bool { return k == SyscallEnter || k == SyscallExit }

// IsFunction reports whether probes of this kind are about a function of the kernel.
func (k PointKind) IsFunction() bool { return k == FunctionEnter || k == FunctionReturn }

// IsUser reports whether probes of this kind are at a place in a program's code.
func (k PointKind) IsUser() bool { return k == UserEntry || k == UserReturn }

// Interrupts reports whether probes of this kind interrupt whatever a CPU is doing. They
// don't interrupt each other: the kernel skips one that would.
func (k PointKind) Interrupts() bool { return k == Profile || k == Watch }

// IsReturn reports whether probes of this kind fire when a call returns.
func (k PointKind) IsReturn() bool { return k == SyscallExit || k == FunctionReturn || k == UserReturn }

// Means is how the kernel makes a function call a probe.
type Means uint8

// The means.
const (
	// Trampoline is fentry and fexit: a call at the function's beginning. The return
	// still has the function's arguments.
	Trampoline Means = iota
	// Breakpoint is a kprobe or kretprobe, which works for any function that has a
	// symbol, and sees no more than the registers of the moment.
	Breakpoint
)

// AnyCall is the number of a point that is at every system call.
const AnyCall = -1
