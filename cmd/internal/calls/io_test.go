package calls

import "golang.org/x/sys/unix"

// scratch opens a new file of the given name and gives its descriptor.
func (c *caller) scratch(name, content string) int {
	fd := c.quiet(unix.SYS_OPENAT, at, name, unix.O_RDWR|unix.O_CREAT|unix.O_TRUNC, 0o600)
	if content != "" {
		c.quiet(unix.SYS_PWRITE64, fd, content, len(content), 0)
	}
	return fd
}

func readCalls(c *caller) {
	fd := c.scratch("file", "some content")
	c.do(`read (#1, $2, 4) = 4`, unix.SYS_READ, fd, c.blank(), 4)
	c.do(`read (#1, $2, 100) = 8`, unix.SYS_READ, fd, c.blank(), 100)
	c.do(`read (#1, 0x0, 0) = 0`, unix.SYS_READ, fd, nil, 0)
	c.do(`read (-1, 0x0, 0) = -9 (EBADF)`, unix.SYS_READ, -1, nil, 0)
	c.do(`read (#1, 0xffffffffffffffff, 1) = R`, unix.SYS_READ, fd, bad, 1)
	c.do(`read (-1, 0x0, 18446744073709551615) = -9 (EBADF)`, unix.SYS_READ, -1, nil, -1)
	c.do(`pread (#1, $2, 4, 1) = 4`, unix.SYS_PREAD64, fd, c.blank(), 4, 1)
	c.do(`pread (#1, $2, 4, -1) = -22 (EINVAL)`, unix.SYS_PREAD64, fd, c.blank(), 4, -1)
	c.do(`pread (-1, 0x0, 0, 9223372036854775807) = -9 (EBADF)`, unix.SYS_PREAD64, -1, nil, 0, 1<<63-1)
	c.do(`pwrite (#1, "pw", 2, 3) = 2`, unix.SYS_PWRITE64, fd, "pw", 2, 3)

	buf := c.blank()
	iov := put(c, [4]uintptr{buf, 3, buf + 8, 5})
	c.do(`readv (#1, $2, 2) = R`, unix.SYS_READV, fd, iov, 2)
	c.do(`readv (-1, 0x0, 0) = -9 (EBADF)`, unix.SYS_READV, -1, nil, 0)
	c.do(`readv (#1, 0xffffffffffffffff, 1) = -14 (EFAULT)`, unix.SYS_READV, fd, bad, 1)
	c.do(`readv (#1, $2, -1) = -22 (EINVAL)`, unix.SYS_READV, fd, iov, -1)
	c.do(`writev (#1, $2, 2) = 8`, unix.SYS_WRITEV, fd, iov, 2)
	c.do(`writev (-1, 0x0, -1) = -9 (EBADF)`, unix.SYS_WRITEV, -1, nil, -1)
	c.do(`preadv (#1, $2, 2, 0x2) = R`, unix.SYS_PREADV, fd, iov, 2, 2, 0)
	c.do(`preadv (-1, 0x0, 0, 0xffffffffffffffff) = R`, unix.SYS_PREADV, -1, nil, 0, -1, 0)
	c.do(`pwritev (#1, $2, 2, 0x3) = 8`, unix.SYS_PWRITEV, fd, iov, 2, 3, 0)
	c.do(`pwritev (-1, 0x0, 0, 0x0) = -9 (EBADF)`, unix.SYS_PWRITEV, -1, nil, 0, 0, 0)
	c.do(`preadv2 (#1, $2, 2, 0x1, 0x0) = R`, unix.SYS_PREADV2, fd, iov, 2, 1, 0, 0)
	c.do(`preadv2 (-1, 0x0, 0, 0x0, RWF_HIPRI) = -9 (EBADF)`, unix.SYS_PREADV2, -1, nil, 0, 0, 0, 1)
	c.do(`pwritev2 (#1, $2, 2, 0x1, 0x0) = 8`, unix.SYS_PWRITEV2, fd, iov, 2, 1, 0, 0)
	c.do(`pwritev2 (-1, 0x0, 0, 0x0, RWF_HIPRI|0x100) = -9 (EBADF)`, unix.SYS_PWRITEV2, -1, nil, 0, 0, 0, 0x101)
}

