package exe

import "encoding/binary"

// reader takes numbers off the front of data. Behind its end there are zeros, and torn
// is set.
type reader struct {
	data  []byte
	order binary.ByteOrder
	torn  bool
}

// bytes takes n bytes.
func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.data)) {
		r.torn, r.data = true, nil
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) uint8() uint8 {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint16() uint16 {
	if b := r.bytes(2); b != nil {
		return r.order.Uint16(b)
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if b := r.bytes(4); b != nil {
		return r.order.Uint32(b)
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.bytes(8); b != nil {
		return r.order.Uint64(b)
	}
	return 0
}

// uleb takes a number of variable length, of 7 bits a byte.
func (r *reader) uleb() uint64 {
	var n uint64
	for shift := 0; ; shift += 7 {
		b := r.uint8()
		if shift < 64 {
			n |= uint64(b&0x7f) << shift
		}
		if b&0x80 == 0 {
			return n
		}
	}
}

// sleb takes a number of variable length with a sign.
func (r *reader) sleb() int64 {
	var n int64
	for shift := 0; ; {
		b := r.uint8()
		if shift < 64 {
			n |= int64(b&0x7f) << shift
		}
		shift += 7
		if b&0x80 == 0 {
			if shift < 64 && b&0x40 != 0 {
				n |= -1 << shift
			}
			return n
		}
	}
}
