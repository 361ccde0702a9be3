package calls

import "golang.org/x/sys/unix"

const page = 4096

func mapCalls(c *caller) {
	private := unix.MAP_PRIVATE | unix.MAP_ANON
	a := c.do(`mmap2 (0x0, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = XXXX`, unix.SYS_MMAP, nil, 2*page, 3, private, -1, 0)
	c.do(`mmap2 ($1, 4096, PROT_NONE, MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS, -1, 0) = $1`, unix.SYS_MMAP, a, page, 0, private|unix.MAP_FIXED, -1, 0)
	c.do(`mmap2 (0x0, 4096, PROT_READ, MAP_SHARED, -1, 4096) = -9 (EBADF)`, unix.SYS_MMAP, nil, page, 1, unix.MAP_SHARED, -1, page)
	c.do(`mmap2 (0x0, 0, PROT_READ|PROT_WRITE|PROT_EXEC|PROT_SEM, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = -22 (EINVAL)`, unix.SYS_MMAP, nil, 0, 15, private, -1, 0)
	c.do(`mmap2 (0x0, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_GROWSDOWN|MAP_NORESERVE|MAP_POPULATE|MAP_STACK, -1, 0) = XXXX`, unix.SYS_MMAP, nil, page, 1, private|0x2c100, -1, 0)
	c.do(`mmap2 (0x0, 18446744073709551615, 0x80, MAP_PRIVATE, -1, -1) = R`, unix.SYS_MMAP, nil, -1, 0x80, 2, -1, -1)
	c.do(`mprotect ($1, 4096, PROT_READ|PROT_WRITE) = 0`, unix.SYS_MPROTECT, a, page, 3)
	c.do(`mprotect ($1, 4096, PROT_NONE) = 0`, unix.SYS_MPROTECT, a, page, 0)
	c.do(`mprotect (0xffffffffffffffff, 18446744073709551615, PROT_READ|PROT_WRITE|PROT_EXEC|PROT_SEM|PROT_GROWSDOWN|PROT_GROWSUP|XXXX) = R`, unix.SYS_MPROTECT, -1, -1, -1)
	c.do(`mprotect ($1, 4096, PROT_EXEC) = 0`, unix.SYS_MPROTECT, a, page, 4)
	c.do(`pkey_mprotect ($1, 4096, PROT_READ, -1) = R`, unix.SYS_PKEY_MPROTECT, a, page, 1, -1)
	c.do(`pkey_alloc (0, 0x0) = R`, unix.SYS_PKEY_ALLOC, 0, 0)
	c.do(`pkey_alloc (1, PKEY_DISABLE_ACCESS|PKEY_DISABLE_WRITE) = R`, unix.SYS_PKEY_ALLOC, 1, 3)
	c.do(`pkey_free (-1) = R`, unix.SYS_PKEY_FREE, -1)
	advice := []string{"MADV_NORMAL", "MADV_RANDOM", "MADV_SEQUENTIAL", "MADV_WILLNEED", "MADV_DONTNEED"}
	for i, name := range advice {
		c.do(`madvise ($1, 4096, `+name+`) = R`, unix.SYS_MADVISE, a+page, page, i)
	}
	for _, m := range []struct {
		n    int
		text string
	}{
		{8, "MADV_FREE"}, {9, "MADV_REMOVE"}, {10, "MADV_DONTFORK"}, {11, "MADV_DOFORK"}, {14, "MADV_HUGEPAGE"},
		{15, "MADV_NOHUGEPAGE"}, {16, "MADV_DONTDUMP"}, {17, "MADV_DODUMP"}, {12, "MADV_MERGEABLE"}, {13, "MADV_UNMERGEABLE"},
		{18, "0x12"}, {-1, "0xffffffff"},
	} {
		c.do(`madvise ($1, 4096, `+m.text+`) = R`, unix.SYS_MADVISE, a+page, page, m.n)
	}
	c.do(`madvise (0xffffffffffffffff, 18446744073709551615, MADV_NORMAL) = -22 (EINVAL)`, unix.SYS_MADVISE, -1, -1, 0)
	c.do(`mincore ($1, 4096, $3) = 0`, unix.SYS_MINCORE, a, page, c.blank())
	c.do(`mincore (0x1, 1, 0x0) = -22 (EINVAL)`, unix.SYS_MINCORE, 1, 1, nil)
	c.do(`msync ($1, 4096, MS_SYNC) = R`, unix.SYS_MSYNC, a, page, 4)
	c.do(`msync ($1, 0, MS_ASYNC|MS_INVALIDATE) = 0`, unix.SYS_MSYNC, a, 0, 3)
	c.do(`msync (0xffffffffffffffff, 1, MS_ASYNC|MS_INVALIDATE|MS_SYNC|XXXX) = -22 (EINVAL)`, unix.SYS_MSYNC, -1, 1, -1)
	c.do(`mlock ($1, 4096) = R`, unix.SYS_MLOCK, a+page, page)
	c.do(`mlock (0xffffffffffffffff, 18446744073709551615) = R`, unix.SYS_MLOCK, -1, -1)
	c.do(`munlock ($1, 4096) = R`, unix.SYS_MUNLOCK, a+page, page)
	c.do(`munlock (0x0, -1) = R`, unix.SYS_MUNLOCK, nil, -1)
	c.do(`mlock2 ($1, 4096, MLOCK_ONFAULT) = R`, unix.SYS_MLOCK2, a+page, page, 1)
	c.do(`mlock2 (0x0, 0, 0x0) = R`, unix.SYS_MLOCK2, nil, 0, 0)
	c.do(`mlock2 (0x0, 0, MLOCK_ONFAULT|XXXX) = -22 (EINVAL)`, unix.SYS_MLOCK2, nil, 0, -1)
	c.do(`mlockall (0x0) = -22 (EINVAL)`, unix.SYS_MLOCKALL, 0)
	c.do(`mlockall (MCL_CURRENT|MCL_FUTURE|MCL_ONFAULT|XXXX) = -22 (EINVAL)`, unix.SYS_MLOCKALL, -1)
	c.do(`munlockall () = 0`, unix.SYS_MUNLOCKALL)
	c.do(`mremap ($1, 4096, 8192, MREMAP_MAYMOVE, 0x0) = XXXX`, unix.SYS_MREMAP, a+page, page, 2*page, 1, nil)
	c.do(`mremap (0x1, 0, -1, MREMAP_MAYMOVE|MREMAP_FIXED|XXXX, 0xffffffffffffffff) = -22 (EINVAL)`, unix.SYS_MREMAP, 1, 0, -1, 0xff, -1)
	c.do(`remap_file_pages (0x1, 0x1000, PROT_NONE, 0x0, 0x0) = R`, unix.SYS_REMAP_FILE_PAGES, 1, page, 0, 0, 0)
	c.do(`remap_file_pages (0x0, 0x0, PROT_READ, 0x1, MAP_SHARED) = R`, unix.SYS_REMAP_FILE_PAGES, 0, 0, 1, 1, 1)
	c.do(`munmap ($1, 4096) = 0`, unix.SYS_MUNMAP, a, page)
	c.do(`munmap (0x1, 18446744073709551615) = -22 (EINVAL)`, unix.SYS_MUNMAP, 1, -1)
	c.do(`brk (0x0) = R`, unix.SYS_BRK, nil)
	c.do(`brk (0xffffffffffffffff) = R`, unix.SYS_BRK, -1)
}

