package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// watcher is a tapir that runs a script.
type watcher struct {
	program string
	script  string
	args    []string // the script's

	cmd         *exec.Cmd
	out, errors bytes.Buffer
}

// start starts the script and returns once all its probes are attached.
func (t *watcher) start(ctx context.Context) error {
	ready, theirs, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("pipe: %w", err)
	}
	defer ready.Close()
	t.out.Reset()
	t.errors.Reset()
	// Descriptor 3 is the first of ExtraFiles.
	cmd := exec.CommandContext(ctx, t.program, append([]string{"run", "--ready-fd", "3", t.script}, t.args...)...)
	cmd.Stdout, cmd.Stderr = &t.out, &t.errors
	cmd.ExtraFiles = []*os.File{theirs}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 2 * time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		return fmt.Errorf("start tapir: %w", err)
	}
	t.cmd = cmd
	said, err := io.ReadAll(ready) // tapir closes its end
	if err == nil && string(said) == "attached\n" {
		return nil
	}
	t.close()
	return t.failure(fmt.Errorf("tapir did not attach (it said %q)", said))
}

// stop interrupts tapir, as ^C does, and returns all that it printed.
func (t *watcher) stop() (string, error) {
	if err := t.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return "", fmt.Errorf("interrupt tapir: %w", err)
	}
	if err := t.cmd.Wait(); err != nil {
		return "", t.failure(fmt.Errorf("tapir: %w", err))
	}
	if t.errors.Len() > 0 {
		return "", t.failure(errors.New("tapir complained"))
	}
	return t.out.String(), nil
}

// close ends a tapir that still runs.
func (t *watcher) close() {
	if t.cmd == nil || t.cmd.ProcessState != nil {
		return
	}
	t.cmd.Process.Signal(os.Interrupt)
	t.cmd.Wait()
}

// failure puts tapir's own message behind err, and what to do about it.
func (t *watcher) failure(err error) error {
	if text := strings.TrimSpace(t.errors.String()); text != "" {
		err = fmt.Errorf("%w:\n%s", err, text)
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("%w\nTracing needs root: run the demo as root, or see what `tapir doctor` says", err)
	}
	return fmt.Errorf("%w\n`tapir doctor` tells what this machine has and lacks", err)
}
