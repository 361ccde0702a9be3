package session

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"tapir/runtime/event"
	"tapir/runtime/invoker"
)

// target is the process that target() names: -c's command, -x's process, or none.
type target struct {
	pid     int
	pidfd   int
	process *os.Process // -c: not yet reaped
	hold    *os.File    // -c: held until a byte is written here
	maker   *os.Process // -c: makes the held process
	waits   *os.File    // -c: gives the held process's id when it waits
	share   *share      // -c: memory in common with the held process
	page    []byte      // of share
	ended   bool
}

// CommandEnd is how -c's command ended.
type CommandEnd struct {
	Status int            // its exit status, if Signal is 0
	Signal syscall.Signal // that ended it, or 0
	// Asked is set if it ended by the signal that ended the session.
	Asked bool
}

// Failed reports whether the command ended otherwise than well, by itself.
func (c CommandEnd) Failed() bool { return (c.Status != 0 || c.Signal != 0) && !c.Asked }

// newTarget starts -c's command, held, with in as its standard input, or looks for -x's
// process. What is being started is the target once settle has returned.
func newTarget(o Options, in *os.File) (*target, error) {
	t := &target{pidfd: -1}
	var err error
	switch {
	case o.Command != "":
		err = t.start(o.Command, in)
	case o.PID != 0:
		err = t.find(o.PID)
	default:
		return t, nil
	}
	if err != nil {
		t.abandon()
		return nil, err
	}
	return t, nil
}

// settle waits until the held process is there and waits, so that whatever is attached
// later sees nothing of it but the command. The poller then tells the session of the
// target's end.
func (t *target) settle(p *event.Poller, end *ending) error {
	if t.waits != nil {
		if err := t.meet(); err != nil {
			return fmt.Errorf("start the command: %w", err)
		}
	}
	if t.pidfd < 0 {
		return nil
	}
	return p.Add(t.pidfd, func() { t.ended = true; end.because(targetEnded) })
}

// meet takes over the held process from the one that made it.
func (t *target) meet() error {
	var b [4]byte
	_, err := io.ReadFull(t.waits, b[:])
	_ = t.waits.Close()
	t.waits = nil
	if _, werr := t.maker.Wait(); werr == nil {
		t.maker = nil
	}
	if err != nil {
		return errors.New("no process could be made for it")
	}
	t.pid = int(binary.LittleEndian.Uint32(b[:]))
	if t.process, err = os.FindProcess(t.pid); err != nil {
		return err
	}
	t.pidfd, err = unix.PidfdOpen(t.pid, 0)
	return err
}

// find opens -x's process.
func (t *target) find(pid int) error {
	fd, err := unix.PidfdOpen(pid, 0)
	switch {
	case errors.Is(err, unix.ESRCH):
		return fmt.Errorf("there is no process %d (-x)", pid)
	case errors.Is(err, unix.EINVAL):
		return fmt.Errorf("%d is a thread, not a process (-x)", pid)
	case err != nil:
		return fmt.Errorf("open process %d (-x): %w", pid, err)
	}
	t.pid, t.pidfd = pid, fd
	return nil
}

// start starts a process that will become the command.
func (t *target) start(command string, in *os.File) error {
	path, argv, err := commandLine(command)
	if err != nil {
		return err
	}
	user, err := invoker.Current()
	if err != nil {
		return err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("start the command: %w", err)
	}
	defer r.Close()
	waits, says, err := os.Pipe()
	if err != nil {
		_ = w.Close()
		return fmt.Errorf("start the command: %w", err)
	}
	defer says.Close()
	t.hold, t.waits = w, waits
	common, err := t.makeShare()
	if err != nil {
		return err
	}
	defer common.Close()
	t.maker, err = os.StartProcess("/proc/self/exe", append([]string{"tapir", HoldMode, path}, argv...), &os.ProcAttr{
		Env:   user.Environment(os.Environ()),
		Files: []*os.File{in, os.Stdout, os.Stderr, holdGo: r, holdReady: says, holdShare: common},
		Sys:   user.Attributes(),
	})
	if err != nil {
		return fmt.Errorf("start the command: %w", err)
	}
	return nil
}

// shellCharacters make a command one for the shell.
const shellCharacters = "|&;<>()$`\"'\\*?[]#~{}!\n"

// commandLine splits a command into words, or has the shell do it if it has
// characters that mean something there.
func commandLine(command string) (path string, argv []string, err error) {
	argv = strings.Fields(command)
	if len(argv) == 0 {
		return "", nil, errors.New("the command (-c) is empty")
	}
	if strings.ContainsAny(command, shellCharacters) || strings.Contains(argv[0], "=") {
		return "/bin/sh", []string{"sh", "-c", command}, nil
	}
	if path, err = exec.LookPath(argv[0]); err != nil {
		return "", nil, fmt.Errorf("there is no command %q (-c)", argv[0])
	}
	return path, argv, nil
}

