package decode

import (
	"encoding/binary"

	"tapir/bpf/layout"
)

// AppendVector appends a vector of C strings, as layout.VectorElem describes its
// bytes, in brackets: `["a", "b"]`. What could not be read is an address: a
// string's own, or that of the array's slot, after which nothing follows. The
// text is cut at MaxText bytes.
func AppendVector(dst, tail []byte) []byte {
	start := len(dst)
	dst = append(dst, '[')
	for i := 0; i < layout.VectorMaxElems && len(tail) >= layout.VectorElem; i++ {
		n := int32(binary.LittleEndian.Uint32(tail))
		badSlot := binary.LittleEndian.Uint32(tail[4:])&layout.VectorBadSlot != 0
		size := int(n)
		if n < 0 {
			size = 8
		}
		tail = tail[layout.VectorElem:]
		if size > len(tail) {
			break // not what the kernel side writes
		}
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if n < 0 {
			dst = AppendAddress(dst, binary.LittleEndian.Uint64(tail))
			if badSlot {
				break
			}
		} else {
			dst = AppendQuoted(dst, tail[:size], 0)
		}
		if len(dst)-start > MaxText {
			return clip(dst, start)
		}
		tail = tail[min((size+7)&^7, len(tail)):]
	}
	return clip(append(dst, ']'), start)
}
