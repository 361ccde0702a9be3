package shell

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"

	"tapir/runtime/output"
)

const (
	// window is the time over which what probes print is measured,
	window = 500 * time.Millisecond
	// and flood how many lines of it are shown in that time.
	flood = 100
	// longest is how much is kept of a line that has not ended.
	longest = 64 << 10
)

// screen is where everything is written: whole lines, above the line that is being typed.
type screen struct {
	color, terminal bool

	mu      sync.Mutex
	to      io.Writer
	part    []byte // of a line that has not ended
	began   time.Time
	shown   int  // lines of probes in this window
	hidden  int  // lines of probes that were not shown and not told of
	limited bool // a person reads, so a flood is throttled
	now     func() time.Time
}

func newScreen(to io.Writer, color, terminal bool) *screen {
	return &screen{to: to, color: color, terminal: terminal, limited: terminal, now: time.Now}
}

// Write writes lines that answer what was entered: all of them.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lines(p, func(line []byte) { _, _ = s.to.Write(line) })
}

// printf writes a line, with nothing in it that a terminal would obey.
func (s *screen) printf(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if s.terminal {
		line = output.Visible(line)
	}
	fmt.Fprintln(s, line)
}

// lines hands on whole lines, and keeps what is left.
func (s *screen) lines(p []byte, each func(line []byte)) (int, error) {
	s.part = append(s.part, p...)
	for {
		n := bytes.IndexByte(s.part, '\n') + 1
		if n == 0 && len(s.part) < longest {
			return len(p), nil
		}
		if n == 0 {
			n = len(s.part)
		}
		each(s.part[:n])
		s.part = s.part[n:]
	}
}

// end ends a line that has no end.
func (s *screen) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.part) > 0 {
		_, _ = s.to.Write(append(s.part, '\n'))
		s.part = nil
	}
}

// events is the screen for what probes print: when they print too much, some of it is
// left out, and how much is told.
type events struct{ *screen }

// Write shows as many lines as a person can take in.
func (e events) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.lines(p, e.line)
}

func (e events) line(line []byte) {
	if !e.limited {
		_, _ = e.to.Write(line)
		return
	}
	if now := e.now(); now.Sub(e.began) > window {
		e.tell()
		e.began, e.shown = now, 0
	}
	if e.shown >= flood {
		e.hidden++
		return
	}
	e.shown++
	_, _ = e.to.Write(line)
}

// tell says how many lines were left out.
func (e events) tell() {
	if e.hidden > 0 {
		_, _ = fmt.Fprintf(e.to, "… %d lines are not shown\n", e.hidden)
		e.hidden = 0
	}
}

// unlimited shows all that comes from now on.
func (s *screen) unlimited() {
	s.mu.Lock()
	defer s.mu.Unlock()
	events{s}.tell()
	s.limited = false
}

// pause tells what is still to be told, when nothing has been printed for a while.
func (s *screen) pause() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now().Sub(s.began) > window {
		events{s}.tell()
	}
}
