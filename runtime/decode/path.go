package decode

import (
	"bytes"
	"encoding/binary"

	"tapir/bpf/layout"
)

// AppendPath appends a path, as layout.VectorElem describes its bytes. Where its
// beginning was not reached, "..." stands in its place. The text is cut at MaxText bytes.
func AppendPath(dst, tail []byte) []byte {
	start := len(dst)
	var names [][]byte
	rooted := false
	for len(tail) >= layout.VectorElem && !rooted {
		n := int32(binary.LittleEndian.Uint32(tail))
		rooted = binary.LittleEndian.Uint32(tail[4:])&layout.PathRoot != 0
		tail = tail[layout.VectorElem:]
		if n < 0 || int(n) > len(tail) {
			break // not what the kernel side writes
		}
		if !rooted {
			names = append(names, tail[:n])
		}
		tail = tail[min((int(n)+7)&^7, len(tail)):]
	}
	if !rooted {
		dst = append(dst, "..."...)
	}
	if rooted && len(names) == 0 {
		dst = append(dst, '/')
	}
	for i := len(names) - 1; i >= 0; i-- {
		dst = append(append(dst, '/'), names[i]...)
	}
	return clip(dst, start)
}

// AppendStrings appends those from first to last of the strings that follow one another
// in b, each with a NUL behind it, with delim between them. A last of 0 means all.
func AppendStrings(dst, b []byte, first, last int64, delim string) []byte {
	start := len(dst)
	for n := int64(0); len(b) > 0 && (last == 0 || n <= last); n++ {
		var s []byte
		s, b = cutString(b)
		if n < first {
			continue
		}
		if n > max(first, 0) {
			dst = append(dst, delim...)
		}
		dst = append(dst, s...)
	}
	return clip(dst, start)
}

// Variable is the value of a variable among such strings: what follows its name and =.
func Variable(b []byte, name string) []byte {
	for len(b) > 0 {
		var s []byte
		s, b = cutString(b)
		if len(s) > len(name) && s[len(name)] == '=' && string(s[:len(name)]) == name {
			return s[len(name)+1:]
		}
	}
	return nil
}

// cutString is the string at b's beginning, and what follows its NUL.
func cutString(b []byte) (s, rest []byte) {
	s, rest, _ = bytes.Cut(b, []byte{0})
	return s, rest
}