// makeShare makes the memory that is shared with the held process.
func (t *target) makeShare() (*os.File, error) {
	fd, err := unix.MemfdCreate("tapir", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("start the command: %w", err)
	}
	file := os.NewFile(uintptr(fd), "share")
	if err = file.Truncate(int64(os.Getpagesize())); err == nil {
		t.share, t.page, err = mapShare(fd)
	}
	if err == nil {
		t.share.spins = usualSpins
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("start the command: %w", err)
	}
	return file, nil
}

// armTime bounds the wait for the held process to be done with its last system call.
const armTime = time.Second

// arm ends the system call that the held process waits in. It goes on waiting, in its
// own code, until release, which must follow soon.
func (t *target) arm() error {
	if t.hold == nil {
		return nil
	}
	if _, err := t.hold.Write([]byte{0}); err != nil {
		if errors.Is(err, syscall.EPIPE) { // it was killed: its end will be seen
			return nil
		}
		return fmt.Errorf("start the command: %w", err)
	}
	for deadline := time.Now().Add(armTime); atomic.LoadUint32(&t.share.armed) == 0 && time.Now().Before(deadline); {
		time.Sleep(50 * time.Microsecond)
	}
	return nil
}

// release lets the held command start, also if it sleeps by now.
func (t *target) release() {
	if t.share != nil {
		atomic.StoreUint32(&t.share.run, 1)
		t.unshare()
		_ = t.hold.Close()
		t.hold = nil
	}
}

// unshare gives the shared memory back.
func (t *target) unshare() {
	if t.page != nil {
		_ = unix.Munmap(t.page)
		t.share, t.page = nil, nil
	}
}

// abandon lets go of the target. A command that was never released is killed;
// one that runs goes on.
func (t *target) abandon() {
	if t.waits != nil {
		_ = t.waits.Close()
	}
	if t.maker != nil {
		_ = t.hold.Close() // what it has made ends at that
		_ = t.maker.Kill()
		_, _ = t.maker.Wait()
		t.maker = nil
	}
	if t.hold != nil {
		_ = t.hold.Close()
		if t.process != nil {
			_ = t.process.Kill()
			_, _ = t.process.Wait()
		}
		t.hold, t.process = nil, nil
	}
	t.unshare()
	if t.pidfd >= 0 {
		_ = unix.Close(t.pidfd)
		t.pidfd = -1
	}
}

// announceAfter is the time after which a person is told what tapir waits for.
const announceAfter = time.Second

// finishCommand waits for the end of -c's command, which shares the terminal. A
// ^C there has reached it as well; other signals are passed on. Waiting for a
// command that goes on regardless is ended by another signal.
func (s *session) finishCommand() *CommandEnd {
	t := s.target
	if t.process == nil || t.hold != nil || t.share != nil { // none, or it was never let go
		return nil
	}
	asked := syscall.Signal(s.end.signal.Load())
	if s.end.is(interrupted) && asked != syscall.SIGINT {
		if asked == 0 {
			asked = syscall.SIGTERM // the session's context ended
		}
		_ = t.process.Signal(asked)
	}
	for limit := announceAfter; !t.ended; {
		began := time.Now()
		if err := s.poller.Wait(limit); err != nil {
			return nil
		}
		if limit -= time.Since(began); limit <= 0 && !t.ended {
			s.warn(fmt.Sprintf("waiting for the command (process %d) to end; ^C leaves it alone", t.pid))
			limit = time.Duration(1<<63 - 1)
		}
	}
	state, err := t.process.Wait()
	if err != nil {
		return nil
	}
	t.process = nil
	return s.commandEnd(state.Sys().(syscall.WaitStatus), asked)
}

func (s *session) commandEnd(w syscall.WaitStatus, asked syscall.Signal) *CommandEnd {
	c := &CommandEnd{Status: w.ExitStatus()}
	if w.Signaled() {
		c.Status, c.Signal = 0, w.Signal()
		c.Asked = s.end.is(interrupted) && c.Signal == asked
	}
	switch {
	case !c.Failed():
	case c.Signal != 0:
		s.warn(fmt.Sprintf("Child process exited with signal %d (%s)", int(c.Signal), c.Signal))
	default:
		s.warn(fmt.Sprintf("Child process exited with status %d", c.Status))
	}
	return c
}
