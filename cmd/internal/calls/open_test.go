package calls

import (
	"strings"

	"golang.org/x/sys/unix"
)

// at is AT_FDCWD as an argument.
const at = unix.AT_FDCWD

// openModes are flags of open in the order in which they are printed.
var openModes = []struct {
	flag int
	text string
}{
	{unix.O_EXCL, "O_EXCL"}, {unix.O_NOCTTY, "O_NOCTTY"}, {unix.O_TRUNC, "O_TRUNC"},
	{unix.O_APPEND, "O_APPEND"}, {unix.O_NONBLOCK, "O_NONBLOCK"}, {unix.O_DSYNC, "O_SYNC"},
	{unix.O_SYNC, "O_SYNC"}, {unix.O_ASYNC, "O_ASYNC"}, {unix.O_DIRECT, "O_DIRECT"},
	{0o100000, "O_LARGEFILE"}, {unix.O_DIRECTORY, "O_DIRECTORY"}, {unix.O_NOFOLLOW, "O_NOFOLLOW"},
	{unix.O_NOATIME, "O_NOATIME"}, {unix.O_CLOEXEC, "O_CLOEXEC"}, {unix.O_PATH, "O_PATH"},
}

func openCalls(c *caller) {
	fd := c.do(`open ("new", O_RDWR|O_CREAT, 0644) = R`, unix.SYS_OPEN, "new", unix.O_RDWR|unix.O_CREAT, 0o644)
	c.do(`close (#1) = 0`, unix.SYS_CLOSE, fd)
	c.do(`close (-1) = -9 (EBADF)`, unix.SYS_CLOSE, -1)
	c.do(`close (-1) = -9 (EBADF)`, unix.SYS_CLOSE, 0xffffffff)
	c.do(`open ("new", O_RDONLY) = R`, unix.SYS_OPEN, "new", 0, 0o777)
	c.do(`open ("new", O_WRONLY) = R`, unix.SYS_OPEN, "new", unix.O_WRONLY)
	c.do(`open ("new", O_RDONLY) = R`, unix.SYS_OPEN, "new", 3)
	c.do(`open ("none", O_RDONLY) = -2 (ENOENT)`, unix.SYS_OPEN, "none", 0)
	c.do(`open ("none/x", O_RDONLY|O_CREAT, 00) = -2 (ENOENT)`, unix.SYS_OPEN, "none/x", unix.O_CREAT, 0)
	c.do(`open ("new", O_RDONLY|O_CREAT|O_EXCL, 0600) = -17 (EEXIST)`, unix.SYS_OPEN, "new", unix.O_CREAT|unix.O_EXCL, 0o600)
	c.do(`open (".", O_WRONLY) = -21 (EISDIR)`, unix.SYS_OPEN, ".", unix.O_WRONLY)
	c.do(`open (0x0, O_RDONLY) = -14 (EFAULT)`, unix.SYS_OPEN, nil, 0)
	c.do(`open (0xffffffffffffffff, O_RDONLY) = -14 (EFAULT)`, unix.SYS_OPEN, bad, 0)
	c.do(`open ("", O_RDONLY) = -2 (ENOENT)`, unix.SYS_OPEN, "", 0)
	c.do(`open ("new", O_RDONLY.*|O_PATH|XXXX, NNNN) = R`, unix.SYS_OPEN, "new", -1, -1)
	c.do(`open ("new", O_RDONLY|0x4000000) = R`, unix.SYS_OPEN, "new", 0x4000000)
	c.do(`open ("new", O_RDWR|O_APPEND|O_CLOEXEC|0x4000000) = R`, unix.SYS_OPEN, "new", unix.O_RDWR|unix.O_APPEND|unix.O_CLOEXEC|0x4000000)
	for _, m := range openModes {
		c.do(`open ("none", O_RDONLY|`+m.text+`) = R`, unix.SYS_OPEN, "none", m.flag)
		c.do(`openat (AT_FDCWD, "none/", O_WRONLY|`+m.text+`) = R`, unix.SYS_OPENAT, at, "none/", m.flag|unix.O_WRONLY)
	}

	c.do(`openat (AT_FDCWD, "none", O_RDONLY) = -2 (ENOENT)`, unix.SYS_OPENAT, at, "none", unix.O_RDONLY)
	c.do(`openat (AT_FDCWD, "at", O_RDWR|O_CREAT, 0666) = R`, unix.SYS_OPENAT, at, "at", unix.O_RDWR|unix.O_CREAT, 0o666)
	c.do(`openat (AT_FDCWD, "at", O_RDWR|O_CREAT, 037777777777) = R`, unix.SYS_OPENAT, at, "at", unix.O_RDWR|unix.O_CREAT, -1)
	c.do(`openat (-1, 0x0, O_RDONLY) = -14 (EFAULT)`, unix.SYS_OPENAT, -1, nil, 0)
	c.do(`openat (-1, "at", O_RDONLY) = -9 (EBADF)`, unix.SYS_OPENAT, -1, "at", 0)
	c.do(`openat (77, "at", O_WRONLY|O_APPEND) = -9 (EBADF)`, unix.SYS_OPENAT, 77, "at", unix.O_WRONLY|unix.O_APPEND)
	c.do(`openat (AT_FDCWD, 0xffffffffffffffff, O_RDONLY) = -14 (EFAULT)`, unix.SYS_OPENAT, at, bad, 0)
	c.do(`openat (AT_FDCWD, "at", O_RDONLY) = R`, unix.SYS_OPENAT, 0xffffff9c, "at", 0)

	c.do(`creat ("created", 0600) = R`, unix.SYS_CREAT, "created", 0o600)
	c.do(`creat ("created", 00) = R`, unix.SYS_CREAT, "created", 0)
	c.do(`creat ("created", 037777777777) = R`, unix.SYS_CREAT, "created", -1)
	c.do(`creat (0x0, 07) = -14 (EFAULT)`, unix.SYS_CREAT, nil, 7)
	c.do(`creat (0xffffffffffffffff, 01777) = -14 (EFAULT)`, unix.SYS_CREAT, bad, 0o1777)
}

