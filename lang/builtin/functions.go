package builtin

import "tapir/lang/types"

const (
	long   = types.Long
	str    = types.String
	void   = types.Void
	maxStr = 512 // SystemTap's MAXSTRINGLEN on 64-bit machines
)

type params = []types.Kind

// Functions is the table of built-in functions, by group.
var Functions = []Func{
	// The task that is running.
	{Name: "pid", Result: long, Class: Context, Doc: "the process id (thread group id) of the current task"},
	{Name: "tid", Result: long, Class: Context, Doc: "the thread id of the current task"},
	{Name: "ppid", Result: long, Class: Context, Doc: "the process id of the current task's parent"},
	{Name: "execname", Result: str, Class: Context, Doc: "the name of the current task, at most 15 bytes"},
	{Name: "pexecname", Result: str, Class: Context, Doc: "the name of the current task's parent"},
	{Name: "uid", Result: long, Class: Context, Doc: "the real user id of the current task"},
	{Name: "euid", Result: long, Class: Context, Doc: "the effective user id of the current task"},
	{Name: "gid", Result: long, Class: Context, Doc: "the real group id of the current task"},
	{Name: "cpu", Result: long, Class: Context, Doc: "the number of the current processor"},

	// Time.
	{Name: "gettimeofday_ns", Result: long, Class: Context, Doc: "nanoseconds since the epoch"},
	{Name: "gettimeofday_us", Result: long, Class: Context, Doc: "microseconds since the epoch"},
	{Name: "gettimeofday_ms", Result: long, Class: Context, Doc: "milliseconds since the epoch"},
	{Name: "gettimeofday_s", Result: long, Class: Context, Doc: "seconds since the epoch"},
	{Name: "cpu_clock_ns", Result: long, Class: Context, Doc: "a monotonic clock in nanoseconds"},
	{Name: "get_cycles", Result: long, Class: Context, Doc: "the processor's cycle counter"},
	{Name: "ctime", Params: params{long}, Result: str, Class: Pure, Doc: "seconds since the epoch as a date in UTC, without a newline"},

	// The session.
	{Name: "target", Result: long, Class: Session, Doc: "the process id of -c's command or -x's process, or 0"},
	{Name: "exit", Result: void, Class: Effect, Doc: "ends the session once the current handler is done"},
	{Name: "error", Params: params{str}, Result: void, Class: Effect, Doc: "raises a run-time error"},
	{Name: "warn", Params: params{str}, Result: void, Class: Effect, Doc: "writes a warning to standard error"},
	{Name: "log", Params: params{str}, Result: void, Class: Effect, Doc: "prints a line"},

	// The probed call.
	{Name: "int_arg", Params: params{long}, Result: long, Class: Argument, Doc: "the n-th argument as a 32-bit signed integer"},
	{Name: "uint_arg", Params: params{long}, Result: long, Class: Argument, Doc: "the n-th argument as a 32-bit unsigned integer"},
	{Name: "long_arg", Params: params{long}, Result: long, Class: Argument, Doc: "the n-th argument as a signed long"},
	{Name: "ulong_arg", Params: params{long}, Result: long, Class: Argument, Doc: "the n-th argument as an unsigned long"},
	{Name: "pointer_arg", Params: params{long}, Result: long, Class: Argument, Doc: "the n-th argument as an address"},
	{Name: "returnval", Result: long, Class: Argument, Doc: "the result of the probed call"},

	// The traced program's memory.
	{Name: "user_string", Params: params{long, str}, Optional: 1, Result: str, Class: Memory, Read: &Read{CString: true, Max: maxStr},
		Doc: "the C string at an address; if it can't be read, the second argument, or without one an error"},
	{Name: "user_string_quoted", Params: params{long}, Result: str, Class: Memory, Read: &Read{CString: true, Max: maxStr},
		Doc: "the C string at an address in quotes with escapes; if it can't be read, the address"},
	{Name: "user_string_n", Params: params{long, long, str}, Optional: 1, Result: str, Class: Memory, Read: &Read{CString: true, Max: maxStr},
		Doc: "at most n bytes of the C string at an address"},
	{Name: "user_buffer_quoted", Params: params{long, long, long}, Result: str, Class: Memory, Read: &Read{LenArg: 1, Max: maxStr},
		Doc: "n bytes at an address in quotes with escapes, cut to a text of at most the third argument's length"},
	{Name: "user_int8", Params: params{long}, Result: long, Class: Memory, Read: &Read{Size: 1}, Doc: "the signed byte at an address, or 0"},
	{Name: "user_int16", Params: params{long}, Result: long, Class: Memory, Read: &Read{Size: 2}, Doc: "the signed 16-bit integer at an address, or 0"},
	{Name: "user_int32", Params: params{long}, Result: long, Class: Memory, Read: &Read{Size: 4}, Doc: "the signed 32-bit integer at an address, or 0"},
	{Name: "user_int64", Params: params{long}, Result: long, Class: Memory, Read: &Read{Size: 8}, Doc: "the signed 64-bit integer at an address, or 0"},
	{Name: "user_uint8", Params: params{long}, Result: long, Class: Memory, Read: &Read{Size: 1}, Doc: "the byte at an address, or 0"},
	{Name: "user_uint16", Params: params{long}, Result: long, Class: Memory, Read: &Read{Size: 2}, Doc: "the unsigned 16-bit integer at an address, or 0"},
	{Name: "user_uint32", Params: params{long}, Result: long, Class: Memory, Read: &Read{Size: 4}, Doc: "the unsigned 32-bit integer at an address, or 0"},
	{Name: "user_uint64", Params: params{long}, Result: long, Class: Memory, Read: &Read{Size: 8}, Doc: "the unsigned 64-bit integer at an address, or 0"},
	{Name: "user_char", Params: params{long}, Result: long, Class: Memory, Read: &Read{Size: 1}, Doc: "the char at an address, or 0"},
	{Name: "user_short", Params: params{long}, Result: long, Class: Memory, Read: &Read{Size: 2}, Doc: "the short at an address, or 0"},
	{Name: "user_int", Params: params{long}, Result: long, Class: Memory, Read: &Read{Size: 4}, Doc: "the int at an address, or 0"},
	{Name: "user_long", Params: params{long}, Result: long, Class: Memory, Read: &Read{Size: 8}, Doc: "the long at an address, or 0"},

	// Strings and numbers.
	{Name: "strlen", Params: params{str}, Result: long, Class: Pure, Doc: "the length of a string in bytes"},
	{Name: "substr", Params: params{str, long, long}, Result: str, Class: Pure, Doc: "the part of a string from a start with a length"},
	{Name: "isinstr", Params: params{str, str}, Result: long, Class: Pure, Doc: "1 if the second string occurs in the first, else 0"},
	{Name: "strtol", Params: params{str, long}, Result: long, Class: Pure, Doc: "the number at a string's start in a base"},
	{Name: "errno_str", Params: params{long}, Result: str, Class: Pure, Doc: "the name of an error number, or the number itself"},

	// What the tapset builds texts with.
	{Name: "_string_nofault", Params: params{long}, Result: str, Class: Memory, Tapset: true, Read: &Read{CString: true, Max: maxStr}, Doc: "the C string at an address, or nothing"},
	{Name: "_string_vector", Params: params{long}, Result: str, Class: Memory, Tapset: true, Read: &Read{Vector: true, Max: maxStr + vectorSlack}, Doc: "an argv as a bracketed list of quoted strings"},
	{Name: "_flags", Params: params{str, long}, Result: str, Class: Pure, Tapset: true, Doc: "the bits of a value by the names of a flag set"},
	{Name: "_enum", Params: params{str, long}, Result: str, Class: Pure, Tapset: true, Doc: "a value by the names of an enumeration"},
	{Name: "_open_flags", Params: params{long}, Result: str, Class: Pure, Tapset: true, Doc: "open(2)'s access mode and flags"},
	{Name: "_clone_flags", Params: params{long}, Result: str, Class: Pure, Tapset: true, Doc: "clone(2)'s flags and the signal in their low byte"},
	{Name: "_dirfd", Params: params{long}, Result: str, Class: Pure, Tapset: true, Doc: "a directory's descriptor, or AT_FDCWD"},
	{Name: "_retstr", Params: params{long, long}, Result: str, Class: Pure, Tapset: true, Doc: "a call's result in a format (1 decimal, 2 hexadecimal, 3 octal), errors by name"},
	{Name: "_wait_status", Params: params{long}, Result: str, Class: Pure, Tapset: true, Doc: "a wait status word"},
	{Name: "_ptrace_args", Params: params{long, long, long, long}, Result: str, Class: Memory, Tapset: true, Read: &Read{Size: 16},
		Doc: "ptrace's arguments (data, request, pid, addr), each labelled, and only those that the request uses"},
	{Name: "_ptrace_args5", Params: params{long, long, long, long}, Result: str, Class: Memory, Tapset: true, Read: &Read{Size: 16},
		Doc: "ptrace's arguments (data, request, pid, addr) as SystemTap 5 prints them"},
}

// vectorSlack is room for the heads and the padding of a string vector's elements.
const vectorSlack = 1024
