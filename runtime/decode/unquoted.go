package decode

import (
	"bytes"
	"strconv"
	"strings"
)

// Unquote is the string whose quoted form s is, if that is the whole of one: not cut, and
// with the escapes that AppendQuoted makes.
func Unquote(s string) (raw []byte, ok bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' || len(s) > MaxText {
		return nil, false
	}
	for rest := s[1 : len(s)-1]; rest != ""; {
		r, multibyte, tail, err := strconv.UnquoteChar(rest, '"')
		switch {
		case err != nil:
			return nil, false
		case multibyte:
			raw = append(raw, string(r)...)
		default:
			raw = append(raw, byte(r))
		}
		rest = tail
	}
	if bytes.IndexByte(raw, 0) >= 0 || string(AppendQuoted(nil, raw, MaxText)) != s {
		return nil, false
	}
	return raw, true
}

// Address is the number whose text is s, as AppendAddress makes it.
func Address(s string) (addr uint64, ok bool) {
	digits, ok := strings.CutPrefix(s, "0x")
	if !ok {
		return 0, false
	}
	addr, err := strconv.ParseUint(digits, 16, 64)
	return addr, err == nil && string(AppendAddress(nil, addr)) == s
}
