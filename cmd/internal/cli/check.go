package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (e *env) checkCommand() *cobra.Command {
	var f scriptFlags
	inKernel := false
	c := &cobra.Command{
		Use:   "check [OPTIONS] FILE|- [ARGUMENTS]",
		Short: "Compile a script and say what is wrong with it, without running it",
		Args:  cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			front := e.front(&f)
			compiled, err := front.compile(args)
			if err == nil && inKernel {
				err = front.diagnose(compiled.Plan.RequireKernel())
			}
			if err == nil && f.verbose > 0 {
				fmt.Fprintf(e.err, "%d probes, %d functions, %d globals\n",
					len(compiled.Plan.IR.Probes), len(compiled.Plan.IR.Funcs), len(compiled.Plan.IR.Globals))
			}
			return err
		},
	}
	f.register(c)
	c.Flags().BoolVar(&inKernel, "require-kernel", false, "take it for an error if an event would be sent out of the kernel")
	return c
}
