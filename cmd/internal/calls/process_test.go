package calls

import (
	"golang.org/x/sys/unix"
)

// inChild forks and makes one call in the new process, which then ends. Nothing
// of Go's runtime may run in it, so the call and its arguments are ready before.
//
//go:norace
//go:nocheckptr
func inChild(nr uintptr, a [6]uintptr) int {
	pid, _, _ := unix.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if pid != 0 {
		return int(pid)
	}
	_, _, _ = unix.RawSyscall6(nr, a[0], a[1], a[2], a[3], a[4], a[5])
	for {
		_, _, _ = unix.RawSyscall(unix.SYS_EXIT_GROUP, 9, 0, 0)
	}
}

// child has a call made in a new process, of which tapir is to print want.
func (c *caller) child(text string, nr int, args ...any) {
	a := c.arguments(args)
	pid := 0
	c.around(text, a, func() int { pid = inChild(uintptr(nr), a); return pid })
	c.quiet(unix.SYS_WAIT4, pid, nil, 0, nil)
}

// newProcess makes a call by which a process is made, which ends at once.
//
//go:norace
//go:nocheckptr
func newProcess(nr uintptr, a [6]uintptr) int {
	pid, _, errno := unix.RawSyscall6(nr, a[0], a[1], a[2], a[3], a[4], a[5])
	if errno != 0 {
		return -int(errno)
	}
	if pid != 0 {
		return int(pid)
	}
	for {
		_, _, _ = unix.RawSyscall(unix.SYS_EXIT_GROUP, 7, 0, 0)
	}
}

// forks is child for the call that makes the process itself.
func (c *caller) forks(text string, nr int, args ...any) {
	a := c.arguments(args)
	pid := c.around(text, a, func() int { return newProcess(uintptr(nr), a) })
	if pid > 0 {
		c.also(`exit_group (7) = ?`)
		c.quiet(unix.SYS_WAIT4, pid, nil, unix.WALL, nil)
	}
}

func forkCalls(c *caller) {
	c.forks(`fork () = R`, unix.SYS_FORK)
	c.forks(`clone (0x0|SIGCHLD, 0x0, 0x0, 0x0) = R`, unix.SYS_CLONE, int(unix.SIGCHLD), nil, nil, nil, nil)
	c.forks(`clone (CLONE_FS|CLONE_FILES|SIGCHLD, 0x0, 0x0, 0x0) = R`, unix.SYS_CLONE, 0x600|int(unix.SIGCHLD), nil, nil, nil, nil)
	c.forks(`clone (CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, 0x0, $3, $4) = R`, unix.SYS_CLONE, 0x1300000|int(unix.SIGCHLD), nil, c.blank(), c.blank(), nil)
	c.forks(`clone (CLONE_SIGHAND|CLONE_THREAD, 0x0, 0x0, 0x0) = -22 (EINVAL)`, unix.SYS_CLONE, 0x10800, nil, nil, nil, nil)
	c.do(`unshare (0x0) = 0`, unix.SYS_UNSHARE, 0)
	c.do(`unshare (CLONE_FS) = R`, unix.SYS_UNSHARE, 0x200)
	c.do(`unshare (CLONE_NEWUTS|CLONE_NEWIPC) = R`, unix.SYS_UNSHARE, 0xc000000)
	c.do(`setns (-1, 0x0) = -9 (EBADF)`, unix.SYS_SETNS, -1, 0)
	c.do(`setns (-1, CLONE_NEWNET) = -9 (EBADF)`, unix.SYS_SETNS, -1, 0x40000000)
	c.child(`exit (3) = ?`, unix.SYS_EXIT, 3)
	c.child(`exit (-1) = ?`, unix.SYS_EXIT, -1)
	c.child(`exit_group (0) = ?`, unix.SYS_EXIT_GROUP, 0)
	c.child(`exit_group (-1) = ?`, unix.SYS_EXIT_GROUP, -1)
}

