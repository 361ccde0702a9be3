// Package collection finds ready scripts: those that are built in, and those in folders
// of people and teams. A collection is a folder with scripts, at any depth, by subject;
// beside a script may lie its tests and SystemTap's .meta file, and in tapset/ functions
// and probe aliases for all of them. Start with Open, or with Set for several.
package collection

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"tapir/lang/header"
	"tapir/scripts"
)

// The most that is looked at in a folder.
const (
	maxEntries = 20000
	maxDepth   = 8
	maxFile    = 1 << 20 // bytes of a script or a file beside it
)

// TapsetFolder is the folder of a collection with functions and probe aliases.
const TapsetFolder = "tapset"

// Collection is a folder with scripts.
type Collection struct {
	Dir     string    // "" if it is built in
	Scripts []*Script // by subject and name

	files fs.FS
}

// Script is a script of a collection.
type Script struct {
	Name    string // without folder and extension
	Subject string // its folder within the collection, with slashes; "" for the top
	File    string // within the collection
	From    *Collection
}

// Builtin is the collection that comes with tapir.
func Builtin() *Collection {
	c := &Collection{files: scripts.Ready()}
	if err := c.read(); err != nil {
		panic(fmt.Sprintf("collection: %v", err)) // embedded, and tested
	}
	return c
}

// Open reads the names of a folder's scripts.
func Open(dir string) (*Collection, error) {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, &fs.PathError{Op: "open", Path: dir, Err: errors.New("is no folder")}
	}
	c := &Collection{Dir: dir, files: os.DirFS(dir)}
	return c, c.read()
}

// IsScript reports whether a file's name is that of a script.
func IsScript(name string) bool {
	ext := path.Ext(name)
	return ext == ".tp" || ext == ".stp"
}

func (c *Collection) read() error {
	seen := 0
	err := fs.WalkDir(c.files, ".", func(file string, d fs.DirEntry, err error) error {
		if seen++; seen > maxEntries {
			return fmt.Errorf("%s has more than %d files: that is no collection", c.Dir, maxEntries)
		}
		switch {
		case err != nil && file == ".":
			return err
		case err != nil:
			return nil // what can't be read is not there
		case d.IsDir() && file != "." && (isPassedOver(d.Name()) || strings.Count(file, "/") >= maxDepth):
			return fs.SkipDir
		case d.IsDir() || !IsScript(file) || !isPlain(file) || !c.isRegular(file, d):
			return nil
		}
		subject := path.Dir(file)
		if subject == "." {
			subject = ""
		}
		name := path.Base(file)
		c.Scripts = append(c.Scripts, &Script{
			Name: strings.TrimSuffix(name, path.Ext(name)), Subject: subject, File: file, From: c,
		})
		return nil
	})
	slices.SortStableFunc(c.Scripts, func(a, b *Script) int { return strings.Compare(a.FullName(), b.FullName()) })
	return err
}

// isPassedOver reports whether a folder has no scripts of its own.
func isPassedOver(name string) bool {
	return name == TapsetFolder || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

// isPlain reports whether a name can be typed and shown.
func isPlain(name string) bool {
	return strings.ToValidUTF8(name, "") == name && !strings.ContainsFunc(name, header.IsHarmful)
}

// isRegular reports whether something is a file with a text: opening a pipe would wait.
func (c *Collection) isRegular(file string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.Type().IsRegular()
	}
	info, err := fs.Stat(c.files, file)
	return err == nil && info.Mode().IsRegular()
}

// FullName is the script's name behind its subject: io/disk_latency.
func (s *Script) FullName() string { return path.Join(s.Subject, s.Name) }

// Path is where the script's file is; for a built-in one, how messages call it.
func (s *Script) Path() string {
	if s.From.Dir == "" {
		return "library/" + s.File
	}
	return filepath.Join(s.From.Dir, s.File)
}

// Builtin reports whether the script comes with tapir.
func (s *Script) Builtin() bool { return s.From.Dir == "" }

// Text is the script.
func (s *Script) Text() (string, error) {
	return s.From.text(s.File)
}

// Header is what the script says of itself, or its .meta file, or nil.
func (s *Script) Header() *header.Header {
	text, err := s.Text()
	if err != nil {
		return nil
	}
	return s.From.header(s.File, text)
}

// HeaderOf is what a script's text says of itself, or the .meta file beside its file, or nil.
func HeaderOf(file, text string) *header.Header {
	dir := filepath.Dir(file)
	return (&Collection{Dir: dir, files: os.DirFS(dir)}).header(filepath.Base(file), text)
}

func (c *Collection) header(file, text string) *header.Header {
	if h := header.Parse(text); h != nil {
		return h
	}
	meta, err := c.text(strings.TrimSuffix(file, path.Ext(file)) + ".meta")
	if err != nil {
		return nil
	}
	return header.ParseMeta(meta, text)
}

// Test is a file that tests a script.
type Test struct {
	Name string // of the script, and of the case if there are several: io/disk_latency, io/disk_latency.busy
	Path string // as messages show it
	Text string
}

// Tests are the script's tests, NAME.txtar and NAME.CASE.txtar, by name.
func (s *Script) Tests() ([]Test, error) {
	entries, err := fs.ReadDir(s.From.files, path.Join(".", s.Subject))
	if err != nil {
		return nil, err
	}
	var tests []Test
	for _, e := range entries {
		name, isTest := strings.CutSuffix(e.Name(), ".txtar")
		if !isTest || !isPlain(name) || name != s.Name && !strings.HasPrefix(name, s.Name+".") {
			continue
		}
		file := path.Join(s.Subject, e.Name())
		if !s.From.isRegular(file, e) {
			continue
		}
		text, err := s.From.text(file)
		if err != nil {
			return nil, err
		}
		tests = append(tests, Test{Name: path.Join(s.Subject, name), Path: filepath.Join(s.From.Dir, file), Text: text})
	}
	slices.SortFunc(tests, func(a, b Test) int { return strings.Compare(a.Name, b.Name) })
	return tests, nil
}

// text reads a file of the collection, if it is one: opening a pipe would wait.
func (c *Collection) text(file string) (string, error) {
	info, err := fs.Stat(c.files, file)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", &fs.PathError{Op: "read", Path: file, Err: errors.New("is no file")}
	}
	f, err := c.files.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = &fs.PathError{Op: "read", Path: file, Err: errors.New("is too large for a script")}
	}
	return string(text), err
}

// Extract writes the built-in scripts and their tests into a folder that is there.
func Extract(dir string) error {
	files := scripts.Ready()
	return fs.WalkDir(files, ".", func(file string, d fs.DirEntry, err error) error {
		to := filepath.Join(dir, filepath.FromSlash(file))
		switch {
		case err != nil || file == ".":
			return err
		case d.IsDir() && isPassedOver(d.Name()):
			return fs.SkipDir
		case d.IsDir():
			return os.Mkdir(to, 0o755)
		}
		text, err := fs.ReadFile(files, file)
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
}
