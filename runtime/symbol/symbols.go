package symbol

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"tapir/bpf/callframe"
	"tapir/runtime/process"
)

// Names is what tells about addresses: Symbols, or what has noted their answers.
type Names interface {
	// InKernel is what lies at an address of the kernel.
	InKernel(address uint64) Symbol
	// KernelAddress is the address of a symbol of the kernel; 0 if there is none.
	KernelAddress(name string) uint64
	// Err says why the kernel's symbols can't be had.
	Err() error
	// User is what lay at an address of a process at a time of the monotonic clock.
	User(pid int, address uint64, at int64) Symbol
	// Line is the source file and the line there; "" if they are not known.
	Line(pid int, address uint64, at int64) (source string, line int)
	// Row is what is known about the frame there, and whether there is code at all.
	Row(pid int, address uint64, at int64) (row callframe.Row, known, mapped bool)
}

// Symbols names the addresses of a session. It belongs to one goroutine.
type Symbols struct {
	processes *process.Table
	kernel    *Kernel // nil: not read yet
	err       error   // why the kernel's can't be had
	files     map[identity]*file
	made      map[life]*compiled
	functions int    // of all files
	sections  uint64 // bytes that are kept of them
	began     int64
	known     map[place]Symbol
	rows      map[spot]frameAt
	change    uint64 // of what processes have mapped, to which rows belong
}

// place is an address of a process.
type place struct {
	path    string
	inode   uint64
	address uint64 // in the file
}

// New makes symbols; processes tells what programs have mapped, nil being what /proc
// tells now. All is read when it is asked for.
func New(processes *process.Table) *Symbols {
	if processes == nil {
		processes = process.NewTable()
	}
	return &Symbols{processes: processes, files: map[identity]*file{}, made: map[life]*compiled{}, known: map[place]Symbol{}, rows: map[spot]frameAt{}, began: time.Now().UnixNano()}
}

// kallsyms is the kernel's list of its symbols.
const kallsyms = "/proc/kallsyms"

// Kernel is the kernel's table of symbols, empty if it can't be read.
func (s *Symbols) Kernel() *Kernel {
	if s.kernel == nil {
		s.kernel, s.err = readKallsyms()
	}
	return s.kernel
}

// InKernel is what lies at an address of the kernel.
func (s *Symbols) InKernel(address uint64) Symbol { return s.Kernel().Find(address) }

// KernelAddress is the address of a symbol of the kernel; 0 if there is none.
func (s *Symbols) KernelAddress(name string) uint64 { return s.Kernel().Address(name) }

// Err says why the kernel's symbols can't be had.
func (s *Symbols) Err() error {
	s.Kernel()
	return s.err
}

func readKallsyms() (*Kernel, error) {
	file, err := os.Open(kallsyms)
	if err != nil {
		return &Kernel{}, err
	}
	defer file.Close()
	k, err := ReadKernel(file)
	switch {
	case errors.Is(err, ErrHidden):
		return &Kernel{}, fmt.Errorf("%w; addresses stay numbers", err)
	case err != nil:
		return &Kernel{}, err
	}
	return k, nil
}

// vdsoPath is what maps call the code that the kernel lends to every process.
const vdsoPath = "[vdso]"

// maxKnown is how many places are remembered.
const maxKnown = 1 << 16

// User is what lay at an address of a process at a time of the monotonic clock, in
// nanoseconds.
func (s *Symbols) User(pid int, address uint64, at int64) Symbol {
	m, ok := s.processes.Find(pid, address, at)
	if !ok || isMemory(m) {
		if x, named := s.compiled(pid, address, at); named || !ok {
			return x
		}
	}
	p := place{m.Path, m.Inode, address - m.Start + m.Offset}
	if known, ok := s.known[p]; ok {
		return known
	}
	x := s.inFile(pid, m, p.address)
	if len(s.known) >= maxKnown {
		clear(s.known)
	}
	s.known[p] = x
	return x
}

// isMemory reports whether a mapping is of no file that is on a disk, so that its code is
// the program's own making.
func isMemory(m process.Mapping) bool {
	return m.Inode == 0 && m.Path != vdsoPath || strings.HasPrefix(m.Path, "/memfd:")
}

// inFile is what lies at an offset of a mapped file.
func (s *Symbols) inFile(pid int, m process.Mapping, offset uint64) Symbol {
	x := Symbol{Module: Harmless(m.Path), Offset: offset}
	f := s.mapped(pid, m)
	if f == nil {
		return x
	}
	if fn, ok := f.find(offset); ok {
		x.Name, x.Offset, x.Size = fn.name, offset-fn.offset, fn.size
	}
	return x
}
