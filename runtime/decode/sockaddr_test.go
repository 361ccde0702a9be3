package decode_test

import (
	"strings"
	"testing"

	"tapir/runtime/decode"
)

// address is a socket's address, as long as the program says unless n is set.
type address struct {
	b    []byte
	n    int64
	want string
	// parts are family, address, port, flow, scope.
	parts [5]string
}

func TestSockaddr(t *testing.T) {
	inet := pack(uint16(2), uint16(0x5000), [4]byte{127, 0, 0, 1}, uint64(0))
	inet6 := pack(uint16(10), uint16(0xbb01), uint32(5), [16]byte{0x20, 1, 0xd, 0xb8, 15: 1}, uint32(3))
	none := [5]string{}
	for _, a := range []address{
		{b: inet, want: "{AF_INET, 127.0.0.1, 80}", parts: [5]string{"AF_INET", "127.0.0.1", "80"}},
		{b: inet[:15], want: "{unknown sockaddr with sa=2, salen=15}", parts: [5]string{"AF_INET"}},
		{b: pack(inet, inet), want: "{unknown sockaddr with sa=2, salen=32}", parts: [5]string{"AF_INET"}},
		{b: inet6, want: "{AF_INET6, 2001:0db8:0000:0000:0000:0000:0000:0001, 443}", parts: [5]string{"AF_INET6", "2001:0db8:0000:0000:0000:0000:0000:0001", "443", "5", "3"}},
		{b: inet6[:24], want: "{unknown sockaddr with sa=10, salen=24}", parts: [5]string{"AF_INET6"}},
		{b: pack(uint16(1), "/run/x\x00rest"), want: `{AF_UNIX, "/run/x"}`, parts: [5]string{"AF_UNIX"}},
		{b: pack(uint16(1), "a\"b"), want: `{AF_UNIX, "a"b"}`, parts: [5]string{"AF_UNIX"}},
		{b: pack(uint16(1), "\x00name\x00"), want: `{AF_UNIX, "\000name"}`, parts: [5]string{"AF_UNIX"}},
		{b: pack(uint16(1), "\x00\x00"), want: `{AF_UNIX, "\000"}`, parts: [5]string{"AF_UNIX"}},
		{b: pack(uint16(1), "x"), want: "{unknown sockaddr with sa=1, salen=3}", parts: [5]string{"AF_UNIX"}},
		{b: pack(uint16(16), uint16(0), int32(-7), uint32(0x21)), want: "{AF_NETLINK, pid=-7, groups=00000021}", parts: [5]string{"AF_NETLINK"}},
		{b: pack(uint16(16), uint16(0), int32(7)), want: "{unknown sockaddr with sa=16, salen=8}", parts: [5]string{"AF_NETLINK"}},
		{b: pack(uint16(17), uint16(3), int32(2), uint16(1), byte(4), byte(6), []byte{1, 2, 3, 4, 5, 6, 0, 0}),
			want: "{AF_PACKET, proto=3, ind=2, hatype=1, pkttype=4, halen=6, addr=0x60504030201}", parts: [5]string{"AF_PACKET"}},
		{b: pack(uint16(40), uint16(0), uint32(1)), want: "{unknown sockaddr with sa=40, salen=8}", parts: [5]string{"40"}},
		{b: []byte{2}, want: "{unknown sockaddr with salen=1}", parts: none},
		{b: nil, want: "{unknown sockaddr with salen=0}", parts: none},
		{b: pack(inet, make([]byte, 112)), n: 4096, want: "{unknown sockaddr with sa=2, salen=128}", parts: [5]string{"AF_INET"}},
		{b: pack(inet, make([]byte, 112)), n: -1, want: "{unknown sockaddr with sa=2, salen=128}", parts: [5]string{"AF_INET"}},
		{b: nil, n: -1, want: "{unknown sockaddr with sa=0, salen=128}", parts: [5]string{"0"}},
		{b: nil, n: 16, want: "{unknown sockaddr with sa=0, salen=16}", parts: [5]string{"0"}},
		{b: pack(uint16(1), strings.Repeat("p", 126)), want: `{AF_UNIX, "` + strings.Repeat("p", 126) + `"}`, parts: [5]string{"AF_UNIX"}},
	} {
		n := a.n
		if n == 0 {
			n = int64(len(a.b))
		}
		if got := text(t, func(dst []byte) []byte { return decode.AppendSockaddr(dst, a.b, n) }); got != a.want {
			t.Errorf("% x, %d\n got %s\nwant %s", a.b, n, got, a.want)
		}
		for i, f := range []func(dst, b []byte, n int64) []byte{
			decode.AppendSockaddrFamily, decode.AppendSockaddrIP, decode.AppendSockaddrPort,
			decode.AppendSockaddrFlowinfo, decode.AppendSockaddrScope,
		} {
			if got := text(t, func(dst []byte) []byte { return f(dst, a.b, n) }); got != a.parts[i] {
				t.Errorf("% x, %d, part %d: got %q, want %q", a.b, n, i, got, a.parts[i])
			}
		}
	}
}
