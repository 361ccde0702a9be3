package callframe

import (
	"debug/elf"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// section is an .eh_frame with one common entry (the frame's end is 8 bytes behind the
// stack pointer, the return address 8 before that) and one for the 0x40 bytes of code at
// 0x1000, of the form of gcc's: push %rbp at 1, mov %rsp,%rbp at 4, leave at 0x3f.
func section(t testing.TB, code []byte) []byte {
	t.Helper()
	align := func(b []byte) []byte {
		for len(b)%8 != 4 { // with the length before it
			b = append(b, 0)
		}
		return binary.LittleEndian.AppendUint32(nil, uint32(len(b)))[:4:4]
	}
	pad := func(b []byte) []byte {
		for len(b)%8 != 4 {
			b = append(b, 0)
		}
		return b
	}
	common := pad([]byte{0, 0, 0, 0, 1, 'z', 'R', 0, 1, 0x78, 16, 1, 0x03, 0x0c, 7, 8, 0x80 | 16, 1})
	out := append(align(common), common...)
	about := []byte{0, 0, 0, 0}
	binary.LittleEndian.PutUint32(about, uint32(len(out)+4))
	about = binary.LittleEndian.AppendUint32(about, 0x1000)
	about = binary.LittleEndian.AppendUint32(about, 0x40)
	about = pad(append(append(about, 0), code...))
	out = append(append(out, align(about)...), about...)
	return append(out, 0, 0, 0, 0)
}

var framed = []byte{0x40 | 1, 0x0e, 16, 0x80 | 6, 2, 0x40 | 3, 0x0d, 6, 0x02, 0x3b, 0x0c, 7, 8, 0xc0 | 6}

func TestRow(t *testing.T) {
	table := Parse(section(t, framed), 0x9000)
	for _, tt := range []struct {
		address uint64
		want    Row
		ok      bool
	}{
		{0xfff, Row{}, false},
		{0x1000, Row{End: 8, Return: -8}, true},
		{0x1001, Row{End: 16, Return: -8, Base: -16, BaseSaved: true}, true},
		{0x1003, Row{End: 16, Return: -8, Base: -16, BaseSaved: true}, true},
		{0x1004, Row{ByBase: true, End: 16, Return: -8, Base: -16, BaseSaved: true}, true},
		{0x103e, Row{ByBase: true, End: 16, Return: -8, Base: -16, BaseSaved: true}, true},
		{0x103f, Row{End: 8, Return: -8}, true},
		{0x1040, Row{}, false},
	} {
		if got, ok := table.Row(tt.address); got != tt.want || ok != tt.ok {
			t.Errorf("%#x: got %+v, %v; want %+v, %v", tt.address, got, ok, tt.want, tt.ok)
		}
	}
	for name, code := range map[string][]byte{
		"an expression": {0x0f, 1, 0}, "another register": {0x0d, 10}, "restored of nothing": {0x0b}, "no operation": {0x3f}, "cut off": {0x0c, 7},
	} {
		if row, ok := Parse(section(t, code), 0).Row(0x1010); ok && name != "cut off" {
			t.Errorf("%s: got %+v", name, row)
		}
	}
	if row, ok := Parse(section(t, []byte{0x07, 16}), 0).Row(0x1000); !ok || !row.Outermost {
		t.Errorf("no caller: %+v, %v", row, ok)
	}
	if row, ok := Parse(section(t, []byte{0x0a, 0x0e, 32, 0x40 | 1, 0x0b}), 0).Row(0x1001); !ok || row.End != 8 {
		t.Errorf("put aside and back: %+v, %v", row, ok)
	}
}

// TestRealFile finds the rows of a real program, as its own compiler has it.
func TestRealFile(t *testing.T) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("needs gcc")
	}
	folder := t.TempDir()
	source, program := filepath.Join(folder, "a.c"), filepath.Join(folder, "a")
	if err := os.WriteFile(source, []byte("int f(int *p) { return *p; }\nint main(void) { int a[100]; a[0] = 0; return f(a); }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command(gcc, "-O0", "-fno-omit-frame-pointer", "-o", program, source).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	e, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s := e.Section(".eh_frame")
	data, err := s.Data()
	if err != nil {
		t.Fatal(err)
	}
	table := Parse(data, s.Addr)
	symbols, err := e.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, x := range symbols {
		switch x.Name {
		case "main", "f":
			seen++
			if row, ok := table.Row(x.Value + x.Size - 3); !ok || !row.ByBase || row.End != 16 || !row.BaseSaved {
				t.Errorf("%s: got %+v, %v", x.Name, row, ok)
			}
		case "_start":
			if row, ok := table.Row(x.Value + 4); !ok || !row.Outermost {
				t.Errorf("_start: got %+v, %v", row, ok)
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d functions", seen)
	}
}

func TestEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		code     []byte
		register uint64
		offset   int64
		ok       bool
	}{
		"as all":                             {nil, 7, 8, true},
		"another register":                   {[]byte{0x0c, 10, 24}, 10, 24, true},
		"an expression":                      {[]byte{0x0f, 1, 0}, 0, 0, false},
		"an expression for another register": {[]byte{0x10, 6, 1, 0}, 7, 8, true},
	} {
		register, offset, ok := Parse(section(t, tt.code), 0).End(0x1000)
		if ok != tt.ok || ok && (register != tt.register || offset != tt.offset) {
			t.Errorf("%s: %d, %d, %v; want %d, %d, %v", name, register, offset, ok, tt.register, tt.offset, tt.ok)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(section(f, framed), uint64(0x9000), uint64(0x1010))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 4, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, uint64(0), uint64(0))
	f.Fuzz(func(t *testing.T, data []byte, base, address uint64) {
		table := Parse(data, base)
		if len(table.entries) > len(data)/8 {
			t.Errorf("%d entries in %d bytes", len(table.entries), len(data))
		}
		table.Row(address)
		table.End(address)
	})
}
