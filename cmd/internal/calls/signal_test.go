package calls

import (
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// sigset is a set of signals as the kernel has it.
func sigset(numbers ...int) (set uint64) {
	for _, n := range numbers {
		set |= 1 << (n - 1)
	}
	return set
}

// siginfo is the beginning of the kernel's struct of that name.
type siginfo struct {
	signo, _, code, _ int32
	pid, uid          uint32
	_                 [104]byte
}

func killCalls(c *caller) {
	names := []string{"SIG_0", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL",
		"SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "0x10", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP",
		"SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO/SIGPOLL", "SIGPWR", "SIGSYS", "0x20"}
	for n, name := range names {
		c.do(`kill (134217727, `+name+`) = -3 (ESRCH)`, unix.SYS_KILL, 0x7ffffff, n)
	}
	c.do(`kill (134217727, 0x22) = -3 (ESRCH)`, unix.SYS_KILL, 0x7ffffff, 34)
	c.do(`kill (134217727, 0xffffffff) = -3 (ESRCH)`, unix.SYS_KILL, 0x7ffffff, -1)
	c.do(`kill (134217727, TRACESYSGOOD) = -3 (ESRCH)`, unix.SYS_KILL, 0x7ffffff, 133)
	c.do(`kill (-134217727, SIGTERM) = -3 (ESRCH)`, unix.SYS_KILL, -0x7ffffff, 15)
	c.do(`tkill (-1, SIGKILL) = -22 (EINVAL)`, unix.SYS_TKILL, -1, 9)
	c.do(`tkill (134217727, SIG_0) = -3 (ESRCH)`, unix.SYS_TKILL, 0x7ffffff, 0)
	c.do(`tgkill (-1, 5, SIGKILL) = -22 (EINVAL)`, unix.SYS_TGKILL, -1, 5, 9)
	c.do(`tgkill (134217727, 134217727, SIGUSR1) = -3 (ESRCH)`, unix.SYS_TGKILL, 0x7ffffff, 0x7ffffff, 10)
	c.do(`tgkill (1, -1, 0xffffffff) = -22 (EINVAL)`, unix.SYS_TGKILL, 1, -1, -1)
	c.do(`alarm (100) = R`, unix.SYS_ALARM, 100)
	c.do(`alarm (0) = 100`, unix.SYS_ALARM, 0)
	c.do(`rt_sigqueueinfo (134217727, SIGUSR1, {si_signo=SIGUSR1, si_code=SI_QUEUE, si_pid=7, si_uid=8}) = -3 (ESRCH)`,
		unix.SYS_RT_SIGQUEUEINFO, 0x7ffffff, 10, put(c, siginfo{signo: 10, code: -1, pid: 7, uid: 8}))
	c.do(`rt_sigqueueinfo (-1, 0xffffffff, NULL) = R`, unix.SYS_RT_SIGQUEUEINFO, -1, -1, nil)
	c.do(`rt_sigqueueinfo (134217727, SIG_0, 0xffffffffffffffff) = -14 (EFAULT)`, unix.SYS_RT_SIGQUEUEINFO, 0x7ffffff, 0, bad)
	c.do(`rt_tgsigqueueinfo (134217727, 134217727, SIGUSR2, {si_signo=SIGUSR2, si_code=SI_QUEUE, si_pid=1, si_uid=0}) = -3 (ESRCH)`,
		unix.SYS_RT_TGSIGQUEUEINFO, 0x7ffffff, 0x7ffffff, 12, put(c, siginfo{signo: 12, code: -1, pid: 1}))
	c.do(`rt_tgsigqueueinfo (-1, -1, SIGHUP, NULL) = R`, unix.SYS_RT_TGSIGQUEUEINFO, -1, -1, 1, nil)
}

func signalCalls(c *caller) {
	handler := func(h, flags, restorer uintptr, mask uint64) uintptr {
		return put(c, [4]uintptr{h, flags, restorer, uintptr(mask)})
	}
	c.do(`rt_sigaction (SIGUSR1, {NULL}, $3, 8) = 0`, unix.SYS_RT_SIGACTION, 10, nil, c.blank(), 8)
	c.do(`rt_sigaction (SIGKILL, {SIG_DFL}, 0x0, 8) = -22 (EINVAL)`, unix.SYS_RT_SIGACTION, 9, handler(0, 0, 0, 0), nil, 8)
	c.do(`rt_sigaction (SIGKILL, {SIG_IGN}, 0x0, 8) = -22 (EINVAL)`, unix.SYS_RT_SIGACTION, 9, handler(1, 4, 0, 0), nil, 8)
	c.do(`rt_sigaction (SIGKILL, {0x1234, SA_RESTORER, 0x5678, [EMPTY]}, 0x0, 8) = -22 (EINVAL)`, unix.SYS_RT_SIGACTION, 9, handler(0x1234, 0x4000000, 0x5678, 0), nil, 8)
	c.do(`rt_sigaction (SIGSTOP, {0x1234, SA_NOCLDSTOP|SA_NOCLDWAIT|SA_RESETHAND|SA_ONSTACK|SA_RESTART|SA_NODEFER|SA_SIGINFO, 0x0, [SIGHUP|SIGINT]}, 0x0, 8) = -22 (EINVAL)`,
		unix.SYS_RT_SIGACTION, 19, handler(0x1234, 0xd8000007, 0, sigset(1, 2)), nil, 8)
	c.do(`rt_sigaction (0xffffffff, {0xffffffffffffffff}, 0xffffffffffffffff, -1) = -22 (EINVAL)`, unix.SYS_RT_SIGACTION, -1, bad, bad, -1)
	c.do(`rt_sigprocmask (SIG_BLOCK, [SIGINT|SIGUSR2], 0x0, 8) = 0`, unix.SYS_RT_SIGPROCMASK, 0, put(c, sigset(2, 12)), nil, 8)
	c.do(`rt_sigprocmask (SIG_UNBLOCK, [SIGINT|SIGUSR2], $3, 8) = 0`, unix.SYS_RT_SIGPROCMASK, 1, put(c, sigset(2, 12)), c.blank(), 8)
	c.do(`rt_sigprocmask (SIG_SETMASK, [EMPTY], 0x0, 8) = 0`, unix.SYS_RT_SIGPROCMASK, 2, put(c, uint64(0)), nil, 8)
	c.do(`rt_sigprocmask (SIG_BLOCK, NULL, 0x0, 8) = 0`, unix.SYS_RT_SIGPROCMASK, 0, nil, nil, 8)
	c.do(`rt_sigprocmask (SIG_BLOCK, 0xffffffffffffffff, 0x0, 8) = -14 (EFAULT)`, unix.SYS_RT_SIGPROCMASK, 0, bad, nil, 8)
	c.do(`rt_sigprocmask (XXXX, [SIGHUP], 0x0, NNNN) = -22 (EINVAL)`, unix.SYS_RT_SIGPROCMASK, -1, put(c, sigset(1)), nil, -1)
	c.do(`rt_sigpending ($1, 8) = 0`, unix.SYS_RT_SIGPENDING, c.blank(), 8)
	c.do(`rt_sigpending (0xffffffffffffffff, 18446744073709551615) = -22 (EINVAL)`, unix.SYS_RT_SIGPENDING, bad, -1)
	c.do(`rt_sigtimedwait ([SIGUSR1], NULL, [0.000000001], 8) = -11 (EAGAIN)`, unix.SYS_RT_SIGTIMEDWAIT, put(c, sigset(10)), nil, put(c, [2]int64{0, 1}), 8)
	c.do(`rt_sigtimedwait (0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 8) = -14 (EFAULT)`, unix.SYS_RT_SIGTIMEDWAIT, bad, bad, bad, 8)
	c.do(`rt_sigtimedwait (NULL, NULL, NULL, -1) = -22 (EINVAL)`, unix.SYS_RT_SIGTIMEDWAIT, nil, nil, nil, -1)
	c.do(`rt_sigsuspend (0xffffffffffffffff, 8) = -14 (EFAULT)`, unix.SYS_RT_SIGSUSPEND, bad, 8)
	c.do(`rt_sigsuspend ([SIGHUP|SIGSYS], 18446744073709551615) = -22 (EINVAL)`, unix.SYS_RT_SIGSUSPEND, put(c, sigset(1, 31)), -1)
	stack := c.blank()
	c.do(`sigaltstack (0x0, $2) = 0`, unix.SYS_SIGALTSTACK, nil, stack)
	c.do(`sigaltstack ({ss_sp=0x10, ss_flags=SS_DISABLE, ss_size=32}, 0xffffffffffffffff) = R`, unix.SYS_SIGALTSTACK, put(c, [3]uintptr{16, 2, 32}), bad)
	c.do(`sigaltstack (0xffffffffffffffff, 0x0) = -14 (EFAULT)`, unix.SYS_SIGALTSTACK, bad, nil)
	c.quiet(unix.SYS_SIGALTSTACK, stack, nil) // Go's handlers need it
	set := put(c, sigset(10))
	c.do(`signalfd (-1, $2, 8) = R`, unix.SYS_SIGNALFD, -1, set, 8)
	c.do(`signalfd4 (-1, $2, 8) = R`, unix.SYS_SIGNALFD4, -1, set, 8, 0)
	c.do(`signalfd4 (-1, $2, 8, SFD_NONBLOCK|SFD_CLOEXEC) = R`, unix.SYS_SIGNALFD4, -1, set, 8, unix.O_CLOEXEC|unix.O_NONBLOCK)
	c.do(`signalfd (-1, 0xffffffffffffffff, -1) = -22 (EINVAL)`, unix.SYS_SIGNALFD, -1, bad, -1)

	// A signal with a handler ends the wait; at the return, the kernel has not yet
	// made EINTR of its own number for that.
	signal.Notify(make(chan os.Signal, 8), unix.SIGALRM)
	c.quiet(unix.SYS_SETITIMER, 0, put(c, [4]int64{0, 0, 0, 20000}), nil)
	c.do(`pause () = -514`, unix.SYS_PAUSE)
	c.quiet(unix.SYS_SETITIMER, 0, put(c, [4]int64{0, 0, 0, 20000}), nil)
	c.do(`rt_sigsuspend ([EMPTY], 8) = -514`, unix.SYS_RT_SIGSUSPEND, put(c, uint64(0)), 8)
}
