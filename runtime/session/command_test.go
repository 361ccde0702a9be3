package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"tapir/compiler/plan"
)

func TestCommandLine(t *testing.T) {
	tests := []struct {
		command string
		path    string
		argv    []string
		err     string
	}{
		{command: "true", path: "/true", argv: []string{"true"}},
		{command: "  ls --color=auto  -l ", path: "/ls", argv: []string{"ls", "--color=auto", "-l"}},
		{command: "ls | wc", path: "/bin/sh", argv: []string{"sh", "-c", "ls | wc"}},
		{command: "echo 'a b'", path: "/bin/sh", argv: []string{"sh", "-c", "echo 'a b'"}},
		{command: "X=1 env", path: "/bin/sh", argv: []string{"sh", "-c", "X=1 env"}},
		{command: "no-such-command-here -x", err: `there is no command "no-such-command-here" (-c)`},
		{command: " ", err: "the command (-c) is empty"},
	}
	for _, tt := range tests {
		path, argv, err := commandLine(tt.command)
		if tt.err != "" {
			if err == nil || err.Error() != tt.err {
				t.Errorf("commandLine(%q) = %v, want %s", tt.command, err, tt.err)
			}
			continue
		}
		if err != nil || !strings.HasSuffix(path, tt.path) || !slices.Equal(argv, tt.argv) {
			t.Errorf("commandLine(%q) = %s, %q, %v; want …%s, %q", tt.command, path, argv, err, tt.path, tt.argv)
		}
	}
}

// TestHeldCommandSleeps lets a command go that has given up to look, and ends one whose
// tapir is gone.
func TestHeldCommandSleeps(t *testing.T) {
	for _, run := range []bool{true, false} {
		target, err := newTarget(Options{Command: "exit 3;"}, os.Stdin)
		if err != nil {
			t.Fatal(err)
		}
		defer target.abandon()
		target.share.spins = 1
		if err := errors.Join(target.meet(), target.arm()); err != nil {
			t.Fatal(err)
		}
		asleep := func() bool {
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", target.pid))
			_, rest, _ := strings.Cut(string(text), ") ")
			return err != nil || strings.HasPrefix(rest, "S")
		}
		for !asleep() {
			runtime.Gosched()
		}
		want := 3
		if run {
			target.release()
		} else {
			want = unusable
			_ = target.hold.Close()
		}
		state, err := target.process.Wait()
		if err != nil || state.ExitCode() != want {
			t.Errorf("run %v: %v, %v; want status %d", run, state, err, want)
		}
		target.process = nil
	}
}

// TestHeldCommandDiesWithFailure has a session that can't be loaded: its command
// must be gone, reaped, and must never have run.
func TestHeldCommandDiesWithFailure(t *testing.T) {
	needRoot(t)
	mark := filepath.Join(t.TempDir(), "ran")
	c := compile(t, watchGetppid, plan.Auto)
	_, err := Run(t.Context(), c, Options{Out: io.Discard, Err: io.Discard, Command: "touch " + mark, Ring: 12345})
	if !errors.Is(err, unix.EINVAL) {
		t.Errorf("Run with a ring of 12345 bytes: %v, want EINVAL", err)
	}
	if _, err := os.Stat(mark); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the command ran: %v", err)
	}
	if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); !errors.Is(err, syscall.ECHILD) {
		t.Errorf("there is a child left: %d, %v", pid, err)
	}
}

func TestCommandNeverStartsAfterExitInBegin(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "ran")
	o := run(t, `probe begin { exit() }`, plan.Auto, Options{Command: "touch " + mark})
	if _, err := os.Stat(mark); !errors.Is(err, os.ErrNotExist) || o.Command != nil {
		t.Errorf("the command ran (%v), result %+v", err, o.Command)
	}
}

func TestCancelledSessionEndsItsCommand(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := runFor(t, ctx, compile(t, `probe begin { println(1) } probe end { println(2) }`, plan.Auto),
		Options{Command: "sleep 100", Ready: readyFunc(cancel)})
	if o.out != "1\n2\n" || o.Command == nil || o.Command.Signal != syscall.SIGTERM {
		t.Errorf("printed %q, command %+v; want 1, 2, ended by SIGTERM", o.out, o.Command)
	}
}

func TestNoSuchProcess(t *testing.T) {
	const gone = 1 << 22 // above every pid_max
	_, err := Run(t.Context(), compile(t, `probe begin { println(1) }`, plan.Auto), Options{Out: io.Discard, Err: io.Discard, PID: gone})
	if want := fmt.Sprintf("there is no process %d (-x)", gone); err == nil || err.Error() != want {
		t.Errorf("Run = %v, want %s", err, want)
	}
}

// TestCommandRunsAsInvoker pretends that user 1, which every system has, called
// sudo.
func TestCommandRunsAsInvoker(t *testing.T) {
	needRoot(t)
	t.Setenv("SUDO_UID", "1")
	t.Setenv("SUDO_GID", "1")
	folder := t.TempDir()
	file := filepath.Join(folder, "said")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(file, 0o666), os.Chmod(folder, 0o755), os.Chmod(filepath.Dir(folder), 0o755)); err != nil {
		t.Fatal(err)
	}
	o := run(t, `probe begin { println(1) }`, plan.Auto, Options{Command: "(id -u; id -g; env) > " + file})
	said, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(said), "1\n1\n") || strings.Contains(string(said), "SUDO_") ||
		!strings.Contains(string(said), "\nUSER=daemon\n") || strings.Contains(string(said), "HOME=/root") {
		t.Errorf("the command said\n%s\n%s%+v", said, o.err, o.Command)
	}
}
