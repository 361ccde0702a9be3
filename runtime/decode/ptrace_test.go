package decode_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"tapir/runtime/decode"
)

func ptraceSets(t testing.TB) *decode.PtraceSets {
	t.Helper()
	return &decode.PtraceSets{
		Signals: set(t, "signals"), Options: set(t, "ptrace_options"),
		Notes: set(t, "elf_notes"), Arch: set(t, "arch_prctl"),
	}
}

// iovec is the bytes of a struct iovec.
func iovec(base, n uint64) []byte {
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, base), n)
}

func TestAppendPtrace(t *testing.T) {
	sets := ptraceSets(t)
	vec := iovec(0x7ffe10, 216)
	for _, c := range []struct {
		request    int64
		addr, data uint64
		iovec      []byte
		want       string // labelled
		want5      string // as SystemTap 5
	}{
		{0, 1, 2, nil, "PTRACE_TRACEME", "PTRACE_TRACEME, 42, 0x1, 0x2"},
		{1, 0x4000, 0x7ff0, nil, "PTRACE_PEEKTEXT, 42, addr=0x4000", "PTRACE_PEEKTEXT, 42, 0x4000, [0x7ff0]"},
		{2, 0x4000, 0x7ff0, nil, "PTRACE_PEEKDATA, 42, addr=0x4000", "PTRACE_PEEKDATA, 42, 0x4000, [0x7ff0]"},
		{3, 120, 0x7ff0, nil, "PTRACE_PEEKUSR, 42, addr=0x78", "PTRACE_PEEKUSR, 42, 0x78, [0x7ff0]"},
		{4, 0x4000, 0xcc, nil, "PTRACE_POKETEXT, 42, addr=0x4000, data=0xcc", "PTRACE_POKETEXT, 42, 0x4000, 0xcc"},
		{5, 0x4000, 0, nil, "PTRACE_POKEDATA, 42, addr=0x4000, data=0x0", "PTRACE_POKEDATA, 42, 0x4000, 0x0"},
		{6, 0, 1, nil, "PTRACE_POKEUSR, 42, addr=0x0, data=0x1", "PTRACE_POKEUSR, 42, 0x0, 0x1"},
		{7, 0, 0, nil, "PTRACE_CONT, 42, SIG_0", "PTRACE_CONT, 42, 0x0, SIG_0"},
		{7, 1, 17, nil, "PTRACE_CONT, 42, SIGCHLD", "PTRACE_CONT, 42, 0x1, SIGCHLD"},
		{8, 0, 0, nil, "PTRACE_KILL, 42", "PTRACE_KILL, 42, 0x0, 0x0"},
		{9, 0, 0, nil, "PTRACE_SINGLESTEP, 42, SIG_0", "PTRACE_SINGLESTEP, 42, 0x0, SIG_0"},
		{12, 0, 0x7fff291f0990, nil, "PTRACE_GETREGS, 42, data=0x7fff291f0990", "PTRACE_GETREGS, 42, 0x0, 0x7fff291f0990"},
		{13, 0, 0x7ff0, nil, "PTRACE_SETREGS, 42, data=0x7ff0", "PTRACE_SETREGS, 42, 0x0, 0x7ff0"},
		{14, 0, 0x7ff0, nil, "PTRACE_GETFPREGS, 42, data=0x7ff0", "PTRACE_GETFPREGS, 42, 0x0, 0x7ff0"},
		{15, 0, 0x7ff0, nil, "PTRACE_SETFPREGS, 42, data=0x7ff0", "PTRACE_SETFPREGS, 42, 0x0, 0x7ff0"},
		{16, 0, 0, nil, "PTRACE_ATTACH, 42", "PTRACE_ATTACH, 42, 0x0, 0x0"},
		{17, 0, 0, nil, "PTRACE_DETACH, 42, SIG_0", "PTRACE_DETACH, 42, 0x0, SIG_0"},
		{18, 0, 0x7ff0, nil, "PTRACE_GETFPXREGS, 42, data=0x7ff0", "PTRACE_GETFPXREGS, 42, 0x0, 0x7ff0"},
		{19, 0, 0x7ff0, nil, "PTRACE_SETFPXREGS, 42, data=0x7ff0", "PTRACE_SETFPXREGS, 42, 0x0, 0x7ff0"},
		{21, 0, 1, nil, "PTRACE_OLDSETOPTIONS, 42, PTRACE_O_TRACESYSGOOD", "PTRACE_OLDSETOPTIONS, 42, 0x0, PTRACE_O_TRACESYSGOOD"},
		{24, 0, 0, nil, "PTRACE_SYSCALL, 42, SIG_0", "PTRACE_SYSCALL, 42, 0x0, SIG_0"},
		{24, 0, 34, nil, "PTRACE_SYSCALL, 42, 0x22", "PTRACE_SYSCALL, 42, 0x0, 0x22"},
		{25, 12, 0x7ff0, nil, "PTRACE_GET_THREAD_AREA, 42, index=12, data=0x7ff0", "PTRACE_GET_THREAD_AREA, 42, 12, 0x7ff0"},
		{26, 12, 0x7ff0, nil, "PTRACE_SET_THREAD_AREA, 42, index=12, data=0x7ff0", "PTRACE_SET_THREAD_AREA, 42, 12, 0x7ff0"},
		{30, 0x7ff0, 0x1002, nil, "PTRACE_ARCH_PRCTL, 42, ARCH_SET_FS, addr=0x7ff0", "PTRACE_ARCH_PRCTL, 42, 0x7ff0, ARCH_SET_FS"},
		{30, 0x7ff0, 9, nil, "PTRACE_ARCH_PRCTL, 42, 9, addr=0x7ff0", "PTRACE_ARCH_PRCTL, 42, 0x7ff0, 9"},
		{31, 0, 9, nil, "PTRACE_SYSEMU, 42, SIGKILL", "PTRACE_SYSEMU, 42, 0x0, SIGKILL"},
		{32, 0, 0, nil, "PTRACE_SYSEMU_SINGLESTEP, 42, SIG_0", "PTRACE_SYSEMU_SINGLESTEP, 42, 0x0, SIG_0"},
		{33, 0, 0, nil, "PTRACE_SINGLEBLOCK, 42, SIG_0", "PTRACE_SINGLEBLOCK, 42, 0x0, SIG_0"},
		{0x4200, 0, 0, nil, "PTRACE_SETOPTIONS, 42, 0x0", "PTRACE_SETOPTIONS, 42, 0x0, 0x0"},
		{0x4200, 0, 0x3, nil, "PTRACE_SETOPTIONS, 42, PTRACE_O_TRACEFORK|PTRACE_O_TRACESYSGOOD", "PTRACE_SETOPTIONS, 42, 0x0, PTRACE_O_TRACEFORK|PTRACE_O_TRACESYSGOOD"},
		{0x4200, 0, 0x200002, nil, "PTRACE_SETOPTIONS, 42, PTRACE_O_TRACEFORK|0x200000", "PTRACE_SETOPTIONS, 42, 0x0, PTRACE_O_TRACEFORK|0x200000"},
		{0x4201, 0, 0x7ff0, nil, "PTRACE_GETEVENTMSG, 42, data=0x7ff0", "PTRACE_GETEVENTMSG, 42, 0x0, 0x7ff0"},
		{0x4202, 0, 0x7ff0, nil, "PTRACE_GETSIGINFO, 42, data=0x7ff0", "PTRACE_GETSIGINFO, 42, 0x0, 0x7ff0"},
		{0x4203, 0, 0x7ff0, nil, "PTRACE_SETSIGINFO, 42, data=0x7ff0", "PTRACE_SETSIGINFO, 42, 0x0, 0x7ff0"},
		{0x4204, 1, 0x7ff0, vec, "PTRACE_GETREGSET, 42, NT_PRSTATUS, [{0x7ffe10, 216}]", "PTRACE_GETREGSET, 42, NT_PRSTATUS, [{0x7ffe10, 216}]"},
		{0x4204, 0x777, 0x7ff0, vec[:15], "PTRACE_GETREGSET, 42, 0x777, data=0x7ff0", "PTRACE_GETREGSET, 42, 0x777, 0x7ff0"},
		{0x4205, 0x202, 0x7ff0, vec, "PTRACE_SETREGSET, 42, NT_X86_XSTATE, [{0x7ffe10, 216}]", "PTRACE_SETREGSET, 42, NT_X86_XSTATE, [{0x7ffe10, 216}]"},
		{0x4205, 1, 0, nil, "PTRACE_SETREGSET, 42, NT_PRSTATUS, NULL", "PTRACE_SETREGSET, 42, NT_PRSTATUS, NULL"},
		{0x4206, 0, 2, nil, "PTRACE_SEIZE, 42, PTRACE_O_TRACEFORK", "PTRACE_SEIZE, 42, 0x0, 0x2"},
		{0x4207, 0, 0, nil, "PTRACE_INTERRUPT, 42", "PTRACE_INTERRUPT, 42, 0x0, 0x0"},
		{0x4208, 0, 0, nil, "PTRACE_LISTEN, 42", "PTRACE_LISTEN, 42, 0x0, 0x0"},
		{0x4209, 0x10, 0x20, nil, "PTRACE_PEEKSIGINFO, 42, addr=0x10, data=0x20", "PTRACE_PEEKSIGINFO, 42, 0x10, 0x20"},
		{0x420a, 8, 0x7ff0, nil, "PTRACE_GETSIGMASK, 42, size=8, data=0x7ff0", "PTRACE_GETSIGMASK, 42, 0x8, 0x7ff0"},
		{0x420b, 8, 0x7ff0, nil, "PTRACE_SETSIGMASK, 42, size=8, data=0x7ff0", "PTRACE_SETSIGMASK, 42, 0x8, 0x7ff0"},
		{0x420c, 1, 0x7ff0, nil, "PTRACE_SECCOMP_GET_FILTER, 42, index=1, data=0x7ff0", "0x420c, 42, 0x1, 0x7ff0"},
		{0x420d, 16, 0x7ff0, nil, "PTRACE_SECCOMP_GET_METADATA, 42, size=16, data=0x7ff0", "0x420d, 42, 0x10, 0x7ff0"},
		{0x420e, 88, 0x7ff0, nil, "PTRACE_GET_SYSCALL_INFO, 42, size=88, data=0x7ff0", "0x420e, 42, 0x58, 0x7ff0"},
		{0x420f, 24, 0x7ff0, nil, "PTRACE_GET_RSEQ_CONFIGURATION, 42, size=24, data=0x7ff0", "0x420f, 42, 0x18, 0x7ff0"},
		{0x4210, 32, 0x7ff0, nil, "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG, 42, size=32, data=0x7ff0", "0x4210, 42, 0x20, 0x7ff0"},
		{0x4211, 32, 0x7ff0, nil, "PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG, 42, size=32, data=0x7ff0", "0x4211, 42, 0x20, 0x7ff0"},
		{0x4212, 88, 0x7ff0, nil, "PTRACE_SET_SYSCALL_INFO, 42, size=88, data=0x7ff0", "0x4212, 42, 0x58, 0x7ff0"},
		{10, 1, 2, nil, "0xa, 42, addr=0x1, data=0x2", "0xa, 42, 0x1, 0x2"},
		{-1, 0, 0, nil, "0xffffffffffffffff, 42, addr=0x0, data=0x0", "0xffffffffffffffff, 42, 0x0, 0x0"},
	} {
		p := decode.Ptrace{Request: c.request, Pid: 42, Addr: c.addr, Data: c.data, Iovec: c.iovec}
		if got := text(t, func(dst []byte) []byte { return decode.AppendPtrace(dst, sets, p) }); got != c.want {
			t.Errorf("request %#x:\n got %s\nwant %s", c.request, got, c.want)
		}
		if got := text(t, func(dst []byte) []byte { return decode.AppendPtrace5(dst, sets, p) }); got != c.want5 {
			t.Errorf("request %#x as SystemTap 5:\n got %s\nwant %s", c.request, got, c.want5)
		}
	}
}

