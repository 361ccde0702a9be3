package target

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// The kernel's type information, read in one pass for a few struct members. The
// general reader of the eBPF library takes 15 ms for the same data and 13 ms more
// for the first type; this scan takes 3.
//
// The data is a header, a section of types and one of strings. A type is 12 bytes
// {name, info, size or type} and a kind-specific rest; its number is its place in
// the section, from 1.

// BTFPath is where the kernel shows its type information.
const BTFPath = "/sys/kernel/btf/vmlinux"

// maxBTF is more than any kernel has: theirs is 3 to 10 MB.
const maxBTF = 1 << 28

// The kinds of type.
const (
	kindInt       = 1
	kindPtr       = 2
	kindArray     = 3
	kindStruct    = 4
	kindUnion     = 5
	kindEnum      = 6
	kindTypedef   = 8
	kindVolatile  = 9
	kindConst     = 10
	kindRestrict  = 11
	kindFunc      = 12
	kindFuncProto = 13
	kindVar       = 14
	kindDataSec   = 15
	kindFloat     = 16
	kindDeclTag   = 17
	kindTypeTag   = 18
	kindEnum64    = 19
	numKinds      = 20
)

const (
	typeSize   = 12
	memberSize = 12
)

// restSize has the bytes that follow a type: a fixed part and one per element.
var restSize = [numKinds]struct{ fixed, elem int }{
	kindInt:       {fixed: 4},
	kindArray:     {fixed: 12},
	kindStruct:    {elem: memberSize},
	kindUnion:     {elem: memberSize},
	kindEnum:      {elem: 8},
	kindFuncProto: {elem: 8},
	kindVar:       {fixed: 4},
	kindDataSec:   {elem: 12},
	kindDeclTag:   {fixed: 4},
	kindEnum64:    {elem: 12},
}

// maxNesting bounds how deep anonymous structs may lie in each other, maxMembers
// how many members are looked at in all; a kernel's need some 2,000.
const (
	maxNesting = 16
	maxMembers = 1 << 20
)

var (
	errNoBTF  = errors.New("the kernel has no BTF (CONFIG_DEBUG_INFO_BTF)")
	errBadBTF = errors.New("the kernel's BTF is damaged")
)

