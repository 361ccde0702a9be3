package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// work is a run of all that is to be done.
type work struct {
	options
	folder string
	suites []suite
	end    time.Time
	say    sync.Mutex // one kernel reports at a time
}

// programs is where the tests find and leave the programs that they trace, root what a
// guest has beside.
func (w *work) programs() string { return filepath.Join(w.folder, treeName, "programs") }
func (w *work) root() string     { return filepath.Join(w.folder, "root") }

// Bounds of what runs: the tests of a package on this kernel, and a guest that does nothing
// for which a kernel may have to be fetched.
const (
	hereLimit  = 5 * time.Minute
	fetchLimit = 4 * time.Minute
)

// here runs the tests on this machine's kernel.
func (w *work) here(ctx context.Context) *column {
	c := &column{kernel: release()}
	ctx, cancel := context.WithDeadline(ctx, w.end)
	defer cancel()
	began := time.Now()
	for _, s := range w.suites {
		cmd := exec.CommandContext(ctx, "./"+filepath.Base(s.binary()), "-test.v", "-test.timeout="+hereLimit.String(), "-test.run="+s.pattern)
		cmd.Dir = filepath.Join(w.folder, treeName, s.pkg)
		cmd.Env = append(os.Environ(), "TAPIR_PROGRAMS="+w.programs())
		output, err := cmd.CombinedOutput()
		switch {
		case ctx.Err() != nil:
			c.missing = "the time is over"
		case err != nil:
			c.broken = append(c.broken, fmt.Sprintf("%s: %v", s.pkg, err))
		}
		c.add(parse(mark+s.pkg+"\n"+string(output)), string(output))
	}
	w.report(c, time.Since(began))
	return c
}

// guest runs the tests on another kernel. What fails is tried once more: a guest that
// another program has kept from running may have been too late.
func (w *work) guest(ctx context.Context, c *column) {
	began := time.Now()
	defer func() { w.report(c, time.Since(began)) }()
	output, status := w.vm(ctx, c.kernel, fetchLimit, "true")
	if status == 0 && time.Since(began) > w.boot {
		output, status = w.vm(ctx, c.kernel, w.boot, "true")
	}
	if status != 0 {
		c.missing = "there is no such guest here, or it is too slow:\n" + output
		return
	}
	w.inGuest(ctx, c, w.suites)
	again := c.failed()
	if len(again) == 0 || c.missing != "" {
		return
	}
	second := &column{kernel: c.kernel}
	w.inGuest(ctx, second, again)
	c.retried(second)
}

// inGuest runs suites in a guest, one after the other.
func (w *work) inGuest(ctx context.Context, c *column, suites []suite) {
	var script strings.Builder
	script.WriteString("export TAPIR_PROGRAMS=/t/programs\n")
	for _, s := range suites {
		fmt.Fprintf(&script, "cd /t/%s && echo '%s%s' && ./%s -test.v -test.short -test.timeout=0 '-test.run=%s' || echo '%s%s'\n",
			s.pkg, mark, s.pkg, filepath.Base(s.binary()), s.pattern, brokenMark, s.pkg)
	}
	output, status := w.vm(ctx, c.kernel, time.Until(w.end), script.String())
	r := parse(output)
	c.add(r, output)
	switch status {
	case 0:
		c.broken = append(c.broken, r.broken...)
	case 124:
		c.missing = "the time is over" + r.running()
	case 126:
		c.broken = append(c.broken, "the guest died"+r.running()+"\n"+tail(output))
	default:
		c.missing = fmt.Sprintf("no guest, status %d\n%s", status, tail(output))
	}
}

// vm runs a script in a guest.
func (w *work) vm(ctx context.Context, kernel string, limit time.Duration, script string) (output string, status int) {
	seconds := int(limit.Seconds())
	if seconds < 1 {
		return "", 124
	}
	args := []string{"-t", fmt.Sprint(seconds), "-r", w.root(), kernel, script}
	if script != "true" {
		entries, err := filepath.Glob(filepath.Join(w.folder, treeName, "*"))
		if err != nil {
			return err.Error(), 1
		}
		args = append(args, entries...)
	}
	cmd := exec.CommandContext(ctx, filepath.Join(w.folder, "vm"), args...)
	var b bytes.Buffer
	cmd.Stdout = &b
	if w.log != "" {
		log, err := os.OpenFile(filepath.Join(w.log, kernel+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
		if err != nil {
			return err.Error(), 125
		}
		defer log.Close()
		cmd.Stdout = io.MultiWriter(&b, log)
	}
	cmd.Stderr = cmd.Stdout
	err := cmd.Run()
	if cmd.ProcessState == nil {
		return err.Error(), 125
	}
	return b.String(), cmd.ProcessState.ExitCode()
}

// report says what came of a kernel's tests.
func (w *work) report(c *column, took time.Duration) {
	w.say.Lock()
	defer w.say.Unlock()
	fmt.Printf("%-5s %s in %.0f s\n", c.kernel, c.summary(), took.Seconds())
	for _, name := range c.names(skipped) {
		fmt.Printf("%-5s skipped: %s: %s\n", c.kernel, name, strings.TrimSpace(c.texts[name]))
	}
	for _, name := range c.unsteady {
		fmt.Printf("%-5s UNSTEADY, failed and then passed: %s\n%s", c.kernel, name, c.texts[name])
	}
	for _, name := range c.names(failed) {
		fmt.Printf("%-5s FAILED: %s\n%s", c.kernel, name, c.texts[name])
	}
	for _, b := range c.broken {
		fmt.Printf("%-5s FAILED: %s\n", c.kernel, b)
	}
	if c.missing != "" {
		fmt.Printf("%-5s SKIPPED, NOT TESTED: %s\n", c.kernel, c.missing)
	}
	if w.verbose {
		for _, name := range c.slowest(25) {
			fmt.Printf("%-5s %6.1f s %s\n", c.kernel, c.took[name], name)
		}
	}
}

// tail is the last lines of a text.
func tail(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-30):], "\n")
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

// failed are the suites of the tests that failed, those alone.
func (c *column) failed() []suite {
	tests := map[string][]string{}
	for _, full := range c.names(failed) {
		pkg, name, _ := strings.Cut(full, ".")
		name, _, _ = strings.Cut(name, "/")
		if !slices.Contains(tests[pkg], name) {
			tests[pkg] = append(tests[pkg], name)
		}
	}
	var suites []suite
	for _, pkg := range packages {
		if names := tests[pkg]; names != nil {
			suites = append(suites, suite{pkg, exactly(names)})
		}
	}
	return suites
}
