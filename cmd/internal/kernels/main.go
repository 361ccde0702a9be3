// Command kernels runs the tests of the live kernel on this machine's kernel and, in
// guests that QEMU emulates, on others; it is behind `make test-kernels`. What works
// where becomes the table in docs/kernels.md and README.md.
//
// It fails if a test fails. Where there are no guests, or they are too slow, it says
// which tests were not run, and does not fail.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// guests are the kernels that are emulated, as .ci/vm names them.
var guests = []string{"6.1", "6.12"}

// packages have the tests that the kernels differ in.
var packages = []string{
	"bpf", "bpf/target", "compiler/kernel",
	"runtime/attach", "runtime/process", "runtime/table", "runtime/session",
}

type options struct {
	budget  time.Duration // for all together
	kernels string        // the guests, by commas
	run     string        // which tests, "" for all
	rows    bool          // only those that the table's rows name
	write   bool          // the table, into the pages
	log     string        // a folder for what the guests print, "" for none
	verbose bool          // tell how long each test took
	boot    time.Duration // that a guest may take which does nothing
}

func main() {
	var o options
	flag.DurationVar(&o.budget, "budget", 25*time.Minute, "begin no test after so long")
	flag.StringVar(&o.kernels, "kernel", strings.Join(guests, ","), "the `kernels` to emulate")
	flag.StringVar(&o.run, "run", "", "only the tests that match this `pattern`")
	flag.BoolVar(&o.rows, "rows", false, "only the tests behind the table's rows: one for each kind of probe")
	flag.BoolVar(&o.write, "write", false, "write the table of what works into docs/kernels.md and README.md, if its tests ran on all kernels")
	flag.StringVar(&o.log, "log", "", "write what the guests print into this `folder`, as they do")
	flag.DurationVar(&o.boot, "boot", 30*time.Second, "leave out guests that take longer to do nothing: they are too slow for tests that give up after a while")
	flag.BoolVar(&o.verbose, "v", false, "tell how long the slowest tests took")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "kernels:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	end := time.Now().Add(o.budget)
	folder, err := os.MkdirTemp("", "tapir-kernels-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	suites, err := build(ctx, folder, o)
	if err != nil {
		return err
	}
	if err := startLogs(o); err != nil {
		return err
	}
	// A copy, since a shell reads its script as it goes.
	script, err := os.ReadFile(".ci/vm")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "vm"), script, 0o777); err != nil {
		return err
	}
	w := &work{options: o, folder: folder, suites: suites, end: end}

	// This kernel is first: its tests make the programs that those of the guests need.
	columns := []*column{w.here(ctx)}
	if err := libraries(w.programs(), w.root()); err != nil {
		return err
	}
	for _, g := range o.guests() {
		columns = append(columns, &column{kernel: g})
	}
	var wg sync.WaitGroup
	for _, c := range columns[1:] {
		wg.Go(func() { w.guest(ctx, c) })
	}
	wg.Wait()
	var failures []error
	for _, c := range columns {
		failures = append(failures, c.failure())
	}
	if err := errors.Join(failures...); err != nil {
		return err
	}
	if o.write {
		return writePages(o, columns)
	}
	return nil
}

// startLogs makes room for what the guests print.
func startLogs(o options) error {
	if o.log == "" {
		return nil
	}
	if err := os.MkdirAll(o.log, 0o777); err != nil {
		return err
	}
	for _, kernel := range o.guests() {
		if err := os.WriteFile(filepath.Join(o.log, kernel+".log"), nil, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// guests are the kernels that are emulated.
func (o options) guests() []string {
	return strings.FieldsFunc(o.kernels, func(r rune) bool { return r == ',' })
}

// writePages writes the table, if there is something to say in each of its fields.
func writePages(o options, columns []*column) error {
	if o.run != "" || len(columns) != 1+len(guests) || slices.ContainsFunc(columns, func(c *column) bool { return c.missing != "" }) {
		fmt.Println("The table is as it was: not all tests were run.")
		return nil
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			return err
		}
		filled, err := fill(string(text), table(columns))
		if err != nil {
			return fmt.Errorf("%s: %w", page, err)
		}
		if err := os.WriteFile(page, []byte(filled), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// A suite is the tests of a package, compiled.
type suite struct {
	pkg     string
	pattern string // which tests, for -test.run
}

// binary is the suite's program, in the folder that is the tree's for the tests.
func (s suite) binary() string { return filepath.Join(s.pkg, filepath.Base(s.pkg)+".test") }
