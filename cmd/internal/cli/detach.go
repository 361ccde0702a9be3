package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// detachVariable tells tapir that it is the part of -F that goes on in the
// background.
const detachVariable = "TAPIR_DETACHED"

// attachedFD is where that part says attachedLine, so that the other one may print
// its number and end.
const (
	attachedFD   = 3
	attachedLine = "attached\n"
)

// detach starts this program again, in a session of its own, and waits until it
// has attached everything. What it says until then appears as if there were only
// one process.
func (e *env) detach() error {
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("go to the background: %w", err)
	}
	defer r.Close()
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), detachVariable+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = e.in, e.out, e.err
	cmd.ExtraFiles = []*os.File{w}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	_ = w.Close()
	if err != nil {
		return fmt.Errorf("go to the background: %w", err)
	}
	if line, _ := bufio.NewReader(r).ReadString('\n'); line == attachedLine {
		fmt.Fprintln(e.out, cmd.Process.Pid)
		return nil
	}
	var exit *exec.ExitError
	switch err := cmd.Wait(); {
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return exitStatus(exit.ExitCode())
	case err != nil:
		return fmt.Errorf("the part in the background: %w", err)
	}
	return nil
}

// A background is the standard error of the part that goes on: until all is
// attached the terminal, then the output file.
type background struct {
	err, out io.Writer
	left     atomic.Bool
}

// detachedChild is the background if this process is the part that goes on, or nil.
func (e *env) detachedChild(out io.Writer) *background {
	if !inBackground() {
		return nil
	}
	return &background{err: e.err, out: out}
}

func (b *background) Write(p []byte) (int, error) {
	if b.left.Load() {
		return b.out.Write(p)
	}
	return b.err.Write(p)
}

// ready is what the session tells that all is attached: then the terminal is
// left alone. The user's own --ready-fd is told as well.
func (b *background) ready(user io.WriteCloser) io.WriteCloser { return &leaving{b, user} }

type leaving struct {
	*background
	user io.WriteCloser
}

func (l *leaving) Write(p []byte) (int, error) {
	l.left.Store(true)
	if null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0); err == nil {
		for fd := range attachedFD {
			_ = unix.Dup3(int(null.Fd()), fd, 0)
		}
		_ = null.Close()
	}
	fd := os.NewFile(attachedFD, "detached")
	_, err := io.WriteString(fd, attachedLine)
	_ = fd.Close()
	if l.user != nil {
		_, _ = l.user.Write(p)
	}
	return len(p), err
}

// Close closes the user's descriptor.
func (l *leaving) Close() error {
	if l.user == nil {
		return nil
	}
	return l.user.Close()
}

// inBackground reports whether this process is the part of -F that goes on.
func inBackground() bool { return os.Getenv(detachVariable) != "" }
