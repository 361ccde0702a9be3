package callframe

import (
	"bytes"
	"encoding/binary"
)

// reader takes numbers from bytes; at their end it is bad and gives zeros.
type reader struct {
	data    []byte
	at      uint64
	address uint64 // of the first byte
	bad     bool
}

// take is the next n bytes.
func (r *reader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.data))-r.at {
		r.bad = true
		return make([]byte, min(n, 8))
	}
	b := r.data[r.at : r.at+n]
	r.at += n
	return b
}

func (r *reader) skip(n uint64) {
	if r.bad || n > uint64(len(r.data))-r.at {
		r.bad = true
		return
	}
	r.at += n
}

func (r *reader) u8() byte    { return r.take(1)[0] }
func (r *reader) u16() uint16 { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *reader) u32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *reader) u64() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }

// done reports whether nothing is left.
func (r *reader) done() bool { return r.bad || r.at >= uint64(len(r.data)) }

// text is the bytes up to a NUL.
func (r *reader) text() string {
	if r.done() {
		r.bad = true
		return ""
	}
	n := bytes.IndexByte(r.data[r.at:], 0)
	if n < 0 {
		r.bad = true
		return ""
	}
	s := string(r.take(uint64(n)))
	r.skip(1)
	return s
}

// uleb is a number of groups of seven bits.
func (r *reader) uleb() (v uint64) {
	for shift := 0; ; shift += 7 {
		b := r.u8()
		if shift < 64 {
			v |= uint64(b&0x7f) << shift
		}
		if b&0x80 == 0 || r.bad {
			return v
		}
	}
}

// sleb is uleb with a sign.
func (r *reader) sleb() int64 {
	v := uint64(0)
	for shift := 0; ; {
		b := r.u8()
		if shift < 64 {
			v |= uint64(b&0x7f) << shift
		}
		shift += 7
		if b&0x80 == 0 || r.bad {
			if shift < 64 && b&0x40 != 0 {
				v |= ^uint64(0) << shift
			}
			return int64(v)
		}
	}
}

// encoded is an address in one of the forms that entries have: how many bytes, and
// whether it is meant from where it stands.
func (r *reader) encoded(form byte) (v uint64) {
	from := r.address + r.at
	switch form & 0x0f {
	case 0x00, 0x04, 0x0c:
		v = r.u64()
	case 0x01:
		v = r.uleb()
	case 0x02:
		v = uint64(r.u16())
	case 0x03:
		v = uint64(r.u32())
	case 0x09:
		v = uint64(r.sleb())
	case 0x0a:
		v = uint64(int16(r.u16()))
	case 0x0b:
		v = uint64(int32(r.u32()))
	default:
		r.bad = true
	}
	switch form & 0x70 {
	case 0x00:
	case 0x10:
		v += from
	default:
		r.bad = true
	}
	return v
}
