package decode_test

import (
	"testing"

	"tapir/runtime/decode"
)

// byteDecoders is every decoder of bytes, with the size that a program told.
func byteDecoders(t testing.TB) []func(dst, b []byte, size int64) []byte {
	var all []func(dst, b []byte, size int64) []byte
	l := lists(t)
	for _, f := range []func(dst, b []byte) []byte{
		decode.AppendTimespecs, decode.AppendTimevals, decode.AppendItimer, decode.AppendTimezone, decode.AppendRlimit,
		decode.AppendDqblk, decode.AppendUserDesc, decode.AppendXattr, decode.AppendPair, decode.AppendSchedParam,
		decode.AppendCapData, decode.AppendUtsname, decode.AppendVector,
	} {
		all = append(all, func(dst, b []byte, _ int64) []byte { return f(dst, b) })
	}
	for _, f := range []func(dst []byte, names decode.Names, b []byte) []byte{
		decode.AppendTimex, decode.AppendSigset, decode.AppendSigaction, decode.AppendSigaltstack, decode.AppendSiginfo,
	} {
		all = append(all, func(dst, b []byte, _ int64) []byte { return f(dst, l, b) })
	}
	for _, fields := range [][]decode.Field{
		decode.SchedAttr, decode.Tms, decode.Dqinfo, decode.Sysinfo, decode.Stat, decode.Statx, decode.Statfs, decode.Rusage,
		decode.Msghdr, decode.MqAttr, decode.Sigevent, decode.FlockHeld, decode.FileHandle, decode.CapHeader, decode.PerfEventAttr,
		decode.FileAttr, decode.OpenHow, decode.MountAttr, decode.IoUringParams, decode.LandlockRuleset, decode.LandlockPath,
		decode.LandlockPort, decode.CachestatRange, decode.Cachestat, decode.StatmountRequest, decode.ListmountRequest,
		decode.Statmount, decode.XattrArgs, decode.AioSigset,
	} {
		all = append(all, func(dst, b []byte, _ int64) []byte { return decode.AppendFields(dst, l, fields, b) })
	}
	for _, e := range []decode.Element{decode.Pollfd, decode.EpollEvent, decode.FutexWaitv, decode.IoEvent, decode.Sembuf} {
		all = append(all, func(dst, b []byte, size int64) []byte { return decode.AppendArray(dst, l, e, b, size) })
	}
	return append(all,
		decode.AppendSockaddr, decode.AppendSockaddrFamily, decode.AppendSockaddrIP, decode.AppendSockaddrPort,
		decode.AppendSockaddrFlowinfo, decode.AppendSockaddrScope,
		decode.AppendIovecs, decode.AppendInts, decode.AppendLongs, decode.AppendBitset,
		func(dst, b []byte, size int64) []byte { return decode.AppendLSMs(dst, l, b, size) },
		func(dst, b []byte, size int64) []byte { return decode.AppendQuotedBuffer(dst, b, size, 50) },
		func(dst, b []byte, _ int64) []byte { return decode.AppendQuoted(dst, b, 0) },
	)
}

// maxFuzzed is how many bytes of random input a decoder gets: more than the kernel
// side sends of any struct.
const maxFuzzed = 512

// textBound is more than a text of n bytes can have: a flag of one bit may have a
// name of forty letters, and all bits of eight bytes may be set.
func textBound(n int) int { return maxDecoded + 24*n }

// FuzzDecoders gives every decoder the same bytes: none fails, touches what is in
// the buffer before its text, or makes an endless one.
func FuzzDecoders(f *testing.F) {
	f.Add([]byte(nil), int64(0))
	f.Add(pack(uint16(2), uint16(0x5000), [4]byte{127, 0, 0, 1}, uint64(0)), int64(16))
	f.Add(pack(int32(17), int32(0), int32(1), int32(0), int32(12), int32(0), int32(3), int32(0)), int64(-1))
	f.Add(pack(uint16(1), "\x00name\x00", []byte{0xff, 0xc3, 0xa9}), int64(1<<62))
	all, values := byteDecoders(f), valueRows(f)
	l := lists(f)
	f.Fuzz(func(t *testing.T, b []byte, size int64) {
		b = b[:min(len(b), maxFuzzed)]
		for i, decoder := range all {
			got := text(t, func(dst []byte) []byte { return decoder(dst, b, size) })
			if len(got) > textBound(len(b)) {
				t.Errorf("decoder %d: %d bytes of text of %d", i, len(got), len(b))
			}
		}
		if got := text(t, func(dst []byte) []byte { return decode.AppendEscaped(dst, string(b), decode.MaxText) }); len(got) > decode.MaxText {
			t.Errorf("escaped: %d bytes of text", len(got))
		}
		for _, row := range values {
			if got := text(t, func(dst []byte) []byte { return row.f(dst, size) }); len(got) > decode.MaxText {
				t.Errorf("%s of %#x: %d bytes of text", row.name, size, len(got))
			}
		}
		text(t, func(dst []byte) []byte { return decode.AppendPrctl(dst, l, size, [4]int64{size, size, size, size}) })
		text(t, func(dst []byte) []byte { return decode.AppendTimexResult(dst, l, size) })
		text(t, func(dst []byte) []byte { return decode.AppendSigprocmaskHow(dst, size) })
		text(t, func(dst []byte) []byte { return decode.AppendSockProtocol(dst, size, size) })
	})
}

