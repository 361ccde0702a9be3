package exe

import (
	"bytes"
	"compress/zlib"
	"debug/elf"
	"encoding/binary"
	"hash/crc32"
	"runtime"
	"strings"
	"testing"
)

// part is a section of a file that a test makes.
type part struct {
	name  string
	kind  elf.SectionType
	flags elf.SectionFlag
	data  []byte
	over  bool // lies over the part before it
	size  uint64
	link  uint32
}

func le(values ...any) []byte {
	var b []byte
	for _, v := range values {
		b, _ = binary.Append(b, binary.LittleEndian, v)
	}
	return b
}

// codeAddress is where the code of these files is.
const codeAddress = 0x1000

// program makes a file of sections, with one segment of code that is all of it.
func program(edit func(*elf.Header64), parts ...part) []byte {
	const head, segment, entry = 64, 56, 64
	body := make([]byte, head+segment)
	names := []byte{0}
	table := make([]byte, entry)
	offset := uint64(0)
	add := func(p part) {
		if !p.over {
			offset = uint64(len(body))
			body = append(body, p.data...)
		}
		size := uint64(len(p.data))
		if p.size != 0 {
			size = p.size
		}
		h := elf.Section64{Name: uint32(len(names)), Type: uint32(p.kind), Flags: uint64(p.flags), Addr: codeAddress + offset, Off: offset, Size: size, Link: p.link}
		if p.kind == elf.SHT_SYMTAB {
			h.Entsize = symbolSize
		}
		table = append(table, le(h)...)
		names = append(append(names, p.name...), 0)
	}
	for _, p := range parts {
		add(p)
	}
	names = append(names, ".shstrtab\x00"...)
	table = append(table, le(elf.Section64{Name: uint32(len(names) - 10), Type: uint32(elf.SHT_STRTAB), Off: uint64(len(body)), Size: uint64(len(names))})...)
	body = append(body, names...)
	h := elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1}, Type: uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: 1,
		Phoff: head, Shoff: uint64(len(body)), Ehsize: head, Phentsize: segment, Phnum: 1, Shentsize: entry,
		Shnum: uint16(len(table) / entry), Shstrndx: uint16(len(table)/entry - 1),
	}
	if edit != nil {
		edit(&h)
	}
	copy(body, le(h))
	copy(body[head:], le(elf.Prog64{Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_X), Vaddr: codeAddress, Paddr: codeAddress, Filesz: uint64(len(body)), Memsz: uint64(len(body))}))
	return append(body, table...)
}

// hostileXZ is a stream that asks for a dictionary of 4 GiB.
func hostileXZ() []byte {
	sum := func(b []byte) []byte { return le(crc32.ChecksumIEEE(b)) }
	flags := []byte{0, 0}
	block := []byte{2, 0, 0x21, 1, 40, 0, 0, 0}
	b := append([]byte("\xfd7zXZ\x00"), flags...)
	b = append(append(b, sum(flags)...), block...)
	b = append(b, sum(block)...)
	return append(b, 1, 0, 0, 'x', 0)
}

