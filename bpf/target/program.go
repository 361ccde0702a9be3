package target

import (
	"fmt"
	"os"
	"sync"

	"tapir/bpf/exe"
	"tapir/lang/image"
)

// programs are the files that were asked for, by their paths.
type programs struct {
	mu    sync.Mutex
	files map[string]*exe.File
}

// Program is the program of a name: a path, or what the shell would find for it.
func (k *Kernel) Program(name string) (image.File, error) {
	path, err := exe.Find(name, os.Getenv("PATH"))
	if err != nil {
		return nil, err
	}
	return k.programs.open(path)
}

// Library is the library of a name: a path, or what the linker would find.
func (k *Kernel) Library(name string) (image.File, error) {
	path, err := exe.FindLibrary(name)
	if err != nil {
		return nil, err
	}
	return k.programs.open(path)
}

// Process is the program that a process runs.
func (k *Kernel) Process(pid int) (image.File, error) {
	path, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return nil, fmt.Errorf("there is no process %d, or it has no program", pid)
	}
	return k.programs.open(path)
}

// Matches are the paths of the programs and libraries that a pattern stands for.
func (k *Kernel) Matches(pattern string) ([]string, error) { return exe.Matches(pattern) }

// HasUprobeMulti reports whether one link can put a program at many places of a file,
// which 6.6 brought.
func (k *Kernel) HasUprobeMulti() bool { return k.version.AtLeast(6, 6) }

func (p *programs) open(path string) (image.File, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f, ok := p.files[path]; ok {
		return f, nil
	}
	f, err := exe.Open(path)
	if err != nil {
		return nil, err
	}
	if p.files == nil {
		p.files = map[string]*exe.File{}
	}
	p.files[path] = f
	return f, nil
}
