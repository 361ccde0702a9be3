package cli

import (
	"fmt"
	"sync"

	"tapir/bpf/target"
	"tapir/compiler"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// The lines that end a run which did not get past a pass, as SystemTap ends it.
const (
	parseFailed   = "Pass 1: parse failed."
	analyseFailed = "Pass 2: analysis failed."
	runFailed     = "Pass 5: run failed."
)

// A front takes one script through the passes up to code, and prints what they
// have to say.
type front struct {
	*env
	flags *scriptFlags
	set   *source.Set
	// shown renders all diagnostics, so that it knows which file was named last.
	shown *source.Renderer
}

func (e *env) front(f *scriptFlags) *front {
	set := &source.Set{}
	return &front{e, f, set, source.NewRenderer(e.err, set, source.RenderOptions{
		Color: colours(e.err), Terminal: isTerminal(e.err),
	})}
}

// compile makes the script that the command line names into code. All that is
// wrong with it has been printed when it fails.
func (f *front) compile(args []string) (*compiler.Compiled, error) {
	s, err := f.load(f.flags.text, args)
	if err != nil {
		return nil, err
	}
	kernel, err := target.Live()
	if err != nil {
		return nil, err
	}
	config := sync.OnceValue(func() kernelConfig { return readConfig(kernel.Release()) })
	options := syntax.Options{
		Args: s.args, Guru: f.flags.guru, Version: f.flags.compatible.value, Kernel: kernel.Release,
		Config: func(name string) string { return config()[name] },
	}
	file, ds := syntax.Parse(f.set, s.name, s.text, options)
	if !ds.HasErrors() {
		ds.List = append(ds.List, syntax.UnusedArguments([]*syntax.File{file})...)
	}
	if err := f.diagnose(ds); err != nil {
		return nil, err
	}
	lib := library.New(library.Options{Sources: f.set, Folders: f.flags.includes, Syntax: options})
	program, ds := check.Check(f.set, []*syntax.File{file}, lib, kernel, check.Options{Globals: f.flags.globals.values})
	if err := f.diagnose(ds); err != nil {
		return nil, err
	}
	compiled, ds := compiler.Compile(program, kernel, compiler.Options{Mode: f.flags.mode()})
	return compiled, f.diagnose(ds)
}

// diagnose prints diagnostics and, if they end the run, the line that says at
// which pass.
func (f *front) diagnose(ds *source.Diagnostics) error {
	if ds == nil {
		return nil
	}
	list := ds.List
	if f.flags.quiet {
		list = withoutWarnings(list)
	}
	if err := f.shown.Render(list); err != nil {
		return err
	}
	if !ds.HasErrors() {
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
	return exitStatus(statusFailed)
}

// passOf is the line about the pass that errors ended.
func passOf(list []*source.Diagnostic) string {
	for _, d := range list {
		if d.Severity == source.ParseError {
			return parseFailed
		}
	}
	return analyseFailed
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
