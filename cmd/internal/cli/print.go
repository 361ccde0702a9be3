package cli

import "tapir/lang/check"

// printProgram prints a checked program for -p2: what there is, and with -v what
// it does.
func (f *front) printProgram(program *check.Program) error {
	return check.Print(f.out, program, check.PrintOptions{Bodies: f.flags.verbose > 0})
}
