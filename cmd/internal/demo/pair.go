package demo

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// pair is a mutator and its mutatee, which waits to be told to fork.
type pair struct {
	cmd      *exec.Cmd
	status   *os.File // what the mutator says, by lines
	lines    *bufio.Reader
	start    *os.File
	result   *os.File
	messages strings.Builder // what the pair wrote to standard error
	pid      int             // the mutatee
}

// Outcome is what came of one fork.
type Outcome struct {
	Mutator, Mutatee, Child int   // process ids
	Returned                int64 // by fork, as the mutatee saw it
}

// linkPair links the pair's names to this program in a folder.
func linkPair(dir, program string) error {
	for _, name := range []string{Mutator, Mutatee} {
		if err := os.Symlink(program, filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("name the demo's processes: %w", err)
		}
	}
	return nil
}

// startPair starts the mutator of a folder with arguments and waits until it is
// attached to its mutatee and both wait. The caller's goroutine must stay on its
// thread until the pair is closed: the mutator ends with the thread.
func startPair(ctx context.Context, dir string, args ...string) (*pair, error) {
	p := &pair{}
	if err := p.begin(ctx, filepath.Join(dir, Mutator), args); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *pair) begin(ctx context.Context, path string, args []string) (err error) {
	var theirs [3]*os.File
	defer func() {
		for _, f := range theirs {
			closeFile(f)
		}
	}()
	if p.status, theirs[0], err = os.Pipe(); err != nil {
		return fmt.Errorf("pipe: %w", err)
	}
	if theirs[1], p.start, err = os.Pipe(); err != nil {
		return fmt.Errorf("pipe: %w", err)
	}
	if p.result, theirs[2], err = os.Pipe(); err != nil {
		return fmt.Errorf("pipe: %w", err)
	}
	p.lines = bufio.NewReader(p.status)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), roleVar+"="+Mutator)
	cmd.Stderr = &p.messages
	cmd.WaitDelay = time.Second
	cmd.ExtraFiles = theirs[:] // in the order of statusFile and what follows
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the demo's mutator: %w", err)
	}
	p.cmd = cmd
	for i, f := range theirs { // now the end of the pair is the end of its pipes
		closeFile(f)
		theirs[i] = nil
	}
	p.pid, err = p.expect("ready")
	return err
}

// expect reads a line of the mutator and returns the process id in it.
func (p *pair) expect(what string) (pid int, err error) {
	line, err := p.lines.ReadString('\n')
	if err == nil {
		if _, err = fmt.Sscanf(line, what+" %d\n", &pid); err == nil {
			return pid, nil
		}
		err = fmt.Errorf("%q", line)
	}
	p.cmd.Process.Kill() // usually it has ended
	p.wait()             // completes the messages
	if text := strings.TrimSpace(p.messages.String()); text != "" {
		return 0, fmt.Errorf("the demo's processes failed: %s", text)
	}
	return 0, fmt.Errorf("the demo's mutator never said %q: %w", what, err)
}

// run lets the mutatee fork, and returns what came of it once both have ended.
func (p *pair) run() (Outcome, error) {
	if _, err := p.start.Write([]byte{1}); err != nil {
		return Outcome{}, fmt.Errorf("let the mutatee fork: %w", err)
	}
	child, err := p.expect("done")
	if err != nil {
		return Outcome{}, err
	}
	var b [8]byte
	if _, err := io.ReadFull(p.result, b[:]); err != nil {
		return Outcome{}, fmt.Errorf("the mutatee's result: %w", err)
	}
	o := Outcome{
		Mutator: p.cmd.Process.Pid, Mutatee: p.pid, Child: child,
		Returned: int64(binary.LittleEndian.Uint64(b[:])),
	}
	if err := p.wait(); err != nil {
		return o, fmt.Errorf("the demo's mutator: %w", err)
	}
	return o, nil
}

// wait waits for the mutator's end, once.
func (p *pair) wait() error {
	if p.cmd == nil || p.cmd.ProcessState != nil {
		return nil
	}
	return p.cmd.Wait()
}

// close ends what still runs: the mutator, and with it the mutatee.
func (p *pair) close() {
	for _, f := range []*os.File{p.start, p.status, p.result} {
		closeFile(f)
	}
	if p.cmd == nil || p.cmd.ProcessState != nil {
		return
	}
	if err := p.cmd.Process.Kill(); err == nil || errors.Is(err, os.ErrProcessDone) {
		p.cmd.Wait()
	}
}

func closeFile(f *os.File) {
	if f != nil {
		f.Close()
	}
}