// The tapset's list of requests and this package's must name the same ones.
func TestPtraceRequestsHaveTheTapsetsNames(t *testing.T) {
	sets := ptraceSets(t)
	for _, f := range set(t, "ptrace_requests") {
		p := decode.Ptrace{Request: f.Value}
		for _, got := range []string{
			text(t, func(dst []byte) []byte { return decode.AppendPtrace(dst, sets, p) }),
			text(t, func(dst []byte) []byte { return decode.AppendPtrace5(dst, sets, p) }),
		} {
			if name, _, _ := strings.Cut(got, ","); name != f.Text {
				t.Errorf("request %#x: got %s, want %s", f.Value, name, f.Text)
			}
		}
	}
}

func FuzzAppendPtrace(f *testing.F) {
	f.Add(int64(7), int64(42), uint64(0), uint64(0), []byte(nil))
	f.Add(int64(0x4204), int64(-1), uint64(1), uint64(0x7ff0), iovec(1, 2))
	sets := ptraceSets(f)
	f.Fuzz(func(t *testing.T, request, pid int64, addr, data uint64, iovec []byte) {
		p := decode.Ptrace{Request: request, Pid: pid, Addr: addr, Data: data, Iovec: iovec}
		for _, got := range []string{
			text(t, func(dst []byte) []byte { return decode.AppendPtrace(dst, sets, p) }),
			text(t, func(dst []byte) []byte { return decode.AppendPtrace5(dst, sets, p) }),
		} {
			if got == "" || len(got) > decode.MaxText {
				t.Errorf("%+v: got %q", p, got)
			}
		}
	})
}

