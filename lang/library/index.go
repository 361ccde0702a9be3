package library

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"tapir/lang/header"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/scripts"
)

// index notes the names of all files, once.
func (l *Library) index() {
	if l.indexed {
		return
	}
	l.indexed = true
	for _, dir := range l.o.Folders {
		if err := l.indexFolder(os.DirFS(dir), dir); err != nil {
			l.diags.Add(&source.Diagnostic{
				Severity: source.SemanticError,
				Code:     "library-folder",
				Message:  fmt.Sprintf("-I %s: %v", dir, cause(err)),
			})
		}
	}
	for _, t := range l.o.Texts {
		l.indexText(t.Name, t.Text, false)
	}
	if err := l.indexFolder(scripts.Tapset(), ""); err != nil {
		panic(fmt.Sprintf("library: %v", err)) // embedded, and tested
	}
}

// cause is err without what fs.WalkDir says about where it was.
func cause(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}

// indexFolder notes what is declared under fsys; dir is "" for the tapset.
func (l *Library) indexFolder(fsys fs.FS, dir string) error {
	return fs.WalkDir(fsys, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		shown := "tapset/" + file
		if dir != "" {
			shown = filepath.Join(dir, file)
		}
		switch ext := filepath.Ext(file); {
		case d.IsDir():
			return nil
		case ext == ".tp", ext == ".stp" && dir != "":
		case ext == ".tpm", ext == ".stpm" && dir != "":
		case isTable(file) && dir == "":
		default:
			return nil
		}
		text, err := l.read(fsys, file, dir, shown)
		if err != nil {
			return err
		}
		if isTable(file) && dir == "" {
			return l.indexTable(shown, string(text))
		}
		l.indexText(shown, string(text), dir == "")
		return nil
	})
}

// indexText notes what a file of macros, or of declarations, has.
func (l *Library) indexText(name, text string, builtin bool) {
	if ext := filepath.Ext(name); ext == ".tpm" || ext == ".stpm" {
		l.macroFiles = append(l.macroFiles, &unit{name: name, text: func() string { return text }, builtin: builtin})
		return
	}
	l.indexFile(name, text, builtin)
}

// maxFile bounds a file of a folder, in bytes.
const maxFile = 16 << 20

// read is the text of a file below a folder; dir is "" for the tapset. What is no file has
// none: opening a pipe would wait.
func (l *Library) read(fsys fs.FS, file, dir, path string) ([]byte, error) {
	if dir != "" && l.o.Edited != nil {
		if text, ok := l.o.Edited(path); ok {
			return []byte(text), nil
		}
	}
	switch info, err := fs.Stat(fsys, file); {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, nil
	case info.Size() > maxFile:
		return nil, &fs.PathError{Op: "read", Path: file, Err: fmt.Errorf("%s is too large for a script", file)}
	}
	return fs.ReadFile(fsys, file)
}

// isTable reports whether a file of the tapset is a table of system calls.
func isTable(file string) bool { return path.Dir(file) == "syscalls" && path.Ext(file) == ".tbl" }

func (l *Library) indexFile(name, text string, builtin bool) {
	if !builtin && header.Parse(text) != nil {
		return // a script, whose variables are its own
	}
	u := &unit{name: name, text: func() string { return text }, builtin: builtin}
	for d := range declarations(text) {
		switch d.keyword {
		case "probe":
			add(l.aliases, d.name, u)
		case "function":
			add(l.functions, d.name, u)
		case "global":
			add(l.globals, d.name, u)
		}
	}
}

// add notes that u declares name; a unit that does so twice is noted once.
func add(m map[string][]*unit, name string, u *unit) {
	if us := m[name]; len(us) == 0 || us[len(us)-1] != u {
		m[name] = append(us, u)
	}
}

// PointName joins a probe point's components with dots, without arguments.
func PointName(p *syntax.ProbePoint) string {
	names := make([]string, len(p.Components))
	for i, c := range p.Components {
		names[i] = c.Name
	}
	return strings.Join(names, ".")
}
