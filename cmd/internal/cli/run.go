package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"tapir/lang/source"
	"tapir/runtime/session"
	"tapir/runtime/vm"
)

// commands are those that the help shows, in its order.
var commands = []string{"run", "check", "explain", "doctor", "version"}

func (e *env) runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run [OPTIONS] FILE|- [ARGUMENTS]",
		Short: "Run a script; `tapir FILE` does the same",
		Long: `Run a script: the file, standard input for -, or the text of -e.

Options come before the script; what follows it is the script's ($1, @1, …).
The exit status is 0 if all went well, 2 if nothing but -c's command failed,
and 1 otherwise.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error { return e.run(&f, args) },
	}
	f.register(c)
	return c
}

func (e *env) run(f *runFlags, args []string) (err error) {
	if f.command.Given && f.pid.value != "" {
		return &usageError{"-c and -x exclude each other: both say what target() is", "start the command with -c, or give the process with -x"}
	}
	front := e.front(&f.scriptFlags)
	compiled, err := front.compile(args)
	if err != nil {
		return err
	}
	out := e.out
	if f.output != "" {
		file, err := os.Create(f.output)
		if err != nil {
			return err
		}
		defer file.Close()
		out = file
	}
	var ready io.WriteCloser
	if f.ready.value != "" {
		ready = os.NewFile(uintptr(f.ready.number()), "ready-fd")
	}
	result, err := session.Run(context.Background(), compiled, session.Options{
		Out: out, Err: e.err, Ready: ready,
		Command: f.command.Value, PID: f.pid.number(),
		Verbose: f.verbose, Quiet: f.quiet,
		Limits: f.limits(), MaxErrors: f.limit("MAXERRORS"),
	})
	if refusal, ok := errors.AsType[*session.Refusal](err); ok {
		return front.refused(refusal)
	}
	if err != nil {
		return err
	}
	if status := result.Status(); status != statusGood {
		return exitStatus(status)
	}
	return nil
}

// refused shows why the kernel did not accept a script, at its place in it.
func (f *front) refused(r *session.Refusal) error {
	if err := f.shown.Render([]*source.Diagnostic{r.Diagnostic}); err != nil {
		return err
	}
	switch {
	case f.flags.verbose > 0:
		for _, line := range r.Log {
			fmt.Fprintln(f.err, line)
		}
	case len(r.Log) > 0:
		f.help("-v shows what the kernel's verifier said")
	}
	fmt.Fprintln(f.err, runFailed)
	return exitStatus(statusFailed)
}

// limits are those that -D sets for handlers.
func (f *scriptFlags) limits() vm.Limits {
	return vm.Limits{
		StringLen:    f.limit("MAXSTRINGLEN"),
		Actions:      f.limit("MAXACTION"),
		ActionsAside: f.limit("MAXACTION_INTERRUPTIBLE"),
		MapEntries:   f.limit("MAXMAPENTRIES"),
		Nesting:      f.limit("MAXNESTING"),
	}
}
