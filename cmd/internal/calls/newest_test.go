package calls

import "golang.org/x/sys/unix"

// newestFileCalls are of calls on files that SystemTap has no probes of.
func newestFileCalls(c *caller) {
	fd := c.scratch("file", "content")
	c.do(`openat2 (AT_FDCWD, "file", {flags=O_RDONLY, resolve=0x0}, 24) = R`, unix.SYS_OPENAT2, at, "file", put(c, [3]uint64{}), 24)
	c.do(`openat2 (AT_FDCWD, "made", {flags=O_RDWR|O_CREAT|O_CLOEXEC, mode=0640, resolve=RESOLVE_NO_SYMLINKS|RESOLVE_BENEATH}, 24) = R`,
		unix.SYS_OPENAT2, at, "made", put(c, [3]uint64{unix.O_RDWR | unix.O_CREAT | unix.O_CLOEXEC, 0o640, 12}), 24)
	c.do(`openat2 (-1, 0x0, NULL, 24) = R`, unix.SYS_OPENAT2, -1, nil, nil, 24)
	c.do(`openat2 (-1, "x", 0xffffffffffffffff, 24) = R`, unix.SYS_OPENAT2, -1, "x", bad, 24)
	c.do(`close_range (200, 300, 0x0) = 0`, unix.SYS_CLOSE_RANGE, 200, 300, 0)
	c.do(`close_range (4294967295, 0, CLOSE_RANGE_UNSHARE|CLOSE_RANGE_CLOEXEC) = -22 (EINVAL)`, unix.SYS_CLOSE_RANGE, -1, 0, 6)
	c.do(`fchmodat2 (AT_FDCWD, "file", 0600, 0x0) = R`, unix.SYS_FCHMODAT2, at, "file", 0o600, 0)
	c.do(`fchmodat2 (-1, "", 00, AT_SYMLINK_NOFOLLOW|AT_EMPTY_PATH) = R`, unix.SYS_FCHMODAT2, -1, "", 0, 0x1100)
	c.do(`cachestat (#1, {off=0, len=7}, $3, 0x0) = R`, unix.SYS_CACHESTAT, fd, put(c, [2]uint64{0, 7}), c.blank(), 0)
	c.do(`cachestat (4294967295, NULL, 0xffffffffffffffff, 0xffffffff) = R`, unix.SYS_CACHESTAT, -1, nil, bad, -1)
	args := put(c, struct {
		value       uintptr
		size, flags uint32
	}{c.bytes([]byte("one")), 3, 1})
	c.do(`setxattrat (AT_FDCWD, "file", 0x0, "user.x", {value=XXXX, size=3, flags=XATTR_CREATE}, 16) = R`, unix.SYS_SETXATTRAT, at, "file", 0, "user.x", args, 16)
	c.do(`getxattrat (AT_FDCWD, "file", AT_SYMLINK_NOFOLLOW, "user.none", {.+}, 16) = R`, unix.SYS_GETXATTRAT, at, "file", 0x100, "user.none", args, 16)
	c.do(`getxattrat (-1, 0x0, 0x0, 0x0, NULL, 0) = R`, unix.SYS_GETXATTRAT, -1, nil, 0, nil, nil, 0)
	c.do(`listxattrat (AT_FDCWD, "file", 0x0, 0x0, 0) = R`, unix.SYS_LISTXATTRAT, at, "file", 0, nil, 0)
	c.do(`removexattrat (AT_FDCWD, "file", 0x0, "user.x") = R`, unix.SYS_REMOVEXATTRAT, at, "file", 0, "user.x")
	c.do(`removexattrat (-1, "", AT_EMPTY_PATH, 0x0) = R`, unix.SYS_REMOVEXATTRAT, -1, "", 0x1000, nil)
	c.do(`quotactl_fd (4294967295, Q_GETQUOTA|USRQUOTA, 7, 0x0) = R`, unix.SYS_QUOTACTL_FD, -1, 0x80000700, 7, nil)
	c.do(`file_getattr (-100, AT_FDCWD, $2, "file", $3, 24, 0) = R`, unix.SYS_FILE_GETATTR, at, "file", c.blank(), 24, 0)
	c.do(`file_getattr (-1, -1, 0x0, 0x0, 0x0, 0, 4294967295) = R`, unix.SYS_FILE_GETATTR, -1, nil, nil, 0, -1)
	c.do(`file_setattr (-1, -1, $2, "file", 0x0, 0, 0) = R`, unix.SYS_FILE_SETATTR, -1, "file", nil, 0, 0)
	c.do(`epoll_pwait2 (-1, $2, 1, [0.000000001], NULL, 8) = R`, unix.SYS_EPOLL_PWAIT2, -1, c.blank(), 1, put(c, [2]int64{0, 1}), nil, 8)
	c.do(`epoll_pwait2 (-1, 0x0, -1, NULL, [SIGHUP], 8) = R`, unix.SYS_EPOLL_PWAIT2, -1, nil, -1, nil, put(c, sigset(1)), 8)
	c.do(`io_uring_setup (4294967295, 0xffffffffffffffff) = R`, unix.SYS_IO_URING_SETUP, -1, bad)
	c.do(`io_uring_setup (0, NULL) = R`, unix.SYS_IO_URING_SETUP, 0, nil)
	c.do(`io_uring_setup (0, {.*flags=IORING_SETUP_IOPOLL|IORING_SETUP_SQPOLL.*}) = R`, unix.SYS_IO_URING_SETUP, 0, put(c, [30]uint32{2: 3}))
	c.do(`io_uring_enter (4294967295, 1, 2, IORING_ENTER_GETEVENTS|IORING_ENTER_SQ_WAKEUP, 0x0, 8) = R`, unix.SYS_IO_URING_ENTER, -1, 1, 2, 3, nil, 8)
	c.do(`io_uring_register (-1, IORING_REGISTER_FILES, 0x0, 4294967295) = R`, unix.SYS_IO_URING_REGISTER, -1, 2, nil, -1)
	c.do(`io_pgetevents (.+, 0, 0, 0x0, NULL, NULL) = R`, unix.SYS_IO_PGETEVENTS, 0, 0, 0, nil, nil, nil)
	c.do(`open_by_handle_at (-1, 0xffffffffffffffff, O_RDONLY) = R`, unix.SYS_OPEN_BY_HANDLE_AT, -1, bad, 0)
}

