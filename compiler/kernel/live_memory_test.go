package kernel

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"tapir/bpf/layout"
	"tapir/bpf/target"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
)

// tail is the bytes of a Memory field, or its errno.
func tail(t *testing.T, rec []byte, f layout.Field) (b []byte, errno int32) {
	t.Helper()
	off := binary.LittleEndian.Uint32(rec[f.Offset:])
	n := int32(binary.LittleEndian.Uint32(rec[f.Offset+4:]))
	if n < 0 {
		return nil, n
	}
	if int(off)+int(n) > len(rec) || off%8 != 0 || int(n) > f.Max {
		t.Fatalf("field at %d: %d bytes at %d of a record of %d", f.Offset, n, off, len(rec))
	}
	return rec[off : int(off)+int(n)], 0
}

// elements splits a vector's tail as a decoder would, into readable texts.
func elements(t *testing.T, b []byte) []string {
	t.Helper()
	var list []string
	for len(b) > 0 {
		if len(b) < layout.VectorElem {
			t.Fatalf("vector has %d bytes left", len(b))
		}
		n, flags := int32(binary.LittleEndian.Uint32(b)), binary.LittleEndian.Uint32(b[4:])
		b = b[layout.VectorElem:]
		if n < 0 {
			list = append(list, fmt.Sprintf("error %d flags %d at %#x", n, flags, binary.LittleEndian.Uint64(b)))
			b = b[8:]
			continue
		}
		list = append(list, string(b[:n]))
		b = b[(n+7)&^7:]
	}
	return list
}

// unused is a system call that refuses arguments of this kind without touching
// them: membarrier, whose command 1<<30 does not exist.
func unused(arg2, arg3 uintptr) {
	unix.Syscall(unix.SYS_MEMBARRIER, 1<<30, arg2, arg3)
}

const badAddress = 0x10

func cstring(s string) *byte {
	b := append([]byte(s), 0)
	return &b[0]
}

// argv makes an array of pointers; "" stands for a bad one.
func argv(texts ...string) (*uintptr, []*byte) {
	var keep []*byte
	var list []uintptr
	for _, s := range texts {
		if s == "" {
			list = append(list, badAddress)
			continue
		}
		p := cstring(s)
		keep = append(keep, p)
		list = append(list, uintptr(unsafe.Pointer(p)))
	}
	list = append(list, 0)
	return &list[0], keep
}

func TestLiveMemory(t *testing.T) {
	t.Run("loop", func(t *testing.T) { testLiveMemory(t, live(t)) })
	t.Run("unrolled", func(t *testing.T) { testLiveMemory(t, live(t).As(target.Version{Major: 5, Minor: 15})) })
}

