package exe

import (
	"cmp"
	"debug/dwarf"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"tapir/lang/ctype"
)

// debug is a file's debug information in DWARF. Only what is asked for is looked at
// closely.
type debug struct {
	data  *dwarf.Data
	order binary.ByteOrder
	// The sections in which the library leaves lists of locations to its users.
	loc, loclists, addr []byte
	versions            map[dwarf.Offset]uint16 // of units, by their first entries

	units  []*unit
	ranges []unitRange // by address

	types  map[dwarf.Offset]*ctype.Type
	nested int                       // types that are being made
	names  map[string][]dwarf.Offset // of types, once asked for
}

// unit is what was compiled at once.
type unit struct {
	entry       *dwarf.Entry
	base        uint64 // what addresses in its lists of locations are relative to
	addrBase    int64
	listBase    int64
	version5    bool
	language    int64
	subprograms func() []subprogram
	files       func() []*dwarf.LineFile
}

type unitRange struct {
	low, high uint64
	unit      *unit
}

// subprogram is a function with code.
type subprogram struct {
	entry  *dwarf.Entry
	ranges [][2]uint64
}

func (s *subprogram) low() uint64 { return s.ranges[0][0] }

// languageGo is the number of Go in DWARF.
const languageGo = 0x16

// openDebug reads the debug information: the file's own, or what was stripped from it.
func (f *File) openDebug() (*debug, error) {
	e := f.elf
	if e.Section(".debug_info") == nil && e.Section(".zdebug_info") == nil {
		a, err := f.separate()
		if err != nil {
			return nil, err
		}
		defer a.Close() // all that is needed is read below
		e = a.File
	}
	if err := debugReadable(e); err != nil {
		return nil, err
	}
	for _, s := range e.Sections {
		if strings.HasPrefix(s.Name, ".debug_") {
			if f.debugSize += s.Size; f.debugSize > f.debugLimit {
				return nil, errors.New("its debug information is too large")
			}
		}
	}
	data, err := e.DWARF()
	if err != nil {
		return nil, fmt.Errorf("its debug information makes no sense: %w", err)
	}
	d := &debug{data: data, order: e.ByteOrder, types: map[dwarf.Offset]*ctype.Type{}}
	d.loc, d.loclists, d.addr = optional(e, ".debug_loc"), optional(e, ".debug_loclists"), optional(e, ".debug_addr")
	d.versions = unitVersions(reader{data: optional(e, ".debug_info"), order: d.order})
	return d, d.readUnits()
}

// optional is the bytes of a section, or nil.
func optional(e *elf.File, name string) []byte {
	data, err := section(e, name)
	if err != nil {
		return nil
	}
	return data
}

// unitVersions reads the heads of units: a length, the version, and what makes up 11
// bytes in all; from version 5 on there is one more.
func unitVersions(r reader) map[dwarf.Offset]uint16 {
	versions := map[dwarf.Offset]uint16{}
	total := len(r.data)
	for len(r.data) > 11 {
		head, start := 11, total-len(r.data)
		length := uint64(r.uint32())
		if length == math.MaxUint32 {
			length, head = r.uint64(), head+12
		}
		body := reader{data: r.bytes(length), order: r.order}
		version := body.uint16()
		if version >= 5 {
			head++
		}
		versions[dwarf.Offset(start+head)] = version
	}
	return versions
}

// Attributes that the library has no names for, or that are older than it.
const (
	attrGNUAddrBase = dwarf.Attr(0x2133)
)

// readUnits lists the units with the addresses of their code.
func (d *debug) readUnits() error {
	for _, at := range slices.Sorted(maps.Keys(d.versions)) {
		if e := d.entryAt(at); e != nil && e.Tag == dwarf.TagCompileUnit {
			d.addUnit(e)
		}
	}
	if len(d.units) == 0 {
		return errNoDebug
	}
	slices.SortFunc(d.ranges, func(a, b unitRange) int { return cmp.Compare(a.low, b.low) })
	return nil
}

func (d *debug) addUnit(e *dwarf.Entry) {
	u := &unit{entry: e}
	u.base, _ = e.Val(dwarf.AttrLowpc).(uint64)
	u.language, _ = e.Val(dwarf.AttrLanguage).(int64)
	u.listBase, _ = e.Val(dwarf.AttrLoclistsBase).(int64)
	var ok bool
	if u.addrBase, ok = e.Val(dwarf.AttrAddrBase).(int64); !ok {
		u.addrBase, _ = e.Val(attrGNUAddrBase).(int64)
	}
	u.version5 = d.versions[e.Offset] >= 5
	u.subprograms = sync.OnceValue(func() []subprogram { return d.findSubprograms(u) })
	u.files = sync.OnceValue(func() []*dwarf.LineFile {
		lines, err := d.data.LineReader(e)
		if err != nil || lines == nil {
			return nil
		}
		return lines.Files()
	})
	d.units = append(d.units, u)
	ranges, err := d.data.Ranges(e)
	if err != nil {
		return
	}
	for _, g := range ranges {
		d.ranges = append(d.ranges, unitRange{g[0], g[1], u})
	}
}