// newestMountCalls fail: their files are not there, or their descriptors none.
func newestMountCalls(c *caller) {
	c.do(`fsopen ("no_such_fs", FSOPEN_CLOEXEC) = R`, unix.SYS_FSOPEN, "no_such_fs", 1)
	c.do(`fsopen (0x0, 0xfffffff0) = R`, unix.SYS_FSOPEN, nil, -16)
	c.do(`fsconfig (-1, FSCONFIG_SET_STRING, "key", "value", 0) = R`, unix.SYS_FSCONFIG, -1, 1, "key", "value", 0)
	c.do(`fsconfig (-1, FSCONFIG_CMD_CREATE, 0x0, .+, -1) = R`, unix.SYS_FSCONFIG, -1, 6, nil, nil, -1)
	c.do(`fsmount (-1, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY|MOUNT_ATTR_NOEXEC) = R`, unix.SYS_FSMOUNT, -1, 1, 9)
	c.do(`fspick (AT_FDCWD, "none", FSPICK_CLOEXEC|FSPICK_EMPTY_PATH) = R`, unix.SYS_FSPICK, at, "none", 9)
	c.do(`open_tree (AT_FDCWD, "none", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC) = R`, unix.SYS_OPEN_TREE, at, "none", unix.O_CLOEXEC|1)
	c.do(`open_tree (-1, 0x0, AT_RECURSIVE) = R`, unix.SYS_OPEN_TREE, -1, nil, 0x8000)
	attr := put(c, [4]uint64{1, 4, 0, 0})
	c.do(`open_tree_attr (AT_FDCWD, "none", 0x0, {attr_set=MOUNT_ATTR_RDONLY, attr_clr=MOUNT_ATTR_NODEV, propagation=0x0, userns_fd=0}, 32) = R`,
		unix.SYS_OPEN_TREE_ATTR, at, "none", 0, attr, 32)
	c.do(`move_mount (AT_FDCWD, "none", -1, "", MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_SYMLINKS) = R`, unix.SYS_MOVE_MOUNT, at, "none", -1, "", 0x14)
	c.do(`mount_setattr (AT_FDCWD, "none", AT_RECURSIVE, {attr_set=MOUNT_ATTR_RDONLY, attr_clr=MOUNT_ATTR_NODEV, propagation=0x0, userns_fd=0}, 32) = R`,
		unix.SYS_MOUNT_SETATTR, at, "none", 0x8000, attr, 32)
	c.do(`mount_setattr (-1, 0x0, 0x0, NULL, 0) = R`, unix.SYS_MOUNT_SETATTR, -1, nil, 0, nil, 0)
	request := put(c, struct {
		size, fd      uint32
		id, param, ns uint64
	}{size: 24, id: 1, param: 2})
	c.do(`statmount ({.+}, $2, 1024, 0x0) = R`, unix.SYS_STATMOUNT, request, c.blank(), 1024, 0)
	c.do(`statmount (NULL, 0x0, 18446744073709551615, 0xffffffff) = R`, unix.SYS_STATMOUNT, nil, nil, -1, -1)
	c.do(`listmount ({.+}, $2, 4, 0x0) = R`, unix.SYS_LISTMOUNT, request, c.blank(), 4, 0)
	c.do(`listmount (0xffffffffffffffff, 0x0, 0, 0x0) = R`, unix.SYS_LISTMOUNT, bad, nil, 0, 0)
}

