package exe

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOverlappingNames: names that are parts of each other take the table's memory, not
// each its own.
func TestOverlappingNames(t *testing.T) {
	const n = 1 << 14
	text := "\x00" + strings.Repeat("x", n+maxName)
	text = text[:n+maxName-1] + "\x00"
	var table []byte
	for i := range n {
		entry := make([]byte, symbolSize)
		binary.LittleEndian.PutUint32(entry, uint32(i+maxName-2))
		table = append(table, entry...)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	names := make([]string, 0, n)
	parseSymbols(table, text, binary.LittleEndian, func(s symbol) { names = append(names, s.name) })
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 || len(names) < maxName/2 {
		t.Errorf("%d names took %d bytes", len(names), used)
	}
}

// manyTables is an ELF file with a table of strings, and as many symbol tables as are
// wanted, which are one and the same.
func manyTables(t *testing.T, tables int) *elf.File {
	t.Helper()
	text := []byte("\x00function\x00")
	symbols := make([]byte, 4*symbolSize)
	for i := range 4 {
		binary.LittleEndian.PutUint32(symbols[i*symbolSize:], 1)
	}
	const head, entry = 64, 64
	at := uint64(head)
	sections := []elf.Section64{{}, {Type: uint32(elf.SHT_STRTAB), Off: at, Size: uint64(len(text))}}
	for range tables {
		sections = append(sections, elf.Section64{Type: uint32(elf.SHT_SYMTAB), Off: at + uint64(len(text)), Size: uint64(len(symbols)), Link: 1, Entsize: symbolSize})
	}
	var b bytes.Buffer
	ident := [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)}
	for _, part := range []any{
		elf.Header64{Ident: ident, Type: uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT), Ehsize: head,
			Shoff: head + uint64(len(text)+len(symbols)), Shentsize: entry, Shnum: uint16(len(sections)), Shstrndx: 1},
		text, symbols, sections,
	} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	e, err := elf.NewFile(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestManyTables: of many symbol tables in a file one is read, as there is one in good
// files.
func TestManyTables(t *testing.T) {
	n := 0
	if err := symbols(manyTables(t, 1000), elf.SHT_SYMTAB, func(symbol) { n++ }); err != nil || n != 4 {
		t.Errorf("%d symbols, %v; want the 4 of one table", n, err)
	}
}

// TestOpenWaitsForNobody: what is no file is refused before it is opened.
func TestOpenWaitsForNobody(t *testing.T) {
	folder := t.TempDir()
	pipe, empty := filepath.Join(folder, "pipe"), filepath.Join(folder, "empty")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{pipe: "is not a file", empty: "is empty"} {
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%s): %v, want that it %s", path, err, want)
		}
	}
}

func objcopy(t *testing.T, args ...string) {
	t.Helper()
	if text, err := exec.Command("objcopy", args...).CombinedOutput(); err != nil {
		t.Fatalf("objcopy %q: %v\n%s", args, err, text)
	}
}

// descriptors is how many are open.
func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// TestSeparateFile: the file with the debug information is closed, is found beside where
// its file is said to be, and must be of the same byte order.
func TestSeparateFile(t *testing.T) {
	program := build(t, "-O0", "-g")
	root := t.TempDir()
	inside := filepath.Join(root, "opt")
	if err := os.Mkdir(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(inside, "small.debug")
	objcopy(t, "--only-keep-debug", program, aside)
	linked := program + ".linked" // somewhere else
	objcopy(t, "--strip-all", "--remove-section=.note.gnu.build-id", "--add-gnu-debuglink="+aside, program, linked)

	before := descriptors(t)
	f, err := OpenAt(linked, Place{Path: "/opt/small", Root: root})
	if err != nil {
		t.Fatal(err)
	}
	walk := function(t, f, "walk")
	if vars, err := f.Variables(walk.Address); err != nil || len(vars) != 6 {
		t.Errorf("walk has %d variables, %v; want 6", len(vars), err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors are open, %d before", after, before)
	}
	if source, line, ok := f.LineAt(walk.Address); !ok || !strings.HasSuffix(source, "small.c") || line == 0 {
		t.Errorf("walk is at %s:%d, %v", source, line, ok)
	}
	if f = open(t, linked); !f.Stripped() {
		t.Error("the file beside another path was found")
	}

	data, err := os.ReadFile(aside)
	if err != nil {
		t.Fatal(err)
	}
	data[elf.EI_DATA] = byte(elf.ELFDATA2MSB)
	other := program + ".other"
	if err := os.WriteFile(other, data, 0o600); err != nil {
		t.Fatal(err)
	}
	objcopy(t, "--strip-all", "--remove-section=.note.gnu.build-id", "--add-gnu-debuglink="+other, program, linked)
	if f = open(t, linked); !f.Stripped() {
		t.Error("debug information in another byte order is taken")
	}
}

func TestLoadDebugIsBounded(t *testing.T) {
	f := open(t, build(t, "-O0", "-g"))
	if size, err := f.LoadDebug(100); err == nil || size > 100 {
		t.Errorf("LoadDebug(100) = %d, %v", size, err)
	}
}
