// Package cli has tapir's commands, one file each: flags in, exit status out.
// What they do lies in the packages of lang, compiler and runtime; here is only
// what has to do with a command line and a terminal. Start with Main.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tapir/runtime/output"

	"github.com/spf13/cobra"
)

// The exit statuses.
const (
	statusGood    = 0
	statusFailed  = 1 // the script, the command line, or tapir itself
	statusCommand = 2 // all went well, but -c's command failed
)

// env is the outside world of one invocation.
type env struct {
	in       io.Reader
	out, err io.Writer
	// standIn is set if tapir was called by the name of SystemTap's command, in
	// whose place it works: there are no subcommands, and a failed -c command is a
	// failure like any other.
	standIn bool
	adopted *adopted // the command line's script, if it was read before the options
}

// commands are those that the help shows, in its order.
var commands = []string{"run", "record", "replay", "shell", "check", "explain", "fmt", "list", "show", "new", "test", "doc", "lsp", "doctor", "version"}

// standInName is the name of SystemTap's command.
const standInName = "stap"

// name is what messages call this program.
func (e *env) name() string {
	if e.standIn {
		return standInName
	}
	return "tapir"
}

// Main runs tapir with its arguments, the first of which is the name that it was
// called by, and returns the exit status: 0 if all went well, 1 for any error of
// the script, the command line or tapir, 2 if nothing but -c's command failed.
func Main(args []string, in io.Reader, out, err io.Writer) (status int) {
	e := &env{in: in, out: out, err: err, standIn: len(args) > 0 && filepath.Base(args[0]) == standInName}
	defer e.guard(&status)
	root := e.rootCommand()
	args = args[min(1, len(args)):]
	if e.standIn {
		args = slices.Concat(settings(), args)
	}
	args = e.expand(root, args)
	if e.adopt(root, args) {
		return statusGood
	}
	root.SetArgs(args)
	return e.report(root.Execute())
}

func (e *env) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "tapir [COMMAND] [OPTIONS] SCRIPT [ARGUMENTS]",
		Short: "Runs SystemTap scripts on eBPF",
		Long: `tapir runs scripts in SystemTap's language on eBPF.

Without a command, a script is run: tapir FILE [ARGUMENTS], tapir -e 'TEXT'.
A file that has the name of a command needs a path: ./check.`,
		Example: `  tapir -e 'probe syscall.openat { printf("%s %s\n", execname(), argstr) }' -c ls
  tapir run ptrace_watch.tp
  tapir explain ptrace_watch.tp`,
		SilenceErrors: true,
		SilenceUsage:  true,

		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, _ []string) error {
			c.SetOut(e.err)
			return errors.Join(c.Help(), exitStatus(statusFailed))
		},
	}
	root.SetIn(e.in)
	root.SetOut(e.out)
	root.SetErr(e.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return &usageError{err.Error(), c.CommandPath() + " --help lists the options"}
	})
	root.AddCommand(e.runCommand(), e.recordCommand(), e.replayCommand(), e.shellCommand(), e.checkCommand(), e.explainCommand(),
		e.formatCommand(), e.listCommand(), e.showCommand(), e.newCommand(), e.testCommand(), e.docCommand(), e.lspCommand(),
		e.doctorCommand(), e.versionCommand(), e.demoCommand())
	for _, c := range root.Commands() {
		c.DisableFlagsInUseLine = true
	}
	root.InitDefaultHelpCmd()
	e.complete(root)
	return root
}

// expand makes the short forms `tapir FILE` and `tapir -e TEXT` into `tapir run …`.
// Only the first argument decides, so that a script can't be taken for a command
// or the other way round by what follows it.
func (e *env) expand(root *cobra.Command, args []string) []string {
	switch {
	case e.standIn && len(args) == 0:
		return []string{"run"}
	case len(args) == 0, !e.standIn && slices.Contains(commandNames(root), args[0]):
		return args
	}
	switch args[0] {
	case "-h", "--help":
		if e.standIn {
			return []string{"run", "--help"}
		}
		return args
	case cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd:
		return e.expandCompletion(root, args)
	case "-V", "--version":
		return []string{"version"}
	}
	return append([]string{"run"}, args...)
}

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return names
}

// exitStatus is an error of which everything has been said: only the status is left.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// usageError is a wrong command line, with advice.
type usageError struct{ message, hint string }

func (u *usageError) Error() string { return u.message }

// Hint is what to write instead.
func (u *usageError) Hint() string { return u.hint }

// noArguments refuses arguments to a command that takes none.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return &usageError{fmt.Sprintf("%s takes no arguments", c.CommandPath()), "leave out " + strings.Join(args, " ")}
}

// report prints err, unless that has been done, and returns the exit status.
func (e *env) report(err error) int {
	var status exitStatus
	switch {
	case err == nil:
		return statusGood
	case errors.As(err, &status):
		return int(status)
	}
	var missing *noScript
	if errors.As(err, &missing) {
		fmt.Fprintln(e.err, missing.message)
	} else {
		fmt.Fprintf(e.err, "%s: %v\n", e.name(), err)
	}
	var advice interface{ Hint() string }
	if errors.As(err, &advice) && advice.Hint() != "" {
		e.help(advice.Hint())
	}
	if missing != nil {
		fmt.Fprintln(e.err, parseFailed)
	}
	return statusFailed
}

// help prints a line of advice the way diagnostics have it.
func (e *env) help(text string) { fmt.Fprintln(e.err, "        help:", text) }

// colours reports whether text for w may be coloured.
func colours(w io.Writer) bool {
	return output.IsTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
