package symbol

import (
	"debug/elf"
	"debug/gosym"
	"encoding/binary"
	"strings"

	"tapir/lang/image"
)

// Programs in Go carry their functions' names in a table of their own, which they need at
// run time: stripping leaves it.

// Bounds of that table.
const (
	maxPclntab     = 256 << 20 // bytes
	maxGoFunctions = 1 << 20
	minGoFunction  = 8 // bytes of the table for each
)

// goFunctions are the functions in the table of a Go program; none if it has no good one.
func goFunctions(path string) (list []image.Function) {
	e, err := elf.Open(path)
	if err != nil {
		return nil
	}
	defer e.Close()
	table, text := e.Section(".gopclntab"), e.Section(".text")
	if table == nil || text == nil || table.Type == elf.SHT_NOBITS || table.Size > maxPclntab {
		return nil
	}
	data, err := table.Data()
	if err != nil {
		return nil
	}
	list = goTable(data, text.Addr, text.Addr-text.Offset)
	for i := range list {
		if f := &list[i]; f.Address == e.Entry && strings.HasPrefix(f.Name, goEntry) {
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

// plausible reports whether the number of functions that a table says it has could be in
// as many bytes: memory is made for all of them at once.
func plausible(data []byte) bool {
	const counts = 8 // bytes of the table's head, before the number
	if len(data) < counts+8 {
		return false
	}
	n := binary.LittleEndian.Uint64(data[counts:])
	return n <= maxGoFunctions && n <= uint64(len(data))/minGoFunction
}
