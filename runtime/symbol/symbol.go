// Package symbol names addresses: those of the kernel by /proc/kallsyms, those of
// programs by what they have mapped and the symbols of the files. Start with New.
//
// Names come from files that anybody may have made. What they have of control
// characters is replaced, so that a terminal can't be told anything by them.
package symbol

import (
	"path"
	"strconv"
	"strings"
)

// Symbol is what is known about an address.
type Symbol struct {
	Name   string // of the function; "" if it is not known
	Offset uint64 // of the address in the function, or if that is not known in the module
	Size   uint64 // of the function in bytes; 0 if it is not known
	Module string // "kernel", a kernel module, or a file; "" if it is not known
}

// AppendLine appends the address and all that is known, as print_backtrace shows it,
// without blanks around.
func (s Symbol) AppendLine(dst []byte, address uint64) []byte {
	dst = appendHex(dst, address)
	switch {
	case s.Name != "":
		return s.AppendData(append(dst, " : "...), address)
	case s.Module != "":
		dst = append(append(append(dst, " ["...), s.Module...), '+')
		return append(appendHex(dst, s.Offset), ']')
	}
	return dst
}

// AppendData appends name, place, size and module, as symdata gives them; the address
// if the name is not known.
func (s Symbol) AppendData(dst []byte, address uint64) []byte {
	if s.Name == "" {
		return appendHex(dst, address)
	}
	dst = appendHex(append(append(dst, s.Name...), '+'), s.Offset)
	if s.Size > 0 {
		dst = appendHex(append(dst, '/'), s.Size)
	}
	if s.Module != "" {
		dst = append(append(append(dst, " ["...), s.Module...), ']')
	}
	return dst
}

// AppendSimple appends what a line of sprint_stack has: the name with the place in it, or
// the address, and the module's name without its folder.
func (s Symbol) AppendSimple(dst []byte, address uint64) []byte {
	module := path.Base(s.Module)
	switch {
	case s.Name != "":
		dst = appendHex(append(append(dst, s.Name...), '+'), s.Offset)
		if s.Module != "" {
			dst = append(append(append(dst, " ["...), module...), ']')
		}
	case s.Module != "":
		dst = append(append(append(appendHex(dst, address), " ["...), module...), '+')
		dst = append(appendHex(dst, s.Offset), ']')
	default:
		dst = appendHex(dst, address)
	}
	return dst
}

// AppendName appends the function's name, or the address.
func (s Symbol) AppendName(dst []byte, address uint64) []byte {
	if s.Name == "" {
		return appendHex(dst, address)
	}
	return append(dst, s.Name...)
}

func appendHex(dst []byte, v uint64) []byte {
	return strconv.AppendUint(append(dst, "0x"...), v, 16)
}

// Harmless is a name without control characters.
func Harmless(name string) string {
	if strings.IndexFunc(name, isControl) < 0 {
		return name
	}
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return '?'
		}
		return r
	}, name)
}

func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\ufffd' }