func policyCalls(c *caller) {
	c.do(`get_mempolicy ($1, 0x0, 0, 0x0, 0x0) = R`, unix.SYS_GET_MEMPOLICY, c.blank(), nil, 0, nil, 0)
	c.do(`get_mempolicy (0x0, $2, 64, 0x0, MPOL_F_MEMS_ALLOWED) = R`, unix.SYS_GET_MEMPOLICY, nil, c.blank(), 64, nil, 4)
	c.do(`get_mempolicy (0x0, 0x0, 18446744073709551615, 0xffffffffffffffff, MPOL_F_NODE|MPOL_F_ADDR) = R`, unix.SYS_GET_MEMPOLICY, nil, nil, -1, -1, 3)
	c.do(`set_mempolicy (MPOL_DEFAULT, 0x0, 0) = R`, unix.SYS_SET_MEMPOLICY, 0, nil, 0)
	c.do(`set_mempolicy (MPOL_F_STATIC_NODES|MPOL_BIND, 0xffffffffffffffff, 64) = R`, unix.SYS_SET_MEMPOLICY, 0x8002, bad, 64)
	c.do(`mbind (0x1, 4096, MPOL_PREFERRED, 0x0, 0, 0x0) = R`, unix.SYS_MBIND, 1, page, 1, nil, 0, 0)
	c.do(`mbind (0x0, 18446744073709551615, MPOL_INTERLEAVE, 0xffffffffffffffff, 18446744073709551615, MPOL_F_NODE|MPOL_F_ADDR|MPOL_F_MEMS_ALLOWED) = R`, unix.SYS_MBIND, nil, -1, 3, bad, -1, 7)
	c.do(`migrate_pages (0, 0, 0x0, 0x0) = R`, unix.SYS_MIGRATE_PAGES, 0, 0, nil, nil)
	c.do(`migrate_pages (-1, 18446744073709551615, 0xffffffffffffffff, 0x0) = R`, unix.SYS_MIGRATE_PAGES, -1, -1, bad, nil)
	c.do(`move_pages (0, 0, 0x0, 0x0, 0x0, 0x0) = R`, unix.SYS_MOVE_PAGES, 0, 0, nil, nil, nil, 0)
	c.do(`move_pages (-1, 1, $3, 0x0, 0xffffffffffffffff, MPOL_F_ADDR) = R`, unix.SYS_MOVE_PAGES, -1, 1, c.blank(), nil, bad, 2)
	c.do(`memfd_create ("name", 0x0) = R`, unix.SYS_MEMFD_CREATE, "name", 0)
	c.do(`memfd_create ("name", MFD_CLOEXEC|MFD_ALLOW_SEALING) = R`, unix.SYS_MEMFD_CREATE, "name", 3)
	c.do(`memfd_create (0x0, MFD_CLOEXEC|XXXX) = R`, unix.SYS_MEMFD_CREATE, nil, 0x101)
	c.do(`memfd_secret (0x0) = R`, unix.SYS_MEMFD_SECRET, 0)
	c.do(`memfd_secret (O_CLOEXEC) = R`, unix.SYS_MEMFD_SECRET, unix.O_CLOEXEC)
	c.do(`userfaultfd (O_NONBLOCK|O_CLOEXEC) = R`, unix.SYS_USERFAULTFD, unix.O_CLOEXEC|unix.O_NONBLOCK)
	c.do(`userfaultfd (0x4) = R`, unix.SYS_USERFAULTFD, 4)
	c.do(`membarrier (MEMBARRIER_CMD_QUERY, 0) = R`, unix.SYS_MEMBARRIER, 0, 0)
	c.do(`membarrier (MEMBARRIER_CMD_SHARED, -1) = R`, unix.SYS_MEMBARRIER, 1, -1)
	c.do(`membarrier (0xffffffff, 0) = R`, unix.SYS_MEMBARRIER, -1, 0)
	local := put(c, [2]uintptr{c.blank(), 8})
	self := c.quiet(unix.SYS_GETPID)
	c.do(`process_vm_readv (#1, $2, 1, $4, 1, 0) = 8`, unix.SYS_PROCESS_VM_READV, self, local, 1, local, 1, 0)
	c.do(`process_vm_readv (-1, 0x0, 18446744073709551615, 0x0, 0, 18446744073709551615) = R`, unix.SYS_PROCESS_VM_READV, -1, nil, -1, nil, 0, -1)
	c.do(`process_vm_writev (#1, $2, 1, $4, 1, 0) = 8`, unix.SYS_PROCESS_VM_WRITEV, self, local, 1, local, 1, 0)
	c.do(`process_vm_writev (-1, 0xffffffffffffffff, 1, 0x0, 1, 0) = R`, unix.SYS_PROCESS_VM_WRITEV, -1, bad, 1, nil, 1, 0)
}
