package decode

import (
	"encoding/binary"
	"strconv"
)

// Names finds a list of names, as scripts.FlagSet does.
type Names func(set string) Set

// Field is a number in a struct: where it lies and how it is shown.
type Field struct {
	Name string
	Off  int
	Form Form
	Set  string // of flags and enumerations
}

// Form says how many bytes a field has and what text they become.
type Form uint8

// The forms.
const (
	U8 Form = iota
	U16
	U32
	U64
	I16
	I32
	I64
	X32 // hexadecimal
	X64
	Oct64
	Flags16
	Flags32
	Flags64
	Enum16
	Enum32
	Enum64
	Open64 // flags of open(2)
	Mode16 // a file's type and permissions
	Mode32
	Futex32  // flags of a futex
	Device32 // major:minor, each of 32 bits
	Device64 // major:minor in the form of struct stat
	Stamp64  // a struct timespec
	Micro64  // a struct timeval
	Three64  // three numbers in brackets
	forms

	// Optional with a form leaves the field out if it is 0.
	Optional Form = 0x80
)

// sizes is the bytes of each form.
var sizes = [forms]int{
	U8: 1, U16: 2, U32: 4, U64: 8, I16: 2, I32: 4, I64: 8, X32: 4, X64: 8, Oct64: 8,
	Flags16: 2, Flags32: 4, Flags64: 8, Enum16: 2, Enum32: 4, Enum64: 8, Open64: 8, Mode16: 2, Mode32: 4,
	Futex32: 4, Device32: 8, Device64: 8, Stamp64: 16, Micro64: 16, Three64: 24,
}

func (f Form) size() int { return sizes[f&^Optional] }

// SizeOf is the bytes that the fields need.
func SizeOf(fields []Field) int {
	size := 0
	for _, f := range fields {
		size = max(size, f.Off+f.Form.size())
	}
	return size
}

// AppendFields appends the fields of the struct b as {name=value, …}. Those that
// lie behind its end are not there: structs grow at their end.
func AppendFields(dst []byte, names Names, fields []Field, b []byte) []byte {
	dst = append(dst, '{')
	start := len(dst)
	for i := range fields {
		f := &fields[i]
		size := f.Form.size()
		if f.Off+size > len(b) || f.Form&Optional != 0 && number(b[f.Off:], size) == 0 {
			continue
		}
		if len(dst) > start {
			dst = appendComma(dst)
		}
		dst = append(append(dst, f.Name...), '=')
		dst = f.appendValue(dst, names, b[f.Off:])
	}
	return append(dst, '}')
}

func (f *Field) appendValue(dst []byte, names Names, b []byte) []byte {
	v := number(b, f.Form.size())
	switch f.Form &^ Optional {
	case I16:
		return strconv.AppendInt(dst, int64(int16(v)), 10)
	case I32:
		return strconv.AppendInt(dst, int64(int32(v)), 10)
	case I64:
		return strconv.AppendInt(dst, int64(v), 10)
	case X32, X64:
		return AppendAddress(dst, v)
	case Oct64:
		return appendOctal(dst, v)
	case Flags16, Flags32, Flags64:
		return AppendFlags(dst, names(f.Set), int64(v))
	case Enum16, Enum32, Enum64:
		return AppendEnum(dst, names(f.Set), int64(v))
	case Open64:
		return appendWideOpenFlags(dst, names("open_flags"), v)
	case Mode16, Mode32:
		return AppendMode(dst, uint32(v))
	case Futex32:
		return AppendFutex2Flags(dst, names, int64(v))
	case Device32:
		return appendDevice(dst, uint64(u32(b, 0)), uint64(u32(b, 4)))
	case Device64:
		return appendDevice(dst, major(v), minor(v))
	case Stamp64:
		return appendSeconds(dst, i64(b, 0), i64(b, 8), 9)
	case Micro64:
		return appendSeconds(dst, i64(b, 0), i64(b, 8), 6)
	case Three64:
		return appendThree(dst, b)
	}
	return strconv.AppendUint(dst, v, 10)
}

func appendThree(dst, b []byte) []byte {
	dst = append(dst, '[')
	for i := range 3 {
		if i > 0 {
			dst = appendComma(dst)
		}
		dst = strconv.AppendUint(dst, u64(b, 8*i), 10)
	}
	return append(dst, ']')
}

// appendWideOpenFlags is AppendOpenFlags for openat2's 64 bits.
func appendWideOpenFlags(dst []byte, set Set, v uint64) []byte {
	dst = AppendOpenFlags(dst, set, int64(uint32(v)))
	if v>>32 != 0 {
		dst = AppendAddress(append(dst, '|'), v>>32<<32)
	}
	return dst
}

// number is the n bytes at b's start; more than eight begin with a number of
// eight.
func number(b []byte, n int) uint64 {
	switch n {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.LittleEndian.Uint16(b))
	case 4:
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}

// Numbers of a struct; what lies behind its end is 0.

func u16(b []byte, off int) uint16 {
	if off+2 > len(b) {
		return 0
	}
	return binary.LittleEndian.Uint16(b[off:])
}

func u32(b []byte, off int) uint32 {
	if off+4 > len(b) {
		return 0
	}
	return binary.LittleEndian.Uint32(b[off:])
}

func u64(b []byte, off int) uint64 {
	if off+8 > len(b) {
		return 0
	}
	return binary.LittleEndian.Uint64(b[off:])
}

func i32(b []byte, off int) int64 { return int64(int32(u32(b, off))) }
func i64(b []byte, off int) int64 { return int64(u64(b, off)) }

// network16 is a number in the network's order of bytes.
func network16(b []byte, off int) uint16 {
	v := u16(b, off)
	return v<<8 | v>>8
}

// appendPadded appends a number as %0*d does: zeros up to a width, the sign first
// and counted.
func appendPadded(dst []byte, v int64, width int) []byte {
	u := uint64(v)
	if v < 0 {
		dst, u, width = append(dst, '-'), -u, width-1
	}
	return appendZeros(dst, u, 10, width)
}

// appendZeros appends a number with zeros in front up to a width.
func appendZeros(dst []byte, v uint64, base, width int) []byte {
	digits := 1
	for rest := v / uint64(base); rest != 0; rest /= uint64(base) {
		digits++
	}
	for ; digits < width; digits++ {
		dst = append(dst, '0')
	}
	return strconv.AppendUint(dst, v, base)
}

// appendLabel appends a name and an equals sign behind a comma.
func appendLabel(dst []byte, name string) []byte {
	return append(append(appendComma(dst), name...), '=')
}
