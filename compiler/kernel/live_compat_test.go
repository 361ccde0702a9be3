package kernel

import (
	"os"
	"os/exec"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
)

const compatEnv = "TAPIR_TEST_COMPAT_CALLS"

// TestMain serves as the program that makes 32-bit system calls, in a process of
// its own, since a kernel without them ends it.
func TestMain(m *testing.M) {
	if os.Getenv(compatEnv) != "" {
		compatCalls()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// compatCalls calls number 20 of the 32-bit table (getpid; writev in the 64-bit
// one) and number 20 of the 64-bit table, which fails.
func compatCalls() {
	code := []byte{
		0xb8, 20, 0, 0, 0, // mov eax, 20
		0xcd, 0x80, // int 0x80
		0xc3, // ret
	}
	page, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		os.Exit(3)
	}
	copy(page, code)
	entry := &page[0]
	f := &entry // a func value is a pointer to a pointer to code
	(*(*func())(unsafe.Pointer(&f)))()
	unix.RawSyscall(unix.SYS_WRITEV, ^uintptr(0), 0, 0)
}

// 32-bit callers' numbers mean other calls, so their events are none.
func TestLiveCompat(t *testing.T) {
	k := live(t)
	b := newPlan(t, k)
	child := bin(fn("ppid"), ir.OpEq, num(int64(os.Getpid())))
	for _, kind := range []builtin.PointKind{builtin.SyscallEnter, builtin.SyscallExit} {
		b.probe(kind, "writev", []ir.Expr{child}, word(fn("int_arg", num(1))))
	}
	l := load(t, b.compile())
	detach := l.attach()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), compatEnv+"=1")
	out, err := c.CombinedOutput()
	detach()
	if err != nil {
		t.Skipf("needs a kernel with 32-bit system calls (CONFIG_IA32_EMULATION): %v: %.200s", err, out)
	}
	for probe := range 2 {
		if got := l.count(probe, layout.Sent); got != 1 {
			t.Errorf("probe %d: %d events, want that of the 64-bit call only", probe, got)
		}
	}
}
