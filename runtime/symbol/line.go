package symbol

import (
	"debug/dwarf"
	"debug/elf"
	"errors"
	"strings"

	"tapir/runtime/process"
)

// Line is the source file and the line of the code at an address of a process at a time;
// "" if they are not known.
func (s *Symbols) Line(pid int, address uint64, at int64) (source string, line int) {
	m, ok := s.processes.Find(pid, address, at)
	if !ok {
		return "", 0
	}
	f := s.mapped(pid, m)
	if f == nil {
		return "", 0
	}
	place, ok := f.address(address - m.Start + m.Offset)
	if !ok {
		return "", 0
	}
	if !f.debugRead {
		f.debugRead = true
		f.debug = s.readDebug(pid, m)
	}
	return lineAt(f.debug, place)
}

// readDebug reads the debug information of a mapped file; nil if it has none.
func (s *Symbols) readDebug(pid int, m process.Mapping) *dwarf.Data {
	for _, c := range candidates(pid, m) {
		if !s.isFile(c, m) {
			continue
		}
		if d, err := s.debugOf(c.path); err == nil {
			return d
		}
	}
	return nil
}

var errNoDebug = errors.New("no debug information")

func (s *Symbols) debugOf(path string) (d *dwarf.Data, err error) {
	e, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	if e.Section(".debug_line") == nil {
		return nil, errNoDebug
	}
	for _, section := range e.Sections {
		if strings.HasPrefix(section.Name, ".zdebug_") {
			return nil, errNoDebug // its size shows only when it is unpacked
		}
		if !strings.HasPrefix(section.Name, ".debug_") {
			continue
		}
		if section.Size > maxSections-s.sections {
			return nil, errNoDebug
		}
		s.sections += section.Size
	}
	return e.DWARF()
}

// lineAt is the place in the source of an address in the file's terms.
func lineAt(d *dwarf.Data, address uint64) (source string, line int) {
	if d == nil {
		return "", 0
	}
	unit, err := d.Reader().SeekPC(address)
	if err != nil {
		return "", 0
	}
	lines, err := d.LineReader(unit)
	if err != nil || lines == nil {
		return "", 0
	}
	var e dwarf.LineEntry
	if lines.SeekPC(address, &e) != nil || e.File == nil {
		return "", 0
	}
	return Harmless(e.File.Name), e.Line
}