// unitAt is the unit of the code at an address.
func (d *debug) unitAt(address uint64) *unit {
	i, _ := slices.BinarySearchFunc(d.ranges, address, func(g unitRange, a uint64) int {
		if g.low <= a {
			return -1
		}
		return 1
	})
	if i == 0 || address >= d.ranges[i-1].high {
		return nil
	}
	return d.ranges[i-1].unit
}

// walk calls visit for all that is below an entry, with its depth from 1 on, until visit
// says that it has seen enough. What is below an entry is left out if visit says so.
//
// The library's way to leave it out would follow a damaged file in circles.
func (d *debug) walk(from dwarf.Offset, visit func(e *dwarf.Entry, depth int) (into, on bool)) {
	r := d.data.Reader()
	r.Seek(from)
	if e, err := r.Next(); err != nil || e == nil || !e.Children {
		return
	}
	left := 0 // if not 0, the depth of what is left out
	for depth := 1; depth > 0; {
		e, err := r.Next()
		if err != nil || e == nil {
			return
		}
		if e.Tag == 0 {
			if depth--; depth < left {
				left = 0
			}
			continue
		}
		into := false
		if left == 0 {
			var on bool
			if into, on = visit(e, depth); !on {
				return
			}
		}
		if !e.Children {
			continue
		}
		if next, ok := e.Val(dwarf.AttrSibling).(dwarf.Offset); ok && !into && next > e.Offset {
			r.Seek(next)
			continue
		}
		if depth++; !into && left == 0 {
			left = depth
		}
	}
}

// findSubprograms lists the functions of a unit.
func (d *debug) findSubprograms(u *unit) []subprogram {
	var list []subprogram
	d.walk(u.entry.Offset, func(e *dwarf.Entry, _ int) (bool, bool) {
		if e.Tag == dwarf.TagSubprogram {
			if ranges, err := d.data.Ranges(e); err == nil && len(ranges) > 0 {
				list = append(list, subprogram{e, ranges})
			}
		}
		return true, true
	})
	return list
}

var errNoFunction = errors.New("the debug information has no function there")

// subprogramAt is the function with the code at an address.
func (d *debug) subprogramAt(address uint64) (*unit, *subprogram, error) {
	u := d.unitAt(address)
	if u == nil {
		return nil, nil, errNoFunction
	}
	list := u.subprograms()
	for i := range list {
		if contains(list[i].ranges, address) {
			return u, &list[i], nil
		}
	}
	return nil, nil, errNoFunction
}

func contains(ranges [][2]uint64, address uint64) bool {
	return slices.ContainsFunc(ranges, func(g [2]uint64) bool { return g[0] <= address && address < g[1] })
}

// entryAt is the entry at an offset, or nil.
func (d *debug) entryAt(at dwarf.Offset) *dwarf.Entry {
	r := d.data.Reader()
	r.Seek(at)
	e, err := r.Next()
	if err != nil {
		return nil
	}
	return e
}

// maxOrigins bounds the entries that one says it is an instance of.
const maxOrigins = 6

// value is an attribute of an entry, or of what the entry is an instance of.
func (d *debug) value(e *dwarf.Entry, a dwarf.Attr) any {
	for range maxOrigins {
		if v := e.Val(a); v != nil {
			return v
		}
		at, ok := e.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset)
		if !ok {
			if at, ok = e.Val(dwarf.AttrSpecification).(dwarf.Offset); !ok {
				return nil
			}
		}
		if e = d.entryAt(at); e == nil {
			return nil
		}
	}
	return nil
}

func (d *debug) nameOf(e *dwarf.Entry) string {
	name, _ := d.value(e, dwarf.AttrName).(string)
	return name
}

// path is the name of a source file from the root on.
func (u *unit) path(name string) string {
	if folder, ok := u.entry.Val(dwarf.AttrCompDir).(string); ok && !filepath.IsAbs(name) {
		return filepath.Join(folder, name)
	}
	return name
}

// sourceOf is the file that an entry was declared in.
func (d *debug) sourceOf(u *unit, e *dwarf.Entry) string {
	n, ok := d.value(e, dwarf.AttrDeclFile).(int64)
	if files := u.files(); ok && n >= 0 && n < int64(len(files)) && files[n] != nil {
		return u.path(files[n].Name)
	}
	return ""
}

// Describe tells where the function at an address is defined.
func (f *File) Describe(address uint64) (source string, line int, ok bool) {
	d, err := f.debug()
	if err != nil {
		return "", 0, false
	}
	u, s, err := d.subprogramAt(address)
	if err != nil {
		return "", 0, false
	}
	n, _ := d.value(s.entry, dwarf.AttrDeclLine).(int64)
	source = d.sourceOf(u, s.entry)
	return source, int(n), source != ""
}
