package calls

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// filledCalls are about argstr at the return, which has what the call has filled in
// where SystemTap has an address.
func filledCalls(c *caller) {
	fd := c.scratch("file", "some content")
	c.do(`read (#1, "some", 4) = 4`, unix.SYS_READ, fd, c.blank(), 4)
	c.do(`read (#1, " content", 100) = 8`, unix.SYS_READ, fd, c.blank(), 100)
	c.do(`read (#1, $2, 100) = 0`, unix.SYS_READ, fd, c.blank(), 100)
	c.do(`read (-1, $2, 100) = -9 (EBADF)`, unix.SYS_READ, -1, c.blank(), 100)
	c.do(`pread (#1, "ome", 3, 1) = 3`, unix.SYS_PREAD64, fd, c.blank(), 3, 1)
	stat := `{st_mode=S_IFREG|0600, st_size=12, st_ino=NNNN, st_nlink=1, st_uid=NNNN, st_gid=NNNN, st_blocks=NNNN, st_mtime=NNNN.NNNN}`
	c.do(`fstat (#1, `+stat+`) = 0`, unix.SYS_FSTAT, fd, c.blank())
	c.do(`stat ("file", `+stat+`) = 0`, unix.SYS_STAT, "file", c.blank())
	c.do(`fstatat (AT_FDCWD, "file", `+stat+`, 0x0) = 0`, unix.SYS_NEWFSTATAT, at, "file", c.blank(), 0)
	c.do(`lstat ("none", $2) = -2 (ENOENT)`, unix.SYS_LSTAT, "none", c.blank())
	c.do(`statx (AT_FDCWD, "file", 0x0, XXXX, {stx_mode=S_IFREG|0600, .*stx_size=12, .*}) = 0`, unix.SYS_STATX, at, "file", 0, 0x7ff, c.blank())
	c.do(`fstatfs (#1, {f_type=.+, f_bsize=NNNN, .*}) = 0`, unix.SYS_FSTATFS, fd, c.blank())
	c.quiet(unix.SYS_SYMLINK, "to", "link")
	c.do(`readlink ("link", "to", 64) = 2`, unix.SYS_READLINK, "link", c.blank(), 64)
	c.do(`readlinkat (AT_FDCWD, "none", $3, 64) = -2 (ENOENT)`, unix.SYS_READLINKAT, at, "none", c.blank(), 64)
	c.do(`getcwd ("/.+", 512) = NNNN`, unix.SYS_GETCWD, c.blank(), 512)
	c.do(`pipe ([NNNN, NNNN]) = 0`, unix.SYS_PIPE, c.blank())
	c.do(`pipe2 ([NNNN, NNNN], O_CLOEXEC) = 0`, unix.SYS_PIPE2, c.blank(), unix.O_CLOEXEC)
	lock := put(c, [4]int64{unix.F_WRLCK})
	c.do(`fcntl (#1, F_GETLK, [[[[$3!!!!{l_type=F_UNLCK, .+}]]]]) = 0`, unix.SYS_FCNTL, fd, unix.F_GETLK, lock)
	c.do(`write (#1, "ab", 2) = 2`, unix.SYS_WRITE, fd, "ab", 2)
	c.do(`openat (AT_FDCWD, "none", O_RDONLY) = -2 (ENOENT)`, unix.SYS_OPENAT, at, "none", 0)
	c.do(`munmap (0x10000, 4096) = 0`, unix.SYS_MUNMAP, 0x10000, page)
	c.do(`getrandom (".+", 4, GRND_NONBLOCK) = 4`, unix.SYS_GETRANDOM, c.blank(), 4, 1)
}