func execCalls(c *caller) {
	strings := func(list ...any) uintptr {
		var v [8]uintptr
		a := c.arguments(append(list, nil))
		copy(v[:], a[:])
		return put(c, v)
	}
	argv := strings("prog", "arg one", "\ttwo")
	env := strings("K=V", "E=")
	c.child(`execve ("/no/prog", ["prog", "arg one", "\ttwo"], ["K=V", "E="]) = -2 (ENOENT)`, unix.SYS_EXECVE, "/no/prog", argv, env)
	c.child(`execve ("/no/prog", [], []) = -2 (ENOENT)`, unix.SYS_EXECVE, "/no/prog", nil, nil)
	c.child(`execve ("/no/prog", [], []) = -2 (ENOENT)`, unix.SYS_EXECVE, "/no/prog", strings(), strings())
	c.child(`execve (0x0, [], []) = -14 (EFAULT)`, unix.SYS_EXECVE, nil, nil, nil)
	c.child(`execve (0xffffffffffffffff, [0xffffffffffffffff], [0xffffffffffffffff]) = -14 (EFAULT)`, unix.SYS_EXECVE, bad, bad, bad)
	c.child(`execve ("/no/prog", ["prog", 0xffffffffffffffff], []) = -2 (ENOENT)`, unix.SYS_EXECVE, "/no/prog", strings("prog", bad), nil)
	c.child(`execve ("/bin/true", ["true"], ["K=V", "E="]) = 0`, unix.SYS_EXECVE, "/bin/true", strings("true"), env)
	c.child(`execveat (AT_FDCWD, "/no/prog", ["prog", "arg one", "\ttwo"], ["K=V", "E="], 0x0) = -2 (ENOENT)`, unix.SYS_EXECVEAT, at, "/no/prog", argv, env, 0)
	c.child(`execveat (-1, "prog", [], [], AT_SYMLINK_NOFOLLOW) = -9 (EBADF)`, unix.SYS_EXECVEAT, -1, "prog", nil, nil, 0x100)
	c.child(`execveat (AT_FDCWD, "/bin/true", ["true"], [], 0x0) = 0`, unix.SYS_EXECVEAT, at, "/bin/true", strings("true"), nil, 0)
	c.child(`execveat (-1, "", [0xffffffffffffffff], [0xffffffffffffffff], AT_EMPTY_PATH) = -9 (EBADF)`, unix.SYS_EXECVEAT, -1, "", bad, bad, 0x1000)
}

func waitCalls(c *caller) {
	child := func() int { return inChild(unix.SYS_GETPID, [6]uintptr{}) }
	pid := child()
	c.do(`wait4 (#1, $2, 0x0, 0x0) = #1`, unix.SYS_WAIT4, pid, c.blank(), 0, nil)
	pid = child()
	c.do(`wait4 (-1, 0x0, WSTOPPED, $4) = `+itoa(int32(pid)), unix.SYS_WAIT4, -1, nil, unix.WUNTRACED, c.blank())
	c.do(`wait4 (-1, 0x0, WNOHANG|WSTOPPED|WCONTINUED, 0x0) = -10 (ECHILD)`, unix.SYS_WAIT4, -1, nil, 11, nil)
	c.do(`wait4 (-1, 0xffffffffffffffff, __WNOTHREAD|__WALL|__WCLONE, 0xffffffffffffffff) = -10 (ECHILD)`, unix.SYS_WAIT4, -1, bad, 0xe0000000, bad)
	c.do(`wait4 (0, 0x0, WNOHANG|WEXITED|WSTOPPED|WCONTINUED|WNOWAIT|__WNOTHREAD|__WALL|__WCLONE|XXXX, 0x0) = -22 (EINVAL)`, unix.SYS_WAIT4, 0, nil, -1, nil)
	pid = child()
	c.do(`waitid (P_PID, #2, $3, WEXITED, 0x0) = 0`, unix.SYS_WAITID, 1, pid, c.blank(), 4, nil)
	c.do(`waitid (P_ALL, 0, 0x0, WNOHANG|WEXITED, 0x0) = -10 (ECHILD)`, unix.SYS_WAITID, 0, 0, nil, 5, nil)
	c.do(`waitid (P_PGID, -1, 0xffffffffffffffff, 0x0, 0x0) = R`, unix.SYS_WAITID, 2, -1, bad, 0, nil)
	c.do(`waitid (0xffffffff, 0, 0x0, WEXITED, 0x0) = -22 (EINVAL)`, unix.SYS_WAITID, -1, 0, nil, 4, nil)
	c.do(`waitid (P_ALL, 0, 0x0, WNOHANG|WSTOPPED|WCONTINUED|WNOWAIT, $5) = -10 (ECHILD)`, unix.SYS_WAITID, 0, 0, nil, 0x100000b, c.blank())
}

