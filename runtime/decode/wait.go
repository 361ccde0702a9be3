package decode

import "strconv"

// sigtrap is SIGTRAP, the signal of a stop that carries an event of ptrace.
const sigtrap = 5

// continued is the status of a child that SIGCONT let run again.
const continued = 0xffff

// AppendWaitStatus appends a wait status word: WEXITSTATUS=n, WTERMSIG=SIGX,
// WCOREDUMP, WSTOPSIG=SIGX, WIFCONTINUED, and what a tracer finds above the
// sixteenth bit: an event by name, or hexadecimal. The sets are signals and
// ptrace_events.
func AppendWaitStatus(dst []byte, signals, events Set, status uint32) []byte {
	low, sig := status&0x7f, status>>8&0xff
	event := ""
	switch {
	case low == 0:
		dst = strconv.AppendUint(append(dst, "WEXITSTATUS="...), uint64(sig), 10)
	case low != 0x7f && status&0x80 != 0:
		dst = append(dst, "WCOREDUMP"...)
	case low != 0x7f:
		dst = AppendSignal(append(dst, "WTERMSIG="...), signals, int64(low))
	case status&0xff == 0x7f:
		dst = AppendSignal(append(dst, "WSTOPSIG="...), signals, int64(sig))
		if sig == sigtrap && status>>16 != 0 {
			event = lookup(events, int64(status>>16))
		}
	case status == continued:
		return append(dst, "WIFCONTINUED"...)
	default:
		return AppendAddress(append(dst, "?="...), uint64(status))
	}
	switch {
	case event != "":
		return append(append(append(dst, " | "...), event...), " << 8"...)
	case status>>16 != 0:
		return AppendAddress(append(dst, " | "...), uint64(status&^0xffff))
	}
	return dst
}