// readLayout scans the BTF in a file.
func readLayout(path string) (*Layout, error) {
	data, err := readBTF(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", errNoBTF, err)
	}
	if err != nil {
		return nil, err
	}
	l, err := newLayout(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return l, nil
}

func readBTF(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > maxBTF {
		return nil, fmt.Errorf("%s: %d bytes are too many", path, info.Size())
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// btf is the sections of a file of type information.
type btf struct {
	types, strings []byte
	starts         []uint32 // by type number: where in types it begins
	budget         int      // members that may still be looked at

	known    map[string]uint32 // the structs that findMembers settled on
	function uint32            // castFunc
}

func newBTF(data []byte) (*btf, error) {
	const header = 24
	if len(data) < header || len(data) > maxBTF {
		return nil, fmt.Errorf("%w: %d bytes", errBadBTF, len(data))
	}
	le := binary.LittleEndian
	if magic := le.Uint16(data); magic != 0xeb9f || data[2] != 1 {
		return nil, fmt.Errorf("%w: magic %#x, version %d", errBadBTF, magic, data[2])
	}
	size := uint64(len(data))
	section := func(at int) ([]byte, error) {
		start := uint64(le.Uint32(data[4:])) + uint64(le.Uint32(data[at:]))
		end := start + uint64(le.Uint32(data[at+4:]))
		if end > size {
			return nil, fmt.Errorf("%w: a section ends at %d of %d", errBadBTF, end, size)
		}
		return data[start:end], nil
	}
	types, err := section(8)
	if err != nil {
		return nil, err
	}
	strings, err := section(16)
	if err != nil {
		return nil, err
	}
	return &btf{types: types, strings: strings, budget: maxMembers, known: map[string]uint32{}}, nil
}

// findMembers stores the byte offset of each wanted member. Of several structs
// with one name, the first that has all that is wanted of it counts.
func findMembers(data []byte, wants []want) (*btf, error) {
	b, err := newBTF(data)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, w := range wants {
		if !slices.Contains(names, w.structure) {
			names = append(names, w.structure)
		}
	}
	candidates, err := b.scan(names)
	if err != nil {
		return nil, err
	}
	missing := new(MissingError)
	for i, name := range names {
		missing.Members = append(missing.Members, b.fill(name, candidates[i], wants)...)
	}
	if len(missing.Members) > 0 {
		return nil, missing
	}
	return b, nil
}

// fill stores the offsets in one struct, and returns what is missing.
func (b *btf) fill(name string, candidates []uint32, wants []want) (missing []string) {
	for i, id := range append(candidates, 0) { // 0: no struct at all
		var lacks []string
		for _, w := range wants {
			if w.structure != name {
				continue
			}
			bit, ok := b.member(id, w.member, maxNesting)
			if !ok || bit%8 != 0 || bit/8 > maxOffset {
				lacks = append(lacks, name+"."+w.member)
				continue
			}
			*w.offset = int(bit / 8)
		}
		if len(lacks) == 0 {
			b.known[name] = id
			return nil
		}
		if i == 0 {
			missing = lacks
		}
	}
	return missing
}

// scan walks all types once. It returns, for each name, the numbers of the
// structs that have it.
func (b *btf) scan(names []string) ([][]uint32, error) {
	found := make([][]uint32, len(names))
	b.starts = make([]uint32, 1, 1+len(b.types)/24)
	le := binary.LittleEndian
	for at := 0; at < len(b.types); {
		if len(b.types)-at < typeSize {
			return nil, fmt.Errorf("%w: type %d is cut off", errBadBTF, len(b.starts))
		}
		info := le.Uint32(b.types[at+4:])
		kind := info >> 24 & 31
		if kind == 0 || kind >= numKinds {
			return nil, fmt.Errorf("%w: type %d has kind %d", errBadBTF, len(b.starts), kind)
		}
		rest := restSize[kind]
		size := typeSize + rest.fixed + rest.elem*int(info&0xffff)
		if len(b.types)-at < size {
			return nil, fmt.Errorf("%w: type %d is cut off", errBadBTF, len(b.starts))
		}
		if kind == kindFunc && b.named(le.Uint32(b.types[at:]), castFunc) {
			b.function = uint32(len(b.starts))
		}
		if kind == kindStruct {
			name := le.Uint32(b.types[at:])
			for i, want := range names {
				if b.named(name, want) {
					found[i] = append(found[i], uint32(len(b.starts)))
				}
			}
		}
		b.starts = append(b.starts, uint32(at))
		at += size
	}
	return found, nil
}

// named reports whether the string at an offset is s.
func (b *btf) named(off uint32, s string) bool {
	end := uint64(off) + uint64(len(s))
	return end < uint64(len(b.strings)) && b.strings[end] == 0 && string(b.strings[off:end]) == s
}

// typeAt splits type id into its info word, its size or type, and its rest. The
// bounds were checked by scan.
func (b *btf) typeAt(id uint32) (info, ref uint32, rest []byte, ok bool) {
	if id == 0 || int64(id) >= int64(len(b.starts)) {
		return 0, 0, nil, false
	}
	t := b.types[b.starts[id]:]
	le := binary.LittleEndian
	return le.Uint32(t[4:]), le.Uint32(t[8:]), t[typeSize:], true
}

// member finds a member of a struct or union by name, in anonymous structs within
// it too, and returns its offset in bits. A bit field does not count.
func (b *btf) member(id uint32, name string, depth int) (bit uint64, ok bool) {
	info, _, rest, ok := b.typeAt(b.resolve(id))
	if kind := info >> 24 & 31; !ok || depth == 0 || kind != kindStruct && kind != kindUnion {
		return 0, false
	}
	le := binary.LittleEndian
	for i := range int(info & 0xffff) {
		if b.budget--; b.budget < 0 {
			return 0, false
		}
		m := rest[i*memberSize:]
		at, width := le.Uint32(m[8:]), uint32(0)
		if info>>31 == 1 { // the offset word holds a bit field's width too
			at, width = at&0xffffff, at>>24
		}
		mname := le.Uint32(m)
		if b.named(mname, name) {
			return uint64(at), width == 0
		}
		if !b.named(mname, "") {
			continue
		}
		if inner, ok := b.member(le.Uint32(m[4:]), name, depth-1); ok {
			return uint64(at) + inner, true
		}
	}
	return 0, false
}

// resolve strips type definitions and qualifiers.
func (b *btf) resolve(id uint32) uint32 {
	for range maxNesting {
		info, ref, _, ok := b.typeAt(id)
		if !ok {
			return 0
		}
		switch info >> 24 & 31 {
		case kindTypedef, kindVolatile, kindConst, kindRestrict, kindTypeTag:
			id = ref
		default:
			return id
		}
	}
	return 0
}
