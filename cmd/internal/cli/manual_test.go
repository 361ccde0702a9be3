package cli

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Every command that the help shows has a page, and the page every option.
func TestManual(t *testing.T) {
	dir := t.TempDir()
	e := &env{out: io.Discard, err: io.Discard}
	if err := e.manual(dir, nil); err != nil {
		t.Fatal(err)
	}
	var check func(c *cobra.Command)
	check = func(c *cobra.Command) {
		name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		page, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			return
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && !strings.Contains(string(page), "--"+f.Name) {
				t.Errorf("%s lacks --%s", name, f.Name)
			}
		})
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				check(sub)
			}
		}
	}
	root := e.rootCommand()
	check(root)
	for _, name := range commands {
		if _, err := os.Stat(filepath.Join(dir, "tapir-"+name+".1")); err != nil {
			t.Error(err)
		}
	}
}
