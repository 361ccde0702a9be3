package symbol

import (
	"debug/elf"
	"strings"

	"tapir/runtime/process"
	"tapir/runtime/unwind"
)

// Bounds in bytes of what files say about frames and lines.
const (
	maxFrameSection = 64 << 20
	maxSections     = 512 << 20 // of all files
)

// readFrames reads what a file says about the frames of its code.
func (s *Symbols) readFrames(f *file, path string) {
	e, err := elf.Open(path)
	if err != nil {
		return
	}
	defer e.Close()
	for _, p := range e.Progs[:min(len(e.Progs), maxSegments)] {
		if p.Type == elf.PT_LOAD && p.Flags&elf.PF_X != 0 {
			f.segments = append(f.segments, segment{p.Off, p.Filesz, p.Vaddr})
		}
	}
	section := e.Section(".eh_frame")
	if section == nil || section.Type == elf.SHT_NOBITS || section.Size > min(maxFrameSection, maxSections-s.sections) {
		return
	}
	s.sections += section.Size
	if data, err := section.Data(); err == nil {
		f.frames = unwind.Parse(data, section.Addr)
	}
}

// maxSegments is how many pieces of a file's code are known.
const maxSegments = 64

// address is what the file's tables call the code at an offset.
func (f *file) address(offset uint64) (uint64, bool) {
	for _, s := range f.segments {
		if s.offset <= offset && offset-s.offset < s.size {
			return offset - s.offset + s.address, true
		}
	}
	return 0, false
}

// frameAt is what Row has found.
type frameAt struct {
	row           unwind.Row
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
func (s *Symbols) Row(pid int, address uint64, at int64) (row unwind.Row, known, mapped bool) {
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

func (s *Symbols) row(pid int, address uint64, at int64) (row unwind.Row, known, mapped bool) {
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
