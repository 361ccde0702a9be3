package session

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"

	"golang.org/x/sys/unix"

	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/runtime/fuse"
	"tapir/runtime/vm"
)

// files are the session's files, with the probes of each.
type files struct {
	*fuse.Server
	list []sessionFile
}

type sessionFile struct {
	path             string
	max              int // bytes that a reader gets at most; 0: as many as a string has
	readers, writers []int
	cut              uint64 // answers that were longer
}

// Name is what a session is called that was given none, as no other is at that time.
func Name() string { return fmt.Sprintf("tapir_%d", os.Getpid()) }

var sessionName = regexp.MustCompile(`^[A-Za-z0-9_]{1,64}$`)

// IsName reports whether a session can be called that: by letters, digits and _.
func IsName(name string) bool { return sessionName.MatchString(name) }

// collectFiles finds the files of a plan; usual is the bytes that a reader gets at most
// if its probe doesn't say, and piece those of a write that a handler gets.
func collectFiles(p *plan.Plan, usual, piece int) (list []sessionFile, give []fuse.File) {
	for i, probe := range p.Probes {
		point := &probe.IR.Point
		if !point.Kind.IsFile() {
			continue
		}
		n := slices.IndexFunc(list, func(f sessionFile) bool { return f.path == point.File.Path })
		if n < 0 {
			n = len(list)
			list = append(list, sessionFile{path: point.File.Path, max: usual})
			give = append(give, fuse.File{Path: point.File.Path, Piece: piece})
		}
		give[n].Mode |= point.File.Mode
		if point.Kind == builtin.FileRead {
			give[n].Read = true
			list[n].readers = append(list[n].readers, i)
			list[n].max = max(list[n].max, point.File.Max)
		} else {
			give[n].Write = true
			list[n].writers = append(list[n].writers, i)
		}
	}
	return list, give
}

// openFiles makes the session's files, if the script has any. Who opens one waits until
// the session handles events.
func (s *session) openFiles() error {
	list, give := collectFiles(s.Plan, s.o.AnswerLen, s.machine.Room(0))
	if len(list) == 0 {
		return nil
	}
	server, err := fuse.Place(fuse.Root, s.o.Name, give, s.poller.Interrupt)
	switch {
	case errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENXIO) || errors.Is(err, unix.ENODEV):
		return fmt.Errorf("procfs probes need the kernel's FUSE (modprobe fuse): %w", err)
	case errors.Is(err, fuse.ErrTaken):
		return fmt.Errorf("%w; -m gives another one", err)
	case err != nil:
		return fmt.Errorf("make the files of procfs probes: %w", err)
	}
	s.files = &files{server, list}
	s.end.files.Store(server)
	if s.o.Verbose > 0 {
		s.report("The files of procfs probes are in %s.", server.Dir())
	}
	return nil
}

// closeFiles removes the files, and says what did not fit into them.
func (s *session) closeFiles() {
	if s.files == nil {
		return
	}
	for _, f := range s.files.list {
		if f.cut > 0 {
			s.warn(fmt.Sprintf("procfs(%q).read: %s cut to %d bytes; .maxsize(n) or -D STP_PROCFS_BUFSIZE=n makes room",
				f.path, count(f.cut, "answer"), s.machine.Room(f.max)))
		}
	}
	err := s.files.Remove()
	s.end.files.Store(nil) // now: a second signal may come at any time before
	if err != nil {
		s.warn(err.Error())
	}
	s.files = nil
}

// answerFiles runs the handlers of the reads and writes that wait by now.
func (s *session) answerFiles() error {
	if s.files == nil {
		return nil
	}
	for range s.files.Waiting() {
		r := s.files.Next()
		if r == nil {
			return nil
		}
		if err := s.answerFile(r); err != nil {
			return err
		}
	}
	return nil
}

// answerFile answers one request. A reader or writer whose handler fails sees an error.
func (s *session) answerFile(r *fuse.Request) error {
	if err := s.drain(); err != nil || !s.running() { // what was before the request is handled first
		r.Refuse()
		return err
	}
	s.machine.As(vm.Asker(r.Thread))
	defer s.machine.As(nil)
	f := &s.files.list[r.File]
	failed := s.counts.errors
	if r.Write {
		taken := s.machine.Give(r.Text)
		err := s.beside(f.writers)
		if err != nil || s.counts.errors > failed || taken == 0 {
			r.Refuse()
		} else {
			r.Take(taken)
		}
		return err
	}
	s.machine.Expect(f.max)
	err := s.beside(f.readers)
	if err != nil || s.counts.errors > failed {
		r.Refuse()
		return err
	}
	text, cut := s.machine.Answer()
	if cut {
		f.cut++
	}
	r.Answer(text)
	return nil
}
