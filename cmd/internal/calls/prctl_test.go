package calls

import "golang.org/x/sys/unix"

func prctlCalls(c *caller) {
	for _, p := range []struct {
		text string
		a    [3]int
	}{
		{"PR_GET_DUMPABLE", [3]int{3}}, {"PR_GET_KEEPCAPS", [3]int{7}}, {"PR_GET_TIMING", [3]int{13}},
		{"PR_GET_SECCOMP", [3]int{21}}, {"PR_GET_TIMERSLACK", [3]int{30}}, {"PR_GET_NO_NEW_PRIVS", [3]int{39}},
		{"PR_GET_THP_DISABLE", [3]int{42}}, {"PR_GET_SECUREBITS", [3]int{27}}, {"PR_MCE_KILL_GET", [3]int{34}},
		{"PR_TASK_PERF_EVENTS_DISABLE", [3]int{31}}, {"PR_TASK_PERF_EVENTS_ENABLE", [3]int{32}},
		{"PR_MPX_ENABLE_MANAGEMENT", [3]int{43}}, {"PR_MPX_DISABLE_MANAGEMENT", [3]int{44}},
		{"PR_SET_PDEATHSIG, 0x0", [3]int{1, 0}}, {"PR_SET_PDEATHSIG, 0xffffffffffffffff", [3]int{1, -1}},
		{"PR_SET_DUMPABLE, 1", [3]int{4, 1}}, {"PR_SET_DUMPABLE, 18446744073709551615", [3]int{4, -1}},
		{"PR_SET_KEEPCAPS, 0", [3]int{8, 0}}, {"PR_SET_UNALIGN, PR_UNALIGN_SIGBUS", [3]int{6, 2}},
		{"PR_SET_FPEMU, PR_FPEMU_NOPRINT", [3]int{10, 1}}, {"PR_SET_FPEXC, PR_FP_EXC_DISABLED", [3]int{12, 0}},
		{"PR_SET_TIMING, PR_TIMING_STATISTICAL", [3]int{14, 0}}, {"PR_SET_ENDIAN, PR_ENDIAN_LITTLE", [3]int{20, 1}},
		{"PR_SET_TSC, PR_TSC_ENABLE", [3]int{26, 1}}, {"PR_CAPBSET_READ, CAP_KILL", [3]int{23, 5}},
		{"PR_CAPBSET_READ, CAP_SYS_ADMIN", [3]int{23, 21}}, {"PR_SET_CHILD_SUBREAPER, 0", [3]int{36, 0}},
		{"PR_SET_NO_NEW_PRIVS, 0", [3]int{38, 0}}, {"PR_SET_TIMERSLACK, 50000", [3]int{29, 50000}},
		{"PR_SET_SECCOMP, 0x0, 0x0", [3]int{22, 99}}, {"PR_SET_MM, PR_SET_MM_BRK, 0x0", [3]int{35, 7, 0}},
		{"PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_DEFAULT", [3]int{33, 1, 2}},
		{"PR_SET_PTRACER, PR_SET_PTRACER_ANY", [3]int{0x59616d61, -1}}, {"PR_SET_PTRACER, 0", [3]int{0x59616d61, 0}},
		{"PR_SET_SECUREBITS, SECBIT_NOROOT|SECBIT_NOROOT_LOCKED|XXXX", [3]int{28, 0x103}},
		{"PR_SET_THP_DISABLE, 0x0", [3]int{41, 0}},
		{"0xffffffff, 0x1, 0x2, 0x0, 0x0", [3]int{-1, 1, 2}},
	} {
		if p.a[1] == 99 { // a mode that is none
			p.text = "PR_SET_SECCOMP, 0x63, 0x0"
		}
		c.do(`prctl (`+p.text+`) = R`, unix.SYS_PRCTL, p.a[0], p.a[1], p.a[2])
	}
	c.do(`prctl (PR_GET_PDEATHSIG, $2) = 0`, unix.SYS_PRCTL, 2, c.blank())
	c.do(`prctl (PR_SET_NAME, $2) = 0`, unix.SYS_PRCTL, 15, "calls")
	c.do(`prctl (PR_GET_NAME, $2) = 0`, unix.SYS_PRCTL, 16, c.blank())
	c.do(`prctl (PR_GET_TSC, $2) = 0`, unix.SYS_PRCTL, 25, c.blank())
	c.do(`prctl (PR_GET_CHILD_SUBREAPER, $2) = 0`, unix.SYS_PRCTL, 37, c.blank())
	c.do(`prctl (PR_GET_TID_ADDRESS, 0x0) = R`, unix.SYS_PRCTL, 40, nil)
	c.do(`prctl (PR_GET_UNALIGN, 0xffffffffffffffff) = R`, unix.SYS_PRCTL, 5, bad)
	c.do(`seccomp (SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, 0xffffffffffffffff) = R`, unix.SYS_SECCOMP, 1, 1, bad)
	c.do(`seccomp (0xffffffff, XXXX, 0x0) = -22 (EINVAL)`, unix.SYS_SECCOMP, -1, -1, nil)
	c.do(`seccomp (SECCOMP_SET_MODE_STRICT, XXXX, 0x0) = -22 (EINVAL)`, unix.SYS_SECCOMP, 0, 0x77, nil)
}