func newestProcessCalls(c *caller) {
	args := put(c, struct{ flags, pidfd, child, parent, signal, stack, size, tls uint64 }{signal: 17})
	c.forks(`clone3 ({flags=0x0, exit_signal=SIGCHLD, stack=0x0, stack_size=0}, 64) = R`, unix.SYS_CLONE3, args, 64)
	c.do(`clone3 (NULL, 64) = R`, unix.SYS_CLONE3, nil, 64)
	self := c.quiet(unix.SYS_GETPID)
	fd := c.do(`pidfd_open (#1, 0x0) = R`, unix.SYS_PIDFD_OPEN, self, 0)
	c.do(`pidfd_open (-1, PIDFD_NONBLOCK|PIDFD_THREAD) = -22 (EINVAL)`, unix.SYS_PIDFD_OPEN, -1, 0x880)
	c.do(`pidfd_getfd (#1, 0, 0x0) = R`, unix.SYS_PIDFD_GETFD, fd, 0, 0)
	c.do(`pidfd_getfd (-1, -1, 0xffffffff) = R`, unix.SYS_PIDFD_GETFD, -1, -1, -1)
	c.do(`pidfd_send_signal (#1, SIG_0, NULL, 0x0) = R`, unix.SYS_PIDFD_SEND_SIGNAL, fd, 0, nil, 0)
	c.do(`pidfd_send_signal (-1, SIGKILL, 0xffffffffffffffff, PIDFD_SIGNAL_THREAD) = R`, unix.SYS_PIDFD_SEND_SIGNAL, -1, 9, bad, 1)
	c.do(`process_madvise (-1, .+, 1, MADV_COLD, 0x0) = R`, unix.SYS_PROCESS_MADVISE, -1, put(c, [2]uintptr{c.blank(), 8}), 1, 20, 0)
	c.do(`process_mrelease (-1, 0x0) = R`, unix.SYS_PROCESS_MRELEASE, -1, 0)
	word := put(c, uint32(1))
	waiters := put(c, [6]uint64{1, uint64(word), 2, 5, uint64(word), 2})
	c.do(`futex_waitv (.+, 1, 0x0, [0.000000000], CLOCK_MONOTONIC) = R`, unix.SYS_FUTEX_WAITV, waiters, 1, 0, put(c, [2]int64{}), 1)
	c.do(`futex_waitv (NULL, 0, 0xffffffff, NULL, CLOCK_REALTIME) = R`, unix.SYS_FUTEX_WAITV, nil, 0, -1, nil, 0)
	c.do(`futex_wake ($1, 0x1, 1, .+) = R`, unix.SYS_FUTEX_WAKE, word, 1, 1, 2)
	c.do(`futex_wait ($1, 0x0, 0x1, .+, NULL, CLOCK_MONOTONIC) = R`, unix.SYS_FUTEX_WAIT, word, 0, 1, 2, nil, 1)
	c.do(`futex_requeue (.+, 0x0, 1, 2) = R`, unix.SYS_FUTEX_REQUEUE, waiters, 0, 1, 2)
	c.do(`rseq (0x1, 4294967295, RSEQ_FLAG_UNREGISTER, 0xffffffff) = -22 (EINVAL)`, unix.SYS_RSEQ, 1, -1, 1, -1)
	c.do(`map_shadow_stack (0x1, 4096, SHADOW_STACK_SET_TOKEN) = R`, unix.SYS_MAP_SHADOW_STACK, 1, page, 1)
	c.do(`mseal (0x1, 4096, 0x0) = R`, unix.SYS_MSEAL, 1, page, 0)
	c.do(`mseal (0x0, 18446744073709551615, 0xffffffffffffffff) = R`, unix.SYS_MSEAL, nil, -1, -1)
	c.do(`set_mempolicy_home_node (0x1, 4096, 1, 0x0) = R`, unix.SYS_SET_MEMPOLICY_HOME_NODE, 1, page, 1, 0)
}

