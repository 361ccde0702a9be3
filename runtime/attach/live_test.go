package attach

import (
	"errors"
	"os"
	"testing"

	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"

	"tapir/bpf"
	"tapir/bpf/layout"
)

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: it loads programs into the kernel")
	}
}

// object has one program at one tracepoint.
func object(tracepoint string, body ...asm.Instruction) *bpf.Object {
	return &bpf.Object{
		Counters: layout.Counters{CPUs: 2, Probes: 1},
		Programs: []*bpf.Program{{
			Name: "test", Attach: bpf.Attach{Kind: bpf.RawTracepoint, Name: tracepoint}, Instructions: body, Probes: []int{0},
			Lines: []bpf.Line{{Instruction: 0, Probe: -1}, {Instruction: 1, Probe: 0, Pos: 17}},
		}},
	}
}

var returnZero = []asm.Instruction{asm.Mov.Imm(asm.R0, 0), asm.Return()}

func TestLoadAttachDetach(t *testing.T) {
	needRoot(t)
	l, err := Load(object("sys_enter", returnZero...), 1<<16)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	links, err := l.Attach()
	if err != nil {
		t.Fatal(err)
	}
	if err := links.Close(); err != nil {
		t.Error(err)
	}
	if misses, err := l.RecursionMisses(); err != nil || len(misses) != 1 || misses[0] != 0 {
		t.Errorf("recursion misses = %v, %v; want [0]", misses, err)
	}
}

func TestLoadRefused(t *testing.T) {
	needRoot(t)
	_, err := Load(object("sys_enter", asm.Mov.Imm(asm.R1, 0), asm.LoadMem(asm.R0, asm.R1, 0, asm.DWord), asm.Return()), 1<<16)
	refused, ok := errors.AsType[*Refused](err)
	if !ok {
		t.Fatalf("Load = %v, want a *Refused", err)
	}
	if refused.Probe != 0 || refused.Pos != 17 || len(refused.Log) == 0 || refused.Program != "test" {
		t.Errorf("got %+v, want probe 0 at 17 of program test, and a log", refused)
	}
}

func TestAttachToNothing(t *testing.T) {
	needRoot(t)
	l, err := Load(object("no_such_tracepoint", returnZero...), 1<<16)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	const want = `this kernel has no tracepoint "no_such_tracepoint": no such file or directory`
	if _, err := l.Attach(); !errors.Is(err, unix.ENOENT) || err.Error() != want {
		t.Errorf("Attach = %v\nwant %s", err, want)
	}
}

// TestDenied explains what a user who may not load programs gets.
func TestDenied(t *testing.T) {
	err := explainLoad(object("sys_enter", returnZero...), &os.SyscallError{Syscall: "bpf", Err: unix.EPERM})
	if _, ok := errors.AsType[*Denied](err); !ok || !errors.Is(err, unix.EPERM) {
		t.Errorf("explainLoad(EPERM) = %v, want a *Denied", err)
	}
}
