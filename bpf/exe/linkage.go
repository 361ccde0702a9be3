package exe

import (
	"cmp"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"slices"

	"tapir/lang/image"
)

// relocationSize is the bytes of a 64-bit relocation with an addend.
const relocationSize = 24

// Linkage are the places through which the file calls functions of libraries: the
// entries of its procedure linkage table. An entry jumps to the address in a slot, and a
// relocation says of which symbol that slot is.
func (f *File) Linkage() ([]image.Function, error) {
	names, err := f.slots()
	if err != nil {
		return nil, err
	}
	var list []image.Function
	for _, name := range []string{".plt.sec", ".plt", ".plt.got"} {
		s := f.elf.Section(name)
		if s == nil {
			continue
		}
		data, err := section(f.elf, name)
		if err != nil {
			return nil, fmt.Errorf("%s: section %s: %w", f.path, name, err)
		}
		for _, e := range linkageEntries(data, s.Addr) {
			site, ok := f.Site(e.address)
			if symbol := names[e.slot]; ok && symbol != "" && !slices.ContainsFunc(list, func(g image.Function) bool { return g.Name == symbol }) {
				list = append(list, image.Function{Site: site, Name: symbol, Plain: plainName(symbol)})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b image.Function) int { return cmp.Compare(a.Address, b.Address) })
	return list, nil
}

// slots are the names of the symbols whose addresses slots of the program hold.
func (f *File) slots() (map[uint64]string, error) {
	var symbolNames []string
	table := f.elf.Section(".dynsym")
	if table == nil || int(table.Link) >= len(f.elf.Sections) {
		return nil, nil
	}
	data, err := section(f.elf, ".dynsym")
	if err != nil {
		return nil, fmt.Errorf("%s: section .dynsym: %w", f.path, err)
	}
	text, err := section(f.elf, f.elf.Sections[table.Link].Name)
	if err != nil {
		return nil, fmt.Errorf("%s: the names of .dynsym: %w", f.path, err)
	}
	names := string(text)
	for ; len(data) >= symbolSize; data = data[symbolSize:] {
		name, _ := nameAt(names, binary.LittleEndian.Uint32(data))
		symbolNames = append(symbolNames, name)
	}
	slots := map[uint64]string{}
	for _, name := range []string{".rela.plt", ".rela.dyn"} {
		relocations, _ := section(f.elf, name)
		for ; len(relocations) >= relocationSize; relocations = relocations[relocationSize:] {
			info := binary.LittleEndian.Uint64(relocations[8:])
			kind, n := elf.R_X86_64(info&0xffffffff), info>>32
			if (kind == elf.R_X86_64_JMP_SLOT || kind == elf.R_X86_64_GLOB_DAT) && n < uint64(len(symbolNames)) {
				slots[binary.LittleEndian.Uint64(relocations)] = symbolNames[n]
			}
		}
	}
	return slots, nil
}

// linkageEntry is an entry of the table, and the slot that it jumps by.
type linkageEntry struct{ address, slot uint64 }

// linkageEntries finds the jumps (ff 25, relative to the next instruction) in a table. An
// entry begins at the multiple of 8 bytes before.
func linkageEntries(data []byte, address uint64) []linkageEntry {
	var list []linkageEntry
	for at := 0; at+6 <= len(data); at++ {
		if data[at] != 0xff || data[at+1] != 0x25 {
			continue
		}
		next := address + uint64(at) + 6
		slot := next + uint64(int64(int32(binary.LittleEndian.Uint32(data[at+2:]))))
		list = append(list, linkageEntry{address + uint64(at&^7), slot})
		at += 5
	}
	return list
}
