package decode

// XattrMax is how many bytes of an extended attribute's value are shown.
const XattrMax = 50

const lowerHex = "0123456789abcdef"

// AppendXattr appends an extended attribute's value in quotes, which are not
// escaped inside; what can't be printed is \xhh. A text's closing NUL is left out.
func AppendXattr(dst, b []byte) []byte {
	b = b[:min(len(b), XattrMax)]
	if n := len(b); n > 1 && b[n-1] == 0 && printable(b[n-2]) {
		b = b[:n-1]
	}
	dst = append(dst, '"')
	for _, c := range b {
		if printable(c) {
			dst = append(dst, c)
		} else {
			dst = append(dst, '\\', 'x', lowerHex[c>>4], lowerHex[c&15])
		}
	}
	return append(dst, '"')
}

func printable(c byte) bool { return ' ' <= c && c < 0x7f }
