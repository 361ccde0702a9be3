package cli

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/spf13/cobra"

	"tapir/lang/collection"
	"tapir/runtime/invoker"
)

//go:embed skeleton.tp.txt skeleton.txtar.txt
var skeletons embed.FS

func (e *env) newCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "new NAME",
		Short: "Begin a script, with its header and a test",
		Long: `Write NAME.tp and NAME.txtar, to begin with: a script that counts system calls by
process, with a header, and its test. NAME may have a folder before it, which is
made if it is not there. A file that is there is left alone.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return e.begin(args[0]) },
	}
}

// begin writes the two files.
func (e *env) begin(name string) error {
	dir, base := filepath.Split(name)
	if collection.IsScript(base) {
		base = shortName(base)
	}
	if !identifier.MatchString(strings.ReplaceAll(base, "-", "_")) {
		return &usageError{fmt.Sprintf("%q can't be a script's name", base), "a name has letters, digits, _ and -"}
	}
	user, err := invoker.Current()
	if err != nil {
		return err
	}
	if err := folder(dir, user); err != nil {
		return err
	}
	for _, file := range []struct{ skeleton, name string }{
		{"skeleton.tp.txt", filepath.Join(dir, base+".tp")}, {"skeleton.txtar.txt", filepath.Join(dir, base+".txtar")},
	} {
		t, err := template.ParseFS(skeletons, file.skeleton)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := t.Execute(&text, map[string]string{"Name": base, "Version": release}); err != nil {
			return err
		}
		if err := create(file.name, text.Bytes()); err != nil {
			return err
		}
		if err := user.Own(file.name); err != nil {
			return err
		}
		fmt.Fprintln(e.out, file.name)
	}
	fmt.Fprintf(e.out, "tapir test %s runs the test.\n", filepath.Join(dir, base+".tp"))
	return nil
}

// folder makes the folder of a script, if it is not there yet.
func folder(dir string, user *invoker.Invoker) error {
	if dir == "" {
		return nil
	}
	dir = filepath.Clean(dir)
	switch err := os.Mkdir(dir, 0o755); {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return err
	}
	return user.Own(dir)
}

// create writes a file that is not there yet.
func create(name string, text []byte) (err error) {
	mode := os.FileMode(0o644)
	if collection.IsScript(name) {
		mode = 0o755 // its #! line makes it a command
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	switch {
	case errors.Is(err, fs.ErrExist):
		return &usageError{name + " is there already", "choose another name, or remove it"}
	case err != nil:
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
