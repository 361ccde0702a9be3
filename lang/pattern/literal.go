package pattern

// Literal is the expression that matches just the bytes of s.
func Literal(s string) string {
	b := make([]byte, 0, 2*len(s))
	for _, c := range []byte(s) {
		if !isWord(c) {
			b = append(b, '\\')
		}
		b = append(b, c)
	}
	return string(b)
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
