package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"tapir/bpf/target"
	"tapir/cmd/internal/lsp"
	"tapir/lang/collection"
	"tapir/lang/syntax"
)

// typingPause is how long a text must have been left alone before it is checked.
const typingPause = 200 * time.Millisecond

func (e *env) lspCommand() *cobra.Command {
	var includes []string
	var guru bool
	c := &cobra.Command{
		Use:   "lsp [OPTIONS]",
		Short: "Serve an editor: messages while a script is written, completion, and more",
		Long: `Serve an editor by the Language Server Protocol, over standard input and output.
Editors start this command themselves; docs/editors says how to have them do so.`,
		Args: noArguments,
		RunE: func(_ *cobra.Command, _ []string) error { return e.lsp(includes, guru) },
	}
	c.Flags().SortFlags = false
	c.Flags().StringArrayVarP(&includes, "include", "I", nil, "look for functions and probe aliases in this `folder` too")
	c.Flags().BoolVarP(&guru, "guru", "g", false, "take scripts for those that may harm")
	var stdio bool
	c.Flags().BoolVar(&stdio, "stdio", false, "")
	hide(c.Flags(), "stdio") // some clients add it
	return c
}

func (e *env) lsp(includes []string, guru bool) error {
	kernel, err := target.Live()
	if err != nil {
		return err
	}
	err = lsp.Run(context.Background(), e.in, e.out, lsp.Options{
		Kernel: kernel, Includes: includes, Delay: typingPause,
		Syntax: syntax.Options{Kernel: kernel.Release, Guru: guru},
		Folders: func(file string, includes []string) []string {
			own := ""
			if file != "" {
				own = collection.TapsetOf(file)
			}
			return libraryFolders(present(includes), own)
		},
	})
	if errors.Is(err, lsp.ErrNoShutdown) {
		return exitStatus(statusFailed) // the protocol's, and nothing to say
	}
	if err != nil {
		return fmt.Errorf("the editor's messages end: %w", err)
	}
	return nil
}

// present are the folders that are there: an editor's settings name some that are not yet.
func present(folders []string) []string {
	return slices.DeleteFunc(slices.Clone(folders), func(dir string) bool {
		info, err := os.Stat(dir)
		return err != nil || !info.IsDir()
	})
}