// pathCalls are about how a path is quoted, and where it is cut.
func pathCalls(c *caller) {
	for _, p := range []struct{ path, text string }{
		{"a\tb\nc\rd\ae\bf\fg\vh", `a\tb\nc\rd\ae\bf\fg\vh`},
		{`quote " back \ slash`, `quote \" back \\ slash`},
		{"\x01\x02\x1b\x7f", `\001\002\033\177`},
		{"\xff\xfe high", `\377\376 high`},
		{"\xc3 cut", `\303 cut`},
		{"caf\u00e9", `caf\u00E9`},
		{"\u20ac", `\u20AC`},
		{"\U0001f600", `\U0001F600`},
		{"x\xe2\x82", `x\342\202`},
		{"'%s' ?", `'%s' ?`},
		{" ", ` `},
	} {
		c.do(`chdir ("`+p.text+`") = -2 (ENOENT)`, unix.SYS_CHDIR, p.path)
		c.do(`openat (AT_FDCWD, "`+p.text+`", O_RDONLY) = -2 (ENOENT)`, unix.SYS_OPENAT, at, p.path, 0)
	}
	for _, n := range []int{50, 255} {
		long := strings.Repeat("n", n)
		c.do(`chdir ("`+long+`") = R`, unix.SYS_CHDIR, long)
	}
	// argstr ends with its 511th byte, and so does a quoted text, dots included.
	deep := strings.Repeat("d/", 254) // 508 bytes
	c.do(`chdir ("`+deep+`") = -2 (ENOENT)`, unix.SYS_CHDIR, deep)
	c.do(`chdir ("`+deep+`d") = -2 (ENOENT)`, unix.SYS_CHDIR, deep+"d")
	c.do(`chdir ("`+deep[:506]+`"...) = -2 (ENOENT)`, unix.SYS_CHDIR, deep+"d/d")
	c.do(`chdir ("`+deep[:506]+`"...) = -2 (ENOENT)`, unix.SYS_CHDIR, deep+deep)
	c.do(`openat (AT_FDCWD, "`+deep[:500]+`) = -2 (ENOENT)`, unix.SYS_OPENAT, at, deep+deep, 0)
	c.do(`rename ("`+deep[:508]+`",) = -2 (ENOENT)`, unix.SYS_RENAME, deep, "other")
}

