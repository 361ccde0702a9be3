package decode

import "unicode/utf8"

// AppendQuoted appends the C string s, up to its first NUL, in double quotes:
// control characters and what is not printable as C escapes, UTF-8 as \uXXXX or
// \UXXXXXXXX, other bytes as three octal digits.
//
// The text takes at most limit bytes, quotes and all (0: MaxText). A longer one
// keeps the escapes that fit whole with `"...` behind them.
func AppendQuoted(dst, s []byte, limit int) []byte {
	for i, c := range s {
		if c == 0 {
			s = s[:i]
			break
		}
	}
	return appendQuoted(dst, s, false, limit)
}

// AppendQuotedBuffer is AppendQuoted for a buffer of n bytes, of which b was
// read. A NUL is \0, and no dots follow if the first byte left out is a NUL. A
// buffer that was read short is a longer one.
func AppendQuotedBuffer(dst, b []byte, n int64, limit int) []byte {
	n = max(n, 0)
	if int64(len(b)) > n {
		b = b[:n]
	}
	return appendQuoted(dst, b, int64(len(b)) < n, limit)
}

// minQuoted is the shortest text that can be cut: `""...`.
const minQuoted = 5

func appendQuoted(dst, s []byte, more bool, limit int) []byte {
	if limit <= 0 {
		limit = MaxText
	}
	limit = max(limit, minQuoted)
	start := len(dst)
	dst = append(dst, '"')
	cut := len(dst) // where a text with dots would end
	for len(s) > 0 {
		before := len(dst)
		var n int
		dst, n = appendEscaped(dst, s)
		if len(dst)-start > limit-1 { // no room for the closing quote
			if s[0] == 0 {
				return append(dst[:before], '"')
			}
			more = true
			break
		}
		s = s[n:]
		if len(dst)-start <= limit-4 {
			cut = len(dst)
		}
	}
	if more {
		return append(dst[:cut], `"...`...)
	}
	return append(dst, '"')
}

const upperHex = "0123456789ABCDEF"

// letterEscapes are the characters with an escape of their own.
var letterEscapes = [utf8.RuneSelf]byte{
	0: '0', '\a': 'a', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't', '\v': 'v', '"': '"', '\\': '\\',
}

// appendEscaped appends the first character of s as it is written in quotes and
// returns how many bytes of s it took.
func appendEscaped(dst, s []byte) ([]byte, int) {
	c := s[0]
	if c < utf8.RuneSelf {
		switch e := letterEscapes[c]; {
		case e != 0:
			return append(dst, '\\', e), 1
		case c < ' ' || c == 0x7f:
			return appendOctalEscape(dst, c), 1
		}
		return append(dst, c), 1
	}
	r, n := utf8.DecodeRune(s)
	switch {
	case n == 1: // not UTF-8
		return appendOctalEscape(dst, c), 1
	case r <= 0xffff:
		return appendHexEscape(append(dst, `\u`...), r, 4), n
	}
	return appendHexEscape(append(dst, `\U`...), r, 8), n
}

func appendOctalEscape(dst []byte, c byte) []byte {
	return append(dst, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
}

func appendHexEscape(dst []byte, r rune, digits int) []byte {
	for i := digits - 1; i >= 0; i-- {
		dst = append(dst, upperHex[r>>(4*i)&15])
	}
	return dst
}
