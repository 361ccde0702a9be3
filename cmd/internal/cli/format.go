package cli

import (
	"fmt"
	"os"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"tapir/lang/format"
	"tapir/lang/source"
	"tapir/runtime/output"
)

// formatFlags are the options of fmt.
type formatFlags struct{ write, diff, check bool }

func (e *env) formatCommand() *cobra.Command {
	var f formatFlags
	c := &cobra.Command{
		Use:   "fmt [OPTIONS] FILE|-…",
		Short: "Lay scripts out in the usual way",
		Long: `Lay scripts out in the usual way, and print them, or what --write, --diff and
--check say. Only white space and needless semicolons change; comments stay.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error { return e.formatAll(f, args) },
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&f.write, "write", "w", false, "write the result to the file, if it differs")
	flags.BoolVarP(&f.diff, "diff", "d", false, "show what differs")
	flags.BoolVar(&f.check, "check", false, "list files whose layout is not the usual one, and fail if there are any")
	return c
}

func (e *env) formatAll(f formatFlags, args []string) error {
	if len(args) == 0 {
		return &usageError{"no script was given", "name files, or - for standard input"}
	}
	status := statusGood
	for _, name := range args {
		good, err := e.formatOne(f, name)
		if err != nil {
			return err
		}
		if !good {
			status = statusFailed
		}
	}
	if status != statusGood {
		return exitStatus(status)
	}
	return nil
}

// formatOne formats a file; it reports false if the file is no script, or if it
// is to be checked and differs.
func (e *env) formatOne(f formatFlags, name string) (good bool, err error) {
	s, err := e.loadFile(name)
	if err != nil {
		return false, err
	}
	text, ds := format.Source(name, s.text)
	if ds != nil && ds.HasErrors() {
		set := &source.Set{}
		set.Add(name, s.text)
		return false, source.Render(e.err, set, ds.List, source.RenderOptions{Color: colours(e.err), Terminal: output.IsTerminal(e.err)})
	}
	changed := text != s.text
	if f.check && changed {
		fmt.Fprintln(e.out, name)
	}
	if f.diff {
		_, _ = e.out.Write(diff.Diff(name+".orig", []byte(s.text), name, []byte(text)))
	}
	switch {
	case f.write && name == "-":
		return false, &usageError{"standard input can't be written to", "leave out --write"}
	case f.write && changed:
		err = rewrite(name, text)
	case !f.write && !f.check && !f.diff:
		_, err = fmt.Fprint(e.out, text)
	}
	return !f.check || !changed, err
}

// rewrite replaces a file's text, and keeps its permissions.
func rewrite(name, text string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), info.Mode().Perm())
}
