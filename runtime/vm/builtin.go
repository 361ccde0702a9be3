package vm

import (
	"strings"

	"tapir/compiler/bytecode"
	"tapir/runtime/decode"
	"tapir/scripts"
)

// builtin is the code of a function that has no instruction of its own, in the
// form that suits it: a number, a string that is there already, a text that is
// appended, or an act without a result. Its arguments are in Machine.args; to
// raise a run-time error it sets Machine.fault to the message.
type builtin struct {
	long   func(m *Machine) int64
	text   func(m *Machine) string
	append func(m *Machine, dst []byte) []byte
	act    func(m *Machine)
}

// table is a group of functions by name.
type table = map[string]builtin

// withLong is b with an act in the form of a number, which nobody uses.
func (b builtin) withLong() builtin {
	if act := b.act; act != nil {
		b.long = func(m *Machine) int64 { act(m); return 0 }
	}
	return b
}

// string runs a function whose result is a string.
func (b *builtin) string(m *Machine) string {
	if b.text != nil {
		return b.text(m)
	}
	m.buf = b.append(m, m.buf[:0])
	return m.keep(m.buf)
}

// arguments are those of the built-in function that runs: the numbers and the
// strings apart, each in order.
type arguments struct {
	call  *bytecode.BuiltinCall
	ints  []int64
	texts []string
}

func (m *Machine) setArgs(call int, ints []int64, texts []string) {
	m.args = arguments{&m.prog.Calls[call], ints, texts}
}

// raiseFault is the error of the built-in function that ran last.
func (m *Machine) raiseFault(pc int) *RuntimeError {
	msg := m.fault
	m.fault = ""
	return m.fail(pc, msg)
}

// raiseRead is the error of a long load, at the place of the read that failed.
func (m *Machine) raiseRead(pc int) *RuntimeError {
	reads := m.prog.Reads[pc-1]
	if m.faulty >= len(reads) {
		return m.raiseFault(pc)
	}
	msg := m.fault
	m.fault = ""
	return m.failAt(reads[m.faulty], msg)
}

// lookup finds a function's code. A name that has none passed the checker, and
// so is a mistake of ours.
func lookup(name string) builtin {
	for _, group := range [...]table{pure, memory, lastMatch, speculation} {
		if b, ok := group[name]; ok {
			return b.withLong()
		}
	}
	if b, ok := library(name); ok {
		return b.withLong()
	}
	panic("vm: no built-in function " + name)
}

// pure has the functions of their arguments alone.
var pure = table{
	"strlen":  {long: func(m *Machine) int64 { return int64(len(m.args.texts[0])) }},
	"isinstr": {long: func(m *Machine) int64 { return truth(strings.Contains(m.args.texts[0], m.args.texts[1])) }},
	"substr":  {text: substr},
	"strtol":  {long: func(m *Machine) int64 { return strtol(m.args.texts[0], m.args.ints[0]) }},
	"ctime": {append: func(m *Machine, dst []byte) []byte {
		return decode.AppendCtime(dst, m.args.ints[0])
	}},
	"errno_str": {append: func(m *Machine, dst []byte) []byte {
		return decode.AppendErrno(dst, m.args.ints[0])
	}},
	"_flags": {append: func(m *Machine, dst []byte) []byte {
		return decode.AppendFlags(dst, flagSet(m.args.texts[0]), m.args.ints[0])
	}},
	"_enum": {append: func(m *Machine, dst []byte) []byte {
		return decode.AppendEnum(dst, flagSet(m.args.texts[0]), m.args.ints[0])
	}},
	"_open_flags": {append: func(m *Machine, dst []byte) []byte {
		return decode.AppendOpenFlags(dst, flagSet("open_flags"), m.args.ints[0])
	}},
	"_clone_flags": {append: func(m *Machine, dst []byte) []byte {
		return decode.AppendCloneFlags(dst, flagSet("clone_flags"), flagSet("signals"), m.args.ints[0])
	}},
	"_dirfd": {append: func(m *Machine, dst []byte) []byte {
		return decode.AppendDirfd(dst, m.args.ints[0])
	}},
	"_retstr": {append: func(m *Machine, dst []byte) []byte {
		return decode.AppendRetstr(dst, m.args.ints[1], m.args.ints[0])
	}},
	"_ptrace_args":  {append: ptraceArgs(decode.AppendPtrace)},
	"_ptrace_args5": {append: ptraceArgs(decode.AppendPtrace5)},
	"_wait_status": {append: func(m *Machine, dst []byte) []byte {
		return decode.AppendWaitStatus(dst, flagSet("signals"), flagSet("ptrace_events"), uint32(m.args.ints[0]))
	}},
}

// flagSet is a list of names; the tapset names it, so that one which does not
// exist is a mistake of ours.
func flagSet(name string) decode.Set {
	set, ok := scripts.FlagSet(name)
	if !ok {
		panic("vm: no flag set " + name)
	}
	return set
}

// substr is the part of a string from a start on, of at most a length; nothing
// if the start lies outside.
func substr(m *Machine) string {
	s, start, n := m.args.texts[0], m.args.ints[0], m.args.ints[1]
	if start < 0 || start >= int64(len(s)) || n <= 0 {
		return ""
	}
	s = s[start:]
	return s[:min(n, int64(len(s)))]
}

// strtol reads the number at a string's start as the kernel's simple_strtol
// does: no blanks before it, a minus but no plus, 0x before base 16 allowed, the
// base from the prefix if it is 0, and no overflow: 64 bits wrap.
func strtol(s string, base int64) int64 {
	rest, negative := strings.CutPrefix(s, "-")
	radix := uint64(uint32(base))
	if radix == 0 {
		radix = 10
		if strings.HasPrefix(rest, "0") {
			radix = 8
			if hexPrefix(rest) && len(rest) > 2 && digit(rest[2]) < 16 {
				radix = 16
			}
		}
	}
	if radix == 16 && hexPrefix(rest) {
		rest = rest[2:]
	}
	v := uint64(0)
	for i := range len(rest) {
		d := digit(rest[i])
		if d >= radix {
			break
		}
		v = v*radix + d
	}
	if negative {
		v = -v
	}
	return int64(v)
}

func hexPrefix(s string) bool { return len(s) >= 2 && s[0] == '0' && s[1]|0x20 == 'x' }

// digit is the value of a hexadecimal digit; what is none is larger than any base.
func digit(c byte) uint64 {
	switch {
	case '0' <= c && c <= '9':
		return uint64(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return uint64(c|0x20-'a') + 10
	}
	return 1 << 32
}
