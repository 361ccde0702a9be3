package session

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"tapir/runtime/invoker"
)

// shell runs the commands of system() beside the session, in the name of the user
// who called tapir. Those of one handler run one after another; those of other
// handlers do not wait for them, or a long one would hold up all that follow.
type shell struct {
	pending []string // of the handler that runs
	places  chan struct{}
	running sync.WaitGroup

	mu  sync.Mutex
	err error // the first that kept a command from running
}

// maxShells bounds the commands that run at the same time; more wait. A script can
// ask for one at every event.
const maxShells = 64

// system takes a command of the handler that runs.
func (s *session) system(command string) {
	if s.o.Replay != nil {
		s.notAgain()
		return
	}
	s.shell.pending = append(s.shell.pending, command)
}

// startCommands starts what the handler that is done has asked for. What it has
// printed is on its way before.
func (s *session) startCommands() {
	if len(s.shell.pending) == 0 {
		return
	}
	s.flush()
	list := s.shell.pending
	s.shell.pending = nil
	s.shell.start(list)
}

func (h *shell) start(commands []string) {
	if h.places == nil {
		h.places = make(chan struct{}, maxShells)
	}
	h.running.Go(func() {
		h.places <- struct{}{}
		defer func() { <-h.places }()
		for _, c := range commands {
			h.note(runShell(c))
		}
	})
}

// runShell runs one command to its end. How it ends is its own affair, as far as
// the shell could be run.
func runShell(command string) error {
	user, err := invoker.Current()
	if err != nil {
		return fmt.Errorf("system(): %w", err)
	}
	c := exec.Command("/bin/sh", "-c", command)
	c.Env = user.Environment(os.Environ())
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	c.SysProcAttr = user.Attributes()
	if err := c.Run(); err != nil {
		if _, ended := errors.AsType[*exec.ExitError](err); !ended {
			return fmt.Errorf("system(): %w", err)
		}
	}
	return nil
}

func (h *shell) note(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.err == nil {
		h.err = err
	}
}

// finishShell waits for the commands that still run.
func (s *session) finishShell() {
	if s.shell.places == nil {
		return // there were none
	}
	done := make(chan struct{})
	go func() {
		s.shell.running.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(announceAfter):
		s.warn("waiting for commands of system() to end")
		<-done
	}
	if s.shell.err != nil {
		s.warn(s.shell.err.Error())
	}
}

// switchFile goes on to the output's next file, if it has several.
func (s *session) switchFile() {
	files, ok := s.o.Out.(interface{ Switch() error })
	if !ok {
		return
	}
	s.flush()
	if err := files.Switch(); err != nil {
		s.warn(fmt.Sprintf("switch_file(): %v", err))
	}
}
