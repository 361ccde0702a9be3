package exe

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"debug/elf"

	"tapir/lang/image"
)

// note is an entry of a section of notes.
type note struct {
	name string
	kind uint32
	desc []byte
}

// parseNotes reads a section of notes up to its end, or to where it makes no sense.
// A note is three words (the sizes of name and description, the kind), a name with a
// NUL and a description, both filled up to four bytes.
func parseNotes(data []byte, order binary.ByteOrder) []note {
	var list []note
	for len(data) >= 12 {
		nameSize, descSize := uint64(order.Uint32(data)), uint64(order.Uint32(data[4:]))
		kind := order.Uint32(data[8:])
		data = data[12:]
		nameRoom, descRoom := (nameSize+3)&^3, (descSize+3)&^3
		if nameRoom+descSize > uint64(len(data)) {
			break
		}
		name, _, _ := bytes.Cut(data[:nameSize], []byte{0})
		list = append(list, note{string(name), kind, data[nameRoom:][:descSize]})
		data = data[min(uint64(len(data)), nameRoom+descRoom):]
	}
	return list
}

// noteMark is the kind of the notes of marks, whose name is "stapsdt".
const noteMark = 3

// rawMark is a mark as its note has it.
type rawMark struct {
	pc, base, semaphore  uint64
	provider, name, args string
}

// parseMark reads the description of a mark's note: three addresses, three texts.
func parseMark(desc []byte, order binary.ByteOrder) (m rawMark, ok bool) {
	if len(desc) < 24 {
		return m, false
	}
	m.pc, m.base, m.semaphore = order.Uint64(desc), order.Uint64(desc[8:]), order.Uint64(desc[16:])
	texts := bytes.SplitN(desc[24:], []byte{0}, 4)
	if len(texts) < 3 || len(texts[0]) == 0 || len(texts[1]) == 0 {
		return m, false
	}
	m.provider, m.name, m.args = string(texts[0]), string(texts[1]), string(texts[2])
	return m, true
}

// findMarks collects the marks in the section of their notes.
func (f *File) findMarks() ([]image.Mark, error) {
	data, err := section(f.elf, ".note.stapsdt")
	switch {
	case errors.Is(err, errNoSection):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%s: %w", f.path, err)
	}
	var base uint64
	if s := f.elf.Section(".stapsdt.base"); s != nil {
		base = s.Addr
	}
	var list []image.Mark
	for _, n := range parseNotes(data, f.elf.ByteOrder) {
		if n.name != "stapsdt" || n.kind != noteMark {
			continue
		}
		raw, ok := parseMark(n.desc, f.elf.ByteOrder)
		if !ok {
			continue
		}
		if m, ok := f.mark(raw, base); ok {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b image.Mark) int { return cmp.Compare(a.Address, b.Address) })
	return list, nil
}

// mark finds the place of a mark. A file whose addresses were changed after it was
// linked is off by as much as its section .stapsdt.base is.
func (f *File) mark(raw rawMark, base uint64) (m image.Mark, ok bool) {
	shift := uint64(0)
	if base != 0 && raw.base != 0 {
		shift = base - raw.base
	}
	if m.Site, ok = f.Site(raw.pc + shift); !ok {
		return m, false
	}
	m.Provider, m.Name = raw.provider, raw.name
	if raw.semaphore != 0 {
		if m.Semaphore, ok = f.dataOffset(raw.semaphore + shift); !ok {
			return m, false
		}
	}
	m.Args = parseOperands(raw.args, f.symbolAddress)
	return m, true
}

// symbolAddress is the address of a symbol of any kind.
func (f *File) symbolAddress(name string) (address uint64, ok bool) {
	address, ok = f.addresses()[name]
	return address, ok
}

// findAddresses are the addresses of all symbols that have one; of a name that is there
// more than once, the first one's.
func (f *File) findAddresses() map[string]uint64 {
	found := map[string]uint64{}
	for _, kind := range []elf.SectionType{elf.SHT_SYMTAB, elf.SHT_DYNSYM} {
		_ = symbols(f.elf, kind, func(s symbol) {
			if _, known := found[s.name]; !known && s.section != elf.SHN_UNDEF {
				found[s.name] = s.value
			}
		})
	}
	return found
}
