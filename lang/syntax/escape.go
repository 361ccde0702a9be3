package syntax

import (
	"fmt"
	"strings"
)

// Each letter of the first, behind a backslash, stands for that byte of the second.
const (
	escapeLetters = "abtnvfr\\"
	escapeBytes   = "\a\b\t\n\v\f\r\\"
)

// unescape resolves the escapes of a string token by C's rules.
func unescape(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		if raw[i] != '\\' || i+1 == len(raw) {
			out = append(out, raw[i])
			i++
			continue
		}
		b, n := escape(raw[i+1:])
		out = append(out, b)
		i += 1 + n
	}
	return string(out)
}

// escape is the byte that the n characters behind a backslash stand for.
func escape(s string) (b byte, n int) {
	if i := strings.IndexByte(escapeLetters, s[0]); i >= 0 {
		return escapeBytes[i], 1
	}
	if s[0] == 'x' {
		for n = 1; n < len(s) && hexDigit(s[n]) >= 0; n++ {
			b = b<<4 | byte(hexDigit(s[n]))
		}
		if n == 1 {
			return 'x', 1
		}
		return b, n
	}
	for ; n < 3 && n < len(s) && '0' <= s[n] && s[n] <= '7'; n++ {
		b = b<<3 | (s[n] - '0')
	}
	if n == 0 {
		return s[0], 1
	}
	return b, n
}

func hexDigit(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// untilNUL is the part of a string that the language sees.
func untilNUL(s string) string {
	s, _, _ = strings.Cut(s, "\x00")
	return s
}

// quote is a literal whose value is s.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		c := s[i]
		switch j := strings.IndexByte(escapeBytes, c); {
		case j >= 0:
			b.WriteByte('\\')
			b.WriteByte(escapeLetters[j])
		case c == '"':
			b.WriteString(`\"`)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
