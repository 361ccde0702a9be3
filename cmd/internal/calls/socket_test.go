package calls

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// inet is a struct sockaddr_in.
func inet(port uint16, ip [4]byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, unix.AF_INET)
	b = append(binary.BigEndian.AppendUint16(b, port), ip[:]...)
	return append(b, make([]byte, 8)...)
}

// inet6 is a struct sockaddr_in6 with address 2001:db8::N.
func inet6(port uint16, last byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, unix.AF_INET6)
	b = binary.BigEndian.AppendUint16(b, port)
	b = append(b, 0, 0, 0, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last)
	return append(b, 0, 0, 0, 0)
}

// local is a struct sockaddr_un with as much of its path as there is.
func local(path string) []byte {
	return append(binary.LittleEndian.AppendUint16(nil, unix.AF_UNIX), path...)
}

func socketCalls(c *caller) {
	for i, name := range []string{"PF_UNSPEC", "PF_LOCAL", "", "PF_AX25", "PF_IPX", "PF_APPLETALK", "PF_NETROM", "PF_BRIDGE", "PF_ATMPVC", "PF_X25"} {
		if name != "" {
			c.do(`socket (`+name+`, 0x9, 0) = R`, unix.SYS_SOCKET, i, 9, 0)
		}
	}
	for i, name := range []string{"", "SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_RDM", "SOCK_SEQPACKET", "SOCK_DCCP"} {
		if name != "" {
			c.do(`socket (PF_LOCAL, `+name+`|SOCK_CLOEXEC, 9) = R`, unix.SYS_SOCKET, 1, i|unix.SOCK_CLOEXEC, 9)
		}
	}
	c.do(`socket (PF_INET, SOCK_STREAM, IPPROTO_IP) = R`, unix.SYS_SOCKET, 2, 1, 0)
	c.do(`socket (PF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_TCP) = R`, unix.SYS_SOCKET, 2, 1|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 6)
	c.do(`socket (PF_INET6, SOCK_DGRAM, IPPROTO_UDP) = R`, unix.SYS_SOCKET, 10, 2, 17)
	c.do(`socket (PF_INET6, SOCK_RAW, IPPROTO_ICMP) = R`, unix.SYS_SOCKET, 10, 3, 1)
	c.do(`socket (0xffffffff, .*, -1) = R`, unix.SYS_SOCKET, -1, -1, -1)
	c.do(`socketpair (PF_LOCAL, SOCK_DGRAM, 0, $4) = 0`, unix.SYS_SOCKETPAIR, 1, 2, 0, c.blank())
	c.do(`socketpair (PF_LOCAL, SOCK_STREAM|SOCK_NONBLOCK, 0, 0x0) = R`, unix.SYS_SOCKETPAIR, 1, 1|unix.SOCK_NONBLOCK, 0, nil)
	c.do(`socketpair (PF_INET, SOCK_STREAM, IPPROTO_IP, 0xffffffffffffffff) = R`, unix.SYS_SOCKETPAIR, 2, 1, 0, bad)

	c.do(`bind (-1, NULL, 0) = -9 (EBADF)`, unix.SYS_BIND, -1, nil, 0)
	for _, a := range []struct {
		text string
		addr []byte
		n    int
	}{
		{`{AF_INET, 127.0.0.1, 80}`, inet(80, [4]byte{127, 0, 0, 1}), 16},
		{`{AF_INET, 255.255.255.255, 65535}`, inet(65535, [4]byte{255, 255, 255, 255}), 16},
		{`{unknown sockaddr with sa=2, salen=8}`, inet(80, [4]byte{}), 8},
		{`{AF_INET6, 2001:0db8:0000:0000:0000:0000:0000:0007, 443}`, inet6(443, 7), 28},
		{`{unknown sockaddr with sa=10, salen=16}`, inet6(443, 7), 16},
		{`{AF_UNIX, "some/path"}`, local("some/path\x00"), 12},
		{`{AF_UNIX, "\000abstract"}`, local("\x00abstract\x00"), 12},
		{`{AF_NETLINK, pid=5, groups=00000003}`, []byte{16, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0}, 12},
		{`{unknown sockaddr with sa=99, salen=16}`, append([]byte{99, 0}, make([]byte, 14)...), 16},
		{`{unknown sockaddr with salen=1}`, make([]byte, 16), 1},
	} {
		c.do(`bind (-1, `+a.text+`, #3) = -9 (EBADF)`, unix.SYS_BIND, -1, a.addr, a.n)
		c.do(`connect (-1, `+a.text+`, #3) = -9 (EBADF)`, unix.SYS_CONNECT, -1, a.addr, a.n)
	}
	c.do(`bind (-1, {...}, 16) = -9 (EBADF)`, unix.SYS_BIND, -1, bad, 16)
	c.do(`connect (-1, {...}, 16) = -9 (EBADF)`, unix.SYS_CONNECT, -1, bad, 16)
	c.do(`connect (-1, NULL, 4294967295) = -9 (EBADF)`, unix.SYS_CONNECT, -1, nil, -1)

	s := c.quiet(unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_STREAM, 0)
	c.do(`bind (#1, {AF_INET, 127.0.0.1, 0}, 16) = 0`, unix.SYS_BIND, s, inet(0, [4]byte{127, 0, 0, 1}), 16)
	c.do(`listen (#1, 5) = 0`, unix.SYS_LISTEN, s, 5)
	c.do(`listen (-1, -1) = -9 (EBADF)`, unix.SYS_LISTEN, -1, -1)
	addr, length := c.blank(), put(c, uint32(16))
	c.do(`getsockname (#1, $2, $3) = 0`, unix.SYS_GETSOCKNAME, s, addr, length)
	c.do(`getsockname (-1, 0x0, 0xffffffffffffffff) = -9 (EBADF)`, unix.SYS_GETSOCKNAME, -1, nil, bad)
	client := c.quiet(unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_STREAM, 0)
	port := get[[4]byte](c, addr)
	c.do(`connect (#1, {AF_INET, 127.0.0.1, NNNN}, 16) = 0`, unix.SYS_CONNECT, client, inet(binary.BigEndian.Uint16(port[2:]), [4]byte{127, 0, 0, 1}), 16)
	c.do(`accept (#1, $2, $3) = R`, unix.SYS_ACCEPT, s, addr, length)
	c.do(`accept (-1, 0x0, 0xffffffffffffffff) = -9 (EBADF)`, unix.SYS_ACCEPT, -1, nil, bad)
	c.do(`accept4 (-1, 0x0, 0x0, 0x0) = -9 (EBADF)`, unix.SYS_ACCEPT4, -1, nil, nil, 0)
	c.do(`accept4 (-1, $2, $3, SOCK_CLOEXEC|SOCK_NONBLOCK) = -9 (EBADF)`, unix.SYS_ACCEPT4, -1, addr, length, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
	c.do(`accept4 (-1, 0x0, 0x0, SOCK_CLOEXEC|SOCK_NONBLOCK|XXXX) = R`, unix.SYS_ACCEPT4, -1, nil, nil, -1)
	c.do(`getpeername (#1, $2, $3) = 0`, unix.SYS_GETPEERNAME, client, addr, length)
	c.do(`getpeername (-1, 0x0, 0x0) = -9 (EBADF)`, unix.SYS_GETPEERNAME, -1, nil, nil)
	c.do(`shutdown (#1, SHUT_WR) = 0`, unix.SYS_SHUTDOWN, client, 1)
	c.do(`shutdown (#1, SHUT_RD) = 0`, unix.SYS_SHUTDOWN, client, 0)
	c.do(`shutdown (-1, SHUT_RDWR) = -9 (EBADF)`, unix.SYS_SHUTDOWN, -1, 2)
	c.do(`shutdown (-1, 0xffffffff) = -9 (EBADF)`, unix.SYS_SHUTDOWN, -1, -1)
}

func messageCalls(c *caller) {
	pair := c.blank()
	c.quiet(unix.SYS_SOCKETPAIR, 1, 2, 0, pair)
	ends := get[[2]int32](c, pair)
	a, b := int(ends[0]), int(ends[1])
	c.do(`sendto (#1, "dg", 2, MSG_DONTWAIT, NULL, 0) = 2`, unix.SYS_SENDTO, a, "dg", 2, 0x40, nil, 0)
	c.do(`recvfrom (#1, $2, 10, 0x0, 0x0, 0x0) = 2`, unix.SYS_RECVFROM, b, c.blank(), 10, 0, nil, nil)
	c.do(`sendto (-1, "012345678901234567890123456789012345678901234"..., 60, 0x0, {AF_INET, 1.2.3.4, 5}, 16) = -9 (EBADF)`,
		unix.SYS_SENDTO, -1, "012345678901234567890123456789012345678901234567890123456789", 60, 0, inet(5, [4]byte{1, 2, 3, 4}), 16)
	c.do(`sendto (-1, 0xffffffffffffffff, 5, MSG_OOB|MSG_DONTROUTE|MSG_EOR|MSG_NOSIGNAL|MSG_MORE, {...}, 16) = R`, unix.SYS_SENDTO, -1, bad, 5, 0xc085, bad, 16)
	for _, m := range []struct {
		flag int
		text string
	}{
		{1, "MSG_OOB"}, {2, "MSG_PEEK"}, {8, "MSG_CTRUNC"}, {0x20, "MSG_TRUNC"}, {0x40, "MSG_DONTWAIT"}, {0x100, "MSG_WAITALL"},
		{0x2000, "MSG_ERRQUEUE"}, {0x40000000, "MSG_CMSG_CLOEXEC"}, {0x10000, "MSG_WAITFORONE"}, {0x20000000, "MSG_FASTOPEN"},
	} {
		c.do(`recvfrom (-1, 0x0, 0, `+m.text+`, 0x0, 0x0) = -9 (EBADF)`, unix.SYS_RECVFROM, -1, nil, 0, m.flag, nil, nil)
		c.do(`recvmsg (-1, 0x0, `+m.text+`) = R`, unix.SYS_RECVMSG, -1, nil, m.flag)
	}
	c.do(`recvfrom (-1, 0xffffffffffffffff, 18446744073709551615, 0x80000, $5, $6) = R`, unix.SYS_RECVFROM, -1, bad, -1, 0x80000, c.blank(), c.blank())
	buf := c.blank()
	iov := put(c, [2]uintptr{buf, 4})
	header := put(c, [7]uintptr{0, 0, iov, 1})
	c.do(`sendmsg (#1, $2, 0x0) = 4`, unix.SYS_SENDMSG, a, header, 0)
	c.do(`sendmsg (-1, 0xffffffffffffffff, MSG_CONFIRM) = -9 (EBADF)`, unix.SYS_SENDMSG, -1, bad, 0x800)
	c.do(`recvmsg (#1, $2, MSG_DONTWAIT) = 4`, unix.SYS_RECVMSG, b, header, 0x40)
	many := put(c, [8]uintptr{0, 0, iov, 1})
	c.do(`sendmmsg (#1, $2, 1, 0x0) = 1`, unix.SYS_SENDMMSG, a, many, 1, 0)
	c.do(`sendmmsg (-1, 0x0, NNNN, MSG_DONTWAIT) = -9 (EBADF)`, unix.SYS_SENDMMSG, -1, nil, -1, 0x40)
	c.do(`recvmmsg (#1, $2, 1, MSG_DONTWAIT, NULL) = 1`, unix.SYS_RECVMMSG, b, many, 1, 0x40, nil)
	c.do(`recvmmsg (-1, 0x0, 4294967295, MSG_WAITFORONE, [1.000000002]) = -9 (EBADF)`, unix.SYS_RECVMMSG, -1, nil, -1, 0x10000, put(c, [2]int64{1, 2}))
	c.do(`recvmmsg (-1, 0x0, 0, 0x0, 0xffffffffffffffff) = R`, unix.SYS_RECVMMSG, -1, nil, 0, 0, bad)
	value, length := put(c, uint32(1)), put(c, uint32(4))
	for _, o := range []struct {
		text        string
		level, name int
	}{
		{"SOL_SOCKET, SO_REUSEADDR", 1, 2}, {"SOL_SOCKET, SO_TYPE", 1, 3}, {"SOL_SOCKET, SO_ERROR", 1, 4}, {"SOL_SOCKET, SO_SNDBUF", 1, 7},
		{"SOL_SOCKET, SO_RCVBUF", 1, 8}, {"SOL_SOCKET, SO_KEEPALIVE", 1, 9}, {"SOL_SOCKET, SO_LINGER", 1, 13}, {"SOL_SOCKET, SO_PASSCRED", 1, 16},
		{"SOL_SOCKET, SO_PEERCRED", 1, 17}, {"SOL_SOCKET, SO_RCVTIMEO", 1, 20}, {"SOL_SOCKET, SO_PROTOCOL", 1, 38}, {"SOL_SOCKET, SO_DOMAIN", 1, 39},
		{"SOL_TCP, SO_DEBUG", 6, 1}, {"SOL_IP, XXXX", 0, -1}, {"XXXX, SO_DEBUG", -1, 1},
	} {
		c.do(`setsockopt (#1, `+o.text+`, $4, 4) = R`, unix.SYS_SETSOCKOPT, a, o.level, o.name, value, 4)
		c.do(`getsockopt (#1, `+o.text+`, $4, $5) = R`, unix.SYS_GETSOCKOPT, a, o.level, o.name, value, length)
	}
	c.do(`setsockopt (-1, SOL_SOCKET, SO_REUSEADDR, 0x0, 4294967295) = -9 (EBADF)`, unix.SYS_SETSOCKOPT, -1, 1, 2, nil, -1)
	c.do(`getsockopt (-1, SOL_SOCKET, SO_REUSEADDR, 0x0, 0xffffffffffffffff) = -9 (EBADF)`, unix.SYS_GETSOCKOPT, -1, 1, 2, nil, bad)
}

func pollCalls(c *caller) {
	p := c.blank()
	c.do(`poll (0x0, 0, 0) = 0`, unix.SYS_POLL, nil, 0, 0)
	c.do(`poll ($1, 1, 0) = R`, unix.SYS_POLL, p, 1, 0)
	c.do(`poll (0xffffffffffffffff, 4294967295, 1) = -22 (EINVAL)`, unix.SYS_POLL, bad, -1, 1)
	c.do(`poll (0xffffffffffffffff, 1, -1) = -14 (EFAULT)`, unix.SYS_POLL, bad, 1, -1)
	short := func() uintptr { return put(c, [2]int64{0, 1000}) }
	c.do(`ppoll (0x0, 0, [0.000001000], 0x0, 8) = 0`, unix.SYS_PPOLL, nil, 0, short(), nil, 8)
	c.do(`ppoll (0x0, 1, NULL, 0xffffffffffffffff, 8) = -14 (EFAULT)`, unix.SYS_PPOLL, nil, 1, nil, bad, 8)
	c.do(`ppoll (0x0, 0, 0xffffffffffffffff, 0x0, -1) = -14 (EFAULT)`, unix.SYS_PPOLL, nil, 0, bad, nil, -1)
	c.do(`select (0, 0x0, 0x0, 0x0, [0.000001]) = 0`, unix.SYS_SELECT, 0, nil, nil, nil, put(c, [2]int64{0, 1}))
	c.do(`select (1, $2, $3, $4, [0.000000]) = R`, unix.SYS_SELECT, 1, c.blank(), c.blank(), c.blank(), put(c, [2]int64{}))
	c.do(`select (-1, 0x0, 0x0, 0x0, NULL) = -22 (EINVAL)`, unix.SYS_SELECT, -1, nil, nil, nil, nil)
	c.do(`select (0, 0x0, 0x0, 0x0, 0xffffffffffffffff) = -14 (EFAULT)`, unix.SYS_SELECT, 0, nil, nil, nil, bad)
	c.do(`pselect6 (0, 0x0, 0x0, 0x0, [0.000001000], 0x0) = 0`, unix.SYS_PSELECT6, 0, nil, nil, nil, short(), nil)
	c.do(`pselect6 (-1, 0x0, 0x0, 0x0, NULL, 0xffffffffffffffff) = R`, unix.SYS_PSELECT6, -1, nil, nil, nil, nil, bad)
	c.do(`epoll_create (5) = R`, unix.SYS_EPOLL_CREATE, 5)
	c.do(`epoll_create (-1) = -22 (EINVAL)`, unix.SYS_EPOLL_CREATE, -1)
	ep := c.do(`epoll_create1 (EPOLL_CLOEXEC) = R`, unix.SYS_EPOLL_CREATE1, unix.O_CLOEXEC)
	c.do(`epoll_create1 (0) = R`, unix.SYS_EPOLL_CREATE1, 0)
	c.do(`epoll_create1 (EPOLL_CLOEXEC|0x1) = -22 (EINVAL)`, unix.SYS_EPOLL_CREATE1, unix.O_CLOEXEC|1)
	for i, op := range []string{"0x0", "EPOLL_CTL_ADD", "EPOLL_CTL_DEL", "EPOLL_CTL_MOD"} {
		c.do(`epoll_ctl (#1, `+op+`, -1, 0x0) = R`, unix.SYS_EPOLL_CTL, ep, i, -1, nil)
	}
	c.do(`epoll_ctl (-1, 0xffffffff, #1, 0xffffffffffffffff) = R`, unix.SYS_EPOLL_CTL, -1, -1, -1, bad)
	c.do(`epoll_wait (#1, $2, 1, 0) = 0`, unix.SYS_EPOLL_WAIT, ep, p, 1, 0)
	c.do(`epoll_wait (-1, 0x0, -1, -1) = R`, unix.SYS_EPOLL_WAIT, -1, nil, -1, -1)
	c.do(`epoll_pwait (#1, $2, 1, 0, 0x0, 8) = 0`, unix.SYS_EPOLL_PWAIT, ep, p, 1, 0, nil, 8)
	c.do(`epoll_pwait (-1, 0x0, -1, -1, 0xffffffffffffffff, -1) = R`, unix.SYS_EPOLL_PWAIT, -1, nil, -1, -1, bad, -1)
	c.do(`eventfd (3) = R`, unix.SYS_EVENTFD, 3)
	c.do(`eventfd (4294967295) = R`, unix.SYS_EVENTFD, -1)
	c.do(`eventfd2 (3, 0x0) = R`, unix.SYS_EVENTFD2, 3, 0)
	c.do(`eventfd2 (0, EFD_NONBLOCK|EFD_CLOEXEC|EFD_SEMAPHORE) = R`, unix.SYS_EVENTFD2, 0, unix.O_CLOEXEC|unix.O_NONBLOCK|1)
	c.do(`eventfd2 (4294967295, EFD_NONBLOCK|EFD_CLOEXEC|EFD_SEMAPHORE|XXXX) = -22 (EINVAL)`, unix.SYS_EVENTFD2, -1, -1)
}
