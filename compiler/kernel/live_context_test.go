package kernel

import (
	"encoding/binary"
	"math"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// words reads the fields of a record whose fields are all words.
func words(rec []byte) []int64 {
	var list []int64
	for rec = rec[layout.HeaderSize:]; len(rec) >= 8; rec = rec[8:] {
		list = append(list, int64(binary.LittleEndian.Uint64(rec)))
	}
	return list
}

func TestLiveContext(t *testing.T) {
	k := live(t)
	tid := lockThread(t, "tapir-context")
	b := newPlan(t, k)
	mine := []ir.Expr{bin(fn("tid"), ir.OpEq, num(int64(tid)))}
	names := []string{"pid", "tid", "ppid", "uid", "euid", "gid", "cpu", "target",
		"gettimeofday_ns", "gettimeofday_us", "gettimeofday_ms", "gettimeofday_s", "cpu_clock_ns",
		"egid", "pgrp", "sid", "user_mode"}
	for _, kind := range []builtin.PointKind{builtin.SyscallEnter, builtin.SyscallExit} {
		p := b.probe(kind, "getuid", mine)
		for _, name := range names {
			p.Captures = append(p.Captures, word(fn(name)))
		}
		*p = *b.again(p)
	}
	l := load(t, b.compile())
	l.setState(layout.StateTarget, le64(4711))
	clock := int32(unix.CLOCK_MONOTONIC)
	if k.HasTAIClock() {
		clock = unix.CLOCK_TAI
	}
	var now unix.Timespec
	if err := unix.ClockGettime(clock, &now); err != nil {
		t.Fatal(err)
	}
	l.setState(layout.StateClockOffset, le64(time.Now().UnixNano()-now.Nano()))
	detach := l.attach()
	// These change this thread alone, which ends with the test.
	for _, set := range [][4]uintptr{{unix.SYS_SETRESGID, 7, 8, 8}, {unix.SYS_SETRESUID, 11, 12, 0}} {
		if _, _, errno := unix.RawSyscall(set[0], set[1], set[2], set[3]); errno != 0 {
			t.Fatal(errno)
		}
	}
	before := time.Now()
	unix.RawSyscall(unix.SYS_GETUID, 0, 0, 0)
	after := time.Now()
	unix.RawSyscall(unix.SYS_SETRESUID, 0, 0, 0)
	detach()

	for range 2 {
		got := words(l.next())
		want := []int64{int64(os.Getpid()), int64(tid), int64(os.Getppid()), 11, 12, 7, -1, 4711}
		for i, w := range want {
			if w >= 0 && got[i] != w {
				t.Errorf("%s: got %d, want %d", names[i], got[i], w)
			}
		}
		if cpu := got[6]; cpu < 0 || cpu >= int64(k.CPUs()) {
			t.Errorf("cpu: got %d", cpu)
		}
		const slack = int64(20 * time.Millisecond) // between the two clocks
		if ns := got[8]; ns < before.UnixNano()-slack || ns > after.UnixNano()+slack {
			t.Errorf("gettimeofday_ns: got %d, want %d to %d", ns, before.UnixNano(), after.UnixNano())
		}
		for i, unit := range []int64{1e3, 1e6, 1e9} {
			if got, want := got[9+i], got[8]/unit; got != want {
				t.Errorf("%s: got %d, want %d", names[9+i], got, want)
			}
		}
		if got[12] <= 0 {
			t.Errorf("cpu_clock_ns: got %d", got[12])
		}
		session, err := unix.Getsid(0)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []int64{8, int64(unix.Getpgrp()), int64(session), 0} {
			if got[13+i] != want {
				t.Errorf("%s: got %d, want %d", names[13+i], got[13+i], want)
			}
		}
	}
}

func TestLiveArguments(t *testing.T) {
	k := live(t)
	tid := lockThread(t, "tapir-args")
	b := newPlan(t, k)
	mine := []ir.Expr{bin(fn("tid"), ir.OpEq, num(int64(tid)))}
	p := b.probe(builtin.SyscallExit, "membarrier", mine)
	for n := range int64(6) {
		for _, name := range []string{"int_arg", "uint_arg", "long_arg", "ulong_arg", "pointer_arg"} {
			p.Captures = append(p.Captures, word(fn(name, num(n+1))))
		}
	}
	p.Captures = append(p.Captures, word(fn("returnval")))
	*p = *b.again(p)
	l := load(t, b.compile())
	detach := l.attach()
	args := [6]int64{-1, math.MinInt64, math.MaxInt64, 0x80000000, 0x17fffffff, 5}
	unix.RawSyscall6(unix.SYS_MEMBARRIER, uintptr(args[0]), uintptr(args[1]), uintptr(args[2]), uintptr(args[3]), uintptr(args[4]), uintptr(args[5]))
	detach()
	got := words(l.next())
	for i, a := range args {
		want := [...]int64{int64(int32(a)), int64(uint32(a)), a, a, a}
		if got := [5]int64(got[5*i:]); got != want {
			t.Errorf("argument %d = %#x: got %#x, want %#x", i+1, a, got, want)
		}
	}
	if got := got[30]; got != -int64(unix.EINVAL) {
		t.Errorf("returnval: got %d, want -EINVAL", got)
	}
}

// Names of all lengths, compared with literals, parameters and each other, and as
// keys of arrays.
func TestLiveNames(t *testing.T) {
	k := live(t)
	all := []string{"", "a", "tapir", "seven77", "eight888", "nine99999", "fifteen_chars_x", "sixteen_chars_xx"}
	b := newPlan(t, k)
	self := fn("execname")
	watch := global("watch", types.Long, types.String, types.Long)
	b.array(watch)
	type row struct {
		what string
		want func(name string) bool
	}
	var rows []row
	add := func(what string, x ir.Expr, want func(name string) bool) {
		b.probe(builtin.SyscallEnter, "getppid", nil, word(x))
		rows = append(rows, row{what, want})
	}
	var params [][]byte
	var offsets []int
	for _, s := range all {
		g := global("p", types.String)
		offsets = append(offsets, b.scalar(g).Offset)
		value := layout.CommParam(s)
		params = append(params, value[:])
		equal := func(name string) bool { return name == s }
		differs := func(name string) bool { return name != s }
		add("== literal "+s, bin(self, ir.OpEq, str(s)), equal)
		add("literal == "+s, bin(str(s), ir.OpEq, self), equal)
		add("!= literal "+s, bin(self, ir.OpNe, str(s)), differs)
		add("== param "+s, bin(self, ir.OpEq, read(g)), equal)
		add("!= param "+s, bin(read(g), ir.OpNe, self), differs)
		add("!(== param) "+s, not(bin(self, ir.OpEq, read(g))), differs)
	}
	add("in", in(watch, self, fn("pid")), func(name string) bool { return name == "tapir" || name == "eight888" })
	add("self", bin(self, ir.OpEq, fn("execname")), func(string) bool { return true })
	add("parent", bin(fn("pexecname"), ir.OpEq, fn("execname")), func(string) bool { return false })
	l := load(t, b.compile())
	for i, o := range offsets {
		l.setState(o, params[i])
	}
	for _, s := range []string{"tapir", "eight888"} {
		key := make([]byte, layout.CommSize)
		copy(key, s)
		if err := l.Maps["arr_watch"].Put(append(key, le64(int64(os.Getpid()))...), int64(1)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range all {
		if len(name) >= layout.CommSize {
			continue
		}
		lockThread(t, name)
		l.run("sys_enter", 0, unix.SYS_GETPPID)
		for _, r := range rows {
			if got := words(l.next())[0] != 0; got != r.want(name) {
				t.Errorf("%q %s: got %v, want %v", name, r.what, got, r.want(name))
			}
		}
	}
}
