package decode

import "strconv"

// AppendSigset appends the signals of a set that have a name in signals:
// [SIGHUP|SIGINT], or [EMPTY].
func AppendSigset(dst []byte, names Names, b []byte) []byte {
	return appendSigset(dst, names, u64(b, 0))
}

func appendSigset(dst []byte, names Names, set uint64) []byte {
	dst = append(dst, '[')
	start := len(dst)
	for _, s := range names("signals") {
		if s.Value < 1 || s.Value > 64 || set>>(s.Value-1)&1 == 0 {
			continue
		}
		if len(dst) > start {
			dst = append(dst, '|')
		}
		dst = append(dst, s.Text...)
	}
	if len(dst) == start {
		dst = append(dst, "EMPTY"...)
	}
	return append(dst, ']')
}

// SigactionSize is that of the kernel's struct sigaction: handler, flags,
// restorer, mask.
const SigactionSize = 32

// AppendSigaction appends a struct sigaction without braces: the handler, and if
// it is a function, all the rest.
func AppendSigaction(dst []byte, names Names, b []byte) []byte {
	switch handler := u64(b, 0); handler {
	case 0:
		return append(dst, "SIG_DFL"...)
	case 1:
		return append(dst, "SIG_IGN"...)
	default:
		dst = AppendAddress(dst, handler)
	}
	dst = AppendFlags(appendComma(dst), names("sa_flags"), i64(b, 8))
	dst = AppendAddress(appendComma(dst), u64(b, 16))
	return appendSigset(appendComma(dst), names, u64(b, 24))
}

// SigaltstackSize is that of a stack_t.
const SigaltstackSize = 24

// AppendSigaltstack appends a stack_t.
func AppendSigaltstack(dst []byte, names Names, b []byte) []byte {
	dst = AppendAddress(append(dst, "{ss_sp="...), u64(b, 0))
	dst = AppendFlags(appendLabel(dst, "ss_flags"), names("sigaltstack_flags"), int64(u32(b, 8)))
	dst = strconv.AppendUint(appendLabel(dst, "ss_size"), u64(b, 16), 10)
	return append(dst, '}')
}

// SiginfoSize is what AppendSiginfo needs of a siginfo_t.
const SiginfoSize = 32

const (
	sigchld   = 17
	cldExited = 1
	siTimer   = -2
)

// causes are the signals whose codes say what went wrong; with a fault, where.
var causes = map[uint32]struct {
	codes string
	fault bool
}{
	4:       {"si_codes_ill", true},
	5:       {"si_codes_trap", true},
	7:       {"si_codes_bus", true},
	8:       {"si_codes_fpe", true},
	11:      {"si_codes_segv", true},
	sigchld: {"si_codes_chld", false},
	29:      {"si_codes_poll", false},
	31:      {"si_codes_sys", false},
}

// AppendSiginfo appends a siginfo_t: the signal, why it was sent, and what this
// says about the sender, the child or the fault. A code is one of those that every
// signal may have, or one of the signal's own.
func AppendSiginfo(dst []byte, names Names, b []byte) []byte {
	sig, code := u32(b, 0), i32(b, 8)
	cause := causes[sig]
	dst = AppendSignal(append(dst, "{si_signo="...), names("signals"), int64(sig))
	dst = appendLabel(dst, "si_code")
	if name := lookup(names("si_codes"), code); name != "" {
		dst = append(dst, name...)
	} else if cause.codes != "" {
		dst = AppendEnum(dst, names(cause.codes), code)
	} else {
		dst = AppendAddress(dst, uint64(code))
	}
	switch {
	case code == siTimer:
		dst = AppendAddress(appendLabel(dst, "si_tid"), uint64(u32(b, 16)))
		dst = strconv.AppendInt(appendLabel(dst, "si_overrun"), i32(b, 20), 10)
	case code <= 0: // sent by a program
		dst = appendSender(dst, b)
	case sig == sigchld:
		dst = appendLabel(appendSender(dst, b), "si_status")
		if status := i32(b, 24); code == cldExited {
			dst = strconv.AppendInt(dst, status, 10)
		} else {
			dst = AppendSignal(dst, names("signals"), status)
		}
	case cause.fault:
		dst = AppendAddress(appendLabel(dst, "si_addr"), u64(b, 16))
	}
	return append(dst, '}')
}

func appendSender(dst, b []byte) []byte {
	dst = strconv.AppendInt(appendLabel(dst, "si_pid"), i32(b, 16), 10)
	return strconv.AppendInt(appendLabel(dst, "si_uid"), i32(b, 20), 10)
}

// AppendSigprocmaskHow appends what sigprocmask(2) does with the set.
func AppendSigprocmaskHow(dst []byte, how int64) []byte {
	if 0 <= how && how < int64(len(sigprocmaskHows)) {
		return append(dst, sigprocmaskHows[how]...)
	}
	return AppendAddress(dst, uint64(how))
}

var sigprocmaskHows = [...]string{"SIG_BLOCK", "SIG_UNBLOCK", "SIG_SETMASK"}
