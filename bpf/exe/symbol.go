package exe

import (
	"cmp"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"tapir/lang/image"
)

// symbolSize is the bytes of an entry of a 64-bit symbol table.
const symbolSize = 24

// Bounds of symbol tables: the bytes of the longest name that is taken, the functions of
// a file, and the bytes of all that they are called in plain words.
const (
	maxName      = 4096
	maxFunctions = 4 << 20
	maxPlain     = 256 << 20
)

// symbol is an entry of a symbol table.
type symbol struct {
	name          string
	value, size   uint64
	kind          elf.SymType
	section       elf.SectionIndex
	globalBinding bool
}

// parseSymbols reads a symbol table whose names are in strings.
func parseSymbols(table []byte, strings string, order binary.ByteOrder, each func(symbol)) {
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

// nameAt is the text up to a NUL at an offset of a table of strings. Names share the
// table's memory: those of a hostile one overlap, and are more bytes than it has.
func nameAt(table string, at uint32) (string, bool) {
	if uint64(at) >= uint64(len(table)) {
		return "", false
	}
	rest := table[at:min(len(table), int(at)+maxName)]
	end := strings.IndexByte(rest, 0)
	if end <= 0 {
		return "", false
	}
	return rest[:end], true
}

// symbols goes through a file's symbol table of a kind; a file has one.
func symbols(e *elf.File, kind elf.SectionType, each func(symbol)) error {
	for _, s := range e.Sections {
		if s.Type != kind || int(s.Link) >= len(e.Sections) {
			continue
		}
		names := e.Sections[s.Link]
		if err := cmp.Or(isReadable(s), isReadable(names)); err != nil {
			return err
		}
		table, err := s.Data()
		if err != nil {
			return fmt.Errorf("section %s: %w", s.Name, err)
		}
		text, err := names.Data()
		if err != nil {
			return fmt.Errorf("section %s: %w", names.Name, err)
		}
		parseSymbols(table, string(text), e.ByteOrder, each)
		return nil
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
	plain := 0 // bytes
	add := func(s symbol) {
		if len(list) >= maxFunctions || s.kind != elf.STT_FUNC || s.section == elf.SHN_UNDEF || known[named{s.name, s.value}] {
			return
		}
		site, ok := f.Site(s.value)
		if !ok {
			return
		}
		known[named{s.name, s.value}] = true
		name := s.name
		if plain < maxPlain {
			if name = plainName(s.name); name != s.name {
				plain += len(name)
			}
		}
		list = append(list, image.Function{Site: site, Name: s.name, Plain: name, Size: s.size, Exported: s.globalBinding})
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
		_ = symbols(e.File, elf.SHT_SYMTAB, add)
		_ = e.Close()
	}
}
