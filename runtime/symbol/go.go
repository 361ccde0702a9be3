package symbol

import (
	"bytes"
	"debug/gosym"
	"encoding/binary"
	"strings"

	"tapir/bpf/exe"
	"tapir/lang/image"
)

// Programs in Go carry their functions' names in a table of their own, which they need at
// run time: stripping leaves it.

// Bounds of that table.
const (
	maxPclntab     = 256 << 20 // bytes
	maxGoFunctions = 1 << 20
	minGoFunction  = 8       // bytes of the table for each
	maxGoName      = 1 << 16 // bytes of a name: those of generic functions are long
)

// goFunctions are the functions in the table of a Go program; none if it has no good one.
func goFunctions(e *exe.File) (list []image.Function) {
	data, ok := e.Section(".gopclntab", maxPclntab)
	if !ok {
		return nil
	}
	text, ok := e.SectionSite(".text")
	if !ok {
		return nil
	}
	list = goTable(data, text.Address, text.Address-text.Offset)
	for i := range list {
		if f := &list[i]; f.Address == e.Entry() && strings.HasPrefix(f.Name, goEntry) {
			return list
		}
	}
	return nil // C's code comes first, and where Go's begins is not known
}

// goMain is a function that all Go programs have.
const goMain = "runtime.main"

// goEntry begins the name of the function that a Go program begins with.
const goEntry = "_rt0_"

// goTable reads the table; shift is how far addresses are from offsets in the file.
func goTable(data []byte, text, shift uint64) (list []image.Function) {
	defer func() {
		if recover() != nil { // debug/gosym takes tables for good
			list = nil
		}
	}()
	if !plausible(data) {
		return nil
	}
	t, err := gosym.NewTable(nil, gosym.NewLineTable(data, text))
	if err != nil {
		return nil
	}
	for i := range t.Funcs {
		f := &t.Funcs[i]
		if f.End > f.Entry && f.Sym != nil && len(f.Name) <= maxSymbolName {
			list = append(list, image.Function{Site: image.Site{Address: f.Entry, Offset: f.Entry - shift}, Name: f.Name, Plain: f.Name, Size: f.End - f.Entry, Exported: true})
		}
	}
	return list
}

// goHead is where a version of the table has what is of interest here: offsets in its head
// of the offsets of names and functions (0: they are counted from the table's beginning),
// where the list of functions is, how wide its two numbers are for each, and where in what
// is said of a function its name's offset is.
type goHead struct {
	names, functions int
	list             int
	width            int
	name             int
}

// goHeads are the versions by the numbers that tables begin with: of Go 1.2, 1.16, 1.18
// and 1.20, as debug/gosym has them.
var goHeads = map[uint32]goHead{
	0xfffffffb: {list: 16, width: 8, name: 8},
	0xfffffffa: {names: 24, functions: 56, width: 8, name: 8},
	0xfffffff0: {names: 32, functions: 64, width: 4, name: 4},
	0xfffffff1: {names: 32, functions: 64, width: 4, name: 4},
}

// maxGoNames bounds the bytes of all names of a table. Each is copied for itself.
const maxGoNames = 128 << 20

// plausible reports whether a table has as many functions as it says, and whether their
// names are such: memory is made for all of them at once.
func plausible(data []byte) bool {
	const counts = 8 // bytes of the table's head, before the number
	if len(data) < counts+8 || data[7] != 8 {
		return false
	}
	head, ok := goHeads[binary.LittleEndian.Uint32(data)]
	n := binary.LittleEndian.Uint64(data[counts:])
	if !ok || n > maxGoFunctions || n > uint64(len(data))/minGoFunction {
		return false
	}
	names, ok := behind(data, head.names)
	if !ok {
		return false
	}
	functions, ok := behind(data, head.functions)
	if !ok || len(functions) < head.list {
		return false
	}
	total := 0
	for i := range int(n) {
		size, ok := goName(functions, names, head, head.list+2*i*head.width+head.width)
		if total += size; !ok || total > maxGoNames {
			return false
		}
	}
	return true
}

// behind is what lies behind the offset at a place of the head; all if the place is 0.
func behind(data []byte, at int) ([]byte, bool) {
	if at == 0 {
		return data, true
	}
	if len(data) < at+8 {
		return nil, false
	}
	offset := binary.LittleEndian.Uint64(data[at:])
	if offset > uint64(len(data)) {
		return nil, false
	}
	return data[offset:], true
}

// goName is the bytes of the name of the function whose offset is at a place of the list;
// ok is false if it has none of a usual length.
func goName(functions, names []byte, head goHead, at int) (size int, ok bool) {
	if len(functions) < at+head.width {
		return 0, false
	}
	function := uint64(binary.LittleEndian.Uint32(functions[at:]))
	if head.width == 8 {
		function = binary.LittleEndian.Uint64(functions[at:])
	}
	if function > uint64(len(functions)) || uint64(len(functions))-function < uint64(head.name)+4 {
		return 0, false
	}
	name := uint64(binary.LittleEndian.Uint32(functions[function+uint64(head.name):]))
	if name >= uint64(len(names)) {
		return 0, false
	}
	rest := names[name:min(uint64(len(names)), name+maxGoName)]
	size = bytes.IndexByte(rest, 0)
	return size, size >= 0
}