func TestNothingIsAllocated(t *testing.T) {
	sets, dst := ptraceSets(t), make([]byte, 0, 1024)
	clone, open := set(t, "clone_flags"), set(t, "open_flags")
	signals, events := set(t, "signals"), set(t, "ptrace_events")
	argv := vector(entry{text: "ls"}, entry{text: "-l"})
	for name, f := range map[string]func() []byte{
		"ptrace":  func() []byte { return decode.AppendPtrace(dst, sets, decode.Ptrace{Request: 0x4200, Data: 3}) },
		"ptrace5": func() []byte { return decode.AppendPtrace5(dst, sets, decode.Ptrace{Request: 7}) },
		"clone":   func() []byte { return decode.AppendCloneFlags(dst, clone, signals, 0x1200011) },
		"open":    func() []byte { return decode.AppendOpenFlags(dst, open, 0x242) },
		"wait":    func() []byte { return decode.AppendWaitStatus(dst, signals, events, 0x1057f) },
		"retstr":  func() []byte { return decode.AppendRetstr(dst, 1, -2) },
		"quoted":  func() []byte { return decode.AppendQuoted(dst, argv, 0) },
		"vector":  func() []byte { return decode.AppendVector(dst, argv) },
		"ctime":   func() []byte { return decode.AppendCtime(dst, 1700000000) },
	} {
		if n := testing.AllocsPerRun(100, func() { f() }); n != 0 {
			t.Errorf("%s: got %v allocations, want 0", name, n)
		}
	}
}

func BenchmarkAppendPtrace(b *testing.B) {
	sets, dst := ptraceSets(b), make([]byte, 0, 128)
	p := decode.Ptrace{Request: 24, Pid: 18304}
	for b.Loop() {
		dst = decode.AppendPtrace(dst[:0], sets, p)
	}
}
