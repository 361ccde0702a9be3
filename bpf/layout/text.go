package layout

import "encoding/binary"

// TextSize is what a text takes in memory of the kernel's, in bytes, its NUL counted.
// No text that programs read is longer.
const TextSize = 512

// A text that the script has in quotes is a key without them, and its last byte, which
// is no text's, says so.
const (
	TextPlain   = 0 // as it is
	TextAddress = 1 // the first word is an address, which stands for what can't be read
	TextQuoted  = 2 // the script has it in quotes
)

// TextTag is the offset of that byte in a text.
const TextTag = TextSize - 1

// TextAddressOf is the address in a text that is one.
func TextAddressOf(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