func testLiveMemory(t *testing.T, k *target.Kernel) {
	tid := lockThread(t, "tapir-memory")
	b := newPlan(t, k)
	p2, p3 := fn("pointer_arg", num(2)), fn("pointer_arg", num(3))
	p := b.probe(builtin.SyscallEnter, "membarrier",
		[]ir.Expr{bin(fn("tid"), ir.OpEq, num(int64(tid))), bin(fn("int_arg", num(1)), ir.OpEq, num(1<<30))},
		word(fn("int_arg", num(1))),
		bytesOf("user_string", p2),
		bytesOf("_string_vector", p3),
		bytesOf("_ptrace_iovec", p2, num(0), num(0), num(0)),
		bytesOf("user_buffer_quoted", p2, fn("int_arg", num(4)), num(64)),
		bytesOf("_string_nofault", p2),
		comm(fn("execname")),
		word(fn("user_uint8", p2)))
	l := load(t, b.compile())
	detach := l.attach()
	defer detach()

	long := strings.Repeat("x", 600)
	room := p.Record.Fields[2].Max // of the vector's tail
	const full = layout.VectorElem + 512
	var many []string
	for i := range 200 {
		many = append(many, fmt.Sprint("a", i))
	}
	for _, test := range []struct {
		name string
		text string
		args []string
		want []string
	}{
		{"plain", "hello, world, and some more", []string{"ls", "-l", "/tmp"}, []string{"ls", "-l", "/tmp"}},
		{"empty", "", nil, nil},
		{"bad string", "a string of some length", []string{"ls", "", "end"}, []string{"ls", "error -14 flags 0 at 0x10", "end"}},
		{"long", long, []string{long, long, long, long}, []string{long[:511], long[:511], long[:511], long[:room-3*full-layout.VectorElem]}},
		{"eights", "12345678", []string{"12345678", "1234567", "123456789"}, []string{"12345678", "1234567", "123456789"}},
		{"many", "seventeen bytes..", many, many[:room/16]},
	} {
		text := append([]byte(test.text), make([]byte, 32)...)
		list, keep := argv(test.args...)
		unused(uintptr(unsafe.Pointer(&text[0])), uintptr(unsafe.Pointer(list)))
		runtime.KeepAlive(keep)
		rec := l.next()
		if len(rec) > p.Record.Max {
			t.Errorf("%s: record of %d bytes, want at most %d", test.name, len(rec), p.Record.Max)
		}
		if got := int64(binary.LittleEndian.Uint64(rec[8:])); got != 1<<30 {
			t.Errorf("%s: word: got %d", test.name, got)
		}
		f := p.Record.Fields
		cut := test.text[:min(len(test.text), 511)]
		for _, i := range []int{1, 5} {
			if got, errno := tail(t, rec, f[i]); string(got) != cut || errno != 0 {
				t.Errorf("%s: string: got %q, %d, want %q", test.name, got, errno, cut)
			}
		}
		got, _ := tail(t, rec, f[2])
		if got := elements(t, got); !slices.Equal(got, test.want) {
			t.Errorf("%s: vector: got %q\nwant %q", test.name, got, test.want)
		}
		if got, errno := tail(t, rec, f[3]); string(got) != string(text[:16]) || errno != 0 {
			t.Errorf("%s: 16 bytes: got %q, %d, want %q", test.name, got, errno, text[:16])
		}
		if got := unix.ByteSliceToString(rec[f[6].Offset:][:16]); got != "tapir-memory" {
			t.Errorf("%s: name behind the tails: got %q", test.name, got)
		}
		if got := rec[f[7].Offset]; got != text[0] {
			t.Errorf("%s: byte: got %d, want %d", test.name, got, text[0])
		}
	}

	errs := l.count(0, layout.Errors)
	unused(badAddress, badAddress)
	rec := l.next()
	f := p.Record.Fields
	for _, i := range []int{1, 3, 5} {
		if _, errno := tail(t, rec, f[i]); errno != -int32(unix.EFAULT) {
			t.Errorf("field %d: got %d, want EFAULT", i, errno)
		}
	}
	got, _ := tail(t, rec, f[2])
	if got, want := elements(t, got), []string{"error -14 flags 1 at 0x10"}; !slices.Equal(got, want) {
		t.Errorf("vector: got %q, want %q", got, want)
	}
	if got := l.count(0, layout.Errors) - errs; got != 1 {
		t.Errorf("errors: got %d, want that of user_uint8", got)
	}
}

// Lengths that come from the call are forced into bounds.
func TestLiveLength(t *testing.T) {
	k := live(t)
	tid := lockThread(t, "tapir-length")
	b := newPlan(t, k)
	p := b.probe(builtin.SyscallEnter, "write",
		[]ir.Expr{bin(fn("tid"), ir.OpEq, num(int64(tid))), bin(fn("int_arg", num(1)), ir.OpEq, num(-5))},
		bytesOf("user_buffer_quoted", fn("pointer_arg", num(2)), fn("ulong_arg", num(3)), num(64)))
	l := load(t, b.compile())
	detach := l.attach()
	defer detach()
	buf := make([]byte, 1000)
	for i := range buf {
		buf[i] = byte(i)
	}
	minus := -1
	for n, want := range map[int]int{0: 0, 1: 1, 17: 17, 512: 512, 513: 512, 1000: 512, minus: 0} {
		fd := -5
		unix.Syscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&buf[0])), uintptr(n))
		got, errno := tail(t, l.next(), p.Record.Fields[0])
		if string(got) != string(buf[:want]) || errno != 0 {
			t.Errorf("length %d: got %d bytes (errno %d), want %d", n, len(got), errno, want)
		}
	}
}

