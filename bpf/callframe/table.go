// Package callframe reads what compilers say about stack frames in the section .eh_frame,
// which programs carry for exceptions and tracers. Start with Parse.
//
// Sections may come from anybody: each of their entries is read once, and is left out if
// it makes no sense.
package callframe

import (
	"cmp"
	"slices"
)

// Table is what a file says about the frames of its code.
type Table struct {
	entries []entry
}

// entry is what is said about a piece of code.
type entry struct {
	begin, end uint64 // its addresses
	common     *common
	code       []byte
}

// common is what many entries have in common.
type common struct {
	encoding   byte // of addresses
	codeFactor uint64
	dataFactor int64
	sized      bool // entries have data of a length before their code
	code       []byte
}

// Bounds of one file.
const (
	maxEntries = 1 << 20
	maxEntry   = 1 << 16 // bytes of an entry that is taken: all are run through at each look-up
)

// Parse reads the section .eh_frame, which lies at an address. What makes no sense ends
// the reading.
func Parse(section []byte, address uint64) *Table {
	t := &Table{}
	commons := map[uint64]*common{}
	for at := uint64(0); at < uint64(len(section)) && len(t.entries) < maxEntries; {
		begin := at
		r := reader{data: section, at: at, address: address}
		size := uint64(r.u32())
		if size == 0xffffffff {
			size = r.u64()
		}
		if r.bad || size == 0 || size > uint64(len(section))-r.at {
			break
		}
		body := r.at
		r.data = section[:body+size]
		if at = body + size; size > maxEntry {
			continue
		}
		if id := uint64(r.u32()); id == 0 {
			commons[begin] = r.common()
		} else if c := commons[body-id]; c != nil && id <= body {
			if e, ok := r.entry(c); ok {
				t.entries = append(t.entries, e)
			}
		}
	}
	slices.SortStableFunc(t.entries, func(a, b entry) int { return cmp.Compare(a.begin, b.begin) })
	return t
}

// common reads the rest of an entry that others refer to; nil if it can't be understood.
func (r *reader) common() *common {
	version := r.u8()
	augmentation := r.text()
	if version == 4 {
		r.u8()
		r.u8()
	}
	c := &common{codeFactor: r.uleb(), dataFactor: r.sleb()}
	if version == 1 {
		r.u8()
	} else {
		r.uleb()
	}
	if augmentation != "" {
		if augmentation[0] != 'z' {
			return nil
		}
		c.sized = true
		size := r.uleb()
		if size > uint64(len(r.data))-r.at {
			return nil
		}
		rest := r.at + size
		for i := 1; i < len(augmentation) && !r.bad; i++ {
			switch augmentation[i] {
			case 'R':
				c.encoding = r.u8()
			case 'P':
				r.encoded(r.u8())
			case 'L':
				r.u8()
			}
		}
		r.at = rest
	}
	if r.bad {
		return nil
	}
	c.code = r.data[r.at:]
	return c
}

// entry reads the rest of an entry about code.
func (r *reader) entry(c *common) (e entry, ok bool) {
	e = entry{common: c, begin: r.encoded(c.encoding)}
	e.end = e.begin + r.encoded(c.encoding&0x0f)
	if c.sized {
		r.skip(r.uleb())
	}
	if r.bad || e.end <= e.begin {
		return e, false
	}
	e.code = r.data[r.at:]
	return e, true
}

// find is the entry about an address, or nil.
func (t *Table) find(address uint64) *entry {
	i, found := slices.BinarySearchFunc(t.entries, address, func(e entry, a uint64) int { return cmp.Compare(e.begin, a) })
	if !found {
		i--
	}
	if i < 0 || address >= t.entries[i].end {
		return nil
	}
	return &t.entries[i]
}
