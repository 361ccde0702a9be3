package symbol

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"tapir/lang/image"
	"tapir/runtime/process"
)

func TestForms(t *testing.T) {
	const address = 0xffffffff81234567
	for _, tt := range []struct {
		s                        Symbol
		line, data, simple, name string
	}{
		{Symbol{"vfs_read", 0x12, 0x34, "kernel"}, "0xffffffff81234567 : vfs_read+0x12/0x34 [kernel]", "vfs_read+0x12/0x34 [kernel]", "vfs_read+0x12 [kernel]", "vfs_read"},
		{Symbol{"f", 0x12, 0, "/usr/bin/x"}, "0xffffffff81234567 : f+0x12 [/usr/bin/x]", "f+0x12 [/usr/bin/x]", "f+0x12 [x]", "f"},
		{Symbol{"", 0x12, 0, "/usr/bin/x"}, "0xffffffff81234567 [/usr/bin/x+0x12]", "0xffffffff81234567", "0xffffffff81234567 [x+0x12]", "0xffffffff81234567"},
		{Symbol{}, "0xffffffff81234567", "0xffffffff81234567", "0xffffffff81234567", "0xffffffff81234567"},
	} {
		for _, got := range []struct {
			form func([]byte, uint64) []byte
			want string
		}{{tt.s.AppendLine, tt.line}, {tt.s.AppendData, tt.data}, {tt.s.AppendSimple, tt.simple}, {tt.s.AppendName, tt.name}} {
			if text := string(got.form(nil, address)); text != got.want {
				t.Errorf("%+v: got %q, want %q", tt.s, text, got.want)
			}
		}
	}
}

const someSymbols = `0000000000000000 A fixed_percpu_data
ffffffff81000000 T _stext
ffffffff81000000 T _text
ffffffff81000040 t first
ffffffff81000080 T second
no line
ffffffffc0000200 t bpf_prog_6deef7357e7b4530_x	[bpf]
ffffffffc0000100 t in_module	[fuse]
ffffffffc0000180 t esc` + "\x1b" + `ape	[fu` + "\x07" + `se]
`

func TestKernel(t *testing.T) {
	k, err := ReadKernel(strings.NewReader(someSymbols))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		address uint64
		want    Symbol
	}{
		{0xffffffff80ffffff, Symbol{}},
		{0xffffffff81000000, Symbol{"_stext", 0, 0x40, "kernel"}},
		{0xffffffff8100003f, Symbol{"_stext", 0x3f, 0x40, "kernel"}},
		{0xffffffff81000045, Symbol{"first", 5, 0x40, "kernel"}},
		{0xffffffff82ffffff, Symbol{}}, // far behind the last one
		{0xffffffffc0000101, Symbol{"in_module", 1, 0x80, "fuse"}},
		{0xffffffffc0000181, Symbol{"esc?ape", 1, 0x80, "fu?se"}},
		{0xffffffffc0000210, Symbol{"bpf_prog_6deef7357e7b4530_x", 0x10, 0, "bpf"}},
		{1, Symbol{}},
	} {
		if got := k.Find(tt.address); got != tt.want {
			t.Errorf("%#x: got %+v, want %+v", tt.address, got, tt.want)
		}
	}
	if got := k.Address("second"); got != 0xffffffff81000080 {
		t.Errorf("second is at %#x", got)
	}
	if got := k.Address("third"); got != 0 {
		t.Errorf("third is at %#x", got)
	}
	stack := []uint64{0xffffffff81000041, 0xffffffffc0000210, 0xffffffff81000081, 0xffffffff81000001}
	if got := Trim(&Symbols{kernel: k}, stack); !slices.Equal(got, stack[2:]) {
		t.Errorf("trimmed to %#x", got)
	}
	if got := Trim(&Symbols{kernel: &Kernel{}}, stack); !slices.Equal(got, stack) {
		t.Errorf("trimmed to %#x without symbols", got)
	}
}

func TestHiddenKernel(t *testing.T) {
	const text = "0000000000000000 T _stext\n0000000000000000 T vfs_read\n"
	if _, err := ReadKernel(strings.NewReader(text)); !errors.Is(err, ErrHidden) {
		t.Errorf("got %v", err)
	}
}

