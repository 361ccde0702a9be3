package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"tapir/cmd/internal/assist"
	"tapir/cmd/internal/shell"
	"tapir/compiler"
	"tapir/lang/check"
	"tapir/lang/source"
)

// shellOptions are those of a script's options that the shell has.
var shellOptions = []string{"include", "compatible", "placement", "guru", "allow", "color"}

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
	c.Flags().SortFlags = false
	addFlags(c, f.register, func(name string) bool { return slices.Contains(shellOptions, name) })
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
			Kernel: front.kernel, Syntax: front.options, Folders: front.folders, Target: pid,
			Placed: compiler.Options{Mode: f.mode()}, Version: release + revision(), Forbidden: front.forbiddenIn,
		},
		Knows: assist.New(front.kernel, front.options, front.folders), In: in, Out: out, Color: f.colours(e.out), History: historyFile(),
	}
	o.Open = func(name string) (shell.Text, string, error) {
		s, err := e.loadScript(&scriptFlags{includes: f.includes, quiet: true}, name)
		if err != nil {
			return shell.Text{}, "", err
		}
		return shell.Text{Name: s.name, Body: s.text, Strange: s.strange}, s.tapset, nil
	}
	if len(args) > 0 {
		o.Load = args[0]
	}
	return shell.Run(context.Background(), o)
}

// forbiddenIn is forbidden for a program of several texts.
func (f *front) forbiddenIn(set *source.Set, program *check.Program, texts []shell.Text) *source.Diagnostics {
	of := *f
	of.set, of.scripts = set, nil
	for _, t := range texts {
		of.scripts = append(of.scripts, &script{name: t.Name, strange: t.Strange})
	}
	// What the tapset does may be for any of them, so for those that may do less.
	if i := slices.IndexFunc(of.scripts, func(s *script) bool { return s.strange != "" }); i > 0 {
		of.scripts[0], of.scripts[i] = of.scripts[i], of.scripts[0]
	}
	return of.forbidden(program)
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