// ptraceCalls have tapir's own text, which names what the request uses and leaves out
// the rest.
func ptraceCalls(c *caller) {
	ptraces(c, func(_, named string) string { return named })
}

// ptraceAsStap has SystemTap's text, which is tapir's where it stands in for it.
func ptraceAsStap(c *caller) {
	ptraces(c, func(text, _ string) string { return text })
}

func ptraces(c *caller, pick func(text, named string) string) {
	for _, p := range []struct {
		text, named string
		a           [4]any
	}{
		{`PTRACE_PEEKTEXT, -1, 0x10, [0x20]`, `PTRACE_PEEKTEXT, -1, addr=0x10`, [4]any{1, -1, 0x10, 0x20}},
		{`PTRACE_PEEKDATA, -1, 0x10, [0x0]`, `PTRACE_PEEKDATA, -1, addr=0x10`, [4]any{2, -1, 0x10, 0}},
		{`PTRACE_PEEKUSR, -1, 0x8, [0xffffffffffffffff]`, `PTRACE_PEEKUSR, -1, addr=0x8`, [4]any{3, -1, 8, bad}},
		{`PTRACE_POKETEXT, -1, 0x1, 0x2`, `PTRACE_POKETEXT, -1, addr=0x1, data=0x2`, [4]any{4, -1, 1, 2}},
		{`PTRACE_POKEDATA, -1, 0x1, 0x2`, `PTRACE_POKEDATA, -1, addr=0x1, data=0x2`, [4]any{5, -1, 1, 2}},
		{`PTRACE_POKEUSR, -1, 0x1, 0x2`, `PTRACE_POKEUSR, -1, addr=0x1, data=0x2`, [4]any{6, -1, 1, 2}},
		{`PTRACE_CONT, -1, 0x0, SIG_0`, `PTRACE_CONT, -1, SIG_0`, [4]any{7, -1, 0, 0}},
		{`PTRACE_CONT, -1, 0x1, SIGTERM`, `PTRACE_CONT, -1, SIGTERM`, [4]any{7, -1, 1, 15}},
		{`PTRACE_KILL, -1, 0x0, 0x0`, `PTRACE_KILL, -1`, [4]any{8, -1, 0, 0}},
		{`PTRACE_SINGLESTEP, -1, 0x0, SIGSTOP`, `PTRACE_SINGLESTEP, -1, SIGSTOP`, [4]any{9, -1, 0, 19}},
		{`PTRACE_GETREGS, -1, 0x0, 0x10`, `PTRACE_GETREGS, -1, data=0x10`, [4]any{12, -1, 0, 16}},
		{`PTRACE_SETREGS, -1, 0x0, 0x10`, `PTRACE_SETREGS, -1, data=0x10`, [4]any{13, -1, 0, 16}},
		{`PTRACE_GETFPREGS, -1, 0x0, 0x10`, `PTRACE_GETFPREGS, -1, data=0x10`, [4]any{14, -1, 0, 16}},
		{`PTRACE_SETFPREGS, -1, 0x0, 0x10`, `PTRACE_SETFPREGS, -1, data=0x10`, [4]any{15, -1, 0, 16}},
		{`PTRACE_ATTACH, -1, 0x0, 0x0`, `PTRACE_ATTACH, -1`, [4]any{16, -1, 0, 0}},
		{`PTRACE_DETACH, -1, 0x0, SIG_0`, `PTRACE_DETACH, -1, SIG_0`, [4]any{17, -1, 0, 0}},
		{`PTRACE_SYSCALL, -1, 0x0, SIGKILL`, `PTRACE_SYSCALL, -1, SIGKILL`, [4]any{24, -1, 0, 9}},
		{`PTRACE_OLDSETOPTIONS, -1, 0x0, PTRACE_O_TRACESYSGOOD`, `PTRACE_OLDSETOPTIONS, -1, PTRACE_O_TRACESYSGOOD`, [4]any{21, -1, 0, 1}},
		{`PTRACE_GET_THREAD_AREA, -1, 5, 0x10`, `PTRACE_GET_THREAD_AREA, -1, index=5, data=0x10`, [4]any{25, -1, 5, 16}},
		{`PTRACE_SET_THREAD_AREA, -1, -1, 0x10`, `PTRACE_SET_THREAD_AREA, -1, index=-1, data=0x10`, [4]any{26, -1, -1, 16}},
		{`PTRACE_ARCH_PRCTL, -1, 0x10, ARCH_SET_FS`, `PTRACE_ARCH_PRCTL, -1, ARCH_SET_FS, addr=0x10`, [4]any{30, -1, 16, 0x1002}},
		{`PTRACE_SYSEMU, -1, 0x0, SIG_0`, `PTRACE_SYSEMU, -1, SIG_0`, [4]any{31, -1, 0, 0}},
		{`PTRACE_SYSEMU_SINGLESTEP, -1, 0x0, SIG_0`, `PTRACE_SYSEMU_SINGLESTEP, -1, SIG_0`, [4]any{32, -1, 0, 0}},
		{`PTRACE_SINGLEBLOCK, -1, 0x0, SIG_0`, `PTRACE_SINGLEBLOCK, -1, SIG_0`, [4]any{33, -1, 0, 0}},
		{`PTRACE_SETOPTIONS, -1, 0x0, PTRACE_O_EXITKILL|PTRACE_O_TRACECLONE|PTRACE_O_TRACEEXEC|PTRACE_O_TRACEEXIT|PTRACE_O_TRACEFORK|PTRACE_O_TRACESYSGOOD|PTRACE_O_TRACEVFORK|PTRACE_O_TRACEVFORKDONE|PTRACE_O_TRACESECCOMP`, `PTRACE_SETOPTIONS, -1, PTRACE_O_EXITKILL|PTRACE_O_TRACECLONE|PTRACE_O_TRACEEXEC|PTRACE_O_TRACEEXIT|PTRACE_O_TRACEFORK|PTRACE_O_TRACESYSGOOD|PTRACE_O_TRACEVFORK|PTRACE_O_TRACEVFORKDONE|PTRACE_O_TRACESECCOMP`, [4]any{0x4200, -1, 0, 0x1000ff}},
		{`PTRACE_GETEVENTMSG, -1, 0x0, 0x10`, `PTRACE_GETEVENTMSG, -1, data=0x10`, [4]any{0x4201, -1, 0, 16}},
		{`PTRACE_GETSIGINFO, -1, 0x0, 0x10`, `PTRACE_GETSIGINFO, -1, data=0x10`, [4]any{0x4202, -1, 0, 16}},
		{`PTRACE_SETSIGINFO, -1, 0x0, 0x10`, `PTRACE_SETSIGINFO, -1, data=0x10`, [4]any{0x4203, -1, 0, 16}},
		{`PTRACE_SEIZE, -1, 0x0, 0x0`, `PTRACE_SEIZE, -1, 0x0`, [4]any{0x4206, -1, 0, 0}},
		{`PTRACE_INTERRUPT, -1, 0x0, 0x0`, `PTRACE_INTERRUPT, -1`, [4]any{0x4207, -1, 0, 0}},
		{`PTRACE_LISTEN, -1, 0x0, 0x0`, `PTRACE_LISTEN, -1`, [4]any{0x4208, -1, 0, 0}},
		{`PTRACE_PEEKSIGINFO, -1, 0x1, 0x2`, `PTRACE_PEEKSIGINFO, -1, addr=0x1, data=0x2`, [4]any{0x4209, -1, 1, 2}},
		{`PTRACE_GETSIGMASK, -1, 0x8, 0x10`, `PTRACE_GETSIGMASK, -1, size=8, data=0x10`, [4]any{0x420a, -1, 8, 16}},
		{`PTRACE_SETSIGMASK, -1, 0x8, 0x10`, `PTRACE_SETSIGMASK, -1, size=8, data=0x10`, [4]any{0x420b, -1, 8, 16}},
		{`0xffffffff.*, -1, 0x1, 0x2`, `0xffffffffffffffff, -1, addr=0x1, data=0x2`, [4]any{-1, -1, 1, 2}},
		{`0x1234, -1, 0x1, 0x2`, `0x1234, -1, addr=0x1, data=0x2`, [4]any{0x1234, -1, 1, 2}},
	} {
		c.do(`ptrace (`+pick(p.text, p.named)+`) = R`, unix.SYS_PTRACE, p.a[:]...)
	}
	iov := put(c, [2]uintptr{0x10, 8})
	c.do(`ptrace (PTRACE_GETREGSET, -1, NT_PRSTATUS, [{0x10, 8}]) = R`, unix.SYS_PTRACE, 0x4204, -1, 1, iov)
	c.do(`ptrace (PTRACE_SETREGSET, -1, NT_X86_XSTATE, [{0x10, 8}]) = R`, unix.SYS_PTRACE, 0x4205, -1, 0x202, iov)
	c.do(`ptrace (`+pick(`PTRACE_TRACEME, 0, 0x0, 0x0`, `PTRACE_TRACEME`)+`) = R`, unix.SYS_PTRACE, 0, 0, 0, 0)
}
