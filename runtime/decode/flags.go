package decode

import "strconv"

// AppendFlags appends the bits of v by name, joined by |. An entry is taken if
// any of its bits is still left, and clears all of them; bits without a name
// follow in hexadecimal. 0 is the set's entry for 0, or 0x0.
func AppendFlags(dst []byte, set Set, v int64) []byte {
	if v == 0 {
		return AppendEnum(dst, set, 0)
	}
	dst, left := appendNames(dst, set, uint64(v))
	if left == 0 {
		return dst
	}
	return AppendAddress(dst, left)
}

// AppendFlagsDecimal is AppendFlags, but bits without a name follow in decimal.
func AppendFlagsDecimal(dst []byte, set Set, v int64) []byte {
	if v == 0 {
		return AppendEnum(dst, set, 0)
	}
	dst, left := appendNames(dst, set, uint64(v))
	if left == 0 {
		return dst
	}
	return strconv.AppendUint(dst, left, 10)
}

// appendNames appends the names of bits, and if bits without a name are left, what
// separates them.
func appendNames(dst []byte, set Set, left uint64) ([]byte, uint64) {
	start := len(dst)
	for i := range set {
		bits := uint64(set[i].Value)
		if left&bits == 0 {
			continue
		}
		dst = append(appendBar(dst, start), set[i].Text...)
		left &^= bits
	}
	if left != 0 {
		dst = appendBar(dst, start)
	}
	return dst, left
}

// appendBar separates what follows from a text that began at start.
func appendBar(dst []byte, start int) []byte {
	if len(dst) > start {
		dst = append(dst, '|')
	}
	return dst
}

// AppendEnum appends the name of v, or v in hexadecimal.
func AppendEnum(dst []byte, set Set, v int64) []byte {
	if name := lookup(set, v); name != "" {
		return append(dst, name...)
	}
	return AppendAddress(dst, uint64(v))
}

// AppendEnumDecimal appends the name of v, or v in decimal: so it is for the few
// enumerations whose unknown members are counted.
func AppendEnumDecimal(dst []byte, set Set, v int64) []byte {
	if name := lookup(set, v); name != "" {
		return append(dst, name...)
	}
	return strconv.AppendInt(dst, v, 10)
}

func lookup(set Set, v int64) string {
	for i := range set {
		if set[i].Value == v {
			return set[i].Text
		}
	}
	return ""
}

// accessModes are open(2)'s low two bits. The fourth combination is no mode, and
// the kernel checks it as reading and writing; SystemTap shows it so.
var accessModes = [4]string{"O_RDONLY", "O_WRONLY", "O_RDWR", "O_RDONLY"}

// AppendOpenFlags appends open(2)'s access mode and flags; set is open_flags.
func AppendOpenFlags(dst []byte, set Set, flags int64) []byte {
	rest := uint32(flags)
	dst = append(dst, accessModes[rest&3]...)
	if rest &^= 3; rest != 0 {
		dst = AppendFlags(append(dst, '|'), set, int64(rest))
	}
	return dst
}

// AppendCloneFlags appends clone(2)'s flags and, if there is one, the signal in
// their low byte; the sets are clone_flags and signals. It serves unshare(2) and
// setns(2), which send no signal, as well.
func AppendCloneFlags(dst []byte, set, signals Set, flags int64) []byte {
	dst = AppendFlags(dst, set, flags&^0xff)
	if sig := flags & 0xff; sig != 0 {
		dst = AppendSignal(append(dst, '|'), signals, sig)
	}
	return dst
}

// AppendSignal appends the name of a signal: SIG_0 for none, and for SIGTRAP
// with PTRACE_O_TRACESYSGOOD's bit TRACESYSGOOD. The set is signals.
func AppendSignal(dst []byte, signals Set, sig int64) []byte {
	return AppendEnum(dst, signals, int64(uint32(sig)))
}

// currentDir is AT_FDCWD.
const currentDir = -100

// AppendDirfd appends the descriptor of a directory.
func AppendDirfd(dst []byte, fd int64) []byte {
	if fd == currentDir {
		return append(dst, "AT_FDCWD"...)
	}
	return strconv.AppendInt(dst, fd, 10)
}
