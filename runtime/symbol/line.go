package symbol

import (
	"tapir/bpf/exe"
	"tapir/runtime/process"
)

// sourceLine is a place in the source of a program.
type sourceLine struct {
	source string
	line   int
}

// maxLines is how many places are remembered of a file: finding one takes a walk through
// the table of its unit.
const maxLines = 1 << 14

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
	if f.debug == nil {
		return "", 0
	}
	found, known := f.lines[place]
	if !known {
		if source, line, ok := f.debug.LineAt(place); ok {
			found = sourceLine{Harmless(source), line}
		}
		if f.lines == nil || len(f.lines) >= maxLines {
			f.lines = map[uint64]sourceLine{}
		}
		f.lines[place] = found
	}
	return found.source, found.line
}

// readDebug reads the debug information of a mapped file: its own, or what was stripped
// from it; nil if there is none.
func (s *Symbols) readDebug(pid int, m process.Mapping) *exe.File {
	for _, c := range candidates(pid, m) {
		if !s.isFile(c, m) {
			continue
		}
		if e := s.debugOf(c); e != nil {
			return e
		}
	}
	return nil
}

func (s *Symbols) debugOf(c candidate) *exe.File {
	e, err := exe.OpenAt(c.path, c.place)
	if err != nil {
		return nil
	}
	defer e.Close()
	size, err := e.LoadDebug(maxSections - s.sections)
	if err != nil {
		return nil
	}
	s.sections += size
	return e
}
