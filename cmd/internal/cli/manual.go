package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra/doc"
)

// manual writes the manual pages of all commands into a folder, tapir-COMMAND.1.
func (e *env) manual(dir string, args []string) error {
	if len(args) > 0 {
		return &usageError{"--man takes no names", "leave out the names, or --man"}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("--man %s: %s", dir, cause(err))
	}
	root := e.rootCommand()
	root.DisableAutoGenTag = true
	header := &doc.GenManHeader{Section: "1", Source: "tapir", Manual: "tapir"}
	if err := doc.GenManTree(root, header, dir); err != nil {
		return fmt.Errorf("--man %s: %s", dir, cause(err))
	}
	return nil
}
