package cli

import (
	"context"

	"github.com/spf13/cobra"

	"tapir/cmd/internal/demo"
)

func (e *env) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "demo",
		Short:  "Trace a debugger and its victim, with and without a bug",
		Args:   noArguments,
		Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			return demo.Run(context.Background(), e.out, demo.Options{})
		},
	}
}
