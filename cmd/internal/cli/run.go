package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"tapir/compiler"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/runtime/metrics"
	"tapir/runtime/output"
	"tapir/runtime/session"
	"tapir/runtime/vm"
)

func (e *env) runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run [OPTIONS] FILE|NAME|- [ARGUMENTS]",
		Short: "Run a script; `tapir FILE` does the same",
		Long: `Run a script: the file, a ready script by its name (tapir list shows them),
standard input for -, or the text of -e. NAME --help shows a script's arguments.

The options are stap's; those that matter only to how it compiles are accepted.
They may stand before and behind the script; what else follows it is the
script's ($1, @1, …), and after -- everything is.
The exit status is 0 if all went well, 2 if nothing but -c's command failed,
and 1 otherwise.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error { return e.run(&f, args) },
	}
	f.register(c)
	return c
}

func (e *env) run(f *runFlags, args []string) error {
	if err := f.conflict(args); err != nil {
		return err
	}
	front := e.front(&f.scriptFlags)
	front.command, front.pid = f.command.Value, f.pid.number()
	switch {
	case f.detach && !inBackground():
		return e.detach()
	case f.version:
		e.printVersion()
		return nil
	case f.cleanCache && len(args) == 0 && !f.text.Given:
		return nil // there is no cache
	case f.dump.any():
		return front.dumpNames(f.dump)
	case f.list.Given || f.listVars.Given:
		return front.listPoints(f)
	}
	return front.runScript(f, args)
}

// compileGarbage is how much garbage, in percent of what is live, the passes may make
// before it is collected: a probe on every call leaves tens of megabytes behind in as
// many milliseconds, of which collecting took a quarter.
const compileGarbage = 400

// compilerOptions are what the run needs of the code.
func (f *runFlags) compilerOptions() compiler.Options {
	return compiler.Options{Live: f.serve.value != "" || f.every.value != "" || f.monitor.value != "", Told: f.format.value == "json"}
}

// runScript goes through the passes as far as is asked for.
func (f *front) runScript(o *runFlags, args []string) error {
	garbage := debug.SetGCPercent(compileGarbage)
	defer debug.SetGCPercent(garbage)
	files, err := f.parse(args)
	if err != nil {
		return err
	}
	if o.pass.value == "1" {
		return syntax.Dump(f.out, files)
	}
	program, err := f.check(files)
	if err != nil {
		return err
	}
	if o.pass.value == "2" {
		return f.printProgram(program)
	}
	compiled, err := f.code(program, o.compilerOptions())
	if err != nil || o.pass.value != "5" {
		return err
	}
	debug.SetGCPercent(garbage)
	began := newStopwatch()
	result, err := f.session(o, compiled)
	if err := f.refusedOr(err); err != nil {
		return err
	}
	return f.closing(result, began)
}

// refusedOr shows why the kernel did not accept a script, if it is that; other errors stay.
func (f *front) refusedOr(err error) error {
	if refusal, ok := errors.AsType[*session.Refusal](err); ok {
		return f.refused(refusal)
	}
	return err
}

// session runs a compiled script.
func (f *front) session(o *runFlags, compiled *compiler.Compiled) (session.Result, error) {
	if inBackground() && session.ReadsInput(compiled) {
		return session.Result{}, errors.New("with -F there is no standard input for probes of it")
	}
	out, err := f.output(o)
	if err != nil {
		return session.Result{}, err
	}
	defer out.Close()
	var ready io.WriteCloser
	if o.ready.value != "" {
		ready = os.NewFile(uintptr(o.ready.number()), "ready-fd")
	}
	control, closeMetrics, err := f.metrics(o)
	if err != nil {
		return session.Result{}, err
	}
	defer closeMetrics()
	options := session.Options{
		JSON: o.format.value == "json", Interval: time.Duration(o.every.number()) * time.Second, Control: control,
		Out: out.Writer, Err: f.err, Ready: ready,
		Name: o.module.value, In: f.input(), AnswerLen: o.limit("STP_PROCFS_BUFSIZE"),
		Command: o.command.Value, PID: o.pid.number(),
		Timeout: time.Duration(o.timeout.number()) * time.Second,
		Verbose: f.flags.verbose, Quiet: f.flags.quiet, Timing: o.timing,
		Limits: o.limits(), MaxErrors: o.limit("MAXERRORS"),
		FailOnSkipped: o.failOnLoss || digits.MatchString(o.defines.values["MAXSKIPPED"]), MaxSkipped: o.limit("MAXSKIPPED"),
		SuppressErrors: o.suppressErrors, NoDisplay: o.noDisplay,
		Ring: ringSize(o.buffer.number()), Record: f.recorder, Replay: f.replaying,
	}
	if child := f.detachedChild(out.Writer); child != nil {
		options.Ready, options.Err = child.ready(ready), child
	}
	closeStacks, err := o.openStacks(&options)
	if err != nil {
		return session.Result{}, err
	}
	f.say("Pass 5: starting run.")
	if o.monitor.value != "" {
		result, err := f.watch(o, compiled, options)
		return result, errors.Join(err, closeStacks())
	}
	result, err := session.Run(context.Background(), compiled, options)
	return result, errors.Join(err, closeStacks())
}

// metrics serves the session's globals, if that is asked for.
func (f *front) metrics(o *runFlags) (c *session.Control, closeAll func(), err error) {
	if o.serve.value == "" {
		return nil, func() {}, nil
	}
	c = session.NewControl()
	s, err := metrics.Serve(o.serve.value, c)
	if err != nil {
		return nil, nil, err
	}
	if !f.flags.quiet {
		fmt.Fprintf(f.err, "Metrics are at %s\n", s.URL())
	}
	return c, s.Close, nil
}

// input is the standard input that a script's probes read, or nil.
func (e *env) input() *os.File {
	f, _ := e.in.(*os.File)
	return f
}

// ringSize is the event buffer's size in bytes: a power of two.
func ringSize(mb int) int {
	if mb == 0 {
		return 0
	}
	return 1 << bits.Len(uint(mb<<20-1))
}

// destination is where the script's output goes.
type destination struct {
	io.Writer
	close func() error
}

// Close closes what was opened for the output.
func (d destination) Close() {
	if d.close != nil {
		_ = d.close()
	}
}

// output opens what -o and -S name.
func (f *front) output(o *runFlags) (destination, error) {
	if o.output == "" {
		return destination{Writer: f.out}, nil
	}
	name := strftime(o.output, time.Now())
	if o.split.value != "" {
		size, keep, err := splitSize(o.split.value)
		if err != nil {
			return destination{}, err
		}
		r, err := output.NewRotating(name, size, keep)
		if err != nil {
			return destination{}, err
		}
		return destination{r, r.Close}, nil
	}
	file, err := os.Create(name)
	if err != nil {
		return destination{}, err
	}
	return destination{file, file.Close}, nil
}

// closing says how a run ended.
func (f *front) closing(r session.Result, began stopwatch) error {
	status := r.Status()
	if f.standIn && status == statusCommand {
		status = statusFailed
	}
	if status == statusFailed {
		if !f.flags.quiet {
			fmt.Fprintf(f.err, "WARNING: %s exited with status: %d\n", f.name(), status)
		}
		fmt.Fprintln(f.err, runFailed)
	}
	f.say("Pass 5: run completed in %s.", began)
	if status != statusGood {
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

// limits are those that the options set for handlers.
func (f *runFlags) limits() vm.Limits {
	l := vm.Limits{
		StringLen:    f.limit("MAXSTRINGLEN"),
		Actions:      f.actions(),
		ActionsAside: f.limit("MAXACTION_INTERRUPTIBLE"),
		MapEntries:   f.limit("MAXMAPENTRIES"),
		Nesting:      f.limit("MAXNESTING"),
		HistWidth:    f.limit("HIST_WIDTH"),
		HistBuckets:  f.limit("STP_MAX_BUCKETS"),
	}
	if f.stacks() && l.StringLen == 0 {
		l.StringLen = deepestText // no stack is cut
	}
	if n, err := strconv.Atoi(f.defines.values["HIST_ELISION"]); err == nil {
		l.HistElision = &n
	}
	if f.suppressLimits {
		l.ActionsAside = unlimited
	}
	return l
}
