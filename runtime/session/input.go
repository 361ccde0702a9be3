package session

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"tapir/compiler"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
)

// input is tapir's standard input as probes of it see it.
type input struct {
	fd     int
	probes []int // in order of declaration
	ready  bool  // there may be something to read
	line   []byte
	buf    [4096]byte
	cut    uint64 // lines that were longer than a string
}

// ReadsInput reports whether a script has probes of standard input.
func ReadsInput(c *compiler.Compiled) bool { return slices.ContainsFunc(c.Plan.Probes, ofInput) }

func ofInput(p *plan.Probe) bool { return p.IR.Point.Kind.IsInput() }

// openInput begins to listen to standard input, if the script does.
func (s *session) openInput() error {
	if s.o.In == nil || !ReadsInput(s.Compiled) {
		return nil
	}
	in := &input{fd: int(s.o.In.Fd()), ready: true}
	for i, p := range s.Plan.Probes {
		if ofInput(p) {
			in.probes = append(in.probes, i)
		}
	}
	err := s.poller.Add(in.fd, func() { in.ready = true })
	if err != nil && !errors.Is(err, unix.EPERM) { // of a file all is there already
		return fmt.Errorf("standard input: %w", err)
	}
	s.input = in
	s.end.keyboard.Store(openKeyboard(in.fd))
	return nil
}

// closeInput gives the terminal back.
func (s *session) closeInput() {
	s.end.keyboard.Load().restore()
	if s.input != nil && s.input.cut > 0 {
		s.warn(fmt.Sprintf("%s of standard input cut to the length of a string; -D MAXSTRINGLEN=n makes room", count(s.input.cut, "line")))
	}
	s.input = nil
}

// wait is the time until input is looked at again, whether it tells of more or not;
// negative: never.
func (in *input) wait(k *keyboard) time.Duration {
	switch {
	case in.ready:
		return 0
	case k.away():
		return lookAgain
	}
	return -1
}

// readInput runs the handlers of what has come from standard input, a piece of it.
func (s *session) readInput() error {
	in := s.input
	if in == nil {
		return nil
	}
	keyboard := s.end.keyboard.Load()
	if in.ready = in.ready || keyboard.isBack(); !in.ready {
		return nil
	}
	if !keyboard.ours() || !readable(in.fd) {
		in.ready = false // the poller tells when there is more, or the keyboard that it is back
		return nil
	}
	n, err := unix.Read(in.fd, in.buf[:])
	switch {
	case errors.Is(err, unix.EINTR) || errors.Is(err, unix.EAGAIN): // somebody else was faster
		in.ready = errors.Is(err, unix.EINTR)
		return nil
	case err != nil || n == 0:
		return s.endInput()
	}
	if err := s.drain(); err != nil {
		return err
	}
	for i := range n {
		if !s.running() {
			return nil
		}
		if err := s.character(in.buf[i : i+1]); err != nil {
			return err
		}
	}
	return nil
}

// endInput runs the handlers of a last line that has no newline.
func (s *session) endInput() error {
	in := s.input
	in.ready = false
	if len(in.line) == 0 {
		return nil
	}
	err := s.eachInput(func(k builtin.PointKind) bool { return k == builtin.InputLine }, in.line)
	in.line = in.line[:0]
	return err
}

// character runs the handlers of a character, and those of lines if it ends one, as they
// come in the script.
func (s *session) character(c []byte) error {
	in := s.input
	if room := s.machine.Room(0); len(in.line) < room {
		in.line = append(in.line, c[0])
	} else if len(in.line) == room {
		in.line = append(in.line, 0) // there is more than fits
		in.cut++
	}
	ends := c[0] == '\n'
	err := s.eachInput(func(k builtin.PointKind) bool { return k == builtin.InputChar || ends }, c)
	if ends {
		in.line = in.line[:0]
	}
	return err
}

// eachInput runs the handlers of standard input of some kinds.
func (s *session) eachInput(of func(builtin.PointKind) bool, c []byte) error {
	for _, probe := range s.input.probes {
		kind := s.Plan.Probes[probe].IR.Point.Kind
		if !of(kind) {
			continue
		}
		text := c
		if kind == builtin.InputLine {
			text = s.input.line
		}
		s.machine.Give(text)
		if err := s.beside([]int{probe}); err != nil {
			return err
		}
	}
	return nil
}

// readable reports whether a read would not wait.
func readable(fd int) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, 0)
	return err == nil && n > 0
}

// commandInput is the standard input of -c's command: tapir's own, unless the script
// listens to that.
func commandInput(c *compiler.Compiled, o Options) (in *os.File, done func(), err error) {
	if o.In == nil || !ReadsInput(c) {
		return os.Stdin, func() {}, nil
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, nil, fmt.Errorf("start the command: %w", err)
	}
	return null, func() { _ = null.Close() }, nil
}
