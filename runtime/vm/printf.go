package vm

import (
	"strconv"

	"tapir/compiler/bytecode"
)

// The conversions of printf. They are SystemTap's, which differ from C's: a
// precision does not switch a zero flag off, 0 keeps its prefix, and strings
// that are padded with a zero flag get a NUL behind them.

const blanks = "                                                                "

func appendSpaces(dst []byte, n int) []byte {
	for n > len(blanks) {
		dst = append(dst, blanks...)
		n -= len(blanks)
	}
	if n > 0 {
		dst = append(dst, blanks[:n]...)
	}
	return dst
}

func appendZeros(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, '0')
	}
	return dst
}

// appendDecimal is %d with a width at most.
func appendDecimal(dst []byte, v int64, width int) []byte {
	if width <= 1 {
		return strconv.AppendInt(dst, v, 10)
	}
	var tmp [20]byte
	digits := strconv.AppendInt(tmp[:0], v, 10)
	dst = appendSpaces(dst, width-len(digits))
	return append(dst, digits...)
}

// bases are those of the conversions of numbers.
var bases = [...]int{'d': 10, 'u': 10, 'x': 16, 'X': 16, 'o': 8, 'p': 16}

// appendNumber is %d %u %x %X %o and %p with anything: sign, prefix, zeros for
// the precision or the width, digits.
func appendNumber(dst []byte, v int64, s *bytecode.Segment) []byte {
	magnitude, sign := uint64(v), signOf(v, s)
	if sign == '-' {
		magnitude = -magnitude
	}
	var tmp [24]byte
	digits := strconv.AppendUint(tmp[:0], magnitude, bases[s.Verb])
	if s.Verb == 'X' {
		upper(digits)
	}
	prefix := prefixOf(s)
	zeros := max(s.Prec-len(digits), 0)
	pad := s.Width - len(prefix) - zeros - len(digits)
	if sign != 0 {
		pad--
	}
	switch s.Flag {
	case '0':
		zeros += max(pad, 0)
		pad = 0
	case '-':
	default:
		dst = appendSpaces(dst, pad)
	}
	if sign != 0 {
		dst = append(dst, sign)
	}
	dst = append(dst, prefix...)
	dst = appendZeros(dst, zeros)
	dst = append(dst, digits...)
	if s.Flag == '-' {
		dst = appendSpaces(dst, pad)
	}
	return dst
}

// signOf is the sign that a number shows, or 0; only %d has one.
func signOf(v int64, s *bytecode.Segment) byte {
	switch {
	case s.Verb != 'd':
		return 0
	case v < 0:
		return '-'
	case s.Flag == '+' || s.Flag == ' ':
		return s.Flag
	}
	return 0
}

func prefixOf(s *bytecode.Segment) string {
	switch {
	case s.Verb == 'p':
		return "0x"
	case s.Flag != '#':
		return ""
	}
	switch s.Verb {
	case 'x':
		return "0x"
	case 'X':
		return "0X"
	case 'o':
		return "0"
	}
	return ""
}

func upper(b []byte) {
	for i, c := range b {
		if 'a' <= c && c <= 'f' {
			b[i] = c - 'a' + 'A'
		}
	}
}

// appendText is %s with anything.
func appendText(dst []byte, t string, s *bytecode.Segment) []byte {
	if s.Prec >= 0 && s.Prec < len(t) {
		t = t[:s.Prec]
	}
	pad := s.Width - len(t)
	if s.Escape != bytecode.Plain {
		pad -= 3 * countHidden(t, s.Escape == bytecode.EscapeMixed)
	}
	if s.Flag != '-' {
		dst = appendSpaces(dst, pad)
	}
	if s.Escape == bytecode.Plain {
		dst = append(dst, t...)
	} else {
		dst = appendVisible(dst, t, s.Escape == bytecode.EscapeMixed)
	}
	switch s.Flag {
	case '-':
		dst = appendSpaces(dst, pad)
	case '0':
		dst = append(dst, 0)
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// appendDump is %m, the bytes themselves, and %M, two hexadecimal digits for each.
func appendDump(dst []byte, bytes string, s *bytecode.Segment) []byte {
	if s.Verb == 'm' {
		return appendText(dst, bytes, s)
	}
	pad := s.Width - 2*len(bytes)
	if s.Flag != '-' {
		dst = appendSpaces(dst, pad)
	}
	for i := range len(bytes) {
		dst = append(dst, hexDigits[bytes[i]>>4], hexDigits[bytes[i]&15])
	}
	if s.Flag == '-' {
		dst = appendSpaces(dst, pad)
	}
	return dst
}

// charEscapes are the characters that %#c shows with a letter.
var charEscapes = [256]byte{
	'\a': 'a', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't', '\v': 'v', '\'': '\'', '\\': '\\',
}

// appendChar is %c: a byte.
func appendChar(dst []byte, c byte, s *bytecode.Segment) []byte {
	var tmp [4]byte
	shown := append(tmp[:0], c)
	switch {
	case s.Flag == '#' && charEscapes[c] != 0:
		shown = append(tmp[:0], '\\', charEscapes[c])
	case s.Flag == '#' && (c < ' ' || c >= 0x7f), s.Escape != bytecode.Plain && hidden(c, s.Escape == bytecode.EscapeMixed):
		shown = appendOctal(tmp[:0], c)
	}
	pad := s.Width - len(shown)
	if s.Flag == '-' {
		return appendSpaces(append(dst, shown...), pad)
	}
	return append(appendSpaces(dst, pad), shown...)
}

// appendBinary is %b: the number's low bytes, the lowest first, how many being
// the precision or else the width. A wider field is filled with NULs.
func appendBinary(dst []byte, v int64, s *bytecode.Segment) []byte {
	size := s.Prec
	if size <= 0 {
		size = s.Width
	}
	switch size {
	case 1, 2, 4, 8:
	default:
		size = 8
	}
	start := len(dst)
	for range s.Width - size {
		dst = append(dst, 0)
	}
	for range size {
		dst = append(dst, byte(v))
		v >>= 8
	}
	if s.Flag == '-' && s.Width > size {
		rotate(dst[start:], s.Width-size)
	}
	return dst
}

// rotate moves the first n bytes of b, which are NULs, to its end.
func rotate(b []byte, n int) {
	copy(b, b[n:])
	clear(b[len(b)-n:])
}