func identityCalls(c *caller) {
	for _, p := range []struct {
		name string
		nr   int
	}{
		{"getpid", unix.SYS_GETPID}, {"getppid", unix.SYS_GETPPID}, {"gettid", unix.SYS_GETTID}, {"getuid", unix.SYS_GETUID},
		{"geteuid", unix.SYS_GETEUID}, {"getgid", unix.SYS_GETGID}, {"getegid", unix.SYS_GETEGID}, {"getpgrp", unix.SYS_GETPGRP},
		{"sched_yield", unix.SYS_SCHED_YIELD}, {"restart_syscall", unix.SYS_RESTART_SYSCALL},
	} {
		c.do(p.name+` () = R`, p.nr)
	}
	c.do(`getpgid (0) = R`, unix.SYS_GETPGID, 0)
	c.do(`getpgid (-1) = R`, unix.SYS_GETPGID, -1)
	c.do(`getsid (0) = R`, unix.SYS_GETSID, 0)
	c.do(`getsid (-1) = R`, unix.SYS_GETSID, -1)
	c.do(`setpgid (0, 0) = R`, unix.SYS_SETPGID, 0, 0)
	c.do(`setpgid (-1, -1) = -22 (EINVAL)`, unix.SYS_SETPGID, -1, -1)
	c.do(`setsid () = R`, unix.SYS_SETSID)
	c.do(`setuid (0) = R`, unix.SYS_SETUID, 0)
	c.do(`setuid (-1) = -22 (EINVAL)`, unix.SYS_SETUID, -1)
	c.do(`setgid (0) = R`, unix.SYS_SETGID, 0)
	c.do(`setgid (-1) = -22 (EINVAL)`, unix.SYS_SETGID, -1)
	c.do(`setreuid (-1, -1) = 0`, unix.SYS_SETREUID, -1, -1)
	c.do(`setreuid (0, -1) = R`, unix.SYS_SETREUID, 0, 0xffffffff)
	c.do(`setregid (-1, 0) = R`, unix.SYS_SETREGID, -1, 0)
	c.do(`setresuid (-1, -1, -1) = 0`, unix.SYS_SETRESUID, -1, -1, -1)
	c.do(`setresgid (0, -1, 0) = R`, unix.SYS_SETRESGID, 0, -1, 0)
	c.do(`setfsuid (0) = R`, unix.SYS_SETFSUID, 0)
	c.do(`setfsuid (-1) = R`, unix.SYS_SETFSUID, -1)
	c.do(`setfsgid (0) = R`, unix.SYS_SETFSGID, 0)
	c.do(`setfsgid (-1) = R`, unix.SYS_SETFSGID, -1)
	c.do(`getresuid ($1, $2, $3) = 0`, unix.SYS_GETRESUID, c.blank(), c.blank(), c.blank())
	c.do(`getresuid (0x0, 0x0, 0xffffffffffffffff) = -14 (EFAULT)`, unix.SYS_GETRESUID, nil, nil, bad)
	c.do(`getresgid ($1, $2, $3) = 0`, unix.SYS_GETRESGID, c.blank(), c.blank(), c.blank())
	c.do(`getgroups (0, 0x0) = R`, unix.SYS_GETGROUPS, 0, nil)
	c.do(`getgroups (-1, 0xffffffffffffffff) = -22 (EINVAL)`, unix.SYS_GETGROUPS, -1, bad)
	c.do(`setgroups (-1, 0x0) = R`, unix.SYS_SETGROUPS, -1, nil)
	c.do(`setgroups (1, 0xffffffffffffffff) = R`, unix.SYS_SETGROUPS, 1, bad)
	header := put(c, [2]uint32{0x20080522, 0})
	c.do(`capget ($1, $2) = 0`, unix.SYS_CAPGET, header, c.blank())
	c.do(`capget (0x0, 0xffffffffffffffff) = -14 (EFAULT)`, unix.SYS_CAPGET, nil, bad)
	c.do(`capset ($1, 0xffffffffffffffff) = R`, unix.SYS_CAPSET, header, bad)
	c.do(`personality (0xffffffff) = R`, unix.SYS_PERSONALITY, -1)
	c.do(`personality (0x0) = R`, unix.SYS_PERSONALITY, 0)
	c.do(`vhangup () = R`, unix.SYS_VHANGUP) // behind setsid: there is no terminal
	c.do(`kcmp (#1, #2, KCMP_FILE, 1, 2) = R`, unix.SYS_KCMP, c.quiet(unix.SYS_GETPID), c.quiet(unix.SYS_GETPID), 0, 1, 2)
	c.do(`kcmp (-1, -1, KCMP_VM, 0, 18446744073709551615) = R`, unix.SYS_KCMP, -1, -1, 1, 0, -1)
	c.do(`kcmp (-1, -1, 0xffffffff, 0, 0) = R`, unix.SYS_KCMP, -1, -1, -1, 0, 0)
	c.do(`set_tid_address ($1) = R`, unix.SYS_SET_TID_ADDRESS, c.blank())
	c.do(`set_tid_address (0x0) = R`, unix.SYS_SET_TID_ADDRESS, nil)
	c.do(`get_robust_list (0, $2, $3) = 0`, unix.SYS_GET_ROBUST_LIST, 0, c.blank(), c.blank())
	c.do(`get_robust_list (-1, 0x0, 0xffffffffffffffff) = R`, unix.SYS_GET_ROBUST_LIST, -1, nil, bad)
	c.do(`set_robust_list (0x0, 24) = 0`, unix.SYS_SET_ROBUST_LIST, nil, 24)
	c.do(`set_robust_list (0xffffffffffffffff, 18446744073709551615) = -22 (EINVAL)`, unix.SYS_SET_ROBUST_LIST, bad, -1)
	c.do(`arch_prctl (ARCH_GET_FS, NNNN) = 0`, unix.SYS_ARCH_PRCTL, 0x1003, c.blank())
	c.do(`arch_prctl (ARCH_GET_GS, 18446744073709551615) = R`, unix.SYS_ARCH_PRCTL, 0x1004, -1)
	c.do(`arch_prctl (-1, 0) = -22 (EINVAL)`, unix.SYS_ARCH_PRCTL, -1, 0)
	c.do(`uname ($1) = 0`, unix.SYS_UNAME, c.blank())
	c.do(`uname (0xffffffffffffffff) = -14 (EFAULT)`, unix.SYS_UNAME, bad)
	c.do(`getcpu ($1, $2, 0x0) = 0`, unix.SYS_GETCPU, c.blank(), c.blank(), nil)
	c.do(`getcpu (0xffffffffffffffff, 0x0, 0x0) = -14 (EFAULT)`, unix.SYS_GETCPU, bad, nil, nil)
}
