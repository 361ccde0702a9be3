package decode_test

import (
	"testing"

	"tapir/runtime/decode"
)

func TestAppendWide(t *testing.T) {
	for _, row := range []struct {
		b    []byte
		bits int64
		want string
		ok   bool
	}{
		{pack([]uint16{'a', 'é', '€', 0, 'x'}), 16, "aé€", true},
		{pack([]uint16{0xd83d, 0xde00}), 16, "😀", true},
		{pack([]uint16{'a', 0xd83d, 'x'}), 16, "a", false},
		{pack([]uint16{'a', 0xde00, 'x', 0}), 16, "a", false},
		{pack([]uint16{'a', 0xd83d}), 16, "a", true},
		{pack([]uint16{'a'}, byte('b')), 16, "a", true},
		{pack([]uint32{'a', '😀', 0, 'x'}), 32, "a😀", true},
		{pack([]uint32{'a', 0x110000}), 32, "a", false},
		{pack([]uint32{0xd800}), 32, "", false},
		{pack([]uint32{0xffffffff}), 32, "", false},
		{nil, 16, "", true},
	} {
		ok := false
		got := text(t, func(dst []byte) []byte { dst, ok = decode.AppendWide(dst, row.b, row.bits); return dst })
		if got != row.want || ok != row.ok {
			t.Errorf("% x, %d bits: got %q, %v, want %q, %v", row.b, row.bits, got, ok, row.want, row.ok)
		}
	}
}
