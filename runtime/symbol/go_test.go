package symbol

import (
	"encoding/binary"
	"os"
	"slices"
	"testing"

	"tapir/bpf/exe"
	"tapir/lang/image"
)

// goTableOf is a table of Go 1.20 with functions whose names are where offsets tell, in
// text.
func goTableOf(offsets []uint32, text string) []byte {
	const head, about = 72, 8
	le := binary.LittleEndian
	n := len(offsets)
	b := append([]byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}, make([]byte, head-8)...)
	le.PutUint64(b[8:], uint64(n))
	functions := make([]byte, 8*n+4)
	for i, offset := range offsets {
		le.PutUint32(functions[8*i:], uint32(16*i))
		le.PutUint32(functions[8*i+4:], uint32(len(functions)))
		functions = le.AppendUint32(functions, uint32(16*i))
		functions = le.AppendUint32(functions, offset)
	}
	le.PutUint32(functions[8*n:], uint32(16*n))
	le.PutUint64(b[64:], head)
	le.PutUint64(b[32:], uint64(head+len(functions)))
	for _, at := range []int{40, 48, 56} { // what is not looked at
		le.PutUint64(b[at:], head)
	}
	return append(append(b, functions...), text...)
}

func TestGoNames(t *testing.T) {
	if !plausible(goTableOf([]uint32{0, 2}, "a\x00b\x00")) {
		t.Error("a good table is refused")
	}
	for name, data := range map[string][]byte{
		"a name beyond the end": goTableOf([]uint32{9}, "a\x00"),
		"a name without an end": goTableOf([]uint32{0}, "aaaa"),
		"another version":       append([]byte{1}, goTableOf([]uint32{0}, "a\x00")[1:]...),
		"cut":                   goTableOf([]uint32{0, 2}, "a\x00b\x00")[:80],
	} {
		if plausible(data) {
			t.Errorf("%s: the table is taken", name)
		}
	}
	// Each name is the rest of one long one: all together are far more than the file.
	long := make([]byte, maxGoName)
	for i := range long {
		long[i] = 'x'
	}
	long[maxGoName-1] = 0
	var offsets []uint32
	for i := range maxGoNames / maxGoName * 3 {
		offsets = append(offsets, uint32(i))
	}
	if data := goTableOf(offsets, string(long)); plausible(data) {
		t.Errorf("a table of %d bytes with %d bytes of names is taken", len(data), maxGoNames)
	}
}

// TestGoTable reads this program's own.
func TestGoTable(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	e, err := exe.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	list := goFunctions(e)
	if names := slices.IndexFunc(list, func(f image.Function) bool { return f.Name == goMain }); names < 0 {
		t.Errorf("%d functions, without %s", len(list), goMain)
	}
}