// bomb is zeros as a compressed section.
func bomb(t *testing.T, size int) []byte {
	t.Helper()
	b := bytes.NewBuffer(le(elf.Chdr64{Type: uint32(elf.COMPRESS_ZLIB), Size: uint64(size), Addralign: 1}))
	w := zlib.NewWriter(b)
	if _, err := w.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// loops is debug information in which types are made of themselves and functions stem
// from themselves: a typedef of a typedef of the first, an array of itself, a struct that
// is its own member, a function whose origin it is.
func loops() (info, abbrev []byte) {
	abbrev = []byte{
		1, 0x11, 1, 0x25, 0x08, 0x11, 0x01, 0x12, 0x07, 0, 0, // a unit: producer, low_pc, high_pc
		2, 0x16, 0, 0x03, 0x08, 0x49, 0x13, 0, 0, // a typedef: name, type
		3, 0x01, 1, 0x49, 0x13, 0, 0, // an array: type
		4, 0x13, 1, 0x03, 0x08, 0x0b, 0x0f, 0, 0, // a struct: name, size
		5, 0x0d, 0, 0x03, 0x08, 0x49, 0x13, 0x38, 0x0f, 0, 0, // a member: name, type, offset
		6, 0x34, 0, 0x03, 0x08, 0x49, 0x13, 0x02, 0x18, 0, 0, // a variable: name, type, location
		7, 0x2e, 0, 0x31, 0x13, 0x11, 0x01, 0x12, 0x07, 0, 0, // a function: origin, low_pc, high_pc
		0,
	}
	body := le(uint16(4), uint32(0), uint8(8)) // version, abbreviations, bytes of an address
	at := func() uint32 { return uint32(len(body) + 4) }
	put := func(b ...byte) { body = append(body, b...) }
	put(1, 'x', 0)
	body = append(body, le(uint64(codeAddress), uint64(0x100))...)
	first := at()
	put(2, 'a', 0)
	body = append(body, le(first+7)...)
	put(2, 'b', 0)
	body = append(body, le(first)...)
	array := at()
	put(3)
	body = append(body, le(array)...)
	put(0)
	record := at()
	put(append([]byte{4}, "point\x00\x08"...)...)
	put(5, 'm', 0)
	body = append(body, le(record)...)
	put(0, 0)
	for i, of := range []uint32{first, array, record} {
		put(append([]byte{6}, "table"...)...)
		put([]byte("\x00")...)
		body = append(body, le(of)...)
		put(9, 3)
		body = append(body, le(uint64(codeAddress+i))...)
	}
	self := at()
	put(7)
	body = append(body, le(self, uint64(codeAddress+0x40), uint64(0x10))...)
	put(0)
	return append(le(uint32(len(body))), body...), abbrev
}

// frames is a common entry with many instructions, and many descriptions that stem from
// it.
func frames() []byte {
	common := append([]byte{1, 'z', 'R', 0, 1, 0x78, 16, 1, 0x1b}, make([]byte, 1<<18)...)
	b := append(le(uint32(len(common)+4), uint32(0)), common...)
	for range 20_000 {
		b = append(b, le(uint32(17), uint32(len(b)+4), int32(codeAddress), uint32(0x100), uint8(0), uint32(0))...)
	}
	return b
}

// symbolTable is many functions, all with one very long name.
func symbolTable(n int) (table, text []byte) {
	for i := range n {
		table = append(table, le(elf.Sym64{Name: 1, Info: uint8(elf.STT_FUNC), Shndx: 1, Value: codeAddress + uint64(i%100), Size: 1})...)
	}
	return table, append([]byte{0}, strings.Repeat("n", 1<<20)...)
}

// hostile are files that lie about their sizes, go in circles, or make much of little.
func hostile(t *testing.T) map[string][]byte {
	info, abbrev := loops()
	dwarf := []part{{name: ".debug_info", kind: elf.SHT_PROGBITS, data: info}, {name: ".debug_abbrev", kind: elf.SHT_PROGBITS, data: abbrev}}
	table, text := symbolTable(20_000)
	zeros := bomb(t, 256<<20)
	files := map[string][]byte{
		"no sections": program(func(h *elf.Header64) { h.Shoff, h.Shnum, h.Shstrndx = 0, 0, 0 }),
		"more sections than bytes": program(func(h *elf.Header64) {
			h.Shnum = 0xffff
		}),
		"2^40 sections": append(program(func(h *elf.Header64) { h.Shnum = 0 }), le(elf.Section64{Size: 1 << 40})...),
		"more segments than bytes": program(func(h *elf.Header64) {
			h.Phnum = 0xffff
		}),
		"a section of 2^60 bytes":     program(nil, part{name: ".symtab", kind: elf.SHT_SYMTAB, size: 1 << 60}, part{name: ".note.stapsdt", kind: elf.SHT_NOTE, size: 1 << 60}),
		"sections beyond the end":     program(nil, part{name: ".symtab", kind: elf.SHT_SYMTAB, data: make([]byte, 48), size: 900 << 20}, part{name: ".eh_frame", kind: elf.SHT_PROGBITS, data: make([]byte, 8), size: 900 << 20}),
		"symbols of one long name":    program(nil, part{name: ".symtab", kind: elf.SHT_SYMTAB, data: table, link: 2}, part{name: ".strtab", kind: elf.SHT_STRTAB, data: text}),
		"notes of 2^32 bytes":         program(nil, part{name: ".note.stapsdt", kind: elf.SHT_NOTE, data: bytes.Repeat(le(uint32(0xffffffff), uint32(0xffffffff), uint32(3)), 10_000)}),
		"a dictionary of 2^32 bytes":  program(nil, part{name: ".gnu_debugdata", kind: elf.SHT_PROGBITS, data: hostileXZ()}),
		"types in circles":            program(nil, dwarf...),
		"frames of one common entry":  program(nil, append([]part{{name: ".eh_frame", kind: elf.SHT_PROGBITS, data: frames()}}, dwarf...)...),
		"a bomb for debug info":       program(nil, part{name: ".debug_info", kind: elf.SHT_PROGBITS, flags: elf.SHF_COMPRESSED, data: zeros}, part{name: ".debug_abbrev", kind: elf.SHT_PROGBITS, data: abbrev}),
		"a bomb for symbols":          program(nil, part{name: ".symtab", kind: elf.SHT_SYMTAB, flags: elf.SHF_COMPRESSED, data: zeros, link: 2}, part{name: ".strtab", kind: elf.SHT_STRTAB, flags: elf.SHF_COMPRESSED, data: zeros}),
		"a bomb for notes and frames": program(nil, part{name: ".note.stapsdt", kind: elf.SHT_NOTE, flags: elf.SHF_COMPRESSED, data: zeros}, part{name: ".eh_frame", kind: elf.SHT_PROGBITS, flags: elf.SHF_COMPRESSED, data: zeros}),
	}
	many := append([]part{}, dwarf...)
	many = append(many, part{name: ".debug_types", kind: elf.SHT_PROGBITS, data: make([]byte, 1<<20)})
	for range 20_000 {
		many = append(many, part{name: ".debug_types", kind: elf.SHT_PROGBITS, data: many[2].data, over: true})
	}
	files["20,000 sections in one place"] = program(nil, many...)
	many = []part{{name: ".symtab", kind: elf.SHT_SYMTAB, data: table, link: 2}, {name: ".strtab", kind: elf.SHT_STRTAB, data: text}}
	for range 20_000 {
		many = append(many, part{name: ".symtab", kind: elf.SHT_SYMTAB, data: table, over: true, link: 2})
	}
	files["20,000 tables of symbols"] = program(nil, many...)
	for name, n := range map[string]int{"half a header": 32, "a header alone": 64, "half a table": len(files["types in circles"]) - 100} {
		files[name] = files["types in circles"][:n]
	}
	return files
}

// maxCost is what asking for everything in a file may allocate, over all the time, for
// each of its bytes and besides.
const (
	maxCostPerByte = 60
	maxCost        = 64 << 20
)

// allocated is how many bytes do allocates, those that it gives back among them.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestHostile asks everything about hostile files. What allocates little in all takes
// little time as well.
func TestHostile(t *testing.T) {
	for name, data := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			cost := allocated(func() {
				if f, err := parse("hostile", bytes.NewReader(data)); err == nil {
					askAll(t, f)
					f.buildID()
					f.debugLink()
					f.frames()
				}
			})
			t.Logf("%d bytes cost %d KiB", len(data), cost>>10)
			if cost > maxCost+maxCostPerByte*uint64(len(data)) {
				t.Errorf("%d bytes cost %d MiB", len(data), cost>>20)
			}
		})
	}
}

// TestLoopsAreRead holds that the hostile debug information is read at all.
func TestLoopsAreRead(t *testing.T) {
	info, abbrev := loops()
	f, err := parse("loops", bytes.NewReader(program(nil,
		part{name: ".debug_info", kind: elf.SHT_PROGBITS, data: info}, part{name: ".debug_abbrev", kind: elf.SHT_PROGBITS, data: abbrev})))
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.debug()
	if err != nil || len(d.units) != 1 {
		t.Fatalf("got %+v, %v", d, err)
	}
	if p := f.Type("struct point"); p == nil || p.String() != "struct point" {
		t.Errorf("got %v", p)
	}
	if _, err := f.Global("table", func(string) bool { return true }); err != nil {
		t.Logf("table: %v", err)
	}
}
