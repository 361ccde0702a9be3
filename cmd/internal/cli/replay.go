package cli

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tapir/bpf/target"
	"tapir/compiler"
	"tapir/lang/library"
	"tapir/lang/transcript"
	"tapir/runtime/output"
	"tapir/runtime/recording"
	"tapir/runtime/session"
)

// replayed are the options of run that replay has.
var replayed = []string{
	"global", "define", "include", "compatible", "guru", "unoptimized", "no-warnings", "warnings-are-errors", "verbose", "color",
	"skip-badvars", "semantic-keep-going", "output", "folded", "flamegraph", "timing", "format", "no-global-var-display",
	"suppress-handler-errors", "suppress-time-limits", "eval",
}

func (e *env) replayCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "replay [OPTIONS] RECORDING [SCRIPT [ARGUMENTS]]",
		Short: "Run a script over a recording: the recorded one, or another",
		Long: `Run the script of a recording over its events again, or another script, which may
use whatever was recorded. It says what the recording lacks. No rights and no
tracing are needed, on any machine, and the output is the same each time.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return e.replay(&f, args) },
	}
	c.Flags().SortFlags = false
	addFlags(c, f.register, func(name string) bool { return slices.Contains(replayed, name) })
	return c
}

func (e *env) replay(f *runFlags, args []string) error {
	if err := f.conflict(nil); err != nil {
		return err
	}
	file, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer file.Close()
	r, err := recording.Open(file)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	front := e.front(&f.scriptFlags)
	front.played = r
	answers := r.Head.Kernel.Answers
	if answers == nil {
		answers = &transcript.Answers{}
	}
	told := transcript.Play(answers, target.Fixed())
	front.asked = told
	if r.Cut != nil && !f.quiet {
		fmt.Fprintf(e.err, "WARNING: %s: %v; up to there it has %s\n", args[0], r.Cut, count(int(r.Runs), "run")+" of handlers")
	}
	if t := r.Trailer; t != nil && t.Full && !f.quiet {
		fmt.Fprintf(e.err, "WARNING: %s: the recording had reached its limit (--max-size): the run went no further\n", args[0])
	}
	same := len(args) == 1 && !f.text.Given && len(f.globals.values) == 0 && len(f.defines.values) == 0
	scripts, err := front.replayScripts(f, args[1:])
	if err != nil {
		return err
	}
	return front.replayRun(f, scripts, same, told)
}

// replayScripts are the scripts to run, and the recording's options if they are its own.
func (f *front) replayScripts(o *runFlags, args []string) ([]*script, error) {
	s := &f.played.Head.Script
	f.command, f.pid = s.Command, s.PID
	o.defines.values = joined(s.Defines, o.defines.values)
	if len(args) > 0 || o.text.Given {
		return f.load(f.flags, args)
	}
	o.globals.values = joined(s.Globals, o.globals.values)
	o.guru = o.guru || s.Guru
	o.keepUnused = o.keepUnused || s.Unoptimized
	o.skipBadVars = o.skipBadVars || s.SkipBadVars
	o.suppressErrors = o.suppressErrors || s.SuppressErrors
	o.suppressLimits = o.suppressLimits || s.SuppressLimits
	o.noDisplay = o.noDisplay || s.NoDisplay
	if o.compatible.value == "" {
		o.compatible.value = s.Compatible
	}
	o.privilege.value = s.Privilege
	var list []*script
	for _, file := range s.Files {
		list = append(list, &script{name: file.Name, text: file.Text, args: s.Args})
	}
	return list, nil
}

// joined is a with the values of b, which go before.
func joined(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	return all
}

// playMachine has the passes ask the recording about the machine. It gives the files that
// were used of folders.
func (f *front) playMachine() []library.Text {
	k := &f.played.Head.Kernel
	f.options.Kernel = func() string { return k.Release }
	f.options.Config = func(name string) string { return k.Config[name] }
	if f.played.Head.Script.Name != "" {
		f.options.CalledAs = f.played.Head.Script.Name
	}
	var texts []library.Text
	for _, file := range f.played.Head.Script.Library {
		texts = append(texts, library.Text(file))
	}
	return texts
}

// replayRun takes scripts through the passes and over the recording.
func (f *front) replayRun(o *runFlags, scripts []*script, same bool, told *transcript.Player) error {
	files, err := f.parseScripts(scripts)
	if err != nil {
		return err
	}
	program, err := f.check(files)
	if err != nil {
		if missed := told.Missed(); len(missed) > 0 {
			f.help("the recording tells about this machine only what its script asked; it lacks " + output.Visible(strings.Join(missed, ", ")))
		}
		return err
	}
	compiled, ds := compiler.CompileUser(program, o.format.value == "json")
	if err := f.diagnose(ds); err != nil {
		return err
	}
	fit, ds := recording.NewFit(compiled.Plan, &f.played.Head, same)
	if err := f.diagnose(ds); err != nil {
		return err
	}
	player, err := f.played.Play()
	if err != nil {
		return err
	}
	f.replaying = &session.Replay{Player: player, Fit: fit}
	began := newStopwatch()
	result, err := f.session(o, compiled)
	if err != nil {
		return err
	}
	return f.closing(result, began)
}
