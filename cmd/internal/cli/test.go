package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"tapir/bpf/target"
	"tapir/cmd/internal/trial"
	"tapir/lang/collection"
	"tapir/lang/header"
	"tapir/runtime/output"
)

// testFlags are the options of test.
type testFlags struct {
	at      int  // -j
	verbose bool // -v
}

func (e *env) testCommand() *cobra.Command {
	var f testFlags
	c := &cobra.Command{
		Use:   "test [OPTIONS] [DIR|FILE…]",
		Short: "Run the tests of a collection of scripts",
		Long: `Run the tests that lie beside the scripts of a folder, or beside the scripts
named; without a name, those of the built-in scripts. NAME.txtar and
NAME.CASE.txtar test NAME.tp: docs/scripts.md has their form.

A test starts the script, runs its workload in the shell once all is attached,
in the name of who called sudo, and compares what is printed with patterns. What
this machine or its kernel can't run is skipped, and said.

A test's commands are run as they stand: look at those of others first.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error { return e.test(&f, args) },
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.IntVarP(&f.at, "jobs", "j", runtime.NumCPU(), "run so many tests at a time")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "name the tests that passed as well")
	return c
}

// A job is one test of a script.
type job struct {
	name   string
	path   string // of the script
	header *header.Header
	text   string // of the test
	trial  *trial.Trial

	state  string // "ok", "FAIL", "SKIP"
	detail string
	took   time.Duration
}

func (e *env) test(f *testFlags, args []string) error {
	if f.at < 1 {
		return &usageError{"--jobs must be a number of tests", ""}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	scripts, done, err := e.tested(args)
	if err != nil {
		return err
	}
	defer done()
	kernel, err := target.Live()
	if err != nil {
		return err
	}
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	t := &tester{env: e, flags: f, kernel: kernel, runner: trial.Runner{Tapir: executable, Name: os.Args[0]}}
	jobs, untested := e.jobs(scripts)
	t.runAll(ctx, jobs)
	for _, name := range untested {
		fmt.Fprintf(e.out, "none  %s has no test\n", output.Visible(name))
	}
	fmt.Fprintf(e.out, "%d passed, %d failed, %d skipped, %d without a test\n", t.passed, t.failed, t.skipped, len(untested))
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("interrupted")
	case t.failed > 0:
		return exitStatus(statusFailed)
	}
	return nil
}

// tested finds the scripts that are named. done removes what was made for them.
func (e *env) tested(args []string) (list []*collection.Script, done func(), err error) {
	done = func() {}
	if len(args) == 0 {
		return e.testedBuiltin()
	}
	for _, name := range args {
		dir, only := name, ""
		if info, err := os.Stat(name); err != nil {
			return nil, done, err
		} else if !info.IsDir() {
			dir, only = filepath.Split(name)
			dir = filepath.Clean(dir)
		}
		if dir, err = filepath.Abs(dir); err != nil {
			return nil, done, err
		}
		c, err := collection.Open(dir)
		if err != nil {
			return nil, done, err
		}
		found := 0
		for _, s := range c.Scripts {
			if only == "" || s.File == only {
				list = append(list, s)
				found++
			}
		}
		if found == 0 {
			return nil, done, &usageError{fmt.Sprintf("%s has no scripts", name), "scripts are *.tp and *.stp"}
		}
	}
	return list, done, nil
}

// testedBuiltin is the scripts that are built in, as files.
func (e *env) testedBuiltin() (list []*collection.Script, done func(), err error) {
	dir, err := os.MkdirTemp("", "tapir-library-")
	if err != nil {
		return nil, nil, err
	}
	done = func() { os.RemoveAll(dir) }
	if err = collection.Extract(dir); err == nil {
		var c *collection.Collection
		if c, err = collection.Open(dir); err == nil {
			return c.Scripts, done, nil
		}
	}
	done()
	return nil, nil, err
}

// jobs is the tests of scripts, and the names of those without any.
func (e *env) jobs(scripts []*collection.Script) (jobs []*job, untested []string) {
	for _, s := range scripts {
		tests, err := s.Tests()
		if err != nil {
			jobs = append(jobs, &job{name: s.FullName(), state: stateFailed, detail: "    " + err.Error() + "\n"})
			continue
		}
		if len(tests) == 0 {
			untested = append(untested, s.FullName())
		}
		h := s.Header()
		for _, t := range tests {
			j := &job{name: t.Name, path: s.Path(), header: h, text: t.Text}
			if j.trial, err = trial.Parse(t.Text); err != nil {
				j.state, j.detail = stateFailed, fmt.Sprintf("    %s: %v\n", t.Path, err)
			}
			jobs = append(jobs, j)
		}
	}
	return jobs, untested
}

// How a test went.
const (
	statePassed  = "ok"
	stateFailed  = "FAIL"
	stateSkipped = "SKIP"
)

// A tester runs jobs and reports on them.
type tester struct {
	*env
	flags  *testFlags
	kernel *target.Kernel
	runner trial.Runner

	mu                      sync.Mutex
	passed, failed, skipped int
}

// runAll runs jobs beside each other, and then one after another those that want to be
// alone.
func (t *tester) runAll(ctx context.Context, jobs []*job) {
	var running sync.WaitGroup
	places := make(chan struct{}, t.flags.at)
	for _, j := range jobs {
		if j.trial != nil && j.trial.Alone {
			continue
		}
		places <- struct{}{}
		running.Go(func() {
			defer func() { <-places }()
			t.run(ctx, j)
		})
	}
	running.Wait()
	for _, j := range jobs {
		if j.trial != nil && j.trial.Alone {
			t.run(ctx, j)
		}
	}
}

func (t *tester) run(ctx context.Context, j *job) {
	if ctx.Err() != nil {
		return
	}
	if j.state == "" {
		t.try(ctx, j)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch j.state {
	case statePassed:
		t.passed++
		if !t.flags.verbose {
			return
		}
	case stateFailed:
		t.failed++
	case stateSkipped:
		t.skipped++
	}
	line := fmt.Sprintf("%-5s %s", j.state, j.name)
	switch {
	case j.state == stateSkipped:
		line += ": " + j.detail + "\n"
	case j.took > 0:
		line += fmt.Sprintf(" (%.1f s)\n%s", j.took.Seconds(), j.detail)
	default:
		line += "\n" + j.detail
	}
	fmt.Fprint(t.out, output.Visible(line))
}

// try runs a job, if this machine can.
func (t *tester) try(ctx context.Context, j *job) {
	needs := j.trial.Needs
	if j.header != nil {
		needs = append(needs, j.header.Needs...)
	}
	if why := t.lacking(needs, j.header); why != "" {
		j.state, j.detail = stateSkipped, why
		return
	}
	began := time.Now()
	outcome, err := t.runner.Run(ctx, j.path, j.trial)
	j.took = time.Since(began)
	switch {
	case err != nil:
		j.state, j.detail = stateFailed, "    "+err.Error()+"\n"
	case outcome.Passed:
		j.state = statePassed
	default:
		j.state, j.detail = stateFailed, outcome.Report
	}
}

// lacking is lacks, and the privileges: what has needs needs them, unless it says that
// it needs nothing.
func (t *tester) lacking(needs []header.Need, h *header.Header) string {
	quiet := h != nil && len(h.Needs) == 1 && h.Needs[0].Name == "nothing"
	if missing := target.MissingPrivileges(); len(missing) > 0 && !quiet {
		return "needs root, or " + strings.Join(missing, " and ")
	}
	return lacks(t.kernel, needs)
}
