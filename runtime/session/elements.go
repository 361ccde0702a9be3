package session

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"

	"tapir/bpf/layout"
	"tapir/compiler/plan"
	"tapir/lang/types"
	"tapir/runtime/decode"
	"tapir/runtime/vm"
)

// decodeKey takes a key apart into s.keys.
func (s *shares) decodeKey(form layout.ElementKey, key []byte) {
	s.keys.Ints, s.keys.Texts = s.keys.Ints[:0], s.keys.Texts[:0]
	for _, p := range form {
		part := key[:p.Size]
		key = key[p.Size:]
		if p.Text {
			s.keys.Texts = append(s.keys.Texts, s.decodeText(part, p.Quoted))
		} else {
			s.keys.Ints = append(s.keys.Ints, int64(binary.LittleEndian.Uint64(part)))
		}
	}
}

// decodeText is a text of the kernel's as the script has it.
func (s *shares) decodeText(b []byte, quoted bool) string {
	if quoted {
		switch b[layout.TextTag] {
		case layout.TextAddress:
			return string(decode.AppendAddress(nil, layout.TextAddressOf(b)))
		case layout.TextQuoted:
			return string(decode.AppendQuoted(nil, b[:layout.TextTag], s.machine.LongestText()))
		}
	}
	return unix.ByteSliceToString(b)
}

// encodeElementKey makes a key of its parts, none of which is too long: see
// plan.Resident.
func encodeElementKey(b []byte, form layout.ElementKey, parts []vm.Value) {
	for i, p := range form {
		if parts[i].Kind == types.String {
			encodeText(b[:p.Size], parts[i].Text, p.Quoted)
		} else {
			putLong(b, 0, parts[i].Long)
		}
		b = b[p.Size:]
	}
}

// encodeText makes a text of the kernel's of a script's.
func encodeText(b []byte, text string, quoted bool) {
	clear(b)
	if quoted {
		if addr, ok := decode.Address(text); ok {
			binary.LittleEndian.PutUint64(b, addr)
			b[layout.TextTag] = layout.TextAddress
			return
		}
		if raw, ok := decode.Unquote(text); ok {
			copy(b[:layout.TextTag], raw)
			b[layout.TextTag] = layout.TextQuoted
			return
		}
	}
	copy(b[:len(b)-1], text)
}

// encodeElement is the words of an element's value.
func encodeElement(q *plan.Resident, v vm.Value) []int64 {
	if !q.Texts() {
		return []int64{v.Long}
	}
	words := make([]int64, q.Words)
	b := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), 8*len(words))
	encodeText(b, v.Text, q.Quoted)
	return words
}
