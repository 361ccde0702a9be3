package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tapir/compiler"
	"tapir/lang/check"
	"tapir/lang/header"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// checkFlags are the options of check.
type checkFlags struct {
	scriptFlags
	inKernel bool // --require-kernel
	needs    bool // --needs
}

func (e *env) checkCommand() *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check [OPTIONS] FILE|NAME|- [ARGUMENTS]",
		Short: "Compile a script and say what is wrong with it, without running it",
		Args:  cobra.ArbitraryArgs,
		RunE:  func(_ *cobra.Command, args []string) error { return e.check(&f, args) },
	}
	f.register(c)
	c.Flags().BoolVar(&f.inKernel, "require-kernel", false, "take it for an error if an event would be sent out of the kernel")
	c.Flags().BoolVar(&f.needs, "needs", false, "say what the script can observe and do, and what it needs")
	return c
}

func (e *env) check(f *checkFlags, args []string) error {
	front := e.front(&f.scriptFlags)
	front.askNeeds = f.needs
	files, err := front.parse(args)
	if err != nil {
		return err
	}
	program, err := front.check(files)
	if err != nil {
		return err
	}
	compiled, err := front.code(program, compiler.Options{})
	if err != nil {
		return err
	}
	if f.inKernel {
		if err := front.diagnose(compiled.Plan.RequireKernel()); err != nil {
			return err
		}
	}
	if f.verbose > 0 {
		fmt.Fprintf(e.err, "%d probes, %d functions, %d globals\n",
			len(compiled.Plan.IR.Probes), len(compiled.Plan.IR.Funcs), len(compiled.Plan.IR.Globals))
	}
	return front.checkHeader(f, program, compiled)
}

// checkHeader compares what a script says of itself with what it is.
func (f *front) checkHeader(o *checkFlags, program *check.Program, compiled *compiler.Compiled) error {
	main := f.scripts[0]
	observed := observe(program, compiled.Plan.IR)
	h := main.header
	if o.needs {
		var declared []header.Need
		if h != nil {
			declared = h.Needs
		}
		f.tell(observed, declared)
	}
	ds := &source.Diagnostics{}
	warn := func(line int, format string, args ...any) {
		place := main.name
		if line > 0 {
			place += fmt.Sprintf(":%d", line)
		}
		ds.Add(&source.Diagnostic{Severity: source.Warning, Code: "header", Message: place + ": " + fmt.Sprintf(format, args...)})
	}
	switch {
	case h == nil && main.collected:
		warn(0, "the script says nothing of itself: a comment at its top has title:, description: and more")
	case h != nil:
		for _, p := range h.Problems {
			warn(p.Line, "%s", p.Message)
		}
		f.checkArguments(h, program, warn)
		checkNeeds(h, observed, warn)
	}
	return f.diagnose(ds)
}

// checkArguments holds that arguments which are globals are those of the script, with
// its defaults.
func (f *front) checkArguments(h *header.Header, program *check.Program, warn func(int, string, ...any)) {
	options := f.runFlagNames()
	for i := range h.Arguments {
		a := &h.Arguments[i]
		if slices.Contains(options, strings.ToLower(a.Name)) {
			warn(a.Line, "argument %s: tapir itself has an option of that name, so --%s is not for the script", a.Name, strings.ToLower(a.Name))
		}
		if !a.Global() {
			continue
		}
		g := scriptGlobal(program, a.Name)
		if g == nil {
			warn(a.Line, "argument %s: the script has no global variable of that name that it uses", a.Name)
			continue
		}
		given := a.HasDefault && f.flags.globals.values[a.Name] == ""
		if initial, ok := initialText(g.Decl.Init); given && ok && initial != a.Default {
			warn(a.Line, "argument %s: its default is %q here, and %q in the script", a.Name, a.Default, initial)
		}
	}
}

// runFlagNames are the names of run's own options.
func (e *env) runFlagNames() (names []string) {
	c := &cobra.Command{}
	var f runFlags
	f.register(c)
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// scriptGlobal is the script's own global of a name, or nil.
func scriptGlobal(program *check.Program, name string) *check.Global {
	for _, g := range program.Globals {
		if g.Script && g.Name == name {
			return g
		}
	}
	return nil
}

// initialText is the value that a script gives a global, as the command line would have
// it. A number without an initialiser is 0, which may be a text's "" as well.
func initialText(init syntax.Expr) (text string, ok bool) {
	switch x := init.(type) {
	case *syntax.IntLit:
		return fmt.Sprint(x.Value), true
	case *syntax.StringLit:
		return x.Value, true
	}
	return "", false
}

// checkNeeds holds that the header names the kinds of the script's probes.
func checkNeeds(h *header.Header, o *observation, warn func(int, string, ...any)) {
	if len(h.Needs) == 0 {
		return // that is said, or the header is SystemTap's
	}
	for _, k := range o.probes {
		if k.need.Name != "nothing" && !slices.ContainsFunc(h.Needs, func(n header.Need) bool { return covers(n, k.need.Name) }) {
			warn(0, "needs: lacks %q, for %s", k.need.Name, k.points[0])
		}
	}
}

// covers reports whether a need is that of a kind of probes, or of one such probe.
func covers(n header.Need, kind string) bool {
	return n.Name == kind || n.Name == "tracepoint" && kind == "tracepoints" || n.Name == "function" && kind == "kernel functions"
}