// Memory with a condition is read only where that holds; what comes behind is in
// its place either way.
func TestLiveCondition(t *testing.T) {
	k := live(t)
	tid := lockThread(t, "tapir-cond")
	b := newPlan(t, k)
	p2 := fn("pointer_arg", num(2))
	odd := func(c *plan.Capture) *plan.Capture {
		c.Cond = bin(fn("ulong_arg", num(3)), ir.OpAnd, num(1))
		return c
	}
	p := b.probe(builtin.SyscallEnter, "write",
		[]ir.Expr{bin(fn("tid"), ir.OpEq, num(int64(tid))), bin(fn("int_arg", num(1)), ir.OpEq, num(-6))},
		odd(bytesOf("user_string", p2)),
		odd(bytesOf("_string_vector", p2)),
		odd(bytesOf("_ptrace_iovec", p2, num(0), num(0), num(0))),
		bytesOf("user_string", p2))
	l := load(t, b.compile())
	detach := l.attach()
	defer detach()
	text := append([]byte("a text"), make([]byte, 32)...)
	for n := range 4 {
		fd := -6
		unix.Syscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&text[0])), uintptr(n))
		rec := l.next()
		for i, f := range p.Record.Fields {
			got, errno := tail(t, rec, f)
			if want := i == 3 || n&1 == 1; len(got) > 0 != want || errno != 0 {
				t.Errorf("length %d, field %d: got %q, errno %d, want it read: %t", n, i, got, errno, want)
			}
		}
		if got, _ := tail(t, rec, p.Record.Fields[3]); string(got) != "a text" {
			t.Errorf("length %d: got %q behind the conditions", n, got)
		}
	}
}

// Several probes at one call: one that is rejected or lost does not keep the
// others from the event, and each counts for itself.
func TestLiveSeveral(t *testing.T) {
	k := live(t)
	tid := lockThread(t, "tapir-several")
	b := newPlan(t, k)
	mine := bin(fn("tid"), ir.OpEq, num(int64(tid)))
	other := bin(fn("tid"), ir.OpEq, num(-1))
	b.probe(builtin.SyscallEnter, "getppid", []ir.Expr{other}, word(num(10)))
	b.probe(builtin.SyscallEnter, "getppid", []ir.Expr{mine}, word(num(11)))
	b.probe(builtin.SyscallEnter, "getppid", []ir.Expr{mine, bin(fn("execname"), ir.OpNe, str("tapir-several"))}, word(num(12)))
	b.probe(builtin.SyscallEnter, "getuid", []ir.Expr{mine}, word(num(13)))
	b.probe(builtin.SyscallEnter, "getppid", []ir.Expr{mine, bin(fn("ppid"), ir.OpEq, num(int64(os.Getppid())))}, word(num(14)))
	l := load(t, b.compile())
	detach := l.attach()
	const n = 100
	for range n {
		unix.Getppid()
		unix.Getuid()
	}
	detach()
	for i, want := range map[int]uint64{0: 0, 1: n, 2: 0, 3: n, 4: n} {
		if got := l.count(i, layout.Sent); got != want {
			t.Errorf("probe %d: sent %d, want %d", i, got, want)
		}
		if hits, rejected := l.count(i, layout.Hits), l.count(i, layout.Rejected); hits < n || hits-rejected != want {
			t.Errorf("probe %d: %d hits, %d rejected, want %d to remain", i, hits, rejected, want)
		}
	}
	for i, want := range []uint64{11, 14, 13, 11, 14, 13} {
		if got := binary.LittleEndian.Uint64(l.next()[8:]); got != want {
			t.Errorf("record %d: from %d, want %d", i, got, want)
		}
	}
}

