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
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"tapir/lang/image"
)

// File is a program or library. It is not safe for concurrent use.
type File struct {
	path          string
	names         []string // where what was put aside of it is looked for: beside these
	device, inode uint64
	elf           *elf.File
	functions     func() ([]image.Function, error)
	addresses     func() map[string]uint64 // of symbols of every kind
	marks         func() ([]image.Mark, error)
	debug         func() (*debug, error)
	frames        func() []frameDescription
}

// Open reads the headers of a file. What it has is looked at when it is asked for; the
// file stays open as long as f is in use.
func Open(path string) (*File, error) {
	return OpenAs(path, path)
}

// OpenAs is Open for a file that is reached by another path than those that it is known
// by, such as /proc/self/fd/3. What was put aside of it is looked for beside the names; the
// first one is its path from then on.
func OpenAs(path string, names ...string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	f, err := newFile(names[0], file)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	f.names = names
	return f, nil
}

func newFile(path string, file *os.File) (*File, error) {
	var st unix.Stat_t
	if err := unix.Fstat(int(file.Fd()), &st); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	f, err := parse(path, file)
	if err != nil {
		return nil, err
	}
	f.device, f.inode = st.Dev, st.Ino
	return f, nil
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
	f := &File{path: path, elf: e}
	f.functions = sync.OnceValues(f.findFunctions)
	f.addresses = sync.OnceValue(f.findAddresses)
	f.marks = sync.OnceValues(f.findMarks)
	f.debug = sync.OnceValues(f.openDebug)
	f.frames = sync.OnceValue(f.readFrames)
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

// dataOffset is where in the file the data at an address lies.
func (f *File) dataOffset(address uint64) (uint64, bool) {
	for _, p := range f.elf.Progs {
		if p.Type == elf.PT_LOAD && p.Vaddr <= address && address-p.Vaddr < p.Filesz {
			return address - p.Vaddr + p.Off, true
		}
	}
	return 0, false
}