func newestSecurityCalls(c *caller) {
	c.do(`landlock_create_ruleset (NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) = R`, unix.SYS_LANDLOCK_CREATE_RULESET, nil, 0, 1)
	rules := put(c, [3]uint64{3, 1, 2})
	c.do(`landlock_create_ruleset ({handled_access_fs=LANDLOCK_ACCESS_FS_EXECUTE|LANDLOCK_ACCESS_FS_WRITE_FILE, handled_access_net=LANDLOCK_ACCESS_NET_BIND_TCP, scoped=LANDLOCK_SCOPE_SIGNAL}, 24, 0x0) = R`,
		unix.SYS_LANDLOCK_CREATE_RULESET, rules, 24, 0)
	c.do(`landlock_add_rule (-1, LANDLOCK_RULE_PATH_BENEATH, {allowed_access=LANDLOCK_ACCESS_FS_READ_FILE, parent_fd=5}, 0x0) = R`,
		unix.SYS_LANDLOCK_ADD_RULE, -1, 1, put(c, [2]uint64{4, 5}), 0)
	c.do(`landlock_add_rule (-1, LANDLOCK_RULE_NET_PORT, {allowed_access=LANDLOCK_ACCESS_NET_CONNECT_TCP, port=80}, 0x0) = R`,
		unix.SYS_LANDLOCK_ADD_RULE, -1, 2, put(c, [2]uint64{2, 80}), 0)
	c.do(`landlock_restrict_self (-1, 0x0) = R`, unix.SYS_LANDLOCK_RESTRICT_SELF, -1, 0)
	c.do(`lsm_get_self_attr (100, 0x0, $3, 0) = R`, unix.SYS_LSM_GET_SELF_ATTR, 100, nil, c.blank(), 0)
	c.do(`lsm_get_self_attr (4294967295, 0xffffffffffffffff, 0x0, 4294967295) = R`, unix.SYS_LSM_GET_SELF_ATTR, -1, bad, nil, -1)
	c.do(`lsm_set_self_attr (100, 0x0, 0x0, 0) = R`, unix.SYS_LSM_SET_SELF_ATTR, 100, nil, nil, 0)
	c.do(`lsm_list_modules ($1, $2, 0x0) = R`, unix.SYS_LSM_LIST_MODULES, c.blank(), put(c, uint32(64)), 0)
	c.do(`lsm_list_modules (0x0, 0xffffffffffffffff, 0xffffffff) = R`, unix.SYS_LSM_LIST_MODULES, nil, bad, -1)
}
