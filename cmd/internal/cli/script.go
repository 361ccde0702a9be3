package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tapir/lang/collection"
	"tapir/lang/header"
	"tapir/lang/source"
	"tapir/runtime/invoker"
)

// A script is the text to run, with the arguments that it gets.
type script struct {
	name string // as messages show it
	text string
	args []string

	header *header.Header // nil if it has none
	tapset string         // of the collection that it comes from, or ""
	// collected is set if the script was found by its name.
	collected bool
	// strange says why the script may not do whatever its user may: "it comes from …";
	// "" if the user has written it, or could have.
	strange string
}

// maxScript bounds the size of a script in bytes; what is longer is no script.
const maxScript = 64 << 20

// inputName is what messages call a text of the command line.
const inputName = "<input>"

// load finds the scripts that the command line names: -e's text or the file that
// args begins with, and the texts of -E. The rest of args is the scripts'.
func (e *env) load(f *scriptFlags, args []string) ([]*script, error) {
	var list []*script
	switch {
	case f.text.Given:
		list = append(list, &script{name: inputName, text: f.text.Value, args: args})
	case len(args) > 0:
		s, err := e.loadScript(f, args[0])
		if err != nil {
			return nil, err
		}
		s.args = args[1:]
		if err := e.giveValues(f, s); err != nil {
			return nil, err
		}
		list = append(list, s)
	case len(f.more) == 0:
		return nil, &usageError{"no script was given", "name a file, - for standard input, or give the text with -e"}
	default:
		list = append(list, &script{name: inputName, text: f.more[0], args: args})
		f.more = f.more[1:]
	}
	for _, text := range f.more {
		list = append(list, &script{name: inputName, text: text, args: list[0].args})
	}
	return list, nil
}

// loadScript finds the script that a command line names: a file, or one of a collection.
func (e *env) loadScript(f *scriptFlags, name string) (*script, error) {
	if e.standIn || name == "-" {
		return e.loadFile(name)
	}
	if e.adopted != nil && e.adopted.as == name {
		if !f.quiet {
			fmt.Fprint(e.err, e.adopted.said)
		}
		return e.adopted.script, nil
	}
	info, err := os.Stat(name)
	isFolder := err == nil && info.IsDir()
	if !isFolder && !errors.Is(err, fs.ErrNotExist) {
		s, err := e.loadFile(name)
		if err != nil {
			return nil, err
		}
		s.header, s.tapset = collection.HeaderOf(name, s.text), collection.TapsetOf(name)
		return s, nil
	}
	found, err := e.inFolder(name)
	if err == nil && found == nil {
		found, err = e.named(name, f.includes, f.quiet)
	}
	switch {
	case err != nil:
		return nil, err
	case found == nil && isFolder:
		return e.loadFile(name) // which says so
	case found == nil:
		return nil, &noScript{fmt.Sprintf("Input file '%s' is missing.", name), e.missingHint(f, name)}
	}
	return loadNamed(found)
}

// loadNamed is a script of a collection, with what it says of itself.
func loadNamed(found *collection.Script) (*script, error) {
	text, err := found.Text()
	if err != nil {
		return nil, err
	}
	s := &script{name: found.Path(), text: text, header: found.Header(), tapset: found.From.Tapset(), collected: true}
	s.strange = "it comes from the collection " + found.From.Dir
	if found.Builtin() {
		s.strange = "it is one of the scripts that come with tapir"
	}
	return s, nil
}

func (e *env) loadFile(name string) (*script, error) {
	content, strange, err := e.read(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &noScript{fmt.Sprintf("Input file '%s' is missing.", name), missingFile(name)}
	case err != nil:
		return nil, &noScript{fmt.Sprintf("Input file '%s' can't be opened for reading.", name), cause(err)}
	case len(content) > maxScript:
		return nil, &noScript{fmt.Sprintf("Input file '%s' is too large for a script.", name), ""}
	}
	return &script{name: name, text: string(content), strange: strange}, nil
}

// read reads a file, and says why it is not from the user's own hands, if so.
func (e *env) read(name string) (content []byte, strange string, err error) {
	if name == "-" {
		content, err = io.ReadAll(io.LimitReader(e.in, maxScript+1))
		return content, "", err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, "", err
	}
	if info.Mode().IsRegular() {
		user, err := invoker.Current()
		if err != nil {
			return nil, "", err
		}
		strange = collection.Strange(info, user.UID())
	}
	content, err = io.ReadAll(io.LimitReader(f, maxScript+1))
	return content, strange, err
}

// noScript says that there is no script to parse, with advice.
type noScript struct{ message, hint string }

func (n *noScript) Error() string { return n.message }

// Hint is what to write instead; "" if nobody knows.
func (n *noScript) Hint() string { return n.hint }

// cause is what the operating system said, without the file's name.
func cause(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// missingHint names what is like a missing script: files, commands, scripts of
// collections.
func (e *env) missingHint(f *scriptFlags, name string) string {
	if hint := missingFile(name); hint != "" {
		return hint
	}
	if near := collection.Similar(e.collections(f.includes, true), name); len(near) > 0 {
		return "there is the script " + strings.Join(near, ", ") + "; tapir list shows all"
	}
	return ""
}

// missingFile names files, or commands, whose names are like that of the missing
// script; "" if there are none.
func missingFile(name string) string {
	dir, base := filepath.Split(name)
	if dir == "" && len(source.Similar(base, commands, 1)) > 0 {
		return "there are the commands " + strings.Join(commands, ", ") + "; options come after the command"
	}
	entries, err := os.ReadDir(cmp.Or(dir, "."))
	if err != nil {
		return fmt.Sprintf("there is no folder '%s'", strings.TrimSuffix(dir, "/"))
	}
	var names []string
	file := map[string]string{} // by its name, and by its name without the extension
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		forms := []string{entry.Name()}
		if collection.IsScript(entry.Name()) {
			forms = append(forms, strings.TrimSuffix(entry.Name(), filepath.Ext(entry.Name())))
		}
		for _, form := range forms {
			names = append(names, form)
			file[form] = dir + entry.Name()
		}
	}
	var found []string
	if file[base] != "" {
		found = append(found, file[base]) // only the extension is missing
	}
	for _, name := range source.Similar(base, names, 6) {
		found = append(found, file[name])
	}
	if len(found) == 0 {
		return ""
	}
	slices.Sort(found)
	found = slices.Compact(found)
	return "there is '" + strings.Join(found[:min(3, len(found))], "', '") + "'"
}
