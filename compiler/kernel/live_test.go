package kernel

import (
	"encoding/binary"
	"errors"
	"os"
	"runtime"
	"testing"
	"unsafe"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/ringbuf"
	"golang.org/x/sys/unix"

	"tapir/bpf"
	"tapir/bpf/layout"
	"tapir/bpf/target"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// live is the running kernel; without root the test is skipped.
func live(t *testing.T) *target.Kernel {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: loads eBPF programs")
	}
	k, err := target.Live()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Layout(); err != nil {
		t.Skipf("needs BTF: %v", err)
	}
	return k
}

const ringBytes = 1 << 18

// loaded is an object in the kernel.
type loaded struct {
	t      *testing.T
	object *bpf.Object
	*ebpf.Collection
	state, counters *ebpf.Memory
	ring            *ringbuf.Reader
}

func load(t *testing.T, o *bpf.Object) *loaded {
	t.Helper()
	c, err := ebpf.NewCollection(o.Spec(ringBytes))
	if err != nil {
		var ve *ebpf.VerifierError
		if errors.As(err, &ve) {
			t.Logf("%+v", ve)
		}
		t.Fatalf("load: %v", err)
	}
	t.Cleanup(c.Close)
	l := &loaded{t: t, object: o, Collection: c}
	if l.state, err = c.Maps[bpf.StateMap].Memory(); err != nil {
		t.Fatal(err)
	}
	if l.counters, err = c.Maps[bpf.CountersMap].Memory(); err != nil {
		t.Fatal(err)
	}
	if l.ring, err = ringbuf.NewReader(c.Maps[bpf.EventsMap]); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.ring.Close() })
	return l
}

// setState writes to the state map.
func (l *loaded) setState(offset int, b []byte) {
	l.t.Helper()
	if _, err := l.state.WriteAt(b, int64(offset)); err != nil {
		l.t.Fatal(err)
	}
}

func le64(v int64) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(v)) }

// count sums a probe's counter over all CPUs.
func (l *loaded) count(probe int, k layout.Counter) uint64 {
	l.t.Helper()
	var b [8]byte
	var sum uint64
	for cpu := range l.object.Counters.CPUs {
		at := cpu*l.object.Counters.Stride() + l.object.Counters.Offset(probe, k)
		if _, err := l.counters.ReadAt(b[:], int64(at)); err != nil {
			l.t.Fatal(err)
		}
		sum += binary.LittleEndian.Uint64(b[:])
	}
	return sum
}

// checkCounters compares hits, rejected, sent, lost and errors.
func (l *loaded) checkCounters(probe int, hits, rejected, sent, lost, errs uint64) {
	l.t.Helper()
	got := [...]uint64{l.count(probe, layout.Hits), l.count(probe, layout.Rejected), l.count(probe, layout.Sent), l.count(probe, layout.Lost), l.count(probe, layout.Errors)}
	want := [...]uint64{hits, rejected, sent, lost, errs}
	if got != want {
		l.t.Errorf("probe %d: hits, rejected, sent, lost, errors: got %d, want %d", probe, got, want)
	}
}

// attach attaches all programs for the rest of the test, or until detach is called.
func (l *loaded) attach() (detach func()) {
	l.t.Helper()
	var links []link.Link
	for _, p := range l.object.Programs {
		k, err := link.AttachRawTracepoint(link.RawTracepointOptions{Name: p.Attach.Name, Program: l.Programs[p.Name]})
		if err != nil {
			l.t.Fatalf("attach %s: %v", p.Name, err)
		}
		links = append(links, k)
	}
	return func() {
		for _, k := range links {
			k.Close()
		}
	}
}

// run runs a program once in this thread, as if the tracepoint had been passed.
func (l *loaded) run(program string, args ...uint64) {
	l.t.Helper()
	if _, err := l.Programs[program].Run(&ebpf.RunOptions{Context: append(args, make([]uint64, 12-len(args))...)}); err != nil {
		l.t.Fatal(err)
	}
}

// next is the next record in the ring, which must be there.
func (l *loaded) next() []byte {
	l.t.Helper()
	l.ring.Flush()
	r, err := l.ring.Read()
	if err != nil {
		l.t.Fatalf("read the ring: %v", err)
	}
	return r.RawSample
}

// lockThread gives the test a thread of its own, with a name of its own.
func lockThread(t *testing.T, name string) (tid int) {
	t.Helper()
	runtime.LockOSThread() // until the test's goroutine ends, and the thread with it
	b := append([]byte(name), 0)
	if err := unix.Prctl(unix.PR_SET_NAME, uintptr(unsafe.Pointer(&b[0])), 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	return unix.Gettid()
}

func TestLiveFixedRecord(t *testing.T) {
	k := live(t)
	tid := lockThread(t, "tapir-live")
	b := newPlan(t, k)
	who := global("who", types.String)
	offset := b.scalar(who).Offset
	mine := bin(fn("tid"), ir.OpEq, num(int64(tid)))
	b.probe(builtin.SyscallEnter, "getppid",
		[]ir.Expr{mine, bin(fn("execname"), ir.OpEq, read(who))},
		word(fn("pid")), comm(fn("execname")))
	b.probe(builtin.SyscallExit, "getppid", []ir.Expr{mine}, word(fn("returnval")), word(fn("gettimeofday_ns")))
	l := load(t, b.compile())
	p := layout.CommParam("tapir-live")
	l.setState(offset, p[:])
	detach := l.attach()
	unix.Getppid()
	detach()
	enter := l.next()
	if got := int64(binary.LittleEndian.Uint64(enter[8:])); got != int64(os.Getpid()) {
		t.Errorf("pid: got %d, want %d", got, os.Getpid())
	}
	if got := unix.ByteSliceToString(enter[16:32]); got != "tapir-live" {
		t.Errorf("execname: got %q", got)
	}
	exit := l.next()
	if got := int64(binary.LittleEndian.Uint64(exit[8:])); got != int64(os.Getppid()) {
		t.Errorf("returnval: got %d, want %d", got, os.Getppid())
	}
	if got := l.count(0, layout.Sent); got != 1 {
		t.Errorf("sent: got %d", got)
	}
}
