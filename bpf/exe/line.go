package exe

import (
	"cmp"
	"debug/dwarf"
	"fmt"
	"slices"

	"tapir/lang/image"
)

// maxLines bounds the places that are collected of one file.
const maxLines = 1 << 20

// Lines are the places where the statements of lines begin, of the source files whose name
// matches, by address.
func (f *File) Lines(source func(string) bool) ([]image.Line, error) {
	d, err := f.debug()
	if err != nil {
		return nil, err
	}
	var list []image.Line
	for _, u := range d.units {
		if !slices.ContainsFunc(u.files(), func(l *dwarf.LineFile) bool { return l != nil && source(u.path(l.Name)) }) {
			continue
		}
		lines, err := d.data.LineReader(u.entry)
		if err != nil || lines == nil {
			continue
		}
		var e dwarf.LineEntry
		for lines.Next(&e) == nil {
			if len(list) > maxLines {
				return nil, fmt.Errorf("%s has too many lines", f.path)
			}
			if !e.IsStmt || e.EndSequence || e.Line == 0 || e.File == nil || !source(u.path(e.File.Name)) {
				continue
			}
			if site, ok := f.Site(e.Address); ok {
				list = append(list, image.Line{Site: site, Source: u.path(e.File.Name), Line: e.Line})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b image.Line) int { return cmp.Compare(a.Address, b.Address) })
	return list, nil
}

// LoadDebug reads the debug information, so that LineAt knows it when the file is closed,
// unless it is more than limit bytes. size is how many it has.
func (f *File) LoadDebug(limit uint64) (size uint64, err error) {
	f.debugLimit = limit
	_, err = f.debug()
	return min(f.debugSize, limit), err
}

// LineAt is the source file, as the debug information has it, and the line of the code
// at an address.
func (f *File) LineAt(address uint64) (source string, line int, ok bool) {
	d, err := f.debug()
	if err != nil {
		return "", 0, false
	}
	u := d.unitAt(address)
	if u == nil {
		return "", 0, false
	}
	lines, err := d.data.LineReader(u.entry)
	if err != nil || lines == nil {
		return "", 0, false
	}
	var e dwarf.LineEntry
	if lines.SeekPC(address, &e) != nil || e.File == nil {
		return "", 0, false
	}
	return e.File.Name, e.Line, true
}