func seekCalls(c *caller) {
	fd := c.scratch("file", "some content")
	c.do(`lseek (#1, 0, SEEK_SET) = 0`, unix.SYS_LSEEK, fd, 0, 0)
	c.do(`lseek (#1, 5, SEEK_CUR) = 5`, unix.SYS_LSEEK, fd, 5, 1)
	c.do(`lseek (#1, -1, SEEK_END) = 11`, unix.SYS_LSEEK, fd, -1, 2)
	c.do(`lseek (#1, 1, SEEK_DATA) = R`, unix.SYS_LSEEK, fd, 1, 3)
	c.do(`lseek (#1, 1, SEEK_HOLE) = R`, unix.SYS_LSEEK, fd, 1, 4)
	c.do(`lseek (#1, 1, 0x5) = -22 (EINVAL)`, unix.SYS_LSEEK, fd, 1, 5)
	c.do(`lseek (#1, 0, 0xffffffff) = -22 (EINVAL)`, unix.SYS_LSEEK, fd, 0, -1)
	c.do(`lseek (-1, -1, SEEK_SET) = -9 (EBADF)`, unix.SYS_LSEEK, -1, -1, 0)
	c.do(`ftruncate (#1, 4) = 0`, unix.SYS_FTRUNCATE, fd, 4)
	c.do(`ftruncate (-1, -1) = -22 (EINVAL)`, unix.SYS_FTRUNCATE, -1, -1)
	c.do(`truncate ("file", 3) = 0`, unix.SYS_TRUNCATE, "file", 3)
	c.do(`truncate ("file", -1) = -22 (EINVAL)`, unix.SYS_TRUNCATE, "file", -1)
	c.do(`truncate (0x0, 0) = -14 (EFAULT)`, unix.SYS_TRUNCATE, nil, 0)
	c.do(`truncate (0xffffffffffffffff, 0) = -14 (EFAULT)`, unix.SYS_TRUNCATE, bad, 0)
	c.do(`fallocate (#1, 0x0, 0x1, 100) = R`, unix.SYS_FALLOCATE, fd, 0, 1, 100)
	c.do(`fallocate (#1, FALLOC_FL_KEEP_SIZE|FALLOC_FL_PUNCH_HOLE, 0x0, 1) = R`, unix.SYS_FALLOCATE, fd, 3, 0, 1)
	c.do(`fallocate (-1, FALLOC_FL_NO_HIDE_STALE|FALLOC_FL_COLLAPSE_RANGE|FALLOC_FL_ZERO_RANGE, 0x0, 0) = R`, unix.SYS_FALLOCATE, -1, 0x1c, 0, 0)
	c.do(`fallocate (-1, 0x0, 0xffffffffffffffff, 18446744073709551615) = R`, unix.SYS_FALLOCATE, -1, 0, -1, -1)
	c.do(`fsync (#1) = 0`, unix.SYS_FSYNC, fd)
	c.do(`fsync (-1) = -9 (EBADF)`, unix.SYS_FSYNC, -1)
	c.do(`fdatasync (#1) = 0`, unix.SYS_FDATASYNC, fd)
	c.do(`fdatasync (-1) = -9 (EBADF)`, unix.SYS_FDATASYNC, -1)
	c.do(`syncfs (#1) = 0`, unix.SYS_SYNCFS, fd)
	c.do(`syncfs (-1) = -9 (EBADF)`, unix.SYS_SYNCFS, -1)
	c.do(`sync () = 0`, unix.SYS_SYNC)
	c.do(`sync_file_range (#1, 0, 10, SYNC_FILE_RANGE_WRITE) = 0`, unix.SYS_SYNC_FILE_RANGE, fd, 0, 10, 2)
	c.do(`sync_file_range (-1, -1, 0, SYNC_FILE_RANGE_WAIT_BEFORE|SYNC_FILE_RANGE_WAIT_AFTER|0x8) = R`, unix.SYS_SYNC_FILE_RANGE, -1, -1, 0, 13)
	c.do(`fadvise64 (#1, 0, 10, POSIX_FADV_WILLNEED) = 0`, unix.SYS_FADVISE64, fd, 0, 10, 3)
	for i, name := range []string{"NORMAL", "RANDOM", "SEQUENTIAL", "WILLNEED", "DONTNEED", "NOREUSE"} {
		c.do(`fadvise64 (-1, 0, 0, POSIX_FADV_`+name+`) = -9 (EBADF)`, unix.SYS_FADVISE64, -1, 0, 0, i)
	}
	c.do(`fadvise64 (#1, -1, -1, 0xffffffff) = R`, unix.SYS_FADVISE64, fd, -1, -1, -1)
	c.do(`readahead (#1, 0, 10) = 0`, unix.SYS_READAHEAD, fd, 0, 10)
	c.do(`readahead (-1, -1, 18446744073709551615) = -9 (EBADF)`, unix.SYS_READAHEAD, -1, -1, -1)
}

