package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"tapir/bpf/target"
	"tapir/compiler"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/runtime/output"
	"tapir/runtime/recording"
	"tapir/runtime/session"
)

// A front takes a script through the passes up to code, one method a pass, and
// prints what they have to say.
type front struct {
	*env
	flags *scriptFlags
	set   *source.Set
	// shown renders all diagnostics, so that it knows which file was named last.
	shown *source.Renderer

	kernel  *target.Kernel
	asked   check.Target      // what the checker asks; nil: the kernel
	options syntax.Options    // of the last parse
	keep    []syntax.Expr     // what a recording keeps besides
	config  map[string]string // notes what was asked of the kernel's configuration, if not nil
	// played, if not nil, is the recording that tells about the machine.
	played *recording.Recording
	// recorder, if not nil, keeps what the run does.
	recorder *recording.Recorder
	// replaying, if not nil, is what is run over again.
	replaying *session.Replay
	command   string // of -c
	pid       int    // of -x
	lib       *library.Library
	folders   []string  // of functions, probe aliases and macros
	scripts   []*script // the main one first
	// askNeeds is set if the script is not to be run, but to be told about.
	askNeeds bool
}

func (e *env) front(f *scriptFlags) *front {
	set := &source.Set{}
	terminal := output.IsTerminal(e.err)
	return &front{env: e, flags: f, set: set, shown: source.NewRenderer(e.err, set, source.RenderOptions{
		Color: f.colours(e.err), Terminal: terminal, SuppressSimilar: f.verbose == 0,
	})}
}

// parse reads the scripts that the command line names, the main one first. All
// that is wrong with them has been printed when it fails.
func (f *front) parse(args []string) ([]*syntax.File, error) {
	scripts, err := f.load(f.flags, args)
	if err != nil {
		return nil, err
	}
	return f.parseScripts(scripts)
}

// parseScripts is parse for scripts that were found.
func (f *front) parseScripts(scripts []*script) ([]*syntax.File, error) {
	f.scripts = scripts
	if err := f.prepare(scripts[0].args, scripts); err != nil {
		return nil, err
	}
	began := newStopwatch()
	all := &source.Diagnostics{}
	var files []*syntax.File
	for _, s := range scripts {
		file, ds := syntax.Parse(f.set, s.name, s.text, f.options)
		files = append(files, file)
		all.List = append(all.List, ds.List...)
	}
	if !all.HasErrors() {
		all.List = append(all.List, syntax.UnusedArguments(files)...)
	}
	if err := f.diagnose(all); err != nil {
		return nil, err
	}
	f.say("Pass 1: parsed user script in %s.", began)
	return files, nil
}

// prepare finds out what the passes ask about the machine.
func (f *front) prepare(args []string, scripts []*script) (err error) {
	f.options = syntax.Options{
		Args: args, Guru: f.flags.guru, Version: f.flags.compatible.value, Privilege: f.flags.rights(), CalledAs: f.name(),
	}
	var texts []library.Text
	if f.played != nil {
		texts = f.playMachine()
	} else if err := f.askMachine(); err != nil {
		return err
	}
	f.dropMissingFolders()
	f.folders = f.libraries(scripts)
	f.lib = library.New(library.Options{Sources: f.set, Folders: f.folders, Texts: texts, Syntax: f.options})
	for _, s := range scripts {
		if m := f.lib.Macros(s.text); m != nil {
			f.options.Macros = m
		}
	}
	if ds := f.lib.Diagnostics(); ds.HasErrors() {
		return f.diagnose(ds)
	}
	return nil
}

// askMachine has the passes ask the machine that tapir runs on.
func (f *front) askMachine() (err error) {
	if f.kernel, err = target.Live(); err != nil {
		return err
	}
	kernel := f.kernel
	config := sync.OnceValue(func() kernelConfig { return readConfig(kernel.Release()) })
	f.options.Kernel = kernel.Release
	f.options.Config = func(name string) string {
		value := config()[name]
		if f.config != nil {
			f.config[name] = value
		}
		return value
	}
	return nil
}

// libraries are the folders that scripts may use functions and probe aliases of. In
// SystemTap's place, those are -I's.
func (f *front) libraries(scripts []*script) []string {
	if f.standIn {
		return f.flags.includes
	}
	own := ""
	if len(scripts) > 0 {
		own = scripts[0].tapset
	}
	return libraryFolders(f.flags.includes, own)
}

// dropMissingFolders warns of folders of -I that are not there: command lines of
// scripts name some that only other machines have.
func (f *front) dropMissingFolders() {
	f.flags.includes = slices.DeleteFunc(f.flags.includes, func(folder string) bool {
		_, err := os.Stat(folder)
		if err != nil && !f.flags.quiet {
			fmt.Fprintf(f.err, "WARNING: -I %s: %s\n", folder, cause(err))
		}
		return err != nil
	})
}

