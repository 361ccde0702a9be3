package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// mutator is the traced process as its tracer knows it.
type mutator struct {
	pid   int
	child int // the process that pid forked
}

// runMutator plays the mutator: it starts the mutatee, attaches to it, says that
// it is ready, and does the dance of the variant at the mutatee's fork.
func runMutator(v *Variant) error {
	if err := blockSignals(); err != nil {
		return err
	}
	pid, err := startMutatee()
	if err != nil {
		return err
	}
	m := &mutator{pid: pid}
	if err := m.attach(v.options); err != nil {
		return err
	}
	if err := report("ready", m.pid); err != nil {
		return err
	}
	if err := v.dance(m); err != nil {
		return err
	}
	if err := m.release(); err != nil {
		return err
	}
	return report("done", m.child)
}

// report tells who started the pair how far it is.
func report(what string, pid int) error {
	if _, err := unix.Write(statusFile, fmt.Appendf(nil, "%s %d\n", what, pid)); err != nil {
		return fmt.Errorf("report %s: %w", what, err)
	}
	return nil
}

// startMutatee starts the mutatee, which ends if this thread does, and waits
// until it waits. Descriptors that only the mutatee needs are closed here.
func startMutatee() (pid int, err error) {
	var ready [2]int
	if err := unix.Pipe2(ready[:], unix.O_CLOEXEC); err != nil {
		return 0, fmt.Errorf("pipe: %w", err)
	}
	defer unix.Close(ready[0])
	if err := os.Setenv(roleVar, Mutatee); err != nil {
		return 0, fmt.Errorf("set %s: %w", roleVar, err)
	}
	path := filepath.Join(filepath.Dir(os.Args[0]), Mutatee)
	// syscall.ForkExec: package os would make calls of its own to wait.
	pid, err = syscall.ForkExec(path, []string{path}, &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{0, 1, 2, uintptr(ready[1]), goFile, resultFile},
		Sys:   &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL},
	})
	for _, fd := range []int{ready[1], goFile, resultFile} {
		unix.Close(fd)
	}
	if err != nil {
		return 0, fmt.Errorf("start %s: %w", path, err)
	}
	var b [1]byte
	if n, err := unix.Read(ready[0], b[:]); n != 1 {
		return 0, fmt.Errorf("%s didn't get ready: %v", Mutatee, err)
	}
	return pid, nil
}

// attach begins to trace the mutatee and lets it run on.
func (m *mutator) attach(options int) error {
	if err := unix.PtraceAttach(m.pid); err != nil {
		return fmt.Errorf("attach to %d: %w", m.pid, err)
	}
	if err := m.wait(m.pid, stop(unix.SIGSTOP)); err != nil {
		return err
	}
	if err := unix.PtraceSetOptions(m.pid, options|unix.PTRACE_O_TRACEFORK|unix.PTRACE_O_EXITKILL); err != nil {
		return fmt.Errorf("set options: %w", err)
	}
	return m.cont()
}

// stop is the wait status of a process that a signal stopped.
func stop(sig unix.Signal) unix.WaitStatus { return unix.WaitStatus(sig)<<8 | 0x7f }

// Statuses beside those of plain signals.
const (
	forkEvent   = unix.WaitStatus(unix.PTRACE_EVENT_FORK<<16 | int(unix.SIGTRAP)<<8 | 0x7f)
	syscallStop = unix.WaitStatus((int(unix.SIGTRAP)|0x80)<<8 | 0x7f)
)

// wait waits by wait4 for one process to stop in the way that is expected.
func (m *mutator) wait(pid int, want unix.WaitStatus) error {
	var got unix.WaitStatus
	if _, err := unix.Wait4(pid, &got, unix.WALL, nil); err != nil {
		return fmt.Errorf("wait4 for %d: %w", pid, err)
	}
	if got != want {
		return fmt.Errorf("wait4 for %d: status %#x, expected %#x", pid, got, want)
	}
	return nil
}

// lookAhead waits until the mutatee has stopped and leaves the report of it for
// wait4. So the reports of mutatee and child are taken in the article's order,
// although the kernel makes them in either.
func (m *mutator) lookAhead() error {
	var info unix.Siginfo
	if err := unix.Waitid(unix.P_PID, m.pid, &info, unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT|unix.WALL, nil); err != nil {
		return fmt.Errorf("waitid for %d: %w", m.pid, err)
	}
	return nil
}

// findChild asks for the child that the mutatee's stop is about.
func (m *mutator) findChild() error {
	child, err := unix.PtraceGetEventMsg(m.pid)
	if err != nil {
		return fmt.Errorf("ask for the forked process: %w", err)
	}
	m.child = int(child)
	return nil
}

func (m *mutator) cont() error {
	if err := unix.PtraceCont(m.pid, 0); err != nil {
		return fmt.Errorf("continue %d: %w", m.pid, err)
	}
	return nil
}

// release lets child and mutatee go and waits for the mutatee's end, by waitid.
func (m *mutator) release() error {
	for _, pid := range []int{m.child, m.pid} {
		if err := unix.PtraceDetach(pid); err != nil {
			return fmt.Errorf("detach from %d: %w", pid, err)
		}
	}
	if err := unix.Waitid(unix.P_PID, m.pid, nil, unix.WEXITED, nil); err != nil {
		return fmt.Errorf("waitid for %d: %w", m.pid, err)
	}
	return nil
}
