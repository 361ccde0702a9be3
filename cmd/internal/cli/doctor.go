package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"tapir/bpf/target"
)

// essential are the findings without which no event can be traced, by name.
var essential = []string{"kernel", "BTF", "raw tracepoints"}

func (e *env) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what tapir can do on this machine, and what stands in the way",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			works := true
			for _, f := range target.Examine(context.Background()) {
				fmt.Fprintln(e.out, f)
				works = works && (f.OK || !slices.Contains(essential, f.Name))
			}
			if !works {
				fmt.Fprintln(e.out, "\nSystem calls can't be traced here as things are; begin, end and timer probes work.")
				return exitStatus(statusFailed)
			}
			fmt.Fprintln(e.out, "\nSystem calls can be traced here.")
			return nil
		},
	}
}
