package decode

// AppendEscaped appends s with the escapes of AppendQuoted, but without quotes.
// An escape that does not fit whole into limit bytes ends the text; nothing
// shows that it was cut.
func AppendEscaped(dst []byte, s string, limit int) []byte {
	start := len(dst)
	rest := []byte(s)
	for len(rest) > 0 {
		before := len(dst)
		var n int
		if dst, n = appendEscaped(dst, rest); len(dst)-start > limit {
			return dst[:before]
		}
		rest = rest[n:]
	}
	return dst
}