// check makes a checked program of parsed scripts.
func (f *front) check(files []*syntax.File) (*check.Program, error) {
	began := newStopwatch()
	var machine check.Target = f.kernel
	if f.asked != nil {
		machine = f.asked
	}
	program, ds := check.Check(f.set, files, f.lib, machine, f.checkOptions())
	if err := f.diagnose(ds); err != nil {
		return nil, err
	}
	if err := f.diagnose(f.forbidden(program)); err != nil {
		return nil, err
	}
	f.say("Pass 2: analyzed script: %s, %s, 0 embeds, %s in %s.", count(len(program.Probes), "probe"),
		count(len(program.Funcs), "function"), count(len(program.Globals), "global"), began)
	return program, nil
}

func (f *front) checkOptions() check.Options {
	return check.Options{
		Globals: f.flags.globals.values, Unoptimized: f.flags.keepUnused, Verbose: f.flags.verbose > 0,
		HistBuckets: f.flags.limit("STP_MAX_BUCKETS"), SkipBadVars: f.flags.skipBadVars,
		Command: f.command, PID: f.pid, Keep: f.keep,
	}
}

// code compiles a checked program.
func (f *front) code(program *check.Program, o compiler.Options) (*compiler.Compiled, error) {
	o.Mode = f.flags.mode()
	return f.codeIn(program, o)
}

// codeIn is code for a placement that is chosen already.
func (f *front) codeIn(program *check.Program, o compiler.Options) (*compiler.Compiled, error) {
	began := newStopwatch()
	o.Actions = f.flags.actions()
	compiled, ds := compiler.Compile(program, f.kernel, o)
	if err := f.diagnose(ds); err != nil {
		return nil, err
	}
	f.say("Pass 3: translated to eBPF and bytecode in %s.", began)
	return compiled, nil
}

// compile is all of the passes.
func (f *front) compile(args []string) (*compiler.Compiled, error) {
	files, err := f.parse(args)
	if err != nil {
		return nil, err
	}
	program, err := f.check(files)
	if err != nil {
		return nil, err
	}
	return f.code(program, compiler.Options{})
}

// say tells how far a run has come, with -v.
func (f *front) say(format string, args ...any) {
	if f.flags.verbose > 0 {
		fmt.Fprintf(f.err, format+"\n", args...)
	}
}

// diagnose prints diagnostics and, if they end the run, the line that says at
// which pass.
func (f *front) diagnose(ds *source.Diagnostics) error {
	if ds == nil {
		return nil
	}
	list := ds.List
	switch {
	case f.flags.quiet:
		list = withoutWarnings(list)
	case f.flags.strict:
		list = withWarningsAsErrors(list)
	}
	failed := (&source.Diagnostics{List: list}).HasErrors()
	if f.flags.keepGoing {
		f.catalog(list)
	} else if err := f.shown.Render(list); err != nil {
		return err
	}
	if !failed {
		return nil
	}
	switch n := source.Count(list, source.ParseError); n {
	case 0:
	case 1:
		fmt.Fprintln(f.err, "1 parse error.")
	default:
		fmt.Fprintln(f.err, n, "parse errors.")
	}
	fmt.Fprintln(f.err, passOf(list))
	fmt.Fprint(f.err, f.shown.Suppressed().Lines())
	return exitStatus(statusFailed)
}

// catalog lists errors in a table whose columns tabs separate: kind, file, line,
// column, token, message.
func (f *front) catalog(list []*source.Diagnostic) {
	for _, d := range list {
		if d.Severity == source.Warning {
			continue
		}
		kind := "SEMANTIC_ERROR"
		if d.Severity == source.ParseError {
			kind = "PARSE_ERROR"
		}
		at := f.set.Position(d.Token.Span.Start)
		name := ""
		if at.File != nil {
			name = at.File.Name
		}
		fmt.Fprintf(f.out, "%s\t%s\t%d\t%d\t%s\t%s\n", kind, name, at.Line, at.Col, cell(d.Token.Text), cell(d.Message))
	}
}

// cell is text as a table whose columns are separated by tabs can have it.
func cell(text string) string {
	return strings.NewReplacer("\t", " ", "\n", " ").Replace(text)
}

func withoutWarnings(list []*source.Diagnostic) []*source.Diagnostic {
	var rest []*source.Diagnostic
	for _, d := range list {
		if d.Severity != source.Warning {
			rest = append(rest, d)
		}
	}
	return rest
}

// withWarningsAsErrors has every warning as an error of the second pass.
func withWarningsAsErrors(list []*source.Diagnostic) []*source.Diagnostic {
	errors := make([]*source.Diagnostic, len(list))
	for i, d := range list {
		if d.Severity == source.Warning {
			e := *d
			e.Severity = source.SemanticError
			d = &e
		}
		errors[i] = d
	}
	return errors
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// stopwatch tells the time since it was made, for the lines about the passes.
type stopwatch time.Time

func newStopwatch() stopwatch { return stopwatch(time.Now()) }

func (s stopwatch) String() string {
	return fmt.Sprintf("%.1f ms", float64(time.Since(time.Time(s)).Microseconds())/1000)
}