// A full ring loses records, and counts every one.
func TestLiveLost(t *testing.T) {
	k := live(t)
	b := newPlan(t, k)
	tid := lockThread(t, "tapir-lost")
	mine := []ir.Expr{bin(fn("tid"), ir.OpEq, num(int64(tid)))}
	b.probe(builtin.SyscallEnter, "getppid", mine, word(num(1)))
	b.probe(builtin.SyscallEnter, "getppid", mine, bytesOf("user_string", num(0)))
	l := load(t, b.compile())
	const n = ringBytes / 24 // a record of 16 bytes and its head, twice a call
	for range n {
		l.run("sys_enter", 0, unix.SYS_GETPPID)
	}
	for probe := range 2 {
		sent, lost := l.count(probe, layout.Sent), l.count(probe, layout.Lost)
		if sent == 0 || lost == 0 {
			t.Errorf("probe %d: sent %d, lost %d, want some of each", probe, sent, lost)
		}
		l.checkCounters(probe, n, 0, sent, lost, 0)
	}
	got := uint64(0)
	l.ring.Flush()
	for {
		if _, err := l.ring.Read(); err != nil {
			break
		}
		got++
	}
	if want := l.count(0, layout.Sent) + l.count(1, layout.Sent); got != want {
		t.Errorf("got %d records, want %d", got, want)
	}
}

// A reader that says that it sleeps is woken once.
func TestLiveWake(t *testing.T) {
	k := live(t)
	b := newPlan(t, k)
	b.probe(builtin.SyscallEnter, "getppid", nil, word(num(1)))
	l := load(t, b.compile())
	asleep := func() uint32 {
		var w [4]byte
		if _, err := l.state.ReadAt(w[:], layout.StateAsleep); err != nil {
			t.Fatal(err)
		}
		return binary.LittleEndian.Uint32(w[:])
	}
	l.run("sys_enter", 0, unix.SYS_GETPPID)
	l.next()
	l.setState(layout.StateAsleep, []byte{1, 0, 0, 0})
	l.run("sys_enter", 0, unix.SYS_GETPPID)
	if got := asleep(); got != 0 {
		t.Errorf("asleep: got %d behind a record", got)
	}
	if _, err := l.ring.Read(); err != nil { // blocks without the wake-up
		t.Error(err)
	}
	l.checkCounters(0, 2, 0, 2, 0, 0)
}

// TestLiveText compares strings in memory with literals around a word's size.
func TestLiveText(t *testing.T) {
	k := live(t)
	tid := lockThread(t, "tapir-text")
	b := newPlan(t, k)
	p2 := fn("pointer_arg", num(2))
	texts := []string{"", "a", "1234567", "12345678", "123456789", strings.Repeat("x", 200)}
	var equal []*plan.Capture
	for _, s := range texts {
		equal = append(equal,
			word(bin(fn("user_string_quoted", p2), ir.OpEq, str(`"`+s+`"`))),
			word(bin(fn("user_string", p2, str("?")), ir.OpNe, str(s))))
	}
	p := b.probe(builtin.SyscallEnter, "membarrier",
		[]ir.Expr{bin(fn("tid"), ir.OpEq, num(int64(tid))), bin(fn("int_arg", num(1)), ir.OpEq, num(1<<30))}, equal...)
	l := load(t, b.compile())
	detach := l.attach()
	defer detach()
	for _, s := range append(slices.Clone(texts), "b", "1234568", "12345679", "1234567\xff", strings.Repeat("x", 201), strings.Repeat("x", 600)) {
		text := cstring(s)
		unused(uintptr(unsafe.Pointer(text)), 0)
		runtime.KeepAlive(text)
		rec := l.next()
		for i, literal := range texts {
			same := binary.LittleEndian.Uint64(rec[p.Record.Fields[2*i].Offset:]) == 1
			differ := binary.LittleEndian.Uint64(rec[p.Record.Fields[2*i+1].Offset:]) == 1
			if same != (s == literal) || differ != (s != literal) {
				t.Errorf("%q and %q: equal %v, different %v", s, literal, same, differ)
			}
		}
	}
	unused(badAddress, 0)
	rec := l.next()
	if same := binary.LittleEndian.Uint64(rec[p.Record.Fields[0].Offset:]); same != 0 {
		t.Error("what can't be read equals a text")
	}
}
