package decode

import (
	"unicode/utf16"
	"unicode/utf8"
)

// AppendWide appends a string of characters of 16 or 32 bits, up to its NUL or b's
// end, as UTF-8. It is false if that is no Unicode.
func AppendWide(dst, b []byte, bits int64) ([]byte, bool) {
	for len(b) > 0 {
		r, n := wideRune(b, bits)
		switch {
		case r == 0:
			return dst, true
		case n == 0:
			return dst, false
		}
		dst = utf8.AppendRune(dst, r)
		b = b[n:]
	}
	return dst, true
}

// wideRune is the first character of b and how many bytes it takes, none if it is
// not valid. Less than a character is a NUL.
func wideRune(b []byte, bits int64) (rune, int) {
	if bits == 32 {
		r := rune(u32(b, 0))
		if !utf8.ValidRune(r) {
			return utf8.RuneError, 0
		}
		return r, min(4, len(b))
	}
	r := rune(u16(b, 0))
	if !utf16.IsSurrogate(r) {
		return r, min(2, len(b))
	}
	if len(b) < 4 {
		return 0, 0 // cut in half by the end of what was read
	}
	r = utf16.DecodeRune(r, rune(u16(b, 2)))
	if r == utf8.RuneError {
		return r, 0
	}
	return r, 4
}