// TestSpread holds that every decoder can be called with every length up to that
// of the largest struct.
func TestSpread(t *testing.T) {
	b := make([]byte, maxFuzzed)
	for i := range b {
		b[i] = 0xff
	}
	for i, decoder := range byteDecoders(t) {
		for n := range len(b) {
			if got := text(t, func(dst []byte) []byte { return decoder(dst, b[:n], int64(n)) }); len(got) > textBound(n) {
				t.Errorf("decoder %d, %d bytes: %d bytes of text", i, n, len(got))
			}
		}
	}
}

// commonDecoder is a decoder of many events with an input.
type commonDecoder struct {
	name string
	f    func(dst []byte) []byte
}

func common(t testing.TB) []commonDecoder {
	inet := pack(uint16(2), uint16(0x5000), [4]byte{127, 0, 0, 1}, uint64(0))
	path, buffer := []byte("/usr/lib/x86_64-linux-gnu/libc.so.6"), []byte("GET / HTTP/1.1\r\nHost: localhost\r\n")
	spec, stat := pack(int64(1700000000), int64(123456789)), make([]byte, 120)
	act := pack(uint64(0x401615), uint64(0x94000004), uint64(0x409430), uint64(0xff))
	polls := pack(int32(3), uint16(1), uint16(1), int32(4), uint16(5), uint16(0))
	l, open, clone, signals := lists(t), set(t, "open_flags"), set(t, "clone_flags"), set(t, "signals")
	return []commonDecoder{
		{"string", func(dst []byte) []byte { return decode.AppendQuoted(dst, path, 0) }},
		{"buffer", func(dst []byte) []byte { return decode.AppendQuotedBuffer(dst, buffer, 800, 50) }},
		{"open flags", func(dst []byte) []byte { return decode.AppendOpenFlags(dst, open, 0x80241) }},
		{"clone flags", func(dst []byte) []byte { return decode.AppendCloneFlags(dst, clone, signals, 0x3d0f11) }},
		{"timespec", func(dst []byte) []byte { return decode.AppendTimespecs(dst, spec) }},
		{"sockaddr", func(dst []byte) []byte { return decode.AppendSockaddr(dst, inet, 16) }},
		{"sigaction", func(dst []byte) []byte { return decode.AppendSigaction(dst, l, act) }},
		{"stat", func(dst []byte) []byte { return decode.AppendFields(dst, l, decode.Stat, stat) }},
		{"pollfds", func(dst []byte) []byte { return decode.AppendArray(dst, l, decode.Pollfd, polls, 16) }},
		{"mmap flags", func(dst []byte) []byte { return decode.AppendMmapFlags(dst, l, 0x22) }},
		{"prctl", func(dst []byte) []byte { return decode.AppendPrctl(dst, l, 23, [4]int64{21}) }},
		{"retstr", func(dst []byte) []byte { return decode.AppendRetstr(dst, decode.FormatDecimal, -2) }},
	}
}

func TestNoAllocations(t *testing.T) {
	dst := make([]byte, 0, 2048)
	for _, c := range common(t) {
		if n := testing.AllocsPerRun(100, func() { dst = c.f(dst[:0]) }); n != 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
	b := make([]byte, 256)
	for i, f := range byteDecoders(t) {
		if n := testing.AllocsPerRun(10, func() { dst = f(dst[:0], b, 256) }); n != 0 {
			t.Errorf("decoder %d: %v allocations", i, n)
		}
	}
}

func BenchmarkDecoders(b *testing.B) {
	dst := make([]byte, 0, 2048)
	for _, c := range common(b) {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				dst = c.f(dst[:0])
			}
		})
	}
}
