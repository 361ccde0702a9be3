package vm

// hidden reports whether a byte would do something to a terminal rather than be
// shown; with mixed, tabs and newlines are let through.
func hidden(c byte, mixed bool) bool {
	switch {
	case c == '\n' || c == '\t':
		return !mixed
	}
	return c < ' ' || c == 0x7f
}

// escapeAt is hidden for the character that begins at t[i], which may be one of
// the second set of control characters: U+0080 to U+009F, two bytes in UTF-8.
func escapeAt(t string, i int, mixed bool) bool {
	c := t[i]
	if 0x80 <= c && c <= 0x9f {
		return i > 0 && t[i-1] == 0xc2
	}
	return hidden(c, mixed)
}

func countHidden(t string, mixed bool) int {
	n := 0
	for i := range len(t) {
		if escapeAt(t, i, mixed) {
			n++
		}
	}
	return n
}

// appendVisible appends t with control characters as \ooo.
func appendVisible(dst []byte, t string, mixed bool) []byte {
	for i := range len(t) {
		if escapeAt(t, i, mixed) {
			dst = appendOctal(dst, t[i])
		} else {
			dst = append(dst, t[i])
		}
	}
	return dst
}

func appendOctal(dst []byte, c byte) []byte {
	return append(dst, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
}
