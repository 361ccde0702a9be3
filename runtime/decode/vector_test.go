package decode_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"tapir/bpf/layout"
	"tapir/runtime/decode"
)

// entry is one string of a vector, or what couldn't be read.
type entry struct {
	text    string
	bad     uint64 // the address that couldn't be read, if not 0
	badSlot bool   // it is the slot's
}

// vector builds the bytes that the kernel side writes for a vector.
func vector(entries ...entry) []byte {
	var b []byte
	word := binary.LittleEndian.AppendUint32
	for _, e := range entries {
		if e.bad != 0 {
			flags := uint32(0)
			if e.badSlot {
				flags = layout.VectorBadSlot
			}
			b = word(word(b, ^uint32(14)+1), flags) // -EFAULT
			b = binary.LittleEndian.AppendUint64(b, e.bad)
			continue
		}
		b = word(word(b, uint32(len(e.text))), 0)
		b = append(b, e.text...)
		for len(b)%8 != 0 {
			b = append(b, 0xee) // padding is not read
		}
	}
	return b
}

func TestAppendVector(t *testing.T) {
	var many []entry
	for range 120 {
		many = append(many, entry{text: "a"})
	}
	for _, c := range []struct {
		name string
		tail []byte
		want string
	}{
		{"none, or a NULL array", nil, `[]`},
		{"two", vector(entry{text: "a"}, entry{text: "b"}), `["a", "b"]`},
		{"empty string", vector(entry{text: ""}, entry{text: "12345678"}), `["", "12345678"]`},
		{"escapes", vector(entry{text: "arg one"}, entry{text: "\ttwo"}), `["arg one", "\ttwo"]`},
		{"unreadable string", vector(entry{text: "a"}, entry{bad: 0x47a0b8}, entry{text: "c"}), `["a", 0x47a0b8, "c"]`},
		{"unreadable array", vector(entry{bad: ^uint64(0), badSlot: true}), `[0xffffffffffffffff]`},
		{"unreadable slot ends it", vector(entry{text: "a"}, entry{bad: 0x1008, badSlot: true}, entry{text: "c"}), `["a", 0x1008]`},
		{"too long", vector(many...), "[" + strings.Repeat(`"a", `, 102)},
		{"one too long", vector(entry{text: strings.Repeat("x", 600)}), `["` + strings.Repeat("x", 506) + `"..`},
		{"cut head", vector(entry{text: "a"})[:4], `[]`},
		{"cut string", vector(entry{text: "a"}, entry{text: "12345678"})[:20], `["a"]`},
		{"cut address", vector(entry{text: "a"}, entry{bad: 1})[:28], `["a"]`},
		{"unpadded end", vector(entry{text: "abc"})[:11], `["abc"]`},
		{"huge length", []byte{0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0, 1, 2}, `[]`},
	} {
		got := text(t, func(dst []byte) []byte { return decode.AppendVector(dst, c.tail) })
		if c.name == "too long" {
			c.want = c.want[:decode.MaxText]
		}
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func FuzzAppendVector(f *testing.F) {
	f.Add(vector(entry{text: "a"}, entry{bad: 7}, entry{text: "bcd"}, entry{bad: 1, badSlot: true}))
	f.Add([]byte{0, 0, 0, 0x80, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, tail []byte) {
		got := text(t, func(dst []byte) []byte { return decode.AppendVector(dst, tail) })
		if len(got) > decode.MaxText || got[0] != '[' {
			t.Errorf("%x: got %q", tail, got)
		}
	})
}
