package decode

import "strconv"

// UserDescSize is that of a struct user_desc.
const UserDescSize = 16

var userDescWords = [...]string{"entry_number", "base_addr", "limit"}

// userDescBits are the fields in the word behind them, from the lowest bit on.
var userDescBits = [...]struct {
	name string
	bits int
}{
	{"seg_32bit", 1}, {"contents", 2}, {"read_exec_only", 1}, {"limit_in_pages", 1}, {"seg_not_present", 1}, {"useable", 1}, {"lm", 1},
}

// AppendUserDesc appends a struct user_desc, a segment of thread-local storage.
func AppendUserDesc(dst, b []byte) []byte {
	dst = append(dst, '{')
	for i, name := range userDescWords {
		dst = append(append(dst, name...), '=')
		dst = appendComma(strconv.AppendUint(dst, uint64(u32(b, 4*i)), 10))
	}
	rest := u32(b, 12)
	for i, f := range userDescBits {
		if i > 0 {
			dst = appendComma(dst)
		}
		dst = append(append(dst, f.name...), '=')
		dst = strconv.AppendUint(dst, uint64(rest&(1<<f.bits-1)), 10)
		rest >>= f.bits
	}
	return append(dst, '}')
}
