package exe

import (
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Find is the absolute path, without symbolic links, of the program of a name: a path
// if there is a slash in it, else what the shell would find in path, a list of folders
// as in $PATH.
func Find(name, path string) (string, error) {
	if strings.Contains(name, "/") {
		return resolved(name)
	}
	for _, folder := range filepath.SplitList(path) {
		if folder == "" {
			folder = "."
		}
		file := filepath.Join(folder, name)
		if st, err := os.Stat(file); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 {
			return resolved(file)
		}
	}
	return "", fmt.Errorf("there is no program %q in the folders of $PATH", name)
}

// resolved is a path that must lead to something, without symbolic links.
func resolved(name string) (string, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	file, err := filepath.EvalSymlinks(abs)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("there is no file %s", name)
	case err != nil:
		return "", err
	}
	return file, nil
}

// maxMatches bounds what one pattern stands for.
const maxMatches = 512

// Matches are the paths, without symbolic links, of the programs and libraries that a
// pattern stands for, sorted; each file is in it once, and what is no ELF file is not.
// A pattern such as /lib*/libc.so.6, which matches nothing where each architecture's
// libraries have a folder of their own, is looked for there.
// The error says that there are none, or more than 512.
func Matches(pattern string) ([]string, error) {
	paths, err := glob(pattern)
	if folder, file := filepath.Split(pattern); err == nil && len(paths) == 0 && isLibraryFolder(folder) {
		paths, err = glob(filepath.Join(libraryFolders[0], file))
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("the pattern %q makes no sense", pattern)
	case len(paths) == 0:
		return nil, fmt.Errorf("no program or library matches %s", pattern)
	case len(paths) > maxMatches:
		return nil, fmt.Errorf("%s matches %d programs and libraries; at most %d can be probed at once", pattern, len(paths), maxMatches)
	}
	return paths, nil
}

// isLibraryFolder reports whether a folder's pattern means those in which distributions
// without folders for each architecture keep libraries: /lib*/ or /usr/lib64/.
func isLibraryFolder(pattern string) bool {
	name, ok := strings.CutPrefix(strings.TrimPrefix(pattern, "/usr"), "/lib")
	return ok && strings.Count(name, "/") == 1
}

func glob(pattern string) (paths []string, err error) {
	names, err := filepath.Glob(pattern)
	for _, name := range names {
		path, err := resolved(name)
		if err == nil && isELF(path) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths), err
}

// isELF reports whether a path leads to a regular file that begins as ELF files do.
func isELF(path string) bool {
	if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var magic [len(elf.ELFMAG)]byte
	_, err = io.ReadFull(f, magic[:])
	return err == nil && string(magic[:]) == elf.ELFMAG
}

// libraryFolders are where the linker of a 64-bit system looks for libraries.
var libraryFolders = []string{
	"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib",
}

// FindLibrary is the file of a library by its name: a path, or a name in one of the
// linker's folders.
func FindLibrary(name string) (string, error) {
	if strings.Contains(name, "/") {
		return resolved(name)
	}
	for _, folder := range libraryFolders {
		if file, err := resolved(filepath.Join(folder, name)); err == nil {
			return file, nil
		}
	}
	return "", fmt.Errorf("there is no library %q in %s", name, strings.Join(libraryFolders, ", "))
}
