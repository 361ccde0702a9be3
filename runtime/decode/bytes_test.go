package decode_test

import (
	"encoding/binary"
	"testing"

	"tapir/runtime/decode"
	"tapir/scripts"
)

// lists finds lists of names as a program does.
func lists(t testing.TB) decode.Names {
	return func(name string) decode.Set {
		s, ok := scripts.FlagSet(name)
		if !ok {
			t.Fatalf("no set of names %q", name)
		}
		return s
	}
}

// pack puts numbers behind each other as the machine has them, each as wide as its
// type, and bytes as they are.
func pack(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case []byte:
			b = append(b, p...)
		case string:
			b = append(b, p...)
		default:
			var err error
			if b, err = binary.Append(b, binary.LittleEndian, p); err != nil {
				panic(err)
			}
		}
	}
	return b
}

// decoded is a decoder, its input and the text.
type decoded struct {
	f    func(dst, b []byte) []byte
	b    []byte
	want string
}

// checkAll runs decoders, each on its input and on all that is shorter, of which
// only the bound matters.
func checkAll(t *testing.T, rows []decoded) {
	t.Helper()
	for i, row := range rows {
		if got := text(t, func(dst []byte) []byte { return row.f(dst, row.b) }); got != row.want {
			t.Errorf("row %d, % x\n got %s\nwant %s", i, row.b, got, row.want)
		}
		for n := range row.b {
			if got := text(t, func(dst []byte) []byte { return row.f(dst, row.b[:n]) }); len(got) > maxDecoded {
				t.Errorf("row %d, %d bytes: %d bytes of text", i, n, len(got))
			}
		}
	}
}

// maxDecoded is more than any decoder makes of a struct.
const maxDecoded = 1600
