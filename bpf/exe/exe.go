// Package exe reads programs and libraries in ELF files: their functions, marks and
// variables, and where in the file they are. Start with Open.
//
// A file may come from anywhere. Counts and lengths in it are held against the bytes
// that are there, names and chains are cut, and what makes no sense is an error or
// left out; nothing takes more time or memory than a file of its size may.
package exe

import (
	"debug/elf"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"tapir/bpf/callframe"
	"tapir/lang/image"
)

// File is a program or library. It is not safe for concurrent use.
type File struct {
	path          string
	device, inode uint64
	elf           *elf.File
	functions     func() ([]image.Function, error)
	addresses     func() map[string]uint64 // of symbols of every kind
	marks         func() ([]image.Mark, error)
	debug         func() (*debug, error)
	frames        func() *callframe.Table
	file          io.Closer // nil: bytes in memory
	place         Place
	debugLimit    uint64 // bytes of debug information that are read at most
	debugSize     uint64 // of what was read
}

// Place is where a file is said to be, by which files beside it are found that have its
// debug information. A file may be open by another path, such as that of a mapping.
type Place struct {
	Path string // within Root
	Root string // of the process that has it: a folder, or ""
}

// Open reads the headers of a file. What it has is looked at when it is asked for; the
// file stays open until Close.
func Open(path string) (*File, error) { return OpenAt(path, Place{Path: path}) }

// OpenAt is Open for a file that is found by a path other than its own.
func OpenAt(path string, place Place) (*File, error) {
	file, st, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	f, err := parse(path, file)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	f.device, f.inode, f.file, f.place = st.Dev, st.Ino, file, place
	return f, nil
}

// openRegular opens a file that has bytes. It asks what is there before it opens it: a
// named pipe would wait, a device might do anything.
func openRegular(path string) (*os.File, unix.Stat_t, error) {
	var st unix.Stat_t
	at, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, st, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(at)
	switch err := unix.Fstat(at, &st); {
	case err != nil:
		return nil, st, fmt.Errorf("%s: %w", path, err)
	case st.Mode&unix.S_IFMT != unix.S_IFREG:
		return nil, st, fmt.Errorf("%s is not a file", path)
	case st.Size == 0: // or a file of a file system that makes its bytes when they are read, perhaps for ever
		return nil, st, fmt.Errorf("%s is empty", path)
	}
	fd, err := unix.Open(fmt.Sprintf("/proc/self/fd/%d", at), unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, st, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(fd), path), st, nil
}

// Close closes the file. What was asked for before stays known.
func (f *File) Close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

func startsWith(file io.ReaderAt, text string) bool {
	b := make([]byte, len(text))
	n, _ := file.ReadAt(b, 0)
	return string(b[:n]) == text
}

// parse reads the headers of a file's bytes.
func parse(path string, file io.ReaderAt) (*File, error) {
	e, err := elf.NewFile(file)
	if err != nil && startsWith(file, "#!") {
		return nil, fmt.Errorf("%s is a script; the program that runs it can be probed, its first line names it", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is neither a program nor a library: %w", path, err)
	}
	switch {
	case e.Machine != elf.EM_X86_64 || e.Class != elf.ELFCLASS64:
		return nil, fmt.Errorf("%s is of another kind of machine (%s, %s); only 64-bit x86 programs can be probed", path, e.Machine, e.Class)
	case e.Type != elf.ET_EXEC && e.Type != elf.ET_DYN:
		return nil, fmt.Errorf("%s is neither a program nor a library, but of %s", path, e.Type)
	}
	f := &File{path: path, elf: e, place: Place{Path: path}, debugLimit: math.MaxUint64}
	f.functions = sync.OnceValues(f.findFunctions)
	f.addresses = sync.OnceValue(f.findAddresses)
	f.marks = sync.OnceValues(f.findMarks)
	f.debug = sync.OnceValues(f.openDebug)
	f.frames = sync.OnceValue(func() *callframe.Table {
		table, _ := f.Frames(maxFrameSection)
		return table
	})
	return f, nil
}

// Path is the file's absolute path, without symbolic links.
func (f *File) Path() string { return f.path }

// Identity is the device and the number of the file's inode.
func (f *File) Identity() (device, inode uint64) { return f.device, f.inode }

// Functions are all functions that have code in the file, by address. What several
// names stand for is there once for each.
func (f *File) Functions() ([]image.Function, error) { return f.functions() }

// Marks are the statically defined marks, by address.
func (f *File) Marks() ([]image.Mark, error) { return f.marks() }

// Site is the place of code at an address.
func (f *File) Site(address uint64) (image.Site, bool) {
	for _, p := range f.elf.Progs {
		if p.Type == elf.PT_LOAD && p.Flags&elf.PF_X != 0 && p.Vaddr <= address && address-p.Vaddr < p.Filesz {
			return image.Site{Address: address, Offset: address - p.Vaddr + p.Off}, true
		}
	}
	return image.Site{}, false
}

// Entry is the address that the program begins at.
func (f *File) Entry() uint64 { return f.elf.Entry }

// Section is the bytes of a section; ok is false if there is none, or one of more bytes
// than limit.
func (f *File) Section(name string, limit uint64) (data []byte, ok bool) {
	s := f.elf.Section(name)
	if s == nil || s.Size > limit {
		return nil, false
	}
	data, err := section(f.elf, name)
	return data, err == nil
}

// SectionSite is where a section is.
func (f *File) SectionSite(name string) (image.Site, bool) {
	s := f.elf.Section(name)
	if s == nil {
		return image.Site{}, false
	}
	return image.Site{Address: s.Addr, Offset: s.Offset}, true
}

// Code is a piece of the file that is loaded as code.
type Code struct{ Offset, Size, Address uint64 }

// Code is all such pieces, as far as there are not more than limit.
func (f *File) Code(limit int) []Code {
	var list []Code
	for _, p := range f.elf.Progs[:min(len(f.elf.Progs), limit)] {
		if p.Type == elf.PT_LOAD && p.Flags&elf.PF_X != 0 {
			list = append(list, Code{p.Off, p.Filesz, p.Vaddr})
		}
	}
	return list
}

// dataOffset is where in the file the data at an address lies.
func (f *File) dataOffset(address uint64) (uint64, bool) {
	for _, p := range f.elf.Progs {
		if p.Type == elf.PT_LOAD && p.Vaddr <= address && address-p.Vaddr < p.Filesz {
			return address - p.Vaddr + p.Off, true
		}
	}
	return 0, false
}
