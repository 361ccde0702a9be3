package builtin

// maxFrames is how deep stacks are taken: the kernel's own bound, unless someone has
// raised it.
const maxFrames = 127

// stackRead is a stack of so many frames at most.
func stackRead(s Space, frames int) *Read {
	r := &Read{Space: s, Stack: true, Frames: frames, Max: 8 * frames}
	if s == User {
		r.Max += StackHead
		if frames > 1 {
			r.Max += StackPages * PageSize
		}
	}
	return r
}

// StackPages is how many pages of a program's stack are copied, the first in part.
const StackPages = 2

// Offsets in what stands before the addresses of a program's stack, a number of 8 bytes
// each.
const (
	StackTime    = 0  // of the monotonic clock
	StackProcess = 8  // by both the addresses are named
	StackIP      = 16 // the program's registers
	StackSP      = 24
	StackBP      = 32
	StackBytes   = 40 // of the addresses; behind them comes the copy, from StackSP on
	StackHead    = 48
)

// stacks are the functions of the calls that led to the event, and of addresses in them.
// Stacks are empty in probes that fire in tapir itself.
var stacks = []Func{
	onStack("backtrace", Kernel, "the kernel's stack: its addresses in hexadecimal, with blanks between them, as many as fit into a string"),
	onStack("ubacktrace", User, "the program's stack: its addresses in hexadecimal, with blanks between them, as many as fit into a string"),
	onStack("sprint_backtrace", Kernel, "the kernel's stack by names, a line for each call, as many as fit into a string"),
	onStack("sprint_ubacktrace", User, "the program's stack by names, a line for each call, as many as fit into a string"),
	hidden(onStack("_backtrace_lines", Kernel, "the kernel's stack as print_backtrace has it")),
	hidden(onStack("_ubacktrace_lines", User, "the program's stack as print_ubacktrace has it")),
	{Name: "callers", Params: params{long}, Names: "n", Result: str, Class: Memory, Read: stackRead(Kernel, maxFrames), Doc: "the first n addresses of the kernel's stack, or all if n is -1"},
	{Name: "ucallers", Params: params{long}, Names: "n", Result: str, Class: Memory, Read: stackRead(User, maxFrames), Doc: "the first n addresses of the program's stack, or all if n is -1"},
	{Name: "stack", Params: params{long}, Names: "n", Result: long, Class: Memory, Read: stackRead(Kernel, maxFrames), Doc: "an address of the kernel's stack, the innermost being 0; 0 if it is not so deep"},
	{Name: "ustack", Params: params{long}, Names: "n", Result: long, Class: Memory, Read: stackRead(User, maxFrames), Doc: "an address of the program's stack, the innermost being 0; 0 if it is not so deep"},
	{Name: "uaddr", Result: long, Class: Memory, Read: stackRead(User, 1), Doc: "the address at which the program is, or 0"},
	{Name: "_event_address", Result: long, Class: Context, Tapset: true, Doc: "the address that a profile or watchpoint interrupted or that a probe of a program is at, or 0"},

	{Name: "_stack_lines", Params: params{str}, Names: "stack", Result: str, Class: Pure, Tapset: true, Doc: "the addresses of a kernel's stack as print_stack has them"},
	{Name: "sprint_stack", Params: params{str}, Names: "stack", Result: str, Class: Pure, Doc: "the addresses of backtrace() by names, a line for each, as many as fit into a string"},
	{Name: "sprint_syms", Params: params{str}, Names: "callers", Result: str, Class: Pure, Doc: "addresses of the kernel by names, a line for each, as many as fit into a string"},
	{Name: "symname", Params: params{long}, Names: "addr", Result: str, Class: Pure, Doc: "the name of the kernel's function at an address, or the address"},
	{Name: "symdata", Params: params{long}, Names: "addr", Result: str, Class: Pure, Doc: "the name of the kernel's function at an address, the place in it, its size and its module, or the address"},
	{Name: "modname", Params: params{long}, Names: "addr", Result: str, Class: Pure, Doc: "the kernel module at an address, `kernel` if it is in none, or <unknown>"},
	{Name: "_symbol_address", Params: params{str}, Names: "name", Result: long, Class: Pure, Tapset: true, Doc: "the address of a function of the kernel, or 0"},

	ofProcess("_ustack_lines", str, "stack", "the addresses of a program's stack as print_ustack has them"),
	ofProcess("_sprint_ustack", str, "stack", "the addresses of ubacktrace() by names"),
	ofProcess("_usymname", long, "addr", "the name of the program's function at an address, or the address"),
	ofProcess("_usymdata", long, "addr", "the name of the program's function at an address, the place in it, its size and its file, or the address"),
	ofProcess("_usymfile", long, "addr", "the source file of the program's code at an address, or the address"),
	ofProcess("_usymline", long, "addr", "the line in it, or the address"),
	ofProcess("_usymfileline", long, "addr", "both with a colon between them, or the address"),
	ofProcess("_umodname", long, "addr", "the file that a program has at an address, or <unknown>"),
}

// onStack is a function of a stack alone.
func onStack(name string, s Space, doc string) Func {
	return Func{Name: name, Result: str, Class: Memory, Read: stackRead(s, maxFrames), Doc: doc}
}

func hidden(f Func) Func {
	f.Tapset = true
	return f
}

// ofProcess is a function of an address or a stack of a process at a time.
func ofProcess(name string, of kind, param, doc string) Func {
	return Func{Name: name, Params: params{of, long, long}, Names: param + " pid time", Result: str, Class: Pure, Tapset: true, Doc: doc}
}
