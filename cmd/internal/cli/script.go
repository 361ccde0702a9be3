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

	"tapir/lang/source"
)

// A script is the text to run, with the arguments that it gets.
type script struct {
	name string // as messages show it
	text string
	args []string
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
		list = append(list, &script{inputName, f.text.Value, args})
	case len(args) > 0:
		s, err := e.loadFile(args[0])
		if err != nil {
			return nil, err
		}
		s.args = args[1:]
		list = append(list, s)
	case len(f.more) == 0:
		return nil, &usageError{"no script was given", "name a file, - for standard input, or give the text with -e"}
	default:
		list = append(list, &script{inputName, f.more[0], args})
		f.more = f.more[1:]
	}
	for _, text := range f.more {
		list = append(list, &script{inputName, text, list[0].args})
	}
	return list, nil
}

func (e *env) loadFile(name string) (*script, error) {
	content, err := e.read(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, e.refuse(fmt.Sprintf("Input file '%s' is missing.", name), missingHint(name))
	case err != nil:
		return nil, e.refuse(fmt.Sprintf("Input file '%s' can't be opened for reading.", name), cause(err))
	case len(content) > maxScript:
		return nil, e.refuse(fmt.Sprintf("Input file '%s' is too large for a script.", name), "")
	}
	return &script{name: name, text: string(content)}, nil
}

func (e *env) read(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(e.in, maxScript+1))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxScript+1))
}

// refuse says that there is no script to parse.
func (e *env) refuse(message, hint string) error {
	fmt.Fprintln(e.err, message)
	if hint != "" {
		e.help(hint)
	}
	fmt.Fprintln(e.err, parseFailed)
	return exitStatus(statusFailed)
}

// cause is what the operating system said, without the file's name.
func cause(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// missingHint names files, or commands, whose names are like that of the missing
// script; "" if there are none.
func missingHint(name string) string {
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
		if isScript(entry.Name()) {
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

// isScript reports whether a file's name is that of a script.
func isScript(name string) bool {
	ext := filepath.Ext(name)
	return ext == ".tp" || ext == ".stp"
}