func FuzzReadKernel(f *testing.F) {
	f.Add(someSymbols, uint64(0xffffffff81000001))
	f.Fuzz(func(t *testing.T, text string, address uint64) {
		k, err := ReadKernel(strings.NewReader(text))
		if err != nil {
			return
		}
		s := k.Find(address)
		if s.Size > 0 && s.Offset >= s.Size || strings.ContainsAny(s.Name+s.Module, "\x1b\n\x7f") {
			t.Errorf("%#x: %+v", address, s)
		}
		Trim(&Symbols{kernel: k}, []uint64{address, address + 1})
	})
}

func TestFile(t *testing.T) {
	at := func(offset, size uint64, name, plain string, exported bool) image.Function {
		return image.Function{Site: image.Site{Offset: offset}, Size: size, Name: name, Plain: plain, Exported: exported}
	}
	f := newFile([]image.Function{
		at(0x200, 0, "open_end", "open_end", false),
		at(0x100, 0x10, "__GI_read", "__GI_read", true),
		at(0x100, 0x10, "local", "local", false),
		at(0x100, 0x10, "read", "read", true),
		at(0x120, 0x20, "_ZN1a1bEv", "a::b", true),
	}, 100)
	for offset, want := range map[uint64]string{0: "", 0xff: "", 0x100: "read", 0x10f: "read", 0x110: "", 0x13f: "a::b", 0x200: "open_end", 0x1000: "open_end"} {
		got, ok := f.find(offset)
		if ok != (want != "") || ok && got.name != want {
			t.Errorf("%#x: got %q, %v; want %q", offset, got.name, ok, want)
		}
	}
	if _, ok := newFile(nil, 0).find(7); ok {
		t.Error("a file without functions has one")
	}
}

// TestSelf names an address of this very program, and one of what the kernel lends it.
func TestSelf(t *testing.T) {
	table := process.NewTable()
	s := New(table)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	m, ok := table.Named(os.Getpid(), exe)
	if !ok {
		t.Fatal("this program is not mapped")
	}
	f := s.open(os.Getpid(), m)
	if f == nil || len(f.functions) < 1000 {
		t.Fatalf("this program has no functions: %+v", f)
	}
	for _, fn := range f.functions {
		if fn.name != "tapir/runtime/symbol.TestSelf" {
			continue
		}
		address := m.Start + fn.offset - m.Offset + 3
		got := s.User(os.Getpid(), address, monotonic(t))
		if want := (Symbol{fn.name, 3, fn.size, exe}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if got := s.User(1<<30, address, monotonic(t)); got != (Symbol{}) {
			t.Errorf("a process that never was: %+v", got)
		}
	}
	if v := s.vdso(); v == nil || len(v.functions) == 0 {
		t.Error("the vdso has no functions")
	}
}

// TestDeleted names what lies in a program that was deleted while it runs, and takes no
// other file of its path for it.
func TestDeleted(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: it opens what another process has mapped")
	}
	program := filepath.Join(t.TempDir(), "program")
	text, err := os.ReadFile("/bin/sleep")
	if err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(program, text, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, text[:64], 0o755); err != nil {
		t.Fatal(err)
	}
	table := process.NewTable()
	m, ok := table.Named(cmd.Process.Pid, program)
	if !ok || !m.Deleted {
		t.Fatalf("the program is mapped as %+v, %v", m, ok)
	}
	s := New(table)
	paths := candidates(cmd.Process.Pid, m)
	if !s.isFile(paths[0], m) || s.isFile(paths[1], m) || s.isFile(paths[2], m) {
		t.Errorf("of %v only the first is the file", paths)
	}
	if got := s.User(cmd.Process.Pid, m.Start, monotonic(t)); got.Module != program {
		t.Errorf("got %+v", got)
	}
}

func monotonic(t *testing.T) int64 {
	t.Helper()
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		t.Fatal(err)
	}
	return ts.Nano()
}

// FuzzGoTable holds that no table of functions takes more than its bytes warrant.
func FuzzGoTable(f *testing.F) {
	f.Add([]byte("\xf1\xff\xff\xff\x00\x00\x01\x08\x01\x00\x00\x00\x00\x00\x00\x00"), uint64(0x1000))
	f.Add(append([]byte("\xf0\xff\xff\xff\x00\x00\x01\x08"), make([]byte, 200)...), uint64(0))
	f.Fuzz(func(t *testing.T, data []byte, text uint64) {
		if n := len(goTable(data, text, 0)); n > len(data)/minGoFunction {
			t.Errorf("%d functions in %d bytes", n, len(data))
		}
	})
}
