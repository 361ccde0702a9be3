// Package decode makes text of what events carry: system-call arguments,
// results and the bytes behind pointers.
//
// Every function appends to a buffer and returns it, allocates nothing beyond
// the buffer's growth, and is safe on any input: a record's bytes come from
// traced programs. What lies behind the end of a struct that was read short is 0,
// or not shown. Lists of names come from package scripts as arguments. Start with
// AppendFlags for numbers, AppendQuoted for texts and AppendFields for structs; a
// struct is a list of its fields, or a function where it is more than that.
package decode

import (
	"strconv"

	"tapir/scripts"
)

// Set is a list of names in print order, as scripts.FlagSet gives it.
type Set = []scripts.Flag

// MaxText is the most bytes that a string of the language can hold: SystemTap's
// MAXSTRINGLEN of 512 without the NUL.
const MaxText = 511

// AppendAddress appends an address as 0x and hexadecimal digits, 0x0 for NULL.
func AppendAddress(dst []byte, addr uint64) []byte {
	return strconv.AppendUint(append(dst, "0x"...), addr, 16)
}

// appendOctal appends v as %#o does: with a 0 in front, even of 0.
func appendOctal(dst []byte, v uint64) []byte {
	return strconv.AppendUint(append(dst, '0'), v, 8)
}

// clip cuts what was appended to dst after start to a string's length.
func clip(dst []byte, start int) []byte {
	return dst[:min(len(dst), start+MaxText)]
}
