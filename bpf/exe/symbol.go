package exe

import (
	"bytes"
	"cmp"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"slices"

	"tapir/lang/image"
)

// symbolSize is the bytes of an entry of a 64-bit symbol table.
const symbolSize = 24

// maxName is the bytes of the longest name of a symbol that is taken: longer ones
// could overlap and cost a hostile table's square.
const maxName = 4096

// symbol is an entry of a symbol table.
type symbol struct {
	name          string
	value, size   uint64
	kind          elf.SymType
	section       elf.SectionIndex
	globalBinding bool
}

// parseSymbols reads a symbol table whose names are in strings.
func parseSymbols(table, strings []byte, order binary.ByteOrder, each func(symbol)) {
	for ; len(table) >= symbolSize; table = table[symbolSize:] {
		name, ok := nameAt(strings, order.Uint32(table))
		if !ok {
			continue
		}
		each(symbol{
			name:          name,
			value:         order.Uint64(table[8:]),
			size:          order.Uint64(table[16:]),
			kind:          elf.ST_TYPE(table[4]),
			section:       elf.SectionIndex(order.Uint16(table[6:])),
			globalBinding: elf.ST_BIND(table[4]) != elf.STB_LOCAL,
		})
	}
}

// nameAt is the text up to a NUL at an offset of a table of strings.
func nameAt(strings []byte, at uint32) (string, bool) {
	if uint64(at) >= uint64(len(strings)) {
		return "", false
	}
	rest := strings[at:min(len(strings), int(at)+maxName)]
	end := bytes.IndexByte(rest, 0)
	if end <= 0 {
		return "", false
	}
	return string(rest[:end]), true
}

// symbols goes through a file's symbol table of a kind; there is at most one.
func symbols(e *elf.File, kind elf.SectionType, each func(symbol)) error {
	for _, s := range e.Sections {
		if s.Type != kind || int(s.Link) >= len(e.Sections) {
			continue
		}
		strings := e.Sections[s.Link]
		if err := cmp.Or(isReadable(s), isReadable(strings)); err != nil {
			return err
		}
		table, err := s.Data()
		if err != nil {
			return fmt.Errorf("section %s: %w", s.Name, err)
		}
		text, err := strings.Data()
		if err != nil {
			return fmt.Errorf("section %s: %w", strings.Name, err)
		}
		parseSymbols(table, text, e.ByteOrder, each)
		break
	}
	return nil
}

// named is a function by its name and place: aliases of a name are there once.
type named struct {
	name    string
	address uint64
}

// findFunctions collects the functions of all symbol tables that there are: the
// file's own, and of a stripped file those that were put aside.
func (f *File) findFunctions() ([]image.Function, error) {
	known := map[named]bool{}
	var list []image.Function
	add := func(s symbol) {
		if s.kind != elf.STT_FUNC || s.section == elf.SHN_UNDEF || known[named{s.name, s.value}] {
			return
		}
		site, ok := f.Site(s.value)
		if !ok {
			return
		}
		known[named{s.name, s.value}] = true
		list = append(list, image.Function{Site: site, Name: s.name, Plain: plainName(s.name), Size: s.size, Exported: s.globalBinding})
	}
	for _, kind := range []elf.SectionType{elf.SHT_SYMTAB, elf.SHT_DYNSYM} {
		if err := symbols(f.elf, kind, add); err != nil {
			return nil, fmt.Errorf("%s: %w", f.path, err)
		}
	}
	f.asideSymbols(add)
	slices.SortStableFunc(list, func(a, b image.Function) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Name, b.Name))
	})
	return list, nil
}

// Stripped reports whether the names of functions that other files can't call are gone:
// neither in the file, nor put aside.
func (f *File) Stripped() bool {
	if f.elf.Section(".symtab") != nil || f.elf.Section(".gnu_debugdata") != nil {
		return false
	}
	e, err := f.separate()
	if err == nil {
		_ = e.Close()
	}
	return err != nil
}

// asideSymbols adds the symbols that a stripped file has put aside. They are an extra:
// what is wrong with them leaves the file as it is.
func (f *File) asideSymbols(add func(symbol)) {
	if f.elf.Section(".symtab") != nil {
		return
	}
	if mini, err := f.miniDebug(); err == nil {
		_ = symbols(mini, elf.SHT_SYMTAB, add)
	}
	if e, err := f.separate(); err == nil {
		_ = symbols(e, elf.SHT_SYMTAB, add)
		_ = e.Close()
	}
}
