package calls

import (
	"strings"

	"golang.org/x/sys/unix"
)

// at is AT_FDCWD as an argument.
const at = unix.AT_FDCWD

func openCalls(c *caller) {
	c.do(`openat (AT_FDCWD, "none", O_RDONLY) = -2 (ENOENT)`, unix.SYS_OPENAT, at, "none", unix.O_RDONLY)
	c.do(`openat (AT_FDCWD, "new", O_RDWR|O_CREAT, 0666) = R`, unix.SYS_OPENAT, at, "new", unix.O_RDWR|unix.O_CREAT, 0o666)
	c.do(`openat (-1, 0x0, O_RDONLY) = -14 (EFAULT)`, unix.SYS_OPENAT, -1, nil, 0)
	c.do(`openat (#1, "`+strings.Repeat("a", 510)+` = R`, unix.SYS_OPENAT, 77, strings.Repeat("a", 510), 0)
	c.do(`close (-1) = -9 (EBADF)`, unix.SYS_CLOSE, -1)
}
