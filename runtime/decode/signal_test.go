package decode_test

import (
	"testing"

	"tapir/runtime/decode"
)

// named binds a decoder to the tapset's lists.
func named(t testing.TB, f func(dst []byte, names decode.Names, b []byte) []byte) func(dst, b []byte) []byte {
	return func(dst, b []byte) []byte { return f(dst, lists(t), b) }
}

func TestSignalStructs(t *testing.T) {
	sigset, sigaction := named(t, decode.AppendSigset), named(t, decode.AppendSigaction)
	stack, info := named(t, decode.AppendSigaltstack), named(t, decode.AppendSiginfo)
	const act = uint64(0x401615)
	checkAll(t, []decoded{
		{sigset, pack(uint64(0)), "[EMPTY]"},
		{sigset, pack(uint64(0x802)), "[SIGINT|SIGUSR2]"},
		{sigset, pack(uint64(1<<11 | 1<<12)), "[SIGPIPE|SIGUSR2]"}, // in the list's order
		{sigset, pack(uint64(1<<15 | 1<<33)), "[EMPTY]"},           // no names: SIGSTKFLT, a real-time signal
		{sigset, pack(uint64(1 << 28)), "[SIGIO/SIGPOLL]"},

		{sigaction, pack(uint64(0), uint64(4), uint64(5), uint64(6)), "SIG_DFL"},
		{sigaction, pack(uint64(1), uint64(4), uint64(5), uint64(6)), "SIG_IGN"},
		{sigaction, pack(act, uint64(0x4000000), uint64(0x409430), uint64(0)), "0x401615, SA_RESTORER, 0x409430, [EMPTY]"},
		{sigaction, pack(act, uint64(0), uint64(0), uint64(1)), "0x401615, 0x0, 0x0, [SIGHUP]"},
		{sigaction, pack(act, uint64(0x94000004), uint64(1), uint64(1)), "0x401615, SA_RESETHAND|SA_RESTART|SA_SIGINFO|SA_RESTORER, 0x1, [SIGHUP]"},

		{stack, pack(uint64(0x7000), int32(0), int32(0), uint64(8192)), "{ss_sp=0x7000, ss_flags=0x0, ss_size=8192}"},
		{stack, pack(uint64(0), int32(2), int32(0), uint64(0)), "{ss_sp=0x0, ss_flags=SS_DISABLE, ss_size=0}"},
		{stack, pack(uint64(0), uint32(0x80000001), int32(0), uint64(0)), "{ss_sp=0x0, ss_flags=SS_ONSTACK|0x80000000, ss_size=0}"},

		{info, pack(int32(10), int32(0), int32(0), int32(0), int32(12), int32(1000), int64(0)), "{si_signo=SIGUSR1, si_code=SI_USER, si_pid=12, si_uid=1000}"},
		{info, pack(int32(10), int32(0), int32(-1), int32(0), int32(12), int32(0), int64(7)), "{si_signo=SIGUSR1, si_code=SI_QUEUE, si_pid=12, si_uid=0}"},
		{info, pack(int32(10), int32(0), int32(-6), int32(0), int32(12), int32(0), int64(7)), "{si_signo=SIGUSR1, si_code=SI_TKILL, si_pid=12, si_uid=0}"},
		{info, pack(int32(14), int32(0), int32(-2), int32(0), int32(0x12), int32(3), int64(7)), "{si_signo=SIGALRM, si_code=SI_TIMER, si_tid=0x12, si_overrun=3}"},
		{info, pack(int32(34), int32(0), int32(-99), int32(0), int32(1), int32(2), int64(7)), "{si_signo=0x22, si_code=0xffffffffffffff9d, si_pid=1, si_uid=2}"},
		{info, pack(int32(17), int32(0), int32(1), int32(0), int32(12), int32(0), int32(3), int32(0)), "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=12, si_uid=0, si_status=3}"},
		{info, pack(int32(17), int32(0), int32(2), int32(0), int32(12), int32(0), int32(9), int32(0)), "{si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=12, si_uid=0, si_status=SIGKILL}"},
		{info, pack(int32(17), int32(0), int32(0), int32(0), int32(12), int32(0), int32(9), int32(0)), "{si_signo=SIGCHLD, si_code=SI_USER, si_pid=12, si_uid=0}"},
		{info, pack(int32(11), int32(0), int32(1), int32(0), uint64(0xdead), int64(0)), "{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0xdead}"},
		{info, pack(int32(4), int32(0), int32(8), int32(0), uint64(0xdead), int64(0)), "{si_signo=SIGILL, si_code=ILL_BADSTK, si_addr=0xdead}"},
		{info, pack(int32(8), int32(0), int32(1), int32(0), uint64(1), int64(0)), "{si_signo=SIGFPE, si_code=FPE_INTDIV, si_addr=0x1}"},
		{info, pack(int32(7), int32(0), int32(9), int32(0), uint64(1), int64(0)), "{si_signo=SIGBUS, si_code=0x9, si_addr=0x1}"},
		{info, pack(int32(5), int32(0), int32(0x80), int32(0), uint64(1), int64(0)), "{si_signo=SIGTRAP, si_code=SI_KERNEL, si_addr=0x1}"},
		{info, pack(int32(29), int32(0), int32(1), int32(0), uint64(1), int64(0)), "{si_signo=SIGIO/SIGPOLL, si_code=POLL_IN}"},
		{info, pack(int32(31), int32(0), int32(1), int32(0), uint64(1), int64(0)), "{si_signo=SIGSYS, si_code=SYS_SECCOMP}"},
		{info, pack(int32(1), int32(0), int32(3), int32(0), uint64(1), int64(0)), "{si_signo=SIGHUP, si_code=0x3}"},
		{info, nil, "{si_signo=SIG_0, si_code=SI_USER, si_pid=0, si_uid=0}"},
	})
}

func TestSigprocmaskHow(t *testing.T) {
	for how, want := range map[int64]string{0: "SIG_BLOCK", 1: "SIG_UNBLOCK", 2: "SIG_SETMASK", 3: "0x3", -1: "0xffffffffffffffff"} {
		if got := text(t, func(dst []byte) []byte { return decode.AppendSigprocmaskHow(dst, how) }); got != want {
			t.Errorf("%d: got %s, want %s", how, got, want)
		}
	}
}
