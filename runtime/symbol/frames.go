package symbol

import (
	"debug/elf"
	"strings"

	"tapir/runtime/process"
	"tapir/runtime/unwind"
)

// maxFrameSection bounds what a file says about frames, in bytes.
const maxFrameSection = 64 << 20

// readFrames reads what a file says about the frames of its code.
func (f *file) readFrames(path string) {
	e, err := elf.Open(path)
	if err != nil {
		return
	}
	defer e.Close()
	for _, p := range e.Progs {
		if p.Type == elf.PT_LOAD && p.Flags&elf.PF_X != 0 {
			f.segments = append(f.segments, segment{p.Off, p.Filesz, p.Vaddr})
		}
	}
	section := e.Section(".eh_frame")
	if section == nil || section.Type == elf.SHT_NOBITS || section.Size > maxFrameSection {
		return
	}
	if data, err := section.Data(); err == nil {
		f.frames = unwind.Parse(data, section.Addr)
	}
}

// address is what the file's tables call the code at an offset.
func (f *file) address(offset uint64) (uint64, bool) {
	for _, s := range f.segments {
		if s.offset <= offset && offset-s.offset < s.size {
			return offset - s.offset + s.address, true
		}
	}
	return 0, false
}

// Row is what is known about the frame of the code at an address of a process at a time,
// and whether there is code at all.
func (s *Symbols) Row(pid int, address uint64, at int64) (row unwind.Row, known, mapped bool) {
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
