package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (e *env) checkCommand() *cobra.Command {
	var f scriptFlags
	c := &cobra.Command{
		Use:   "check [OPTIONS] FILE|- [ARGUMENTS]",
		Short: "Compile a script and say what is wrong with it, without running it",
		Args:  cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			compiled, err := e.front(&f).compile(args)
			if err == nil && f.verbose > 0 {
				fmt.Fprintf(e.err, "%d probes, %d functions, %d globals\n",
					len(compiled.Plan.IR.Probes), len(compiled.Plan.IR.Funcs), len(compiled.Plan.IR.Globals))
			}
			return err
		},
	}
	f.register(c)
	return c
}
