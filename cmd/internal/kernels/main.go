// Command kernels runs the tests of the live kernel on this machine's kernel and, in
// guests that QEMU emulates, on others; it is behind `make test-kernels`. What works
// where becomes the table in docs/kernels.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// guests are the kernels that are emulated, as .ci/vm names them.
var guests = []string{"6.1", "6.12"}

// packages have the tests that the kernels differ in.
var packages = []string{"runtime/attach", "bpf/target", "compiler/kernel", "runtime/session"}

type options struct {
	budget time.Duration // for all together
	table  string        // the file to write
	run    string        // which tests, "" for all
	short  bool
}

func main() {
	var o options
	flag.DurationVar(&o.budget, "budget", 25*time.Minute, "give up after so long")
	flag.StringVar(&o.table, "table", "", "write the table of what works to this `file`")
	flag.StringVar(&o.run, "run", "", "only the tests that match this `pattern`")
	flag.BoolVar(&o.short, "short", true, "tell tests to be short in guests")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "kernels:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	ctx, cancel := context.WithTimeout(ctx, o.budget)
	defer cancel()
	folder, err := os.MkdirTemp("", "tapir-kernels-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	for _, p := range packages {
		if err := build(ctx, folder, p); err != nil {
			return err
		}
	}
	columns := []column{{kernel: release(), results: results{}}}
	for _, g := range guests {
		columns = append(columns, column{kernel: g, results: results{}})
	}
	var failed []error
	for _, p := range packages {
		for i := range columns {
			began := time.Now()
			output, err := test(ctx, o, folder, p, columns[i], i > 0)
			found := parse(output)
			columns[i].results.add(p, found)
			fmt.Printf("%-8s %-16s %s in %.0f s\n", columns[i].kernel, p, found.summary(), time.Since(began).Seconds())
			for _, name := range found.names(skipped) {
				fmt.Printf("%-8s %-16s skipped: %s\n", columns[i].kernel, p, name)
			}
			if err != nil {
				fmt.Print(failures(output))
				failed = append(failed, fmt.Errorf("%s on %s: %w", p, columns[i].kernel, err))
			}
		}
	}
	if o.table != "" {
		if err := os.WriteFile(o.table, []byte(table(columns)), 0o666); err != nil {
			return err
		}
	}
	return errors.Join(failed...)
}

// binary is a package's tests in the folder of what goes into guests.
func binary(folder, pkg string) string {
	return filepath.Join(folder, strings.ReplaceAll(pkg, "/", "_"), filepath.Base(pkg)+".test")
}

// build compiles a package's tests and puts their data beside them.
func build(ctx context.Context, folder, pkg string) error {
	file := binary(folder, pkg)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	c := exec.CommandContext(ctx, "go", "test", "-c", "-o", file, "./"+pkg)
	c.Env = append(os.Environ(), "CGO_ENABLED=0") // guests have no libraries
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("build the tests of %s: %w", pkg, err)
	}
	data := filepath.Join(pkg, "testdata")
	if _, err := os.Stat(data); err != nil {
		return nil
	}
	return os.CopyFS(filepath.Join(filepath.Dir(file), "testdata"), os.DirFS(data))
}

// guestLimit bounds the tests of one package in one guest.
const guestLimit = 10 * time.Minute

// test runs a package's tests under one kernel.
func test(ctx context.Context, o options, folder, pkg string, c column, guest bool) (output string, err error) {
	file := binary(folder, pkg)
	args := []string{"-test.v", "-test.timeout=" + guestLimit.String()}
	if o.run != "" {
		args = append(args, "-test.run="+o.run)
	}
	cmd := exec.CommandContext(ctx, file, args...)
	cmd.Dir = filepath.Dir(file)
	if guest {
		if o.short {
			args = append(args, "-test.short")
		}
		limit := fmt.Sprint(int(guestLimit.Seconds()))
		line := "./" + filepath.Base(file) + " " + quoted(args)
		vm := []string{"-t", limit, c.kernel, line, file}
		if data := filepath.Join(filepath.Dir(file), "testdata"); exists(data) {
			vm = append(vm, data)
		}
		cmd = exec.CommandContext(ctx, ".ci/vm", vm...)
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	}
	b, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		err = fmt.Errorf("the budget of %s is used up", o.budget)
	}
	return string(b), err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// quoted is words for a shell.
func quoted(words []string) string {
	for i, w := range words {
		words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return strings.Join(words, " ")
}

// release is the running kernel's version, as far as people name it.
func release() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "this one"
	}
	parts := strings.SplitN(unix.ByteSliceToString(u.Release[:]), ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}
