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