// filledAnswers are what calls say about the process, its limits and the time.
func filledAnswers(c *caller) {
	pid := inChild(unix.SYS_GETPID, [6]uintptr{})
	c.do(`wait4 (#1, [WEXITSTATUS=9], 0x0, {ru_utime=.+}) = #1`, unix.SYS_WAIT4, pid, c.blank(), 0, c.blank())
	c.do(`wait4 (-1, $2, WNOHANG, 0x0) = -10 (ECHILD)`, unix.SYS_WAIT4, -1, c.blank(), 1, nil)
	pid = inChild(unix.SYS_GETPID, [6]uintptr{})
	c.do(`waitid (P_PID, #2, {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=#2, si_uid=NNNN, si_status=9}, WEXITED, 0x0) = 0`, unix.SYS_WAITID, 1, pid, c.blank(), 4, nil)
	c.do(`getrlimit (RLIMIT_CORE, [NNNN,NNNN]) = 0`, unix.SYS_GETRLIMIT, 4, c.blank())
	c.do(`prlimit64 (0, RLIMIT_CORE, NULL, [NNNN,NNNN]) = 0`, unix.SYS_PRLIMIT64, 0, 4, nil, c.blank())
	c.do(`getrusage (RUSAGE_SELF, {ru_utime=NNNN.NNNN, ru_stime=.+}) = 0`, unix.SYS_GETRUSAGE, 0, c.blank())
	c.do(`clock_gettime (CLOCK_MONOTONIC, [NNNN.NNNN]) = 0`, unix.SYS_CLOCK_GETTIME, 1, c.blank())
	c.do(`clock_getres (CLOCK_MONOTONIC, [0.000000001]) = 0`, unix.SYS_CLOCK_GETRES, 1, c.blank())
	c.do(`gettimeofday ([NNNN.NNNN], [NNNN, NNNN]) = 0`, unix.SYS_GETTIMEOFDAY, c.blank(), c.blank())
	c.do(`nanosleep ([0.000001000], $2) = 0`, unix.SYS_NANOSLEEP, put(c, [2]int64{0, 1000}), c.blank())
	c.do(`uname ({sysname="Linux", .+}) = 0`, unix.SYS_UNAME, c.blank())
	c.do(`sysinfo ({uptime=NNNN, loads=.+, procs=NNNN}) = 0`, unix.SYS_SYSINFO, c.blank())
	c.do(`times ({tms_utime=NNNN, tms_stime=NNNN, tms_cutime=NNNN, tms_cstime=NNNN}) = NNNN`, unix.SYS_TIMES, c.blank())
	c.do(`getresuid ([NNNN], [NNNN], [NNNN]) = 0`, unix.SYS_GETRESUID, c.blank(), c.blank(), c.blank())
	c.do(`sched_getaffinity (0, 128, .+) = NNNN`, unix.SYS_SCHED_GETAFFINITY, 0, 128, c.blank())
	c.quiet(unix.SYS_RT_SIGPROCMASK, 0, put(c, sigset(12)), nil, 8)
	c.do(`rt_sigprocmask (SIG_UNBLOCK, [SIGUSR2], [.*SIGUSR2], 8) = 0`, unix.SYS_RT_SIGPROCMASK, 1, put(c, sigset(12)), c.blank(), 8)
	c.do(`rt_sigaction (SIGUSR1, {NULL}, {XXXX, .+}, 8) = 0`, unix.SYS_RT_SIGACTION, 10, nil, c.blank(), 8)
	c.do(`sigaltstack (0x0, {ss_sp=XXXX, ss_flags=.+, ss_size=NNNN}) = 0`, unix.SYS_SIGALTSTACK, nil, c.blank())
	c.do(`getitimer (ITIMER_REAL, [0.000000,0.000000]) = 0`, unix.SYS_GETITIMER, 0, c.blank())
	fd := c.quiet(unix.SYS_TIMERFD_CREATE, 1, 0)
	c.do(`timerfd_gettime (#1, [0.000000,0.000000]) = 0`, unix.SYS_TIMERFD_GETTIME, fd, c.blank())
	c.do(`capget ({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, .+) = 0`, unix.SYS_CAPGET, put(c, [2]uint32{0x20080522, 0}), c.blank())
}

// filledAddresses are what calls on sockets fill in.
func filledAddresses(c *caller) {
	pair := c.blank()
	c.do(`socketpair (PF_LOCAL, SOCK_DGRAM, 0, [NNNN, NNNN]) = 0`, unix.SYS_SOCKETPAIR, 1, 2, 0, pair)
	ends := get[[2]int32](c, pair)
	a, b := int(ends[0]), int(ends[1])
	c.do(`sendto (#1, "dg\n", 3, 0x0, NULL, 0) = 3`, unix.SYS_SENDTO, a, "dg\n", 3, 0, nil, 0)
	c.do(`poll ([{fd=#6, events=POLLIN, revents=POLLIN}], 1, 0) = 1`, unix.SYS_POLL, put(c, [2]int32{int32(b), 1}), 1, 0, 0, 0, b)
	c.do(`recvfrom (#1, "dg\n", 10, 0x0, 0x0, 0x0) = 3`, unix.SYS_RECVFROM, b, c.blank(), 10, 0, nil, nil)
	ep := c.quiet(unix.SYS_EPOLL_CREATE1, 0)
	event := put(c, [3]uint32{unix.EPOLLIN | unix.EPOLLOUT, 7, 0})
	c.do(`epoll_ctl (#1, EPOLL_CTL_ADD, #3, {.*EPOLLIN|EPOLLOUT.*}) = 0`, unix.SYS_EPOLL_CTL, ep, 1, a, event)
	c.do(`epoll_wait (#1, [{.*EPOLLOUT.*}], 4, 0) = 1`, unix.SYS_EPOLL_WAIT, ep, c.blank(), 4, 0)

	s := c.quiet(unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_STREAM, 0)
	home := [4]byte{127, 0, 0, 1}
	c.quiet(unix.SYS_BIND, s, inet(0, home), 16)
	c.quiet(unix.SYS_LISTEN, s, 5)
	addr, length := c.blank(), put(c, uint32(16))
	c.do(`getsockname (#1, {AF_INET, 127.0.0.1, NNNN}, [16]) = 0`, unix.SYS_GETSOCKNAME, s, addr, length)
	port := get[[4]byte](c, addr)
	client := c.quiet(unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_STREAM, 0)
	c.quiet(unix.SYS_CONNECT, client, inet(binary.BigEndian.Uint16(port[2:]), home), 16)
	c.do(`accept (#1, {AF_INET, 127.0.0.1, NNNN}, [16]) = NNNN`, unix.SYS_ACCEPT, s, addr, length)
	c.do(`accept4 (-1, $2, $3, 0x0) = -9 (EBADF)`, unix.SYS_ACCEPT4, -1, addr, length, 0)
	c.do(`getpeername (#1, {AF_INET, 127.0.0.1, NNNN}, [16]) = 0`, unix.SYS_GETPEERNAME, client, addr, length)
	c.do(`getsockopt (#1, SOL_SOCKET, SO_TYPE, [1], [4]) = 0`, unix.SYS_GETSOCKOPT, s, 1, 3, c.blank(), put(c, uint32(4)))
}
