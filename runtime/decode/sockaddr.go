package decode

import (
	"bytes"
	"strconv"
)

// SockaddrMax is the most bytes of an address that are looked at.
const SockaddrMax = 128

// Address families, and the lengths of their addresses.
const (
	afUnix    = 1
	afInet    = 2
	afInet6   = 10
	afNetlink = 16
	afPacket  = 17

	inetLen    = 16
	inet6Len   = 28
	unixMin    = 4
	netlinkLen = 12
	packetLen  = 20
)

// families are the address families that have a text of their own.
var families = map[uint16]struct {
	name        string
	fits        func(n int) bool
	appendParts func(dst, b []byte) []byte
}{
	afUnix:    {"AF_UNIX", func(n int) bool { return n >= unixMin }, appendUnix},
	afInet:    {"AF_INET", func(n int) bool { return n == inetLen }, appendInet},
	afInet6:   {"AF_INET6", func(n int) bool { return n == inet6Len }, appendInet6},
	afNetlink: {"AF_NETLINK", func(n int) bool { return n == netlinkLen }, appendNetlink},
	afPacket:  {"AF_PACKET", func(n int) bool { return n == packetLen }, appendPacket},
}

// ClampSockaddr is the length of an address as far as it is looked at. One that is
// negative is a large one.
func ClampSockaddr(n int64) int {
	return int(min(uint64(n), SockaddrMax))
}

// AppendSockaddr appends a socket's address of n bytes, of which b was read. Each
// family's addresses have their own lengths, and with another one no parts.
func AppendSockaddr(dst, b []byte, n int64) []byte {
	size := ClampSockaddr(n)
	if size < 2 {
		dst = strconv.AppendInt(append(dst, "{unknown sockaddr with salen="...), int64(size), 10)
		return append(dst, '}')
	}
	family := u16(b, 0)
	if f, ok := families[family]; ok && f.fits(size) {
		dst = appendComma(append(append(dst, '{'), f.name...))
		return append(f.appendParts(dst, b), '}')
	}
	dst = strconv.AppendUint(append(dst, "{unknown sockaddr with sa="...), uint64(family), 10)
	dst = strconv.AppendInt(append(dst, ", salen="...), int64(size), 10)
	return append(dst, '}')
}

func appendInet(dst, b []byte) []byte {
	return appendPort(appendComma(AppendIPv4(dst, u32(b, 4))), b)
}

func appendInet6(dst, b []byte) []byte {
	return appendPort(appendComma(appendIPv6(dst, b)), b)
}

func appendPort(dst, b []byte) []byte {
	return strconv.AppendUint(dst, uint64(network16(b, 2)), 10)
}

// AppendIPv4 appends an address in the network's order of bytes.
func AppendIPv4(dst []byte, addr uint32) []byte {
	for i := range 4 {
		if i > 0 {
			dst = append(dst, '.')
		}
		dst = strconv.AppendUint(dst, uint64(addr>>(8*i)&0xff), 10)
	}
	return dst
}

// appendIPv6 appends the address of a sockaddr_in6: all eight groups.
func appendIPv6(dst, b []byte) []byte {
	for i := range 8 {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = appendZeros(dst, uint64(network16(b, 8+2*i)), 16, 4)
	}
	return dst
}

// appendUnix appends the path as it is. One in the abstract name space, which
// begins with a NUL, shows this as an escape.
func appendUnix(dst, b []byte) []byte {
	path := b[min(2, len(b)):]
	dst = append(dst, '"')
	if len(path) > 0 && path[0] == 0 {
		dst, path = append(dst, `\000`...), path[1:]
	}
	if i := bytes.IndexByte(path, 0); i >= 0 {
		path = path[:i]
	}
	return append(append(dst, path...), '"')
}

func appendNetlink(dst, b []byte) []byte {
	dst = strconv.AppendInt(append(dst, "pid="...), i32(b, 4), 10)
	return appendZeros(appendLabel(dst, "groups"), uint64(u32(b, 8)), 16, 8)
}

func appendPacket(dst, b []byte) []byte {
	dst = strconv.AppendUint(append(dst, "proto="...), uint64(u16(b, 2)), 10)
	dst = strconv.AppendInt(appendLabel(dst, "ind"), i32(b, 4), 10)
	dst = strconv.AppendUint(appendLabel(dst, "hatype"), uint64(u16(b, 8)), 10)
	dst = strconv.AppendUint(appendLabel(dst, "pkttype"), uint64(u16(b, 10)&0xff), 10)
	dst = strconv.AppendUint(appendLabel(dst, "halen"), uint64(u16(b, 10)>>8), 10)
	dst = append(appendLabel(dst, "addr"), "0x"...)
	return appendZeros(dst, u64(b, 12), 16, 1)
}

// Parts of an address; those that its family has not are empty.

// AppendSockaddrFamily appends the family's name, or its number.
func AppendSockaddrFamily(dst, b []byte, n int64) []byte {
	if ClampSockaddr(n) < 2 {
		return dst
	}
	family := u16(b, 0)
	if f, ok := families[family]; ok {
		return append(dst, f.name...)
	}
	return strconv.AppendUint(dst, uint64(family), 10)
}

// AppendSockaddrIP appends the address of AF_INET and AF_INET6.
func AppendSockaddrIP(dst, b []byte, n int64) []byte {
	switch hasIP(b, n) {
	case afInet:
		return AppendIPv4(dst, u32(b, 4))
	case afInet6:
		return appendIPv6(dst, b)
	}
	return dst
}

// AppendSockaddrPort appends the port of AF_INET and AF_INET6.
func AppendSockaddrPort(dst, b []byte, n int64) []byte {
	if hasIP(b, n) == 0 {
		return dst
	}
	return appendPort(dst, b)
}

// AppendSockaddrFlowinfo appends the flow of AF_INET6.
func AppendSockaddrFlowinfo(dst, b []byte, n int64) []byte {
	if hasIP(b, n) != afInet6 {
		return dst
	}
	return strconv.AppendUint(dst, uint64(u32(b, 4)), 10)
}

// AppendSockaddrScope appends the scope of AF_INET6.
func AppendSockaddrScope(dst, b []byte, n int64) []byte {
	if hasIP(b, n) != afInet6 {
		return dst
	}
	return strconv.AppendUint(dst, uint64(u32(b, 24)), 10)
}

// hasIP is the family of an address that is whole and of the internet, else 0.
func hasIP(b []byte, n int64) uint16 {
	family := u16(b, 0)
	if family != afInet && family != afInet6 || !families[family].fits(ClampSockaddr(n)) {
		return 0
	}
	return family
}
