package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tapir/lang/header"
	"tapir/runtime/output"
)

// An adopted script is one whose arguments are options of the command line, too. Its
// header is read before the options are, therefore.
type adopted struct {
	*script
	as     string           // the name on the command line
	said   string           // warnings about that name
	values map[string]*once // of options, by the argument's name
}

// adopt finds the script of a command line, before the command line is read, and gives
// the command an option for each of the script's arguments. It reports true if help was
// asked for that script, and has been given.
func (e *env) adopt(root *cobra.Command, args []string) (helped bool) {
	if e.standIn || len(args) < 2 {
		return false
	}
	command, _, err := root.Find(args[:1])
	if err != nil || !slices.Contains([]string{"run", "record", "check", "explain"}, command.Name()) {
		return false
	}
	name, f, help := e.glance(command.Name(), args[1:])
	if name == "" || name == "-" {
		return false
	}
	var said strings.Builder
	quietly := &env{in: e.in, out: io.Discard, err: &said}
	s, err := quietly.loadScript(f, name)
	if err != nil {
		return false // it is said when the script is run
	}
	// A script may be a pipe, which is read once.
	e.adopted = &adopted{script: s, as: name, said: said.String(), values: map[string]*once{}}
	switch {
	case s.header == nil:
		return false
	case help:
		e.usage(s.header, name, s.name)
		return true
	}
	for _, a := range s.header.Arguments {
		if flag := strings.ToLower(a.Name); command.Flags().Lookup(flag) == nil && flag != "help" && !a.Many {
			value := &once{}
			e.adopted.values[a.Name] = value
			command.Flags().Var(value, flag, a.Describe())
		}
	}
	return false
}

// glance reads a command line as far as to know its script, and whether it asks for help.
func (e *env) glance(command string, args []string) (name string, f *scriptFlags, help bool) {
	c := &cobra.Command{Use: command}
	var rf recordFlags
	switch command {
	case "run":
		rf.runFlags.register(c)
	case "record":
		rf.register(c)
	default:
		rf.scriptFlags.register(c)
	}
	flags := c.Flags()
	flags.Init(command, pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.BoolVarP(&help, "help", "h", false, "")
	if flags.Parse(args) != nil || rf.text.Given || flags.NArg() == 0 {
		return "", nil, false
	}
	return flags.Arg(0), &rf.scriptFlags, help
}

// giveValues gives a script the values of its arguments, as its header has them.
func (e *env) giveValues(f *scriptFlags, s *script) error {
	if s.header == nil || e.standIn || len(s.header.Arguments) == 0 {
		return nil
	}
	named := map[string]string{}
	if e.adopted != nil && e.adopted.script == s {
		for name, value := range e.adopted.values {
			if value.Given {
				named[name] = value.Value
			}
		}
	}
	for _, a := range s.header.Arguments {
		if text, given := f.globals.values[a.Name]; given && a.Global() {
			named[a.Name] = text
		}
	}
	values, err := s.header.Values(s.args, named)
	if err != nil {
		return &usageError{err.Error(), "usage: " + s.header.Synopsis(shortName(s.name))}
	}
	s.args = values.Args
	for name, text := range values.Globals {
		if err := f.globals.Set(name + "=" + text); err != nil {
			return err
		}
	}
	return nil
}

// usage prints what a script's header says of how it is called.
func (e *env) usage(h *header.Header, as, path string) {
	fmt.Fprintf(e.out, "%s\n\n", h.Title)
	if h.Description != "" {
		fmt.Fprintf(e.out, "%s\n\n", wrap(h.Description, 80))
	}
	fmt.Fprintf(e.out, "Usage: %s\n", output.Visible(h.Synopsis(as)))
	e.arguments(h)
	fmt.Fprintf(e.out, "\n%s\ntapir show %s says more, tapir run --help lists tapir's own options.\n", output.Visible(path), output.Visible(as))
}
