package cli

import (
	"bufio"
	"fmt"

	"tapir/lang/check"
	"tapir/lang/syntax"
)

// printTrees prints scripts as they were understood, for -p1. The result is a
// script itself.
func (f *front) printTrees(files []*syntax.File) error {
	w := bufio.NewWriter(f.out)
	fmt.Fprintln(w, "# parse tree dump")
	for _, file := range files {
		fmt.Fprintf(w, "# file %s\n", file.Source.Name)
		if err := syntax.PrintFile(w, file); err != nil {
			return err
		}
	}
	return w.Flush()
}

// printProgram prints a checked program for -p2: what there is, and with -v what
// it does.
func (f *front) printProgram(program *check.Program) error {
	return check.Print(f.out, program, check.PrintOptions{Bodies: f.flags.verbose > 0})
}