// bufferCalls are about how a buffer is quoted: at most 50 characters with quotes
// and dots.
func bufferCalls(c *caller) {
	c.do(`openat (AT_FDCWD, "out", O_RDWR|O_CREAT, 0600) = R`, unix.SYS_OPENAT, at, "out", unix.O_RDWR|unix.O_CREAT, 0o600)
	digits := "0123456789012345678901234567890123456789012345678901234567890123456789"
	for _, n := range []int{0, 1, 43, 44, 45, 46, 47, 48} {
		c.do(`write (-1, "`+digits[:n]+`", #3) = -9 (EBADF)`, unix.SYS_WRITE, -1, []byte(digits[:n]), n)
	}
	for _, n := range []int{49, 50, 51, 70} {
		c.do(`write (-1, "`+digits[:45]+`"..., #3) = -9 (EBADF)`, unix.SYS_WRITE, -1, []byte(digits[:n]), n)
	}
	for _, b := range []struct{ data, text string }{
		{"hello\n\x01\xff", `"hello\n\001\377"`},
		{"a\x00b", `"a\0b"`},
		{"\x00", `"\0"`},
		{"\x00\x00\x00", `"\0\0\0"`},
		{"caf\u00e9", `"caf\u00E9"`},
		{"\u65e5\u672c", `"\u65E5\u672C"`},
		{"\U0001f600!", `"\U0001F600!"`},
		{"\xe2\x82", `"\342\202"`},
		{`"\`, `"\"\\"`},
		{strings.Repeat("\n", 24), `"` + strings.Repeat(`\n`, 24) + `"`},
		{strings.Repeat("\n", 25), `"` + strings.Repeat(`\n`, 22) + `"...`},
		{strings.Repeat("\x01", 12), `"` + strings.Repeat(`\001`, 12) + `"`},
		{strings.Repeat("\x01", 13), `"` + strings.Repeat(`\001`, 11) + `"...`},
	} {
		c.do(`write (-1, `+b.text+`, #3) = -9 (EBADF)`, unix.SYS_WRITE, -1, []byte(b.data), len(b.data))
		c.do(`pwrite (-1, `+b.text+`, #3, 7) = -9 (EBADF)`, unix.SYS_PWRITE64, -1, []byte(b.data), len(b.data), 7)
	}
	c.do(`write (-1, [[[[0x0!!!!""]]]], 0) = -9 (EBADF)`, unix.SYS_WRITE, -1, nil, 0)
	c.do(`write (-1, 0x0, 5) = -9 (EBADF)`, unix.SYS_WRITE, -1, nil, 5)
	c.do(`write (-1, 0xffffffffffffffff, 5) = -9 (EBADF)`, unix.SYS_WRITE, -1, bad, 5)
	c.do(`write (-1, "x", 1) = -9 (EBADF)`, unix.SYS_WRITE, -1, "x", 1)
	c.do(`write (-1, .*, 18446744073709551615) = -9 (EBADF)`, unix.SYS_WRITE, -1, digits, -1)
	c.do(`pwrite (-1, 0xffffffffffffffff, 5, -1) = -22 (EINVAL)`, unix.SYS_PWRITE64, -1, bad, 5, -1)
}
