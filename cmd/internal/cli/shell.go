package cli

import (
	"context"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"tapir/cmd/internal/assist"
	"tapir/cmd/internal/shell"
	"tapir/compiler"
)

func (e *env) shellCommand() *cobra.Command {
	var f scriptFlags
	var pid checked
	c := &cobra.Command{
		Use:   "shell [OPTIONS] [FILE|NAME]",
		Short: "Debug interactively: probes are attached, and statements run, as they are entered",
		Long: `Debug interactively. A probe that is entered is attached at once, while earlier
ones run; a statement runs at once, on the globals as they are; help lists the
commands. A script's probes are there from the start.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return e.shell(&f, pid.number(), args) },
	}
	pid = checked{kind: "pid", check: checkPID}
	c.Flags().VarP(&pid, "pid", "x", "target() is this process")
	f.register(c)
	hide(c.Flags(), "eval", "eval-more")
	return c
}

func (e *env) shell(f *scriptFlags, pid int, args []string) error {
	front := e.front(f)
	if err := front.prepare(nil, nil); err != nil {
		return err
	}
	in, _ := e.in.(*os.File)
	out, _ := e.out.(*os.File)
	if in == nil || out == nil {
		return &usageError{"the shell needs files for its input and output", ""}
	}
	o := shell.Options{
		Passes: shell.Passes{
			Kernel: front.kernel, Syntax: front.options, Folders: f.includes, Target: pid,
			Placed: compiler.Options{Mode: f.mode()}, Version: release + revision(),
		},
		Knows: assist.New(front.kernel, front.options, front.folders), In: in, Out: out, Color: colours(e.out), History: historyFile(),
	}
	o.Open = func(name string) (string, error) { return e.textOf(name, f.includes) }
	if len(args) > 0 {
		o.Load = args[0]
	}
	return shell.Run(context.Background(), o)
}

// textOf is the text of a file, or of a ready script by its name.
func (e *env) textOf(name string, includes []string) (string, error) {
	ready, err := e.named(name, includes, true)
	if err != nil {
		return "", err
	}
	if ready != nil {
		return ready.Text()
	}
	content, _, err := e.read(name)
	return string(content), err
}

// historyFile is where inputs are kept; "" if there is no place for it.
func historyFile() string {
	state := os.Getenv("XDG_STATE_HOME")
	if state == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		state = filepath.Join(home, ".local", "state")
	}
	dir := filepath.Join(state, "tapir")
	if os.MkdirAll(dir, 0o700) != nil {
		return ""
	}
	return filepath.Join(dir, "history")
}