func copyCalls(c *caller) {
	from, to := c.scratch("from", "some content"), c.scratch("to", "")
	c.do(`sendfile (#1, #2, 0x0, 4) = R`, unix.SYS_SENDFILE, to, from, nil, 4)
	c.do(`sendfile (#1, #2, $3, 4) = R`, unix.SYS_SENDFILE, to, from, c.blank(), 4)
	c.do(`sendfile (-1, -1, 0xffffffffffffffff, 18446744073709551615) = R`, unix.SYS_SENDFILE, -1, -1, bad, -1)
	c.do(`copy_file_range (#1, $2, #3, 0x0, 4, 0x0) = R`, unix.SYS_COPY_FILE_RANGE, from, c.blank(), to, nil, 4, 0)
	c.do(`copy_file_range (-1, 0x0, -1, 0x0, 18446744073709551615, 0xffffffff) = R`, unix.SYS_COPY_FILE_RANGE, -1, nil, -1, nil, -1, -1)
	p := c.blank()
	c.do(`pipe ([0, 0]) = 0`, unix.SYS_PIPE, p)
	ends := get[[2]int32](c, p)
	r, w := int(ends[0]), int(ends[1])
	c.do(`splice (#1, 0x0, #3, 0x0, 4, 0x0) = R`, unix.SYS_SPLICE, from, nil, w, nil, 4, 0)
	c.do(`splice (-1, 0x0, -1, 0x0, 0, SPLICE_F_MOVE|SPLICE_F_NONBLOCK|SPLICE_F_MORE|SPLICE_F_GIFT) = R`, unix.SYS_SPLICE, -1, nil, -1, nil, 0, 15)
	c.do(`splice (-1, $2, -1, $4, 1, 0x10) = R`, unix.SYS_SPLICE, -1, c.blank(), -1, c.blank(), 1, 16)
	c.do(`tee (-1, -1, 5, 0x0) = -9 (EBADF)`, unix.SYS_TEE, -1, -1, 5, 0)
	c.do(`tee (#1, #2, 5, 0xffffffff) = -22 (EINVAL)`, unix.SYS_TEE, r, w, 5, -1)
	buf := c.blank()
	c.do(`vmsplice (#1, $2, 1, SPLICE_F_NONBLOCK) = R`, unix.SYS_VMSPLICE, w, put(c, [2]uintptr{buf, 3}), 1, 2)
	c.do(`vmsplice (-1, 0x0, 18446744073709551615, 0x0) = -9 (EBADF)`, unix.SYS_VMSPLICE, -1, nil, -1, 0)
}

