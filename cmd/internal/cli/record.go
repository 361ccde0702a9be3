package cli

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tapir/compiler"
	"tapir/compiler/plan"
	"tapir/lang/syntax"
	"tapir/lang/transcript"
	"tapir/runtime/recording"
)

// recordFlags are the options of record: most of run's, and some of its own.
type recordFlags struct {
	runFlags
	file    string   // -o
	all     bool     // --all
	capture []string // --capture
	maximum checked  // --max-size
}

// notRecorded are the options of run that record does not have.
var notRecorded = []string{
	"output", "split", "detach", "pass", "list", "list-variables", "interval", "prometheus", "monitor",
	"dump-functions", "dump-probe-types", "dump-probe-aliases", "version", "interactive", "clean-cache", "placement",
}

func (f *recordFlags) register(c *cobra.Command) {
	f.maximum = checked{kind: "MB", check: checkMegabytes}
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVarP(&f.file, "output", "o", "", "write the recording to this `file`")
	flags.StringArrayVar(&f.capture, "capture", nil, "keep these `expressions`, too, with commas between them, of all events that have them: argstr, filename, ubacktrace()")
	flags.BoolVar(&f.all, "all", false, "keep the events, too, that the script's conditions are against")
	flags.Var(&f.maximum, "max-size", "end the run when the recording is as large as this; without it 1024")
	addFlags(c, f.runFlags.register, func(name string) bool { return !slices.Contains(notRecorded, name) })
}

// addFlags gives a command those of another's options that are wanted.
func addFlags(c *cobra.Command, register func(*cobra.Command), wanted func(name string) bool) {
	other := &cobra.Command{}
	register(other)
	other.Flags().VisitAll(func(f *pflag.Flag) {
		if wanted(f.Name) {
			c.Flags().AddFlag(f)
		}
	})
}

// checkMegabytes is the check of a recording's size.
func checkMegabytes(s string) error {
	if n, err := strconv.Atoi(s); err != nil || n <= 0 || n > maxMegabytes {
		return fmt.Errorf("it must be a number of MB from 1 to %d", maxMegabytes)
	}
	return nil
}

// maxMegabytes is the most that --max-size may say: a terabyte.
const maxMegabytes = 1 << 20

func (e *env) recordCommand() *cobra.Command {
	var f recordFlags
	c := &cobra.Command{
		Use:   "record -o RECORDING [OPTIONS] FILE|NAME|- [ARGUMENTS]",
		Short: "Run a script, and keep what its probes see, to run it again with replay",
		Long: `Run a script as tapir run does, and write what its handlers were given into a
file: events, times, and the names of addresses. tapir replay runs the same script
over it again, or another one, on any machine, and needs no rights for that.

The events carry what the script asks for and the usual besides: the time, the
processor, process and thread with their names and users, and of system calls the
arguments and the result.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error { return e.record(&f, args) },
	}
	f.register(c)
	return c
}

func (e *env) record(f *recordFlags, args []string) error {
	if f.file == "" {
		return &usageError{"no file was named for the recording", "name one with -o"}
	}
	if err := f.conflict(args); err != nil {
		return err
	}
	front := e.front(&f.scriptFlags)
	front.command, front.pid = f.command.Value, f.pid.number()
	front.config = map[string]string{}
	files, err := front.parse(args)
	if err != nil {
		return err
	}
	if err := front.parseKept(f.capture); err != nil {
		return err
	}
	heard := transcript.Listen(front.kernel)
	front.asked = heard
	program, err := front.check(files)
	if err != nil {
		return err
	}
	o := f.compilerOptions()
	o.Keep, o.Mode = true, f.keepMode()
	compiled, err := front.codeIn(program, o)
	if err != nil {
		return err
	}
	return front.recordRun(f, compiled, heard.Answers())
}

// parseKept parses the expressions of --capture.
func (f *front) parseKept(texts []string) error {
	for _, text := range texts {
		before := len(f.keep)
		// The expressions have lines of their own, so that columns are right.
		file, ds := syntax.Parse(f.set, "--capture", "probe never { sprint(\n"+text+"\n) }", f.options)
		if err := f.diagnose(ds); err != nil {
			return err
		}
		for _, d := range file.Decls {
			if p, ok := d.(*syntax.ProbeDecl); ok && len(file.Decls) == 1 && len(p.Body.Stmts) == 1 {
				f.addKept(p.Body.Stmts[0])
			}
		}
		if len(f.keep) == before {
			return &usageError{"--capture " + strconv.Quote(text) + " is no list of expressions", "write commas between them: --capture 'argstr, filename'"}
		}
	}
	return nil
}

func (f *front) addKept(s syntax.Stmt) {
	if e, ok := s.(*syntax.ExprStmt); ok {
		if p, ok := e.X.(*syntax.Print); ok {
			f.keep = append(f.keep, p.Args...)
		}
	}
}

// recordRun runs a compiled script, and records what it does.
func (f *front) recordRun(o *recordFlags, compiled *compiler.Compiled, answers *transcript.Answers) error {
	file, err := os.OpenFile(o.file, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	f.recorder = recording.New(file, f.recordingHead(o, answers), int64(o.maximum.number())<<20)
	began := newStopwatch()
	result, err := f.session(&o.runFlags, compiled)
	if err := f.refusedOr(err); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	f.say("%s: %d runs of handlers, %d bytes.", o.file, f.recorder.Runs(), f.recorder.Size())
	return f.closing(result, began)
}

// recordingHead is what a recording tells about its script and the machine.
func (f *front) recordingHead(o *recordFlags, answers *transcript.Answers) recording.Head {
	s := recording.Script{
		Args: f.scripts[0].args, Library: f.usedTexts(), Globals: o.globals.values, Defines: maps.Clone(o.defines.values),
		Compatible: o.compatible.value, Privilege: o.rights(), Name: f.name(), Command: f.command, PID: f.pid,
		Guru: o.guru, Unoptimized: o.keepUnused, SkipBadVars: o.skipBadVars, SuppressErrors: o.suppressErrors,
		SuppressLimits: o.suppressLimits, NoDisplay: o.noDisplay,
	}
	for _, script := range f.scripts {
		s.Files = append(s.Files, recording.File{Name: script.name, Text: script.text})
	}
	if l := o.limits(); l.StringLen > 0 {
		if s.Defines == nil {
			s.Defines = map[string]string{}
		}
		s.Defines["MAXSTRINGLEN"] = strconv.Itoa(l.StringLen)
	}
	kernel := recording.Kernel{Release: f.kernel.Release(), Config: f.config, Answers: answers}
	return recording.Head{Tapir: release + revision(), Script: s, Kernel: kernel}
}

// usedTexts are the files of folders that the script has used something of.
func (f *front) usedTexts() []recording.File {
	var list []recording.File
	for _, folder := range f.folders {
		var inside []recording.File
		for _, file := range f.set.Files() {
			if !file.Library && strings.HasPrefix(file.Name, filepath.Clean(folder)+string(filepath.Separator)) && !f.isScript(file.Name) {
				inside = append(inside, recording.File{Name: file.Name, Text: file.Text})
			}
		}
		slices.SortStableFunc(inside, func(a, b recording.File) int { return strings.Compare(a.Name, b.Name) })
		list = append(list, inside...)
	}
	return list
}

func (f *front) isScript(name string) bool {
	return slices.ContainsFunc(f.scripts, func(s *script) bool { return s.name == name })
}

// keepMode is which events a recording has.
func (o *recordFlags) keepMode() plan.Mode {
	if o.all {
		return plan.UserOnly
	}
	return plan.Events
}
