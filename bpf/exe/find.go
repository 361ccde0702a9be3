package exe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
