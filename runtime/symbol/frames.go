package symbol

import (
	"strings"

	"tapir/bpf/callframe"
	"tapir/runtime/process"
)

// maxSections bounds what files say about frames and lines that is kept, in bytes.
const maxSections = 512 << 20

// maxSegments is how many pieces of a file's code are known.
const maxSegments = 64

// address is what the file's tables call the code at an offset.
func (f *file) address(offset uint64) (uint64, bool) {
	for _, c := range f.code {
		if c.Offset <= offset && offset-c.Offset < c.Size {
			return offset - c.Offset + c.Address, true
		}
	}
	return 0, false
}

// frameAt is what Row has found.
type frameAt struct {
	row           callframe.Row
	known, mapped bool
}

// spot is an address of a process.
type spot struct {
	pid     int
	address uint64
}

// Row is what is known about the frame of the code at an address of a process at a time,
// and whether there is code at all. The same few places are asked for all the time, and
// so are remembered until something is mapped.
func (s *Symbols) Row(pid int, address uint64, at int64) (row callframe.Row, known, mapped bool) {
	change, settled := s.processes.State(at)
	if change != s.change || len(s.rows) >= maxKnown {
		clear(s.rows)
		s.change = change
	}
	if settled {
		if f, ok := s.rows[spot{pid, address}]; ok {
			return f.row, f.known, f.mapped
		}
	}
	row, known, mapped = s.row(pid, address, at)
	if now, _ := s.processes.State(at); settled && mapped && now == change {
		s.rows[spot{pid, address}] = frameAt{row, known, mapped}
	}
	return row, known, mapped
}

func (s *Symbols) row(pid int, address uint64, at int64) (row callframe.Row, known, mapped bool) {
	m, ok := s.processes.Find(pid, address, at)
	if !ok {
		return row, false, false
	}
	f := s.mapped(pid, m)
	if f == nil || f.frames == nil {
		return row, false, true
	}
	if place, ok := f.address(address - m.Start + m.Offset); ok {
		row, known = f.frames.Row(place)
	}
	return row, known, true
}

// mapped is the file that a process has mapped, or nil.
func (s *Symbols) mapped(pid int, m process.Mapping) *file {
	switch {
	case m.Path == vdsoPath:
		return s.vdso()
	case strings.HasPrefix(m.Path, "/") && !strings.HasPrefix(m.Path, "//"):
		return s.open(pid, m)
	}
	return nil
}