func fdCalls(c *caller) {
	fd := c.scratch("file", "")
	c.do(`dup (#1) = R`, unix.SYS_DUP, fd)
	c.do(`dup (-1) = -9 (EBADF)`, unix.SYS_DUP, -1)
	c.do(`dup2 (#1, 90) = 90`, unix.SYS_DUP2, fd, 90)
	c.do(`dup2 (-1, -1) = -9 (EBADF)`, unix.SYS_DUP2, -1, -1)
	c.do(`dup3 (#1, 91, O_CLOEXEC) = 91`, unix.SYS_DUP3, fd, 91, unix.O_CLOEXEC)
	c.do(`dup3 (#1, 92, 0x0) = 92`, unix.SYS_DUP3, fd, 92, 0)
	c.do(`dup3 (-1, -1, XXXX) = R`, unix.SYS_DUP3, -1, -1, 0x20)
	c.do(`dup3 (#1, 93, O_NONBLOCK|O_CLOEXEC) = -22 (EINVAL)`, unix.SYS_DUP3, fd, 93, unix.O_CLOEXEC|unix.O_NONBLOCK)
	for _, f := range []struct {
		text    string
		command int
		arg     any
	}{
		{`F_DUPFD, 0x3c`, unix.F_DUPFD, 60}, {`F_GETFD, 0x0`, unix.F_GETFD, 0}, {`F_SETFD, 0x1`, unix.F_SETFD, 1},
		{`F_GETFL, 0x0`, unix.F_GETFL, 0}, {`F_SETFL, 0x800`, unix.F_SETFL, 0x800}, {`F_GETLK, 0x0`, unix.F_GETLK, nil},
		{`F_SETLK, 0xffffffffffffffff`, unix.F_SETLK, bad}, {`F_SETLKW, 0x0`, unix.F_SETLKW, nil},
		{`F_SETOWN, 0x0`, unix.F_SETOWN, 0}, {`F_GETOWN, 0x0`, unix.F_GETOWN, 0}, {`F_SETSIG, 0xa`, unix.F_SETSIG, 10},
		{`F_GETSIG, 0x0`, unix.F_GETSIG, 0}, {`F_SETOWN_EX, 0x0`, unix.F_SETOWN_EX, nil}, {`F_GETOWN_EX, 0x0`, unix.F_GETOWN_EX, nil},
		{`F_SETLEASE, 0x5`, unix.F_SETLEASE, 5}, {`F_GETLEASE, 0x0`, unix.F_GETLEASE, 0},
		{`F_DUPFD_CLOEXEC, 0x50`, unix.F_DUPFD_CLOEXEC, 80}, {`F_NOTIFY, 0x1`, unix.F_NOTIFY, 1},
		{`F_SETPIPE_SZ, 0x1000`, unix.F_SETPIPE_SZ, 4096}, {`F_GETPIPE_SZ, 0x0`, unix.F_GETPIPE_SZ, 0},
		{`0xffffffff, 0xffffffffffffffff`, -1, -1}, {`0x40c, 0x0`, 0x40c, 0},
	} {
		c.do(`fcntl (#1, `+f.text+`) = R`, unix.SYS_FCNTL, fd, f.command, f.arg)
	}
	c.do(`fcntl (-1, F_GETFD, 0x0) = -9 (EBADF)`, unix.SYS_FCNTL, -1, unix.F_GETFD, 0)
	c.do(`ioctl (#1, 21505, $3) = -25 (ENOTTY)`, unix.SYS_IOCTL, fd, unix.TCGETS, c.blank())
	c.do(`ioctl (-1, -1, 0xffffffffffffffff) = -9 (EBADF)`, unix.SYS_IOCTL, -1, -1, -1)
	c.do(`ioctl (-1, -2147199483, 0x0) = -9 (EBADF)`, unix.SYS_IOCTL, -1, 0x80045605, 0)
	c.do(`flock (#1, LOCK_SH) = 0`, unix.SYS_FLOCK, fd, 1)
	c.do(`flock (#1, LOCK_EX|LOCK_NB) = 0`, unix.SYS_FLOCK, fd, 6)
	c.do(`flock (#1, LOCK_UN) = 0`, unix.SYS_FLOCK, fd, 8)
	c.do(`flock (-1, 0x0) = R`, unix.SYS_FLOCK, -1, 0)
	c.do(`flock (-1, LOCK_MAND|LOCK_READ|LOCK_WRITE) = R`, unix.SYS_FLOCK, -1, 0xe0)

	p := c.blank()
	c.do(`pipe ([0, 0]) = 0`, unix.SYS_PIPE, p)
	c.do(`pipe2 ([`+itoa(get[[2]int32](c, p)[0])+`, `+itoa(get[[2]int32](c, p)[1])+`], O_NONBLOCK|O_CLOEXEC) = 0`, unix.SYS_PIPE2, p, unix.O_NONBLOCK|unix.O_CLOEXEC)
	c.do(`pipe2 ([0, 0], O_DIRECT) = 0`, unix.SYS_PIPE2, c.blank(), unix.O_DIRECT)
	c.do(`pipe (NULL) = -14 (EFAULT)`, unix.SYS_PIPE, nil)
	c.do(`pipe ([0, 0]) = -14 (EFAULT)`, unix.SYS_PIPE, bad)
	c.do(`pipe2 (NULL) = -14 (EFAULT)`, unix.SYS_PIPE2, nil, unix.O_CLOEXEC)
	c.do(`pipe2 ([0, 0], O_CLOEXEC|0x1) = -22 (EINVAL)`, unix.SYS_PIPE2, c.blank(), unix.O_CLOEXEC|1)
}
