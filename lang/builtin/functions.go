package builtin

import (
	"slices"

	"tapir/lang/types"
)

const (
	long   = types.Long
	str    = types.String
	void   = types.Void
	maxStr = 512 // SystemTap's MAXSTRINGLEN on 64-bit machines
)

type (
	kind   = types.Kind
	params = []types.Kind
)

// Functions is the table of built-in functions, by group.
var Functions = slices.Concat(general, user, kernel, stacks, structs, numbers)

// general is what has no file of its own.
var general = []Func{
	// The task that is running.
	{Name: "pid", Result: long, Class: Context, Doc: "the process id (thread group id) of the current task"},
	{Name: "tid", Result: long, Class: Context, Doc: "the thread id of the current task"},
	{Name: "ppid", Result: long, Class: Context, Doc: "the process id of the current task's parent"},
	{Name: "execname", Result: str, Class: Context, Doc: "the name of the current task, at most 15 bytes"},
	{Name: "pexecname", Result: str, Class: Context, Doc: "the name of the current task's parent"},
	{Name: "uid", Result: long, Class: Context, Doc: "the real user id of the current task"},
	{Name: "euid", Result: long, Class: Context, Doc: "the effective user id of the current task"},
	{Name: "gid", Result: long, Class: Context, Doc: "the real group id of the current task"},
	{Name: "egid", Result: long, Class: Context, Doc: "the effective group id of the current task"},
	{Name: "pgrp", Result: long, Class: Context, Doc: "the process group id of the current task"},
	{Name: "sid", Result: long, Class: Context, Doc: "the session id of the current task"},
	{Name: "cpu", Result: long, Class: Context, Doc: "the number of the current processor"},
	{Name: "user_mode", Result: long, Class: Context, Doc: "1 if a profile, performance event or watchpoint interrupted a program rather than the kernel; 0 in all other probes, which lie in the kernel"},

	// Time.
	{Name: "gettimeofday_ns", Result: long, Class: Context, Doc: "nanoseconds since the epoch"},
	{Name: "gettimeofday_us", Result: long, Class: Context, Doc: "microseconds since the epoch"},
	{Name: "gettimeofday_ms", Result: long, Class: Context, Doc: "milliseconds since the epoch"},
	{Name: "gettimeofday_s", Result: long, Class: Context, Doc: "seconds since the epoch"},
	{Name: "cpu_clock_ns", Result: long, Class: Context, Doc: "a monotonic clock in nanoseconds"},
	{Name: "jiffies", Result: long, Class: Context, Doc: "the kernel's count of ticks; it begins five minutes below 2 to the 32nd power"},
	{Name: "_in_target", Result: long, Class: Context, Tapset: true, Doc: "1 if the current process is the target or one of its descendants, else 0"},
	{Name: "get_cycles", Result: long, Class: Context, Doc: "the processor's cycle counter"},
	{Name: "ctime", Params: params{long}, Names: "epochsecs", Result: str, Class: Pure, Doc: "seconds since the epoch as a date in UTC, without a newline"},

	// The session.
	{Name: "target", Result: long, Class: Session, Doc: "the process id of -c's command or -x's process, or 0"},
	{Name: "exit", Result: long, Class: Effect, Doc: "ends the session once the current handler is done; 0"},
	{Name: "error", Params: params{str}, Names: "msg", Result: void, Class: Effect, Doc: "raises a run-time error"},
	{Name: "warn", Params: params{str}, Names: "msg", Result: void, Class: Effect, Doc: "writes a warning to standard error"},
	{Name: "log", Params: params{str}, Names: "msg", Result: void, Class: Effect, Doc: "prints a line"},
	{Name: "abort", Result: void, Class: Effect, Doc: "ends the current handler and the session; no catch stops it"},

	{Name: "system", Params: params{str}, Names: "cmd", Result: void, Class: Effect, Right: RunPrograms,
		Doc: "runs a command in the shell once the handler is done, beside the session; those of one handler run one after another"},
	{Name: Happened, Params: params{long, long, long, long, str}, Names: "time cpu pid tid task", Result: void, Class: Effect, Tapset: true,
		Doc: "tells the session of the event's moment"},
	{Name: Kept, Params: params{str}, Names: "text", Result: void, Class: Effect, Tapset: true, Doc: "nothing: a recording keeps what the text is made of"},
	{Name: "switch_file", Result: void, Class: Effect, Doc: "goes on to the next of the files that -o and -S make; without them it does nothing"},

	// What somebody outside gives to the script or gets from it: $value.
	{Name: "_value", Result: str, Class: Effect, Tapset: true, Doc: "what was written to the file, or typed"},
	{Name: "_answer", Params: params{str}, Names: "text", Result: void, Class: Effect, Tapset: true, Doc: "makes a text what the reader of the file gets"},
	{Name: "_answer_more", Params: params{str}, Names: "text", Result: void, Class: Effect, Tapset: true, Doc: "adds a text to what the reader of the file gets"},
	{Name: "module_name", Result: str, Class: Pure, Doc: "the session's name: that of -m, or tapir_ and its process id; its files are in /run/tapir under that name"},

	// Output that may yet be taken back.
	{Name: "speculation", Result: long, Class: Effect, Doc: "a new number for speculate, commit and discard"},
	{Name: "speculate", Params: params{long, str}, Names: "id output", Result: void, Class: Effect, Doc: "adds a text to what waits under a number"},
	{Name: "commit", Params: params{long}, Names: "id", Result: void, Class: Effect, Doc: "prints what waits under a number"},
	{Name: "discard", Params: params{long}, Names: "id", Result: void, Class: Effect, Doc: "drops what waits under a number"},

	// The last match of =~ or !~.
	{Name: "matched", Params: params{long}, Names: "n", Result: str, Class: Effect, Doc: "what a group of the last regular expression matched; 0 is the whole match"},
	{Name: "matched_str", Result: str, Class: Effect, Doc: "what the last regular expression matched"},
	{Name: "ngroups", Result: long, Class: Effect, Doc: "the number of groups of the last match, the whole match counted, or 0 if there was none"},

	// The probe that runs, and what is fixed for a session.
	{Name: "pp", Result: str, Class: Pure, Doc: "the probe point that fired, in its full form"},
	{Name: "pn", Result: str, Class: Pure, Doc: "the probe point that fired, as the script has it"},
	{Name: "ppfunc", Result: str, Class: Pure, Doc: "the name of the function that the probe point is in, or nothing if it is in none"},
	{Name: "probe_type", Result: str, Class: Pure, Doc: "how the probe is made: begin_end, hrtimer, tracepoint"},
	{Name: "is_return", Result: long, Class: Pure, Doc: "1 in a probe of a return, else 0"},
	{Name: "_stp_uid", Result: long, Class: Pure, Tapset: true, Doc: "the id of the user who called tapir"},
	{Name: "stp_pid", Result: long, Class: Pure, Doc: "tapir's own process id"},
	{Name: "HZ", Result: long, Class: Pure, Doc: "the kernel's ticks per second"},
	{Name: "tz_gmtoff", Result: long, Class: Pure, Doc: "how many seconds local time is behind UTC (west of Greenwich: positive)"},
	{Name: "tz_name", Result: str, Class: Pure, Doc: "the name of the local time zone"},

	// The probed call.
	{Name: "int_arg", Params: params{long}, Names: "n", Result: long, Class: Argument, Doc: "the n-th argument as a 32-bit signed integer"},
	{Name: "uint_arg", Params: params{long}, Names: "n", Result: long, Class: Argument, Doc: "the n-th argument as a 32-bit unsigned integer"},
	{Name: "long_arg", Params: params{long}, Names: "n", Result: long, Class: Argument, Doc: "the n-th argument as a signed long"},
	{Name: "ulong_arg", Params: params{long}, Names: "n", Result: long, Class: Argument, Doc: "the n-th argument as an unsigned long"},
	{Name: "pointer_arg", Params: params{long}, Names: "n", Result: long, Class: Argument, Doc: "the n-th argument as an address"},
	{Name: "_stp_syscall_nr", Result: long, Class: Argument, Tapset: true, Doc: "the number of the probed call"},
	{Name: "_uregister", Params: params{long}, Names: "n", Result: long, Class: Argument, Tapset: true, Doc: "a register of the program, by its number in DWARF"},
	{Name: "_perf_counter", Params: params{long}, Names: "n", Result: long, Class: Argument, Tapset: true, Doc: "what a counter has counted for the thread, by the counter's number"},
	{Name: "u32_arg", Params: params{long}, Names: "n", Result: long, Class: Argument, Doc: "the n-th argument as a 32-bit unsigned integer"},
	{Name: "s32_arg", Params: params{long}, Names: "n", Result: long, Class: Argument, Doc: "the n-th argument as a 32-bit signed integer"},
	{Name: "u64_arg", Params: params{long}, Names: "n", Result: long, Class: Argument, Doc: "the n-th argument as a 64-bit unsigned integer"},
	{Name: "s64_arg", Params: params{long}, Names: "n", Result: long, Class: Argument, Doc: "the n-th argument as a 64-bit signed integer"},
	{Name: "longlong_arg", Params: params{long}, Names: "n", Result: long, Class: Argument, Doc: "the n-th argument as a signed long long"},
	{Name: "ulonglong_arg", Params: params{long}, Names: "n", Result: long, Class: Argument, Doc: "the n-th argument as an unsigned long long"},
	{Name: "asmlinkage", Result: void, Class: Effect, Doc: "nothing: where a function's arguments are is known"},
	{Name: "fastcall", Result: void, Class: Effect, Doc: "nothing: where a function's arguments are is known"},
	{Name: "regparm", Params: params{long}, Names: "n", Result: void, Class: Effect, Doc: "nothing: where a function's arguments are is known"},
	{Name: "returnval", Result: long, Class: Argument, Doc: "the result of the probed call"},

	// Strings and numbers.
	{Name: "strlen", Params: params{str}, Names: "s", Result: long, Class: Pure, Doc: "the length of a string in bytes"},
	{Name: "substr", Params: params{str, long, long}, Names: "str start length", Result: str, Class: Pure, Doc: "the part of a string from a start with a length"},
	{Name: "isinstr", Params: params{str, str}, Names: "s1 s2", Result: long, Class: Pure, Doc: "1 if the second string occurs in the first, else 0"},
	{Name: "strtol", Params: params{str, long}, Names: "str base", Result: long, Class: Pure, Doc: "the number at a string's start in a base"},
	{Name: "strpos", Params: params{str, str}, Names: "s1 s2", Result: long, Class: Pure, Doc: "where the second string first occurs in the first, from 0, or -1"},
	{Name: "stringat", Params: params{str, long}, Names: "str pos", Result: long, Class: Effect, Doc: "the byte at a position of a string, from 0; an error if it has none there"},
	{Name: "str_replace", Params: params{str, str, str}, Names: "prnt_str srch_str rplc_str", Result: str, Class: Pure, Doc: "the first string with every occurrence of the second replaced by the third"},
	{Name: "isdigit", Params: params{str}, Names: "str", Result: long, Class: Pure, Doc: "1 if a string begins with a digit, else 0"},
	{Name: "text_str", Params: params{str}, Names: "input", Result: str, Class: Pure, Doc: "a string with escapes for what is not printable"},
	{Name: "text_strn", Params: params{str, long, long}, Names: "input len quoted", Result: str, Class: Pure, Doc: "text_str cut to a length, in quotes if the third argument is not 0"},
	{Name: "string_quoted", Params: params{str}, Names: "str", Result: str, Class: Pure, Doc: "a string in quotes, with escapes for what is not printable"},
	{Name: "tokenize", Params: params{str, str}, Names: "input delim", Result: str, Class: Effect,
		Doc: "the first piece of a string that is not empty, between any of the bytes of delim; of an empty string, the next piece of the last one; nothing at its end"},
	{Name: "randint", Params: params{long}, Names: "n", Result: long, Class: Effect, Doc: "a random number from 0 on and less than the argument"},
	{Name: "syscall_name", Params: params{long}, Names: "num", Result: str, Class: Pure, Doc: "the kernel's name of the system call of a number, or nothing"},
	{Name: "syscall_num", Params: params{str}, Names: "name", Result: long, Class: Pure, Doc: "the number of the system call of a name, or -1"},
	{Name: "sigset_mask_str", Params: params{long}, Names: "mask", Result: str, Class: Pure, Doc: "the numbers of the signals in a set, between commas"},
	{Name: "errno_str", Params: params{long}, Names: "err", Result: str, Class: Pure, Doc: "the name of an error number, or nothing"},

	// Floating point. A value travels in a long as the 64 bits of IEEE 754.
	{Name: "string_to_fp", Params: params{str}, Names: "input", Result: long, Class: Pure, Doc: "the decimal number at a string's start in floating point"},
	{Name: "long_to_fp", Params: params{long}, Names: "input", Result: long, Class: Pure, Doc: "an integer in floating point"},
	{Name: "fp_to_long", Params: params{long, long, long}, Names: "val roundingMode exact", Result: long, Class: Pure,
		Doc: "a floating point number as an integer, rounded: 0 to nearest, ties to even; 1 to zero; 2 down; 3 up; 4 to nearest, ties away from zero; the third argument changes nothing"},
	{Name: "fp_to_string", Params: params{long, long}, Names: "val precision", Result: str, Class: Pure, Doc: "a floating point number in decimal with a number of digits behind the point"},
	{Name: "fp_add", Params: params{long, long}, Names: "addend1 addend2", Result: long, Class: Pure, Doc: "the sum of two floating point numbers"},
	{Name: "fp_sub", Params: params{long, long}, Names: "minuend subtrahend", Result: long, Class: Pure, Doc: "the difference of two floating point numbers"},
	{Name: "fp_mul", Params: params{long, long}, Names: "factor1 factor2", Result: long, Class: Pure, Doc: "the product of two floating point numbers"},
	{Name: "fp_div", Params: params{long, long}, Names: "dividend divisor", Result: long, Class: Pure, Doc: "the quotient of two floating point numbers"},
	{Name: "fp_rem", Params: params{long, long}, Names: "dividend divisor", Result: long, Class: Pure, Doc: "the remainder of IEEE 754: what is left of the first floating point number after the nearest multiple of the second"},
	{Name: "fp_sqrt", Params: params{long}, Names: "val", Result: long, Class: Pure, Doc: "the square root of a floating point number"},
	{Name: "fp_eq", Params: params{long, long}, Names: "a b", Result: long, Class: Pure, Doc: "1 if two floating point numbers are equal"},
	{Name: "fp_le", Params: params{long, long}, Names: "a b", Result: long, Class: Pure, Doc: "1 if a floating point number is less than another or equal to it"},
	{Name: "fp_lt", Params: params{long, long}, Names: "a b", Result: long, Class: Pure, Doc: "1 if a floating point number is less than another"},

	// What the tapset builds texts with.
	{Name: "_flags", Params: params{str, long}, Names: "set val", Result: str, Class: Pure, Tapset: true, Doc: "the bits of a value by the names of a flag set"},
	{Name: "_enum", Params: params{str, long}, Names: "set val", Result: str, Class: Pure, Tapset: true, Doc: "a value by the names of an enumeration"},
	{Name: "_open_flags", Params: params{long}, Names: "flags", Result: str, Class: Pure, Tapset: true, Doc: "open(2)'s access mode and flags"},
	{Name: "_clone_flags", Params: params{long}, Names: "flags", Result: str, Class: Pure, Tapset: true, Doc: "clone(2)'s flags and the signal in their low byte"},
	{Name: "_dirfd", Params: params{long}, Names: "fd", Result: str, Class: Pure, Tapset: true, Doc: "a directory's descriptor, or AT_FDCWD"},
	{Name: "_retstr", Params: params{long, long}, Names: "ret format", Result: str, Class: Pure, Tapset: true, Doc: "a call's result in a format (1 decimal, 2 hexadecimal, 3 octal), errors by name"},
	{Name: "_wait_status", Params: params{long}, Names: "status", Result: str, Class: Pure, Tapset: true, Doc: "a wait status word"},
	{Name: "_ptrace_args", Params: params{long, long, long, long}, Names: "data request pid addr", Result: str, Class: Pure, Tapset: true,
		Doc: "ptrace's arguments (data, request, pid, addr), each labelled, and only those that the request uses"},
	{Name: "_ptrace_args5", Params: params{long, long, long, long}, Names: "data request pid addr", Result: str, Class: Pure, Tapset: true,
		Doc: "ptrace's arguments (data, request, pid, addr) as SystemTap 5 prints them"},
	{Name: "_ptrace_iovec", Params: params{long, long, long, long}, Names: "data request pid addr", Result: str, Class: Memory, Tapset: true, Read: &Read{Size: 16},
		Doc: "_ptrace_args for the requests that have a struct iovec at data"},
	{Name: "_ptrace_iovec5", Params: params{long, long, long, long}, Names: "data request pid addr", Result: str, Class: Memory, Tapset: true, Read: &Read{Size: 16},
		Doc: "_ptrace_args5 for the requests that have a struct iovec at data"},
}
