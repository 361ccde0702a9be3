package cli

import (
	"github.com/spf13/cobra"

	"tapir/compiler/plan"
)

func (e *env) explainCommand() *cobra.Command {
	var f scriptFlags
	c := &cobra.Command{
		Use:   "explain [OPTIONS] FILE|NAME|- [ARGUMENTS]",
		Short: "Show what of a script runs in the kernel, what outside it, and why",
		Args:  cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			compiled, err := e.front(&f).compile(args)
			if err != nil {
				return err
			}
			return compiled.Plan.Explain(e.out, plan.ExplainOptions{})
		},
	}
	f.register(c)
	return c
}
