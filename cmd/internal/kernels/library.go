package main

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// libraries copies what the programs of a folder are linked with to where they look for
// it, under another root.
func libraries(programs, root string) error {
	if err := os.MkdirAll(root, 0o777); err != nil {
		return err
	}
	found := map[string]bool{}
	err := filepath.WalkDir(programs, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isDynamic(path) {
			return err
		}
		list, err := linked(path)
		for _, l := range list {
			found[l] = true
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for path := range found {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		to := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(to, text, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// isDynamic reports whether a file is a program that is linked when it starts.
func isDynamic(path string) bool {
	f, err := elf.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP && p.Filesz > 0 {
			return true
		}
	}
	return false
}

// library is the path in a line such as "libc.so.6 => /lib/libc.so.6 (0x7f…)".
var library = regexp.MustCompile(`(?m)(/\S+) \(0x[0-9a-f]+\)$`)

// linked lists the files that a program is linked with, its interpreter among them.
func linked(program string) ([]string, error) {
	text, err := exec.Command("ldd", program).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("ldd %s: %w\n%s", program, err, text)
	}
	var list []string
	for _, m := range library.FindAllSubmatch(text, -1) {
		list = append(list, string(m[1]))
	}
	return list, nil
}
