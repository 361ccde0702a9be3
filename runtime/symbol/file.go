package symbol

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"tapir/bpf/callframe"
	"tapir/bpf/exe"
	"tapir/lang/image"
	"tapir/runtime/process"
)

// file is the functions of a program or a library, by where their code is in the file.
type file struct {
	functions []function
	frames    *callframe.Table
	code      []exe.Code
	debug     *exe.File // closed, with its debug information read; nil: none
	debugRead bool
	lines     map[uint64]sourceLine // by address, those that were asked for
}

type function struct {
	offset, size uint64
	name         string
}

// maxFunctions bounds the functions of all files that are kept: a name and some 50 bytes
// each.
const maxFunctions = 4 << 20

// maxFiles is how many files are read.
const maxFiles = 1 << 14

// identity tells files apart that may have one path, one after another, or one in each
// container.
type identity struct {
	path  string
	inode uint64
}

// newFile takes what is needed of a file's functions.
func newFile(list []image.Function, room int) *file {
	f := &file{}
	list = slices.Clone(list[:min(len(list), room)])
	slices.SortStableFunc(list, func(a, b image.Function) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), -cmp.Compare(a.Size, b.Size), cmp.Compare(awkward(a), awkward(b)))
	})
	for _, x := range list {
		if n := len(f.functions); n > 0 && f.functions[n-1].offset == x.Offset {
			continue // another name
		}
		name := x.Plain
		if name == "" {
			name = x.Name
		}
		f.functions = append(f.functions, function{x.Offset, x.Size, Harmless(name)})
	}
	return f
}

// awkward is how little a name is what people call a function: libraries have several
// for many, of which those with underscores before them are for the library itself.
func awkward(x image.Function) int {
	n := len(x.Name) - len(strings.TrimLeft(x.Name, "_"))
	if !x.Exported {
		n += 100
	}
	return n
}

// find is the function at an offset of the file. One without a size reaches up to the
// next.
func (f *file) find(offset uint64) (function, bool) {
	i, _ := slices.BinarySearchFunc(f.functions, offset, func(x function, offset uint64) int {
		if x.offset <= offset {
			return -1
		}
		return 1
	})
	if i--; i < 0 {
		return function{}, false
	}
	x := f.functions[i]
	return x, x.size == 0 || offset-x.offset < x.size // what lies between functions is nobody's
}

// open reads the functions of the file that a process has mapped; nil if that file is
// not to be had any more.
func (s *Symbols) open(pid int, m process.Mapping) *file {
	key := identity{m.Path, m.Inode}
	if f, ok := s.files[key]; ok || len(s.files) >= maxFiles {
		return f
	}
	var f *file
	for _, c := range candidates(pid, m) {
		if !s.isFile(c, m) {
			continue
		}
		if f = s.read(c); f != nil {
			break
		}
	}
	s.files[key] = f
	return f
}

// candidate is where a mapped file may be found.
type candidate struct {
	path  string
	sure  bool // it leads to the mapped file itself
	place exe.Place
}

// candidates are the file's path, as the process sees it and as tapir does, and the
// mapping itself, which leads to files that are deleted, but can be opened by root alone
// and while the process lives.
func candidates(pid int, m process.Mapping) []candidate {
	proc := fmt.Sprintf("/proc/%d", pid)
	inside := exe.Place{Path: m.Path, Root: proc + "/root"}
	return []candidate{
		{fmt.Sprintf("%s/map_files/%x-%x", proc, m.Start, m.End), true, inside},
		{inside.Root + m.Path, false, inside},
		{m.Path, false, exe.Place{Path: m.Path}},
	}
}

// isFile reports whether a candidate is the mapped file: by its number, or, since some
// file systems show another number to processes than to the kernel, by its not having
// changed since tapir was started.
func (s *Symbols) isFile(c candidate, m process.Mapping) bool {
	var st unix.Stat_t
	if unix.Stat(c.path, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return false
	}
	return c.sure || st.Ino == m.Inode || !m.Deleted && st.Ctim.Nano() < s.began
}

// read reads the functions of a file; nil if it has none.
func (s *Symbols) read(c candidate) *file {
	e, err := exe.OpenAt(c.path, c.place)
	if err != nil {
		return nil
	}
	defer e.Close()
	list, err := e.Functions()
	if err != nil {
		return nil
	}
	if !slices.ContainsFunc(list, func(x image.Function) bool { return x.Name == goMain }) {
		list = slices.Concat(list, goFunctions(e))
	}
	f := newFile(list, maxFunctions-s.functions)
	s.functions += len(f.functions)
	f.code = e.Code(maxSegments)
	var size uint64
	f.frames, size = e.Frames(maxSections - s.sections)
	s.sections += size
	return f
}

// vdso is the functions of the code that the kernel lends to every process. It is the
// same in all, so tapir's own will do.
func (s *Symbols) vdso() *file {
	key := identity{path: vdsoPath}
	if f, ok := s.files[key]; ok {
		return f
	}
	f := s.readVDSO()
	s.files[key] = f
	return f
}

// maxVDSO bounds it, in bytes.
const maxVDSO = 1 << 20

func (s *Symbols) readVDSO() *file {
	m, ok := s.processes.Named(os.Getpid(), vdsoPath)
	if !ok || m.End-m.Start > maxVDSO {
		return nil
	}
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		return nil
	}
	defer memory.Close()
	image := make([]byte, m.End-m.Start)
	if _, err := memory.ReadAt(image, int64(m.Start)); err != nil {
		return nil
	}
	fd, err := unix.MemfdCreate("vdso", unix.MFD_CLOEXEC)
	if err != nil {
		return nil
	}
	copied := os.NewFile(uintptr(fd), "vdso")
	defer copied.Close()
	if _, err := copied.Write(image); err != nil {
		return nil
	}
	return s.read(candidate{path: fmt.Sprintf("/proc/self/fd/%d", fd)})
}
