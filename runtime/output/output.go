// Package output writes the script's text: to standard output or to a file,
// through one bounded buffer. Start with New or Create, write, and call Flush
// whenever no event is waiting.
//
// A Writer belongs to one goroutine. Its first failure is its last: what is
// written afterwards is dropped, and every call returns the same error, so that
// the session can end at any of them and report Err once. A reader that went
// away is ErrClosed, which is no failure of the script.
//
// Go's runtime ends a program that writes to a broken pipe on its standard
// output, as C programs end. A program that wants ErrClosed instead has to call
// CatchBrokenPipe first.
package output

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// ErrClosed says that nobody reads the output any more. The session should end
// as if it had been told to, with success.
var ErrClosed = errors.New("the output was closed by its reader")

// Size is the number of bytes after which text is written without a Flush.
const Size = 64 << 10

// Writer is a destination of text.
type Writer struct {
	to       io.Writer
	file     io.Closer // what Close closes, if it was opened here
	name     string    // for messages
	terminal bool
	buf      []byte // always of capacity Size
	err      error
}

// New returns a Writer to w, which stays open when the Writer is closed. The
// name is for messages: "standard output".
func New(w io.Writer, name string) *Writer {
	return &Writer{
		to:       w,
		name:     name,
		terminal: IsTerminal(w),
		buf:      make([]byte, 0, Size),
	}
}

// Create returns a Writer to a new file, or to an existing one that is emptied.
func Create(path string) (*Writer, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("open the output: %w", err)
	}
	w := New(f, path)
	w.file = f
	return w, nil
}

// EscapeControl tells whether control characters in traced data have to be
// escaped because the text goes to a terminal, which would obey them.
func (w *Writer) EscapeControl() bool { return w.terminal }

// Write takes p. It is on its way when the buffer is full, or after Flush.
func (w *Writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	if len(w.buf)+len(p) > Size {
		if err := w.Flush(); err != nil {
			return 0, err
		}
		if len(p) >= Size {
			return len(p), w.send(p)
		}
	}
	w.buf = append(w.buf, p...)
	return len(p), nil
}

// Buffered is the number of bytes that wait for Flush.
func (w *Writer) Buffered() int { return len(w.buf) }

// Flush hands on everything that was written.
func (w *Writer) Flush() error {
	if w.err != nil || len(w.buf) == 0 {
		return w.err
	}
	err := w.send(w.buf)
	w.buf = w.buf[:0]
	return err
}

// Err is what stopped the Writer, if anything did.
func (w *Writer) Err() error { return w.err }

// Close flushes, and closes the file if Create opened it.
func (w *Writer) Close() error {
	w.Flush()
	if w.file == nil {
		return w.err
	}
	err := w.file.Close()
	w.file = nil
	if w.err == nil && err != nil {
		w.err = w.failure(err)
	}
	return w.err
}

// send writes all of p, in as many pieces as the destination takes.
func (w *Writer) send(p []byte) error {
	for len(p) > 0 {
		n, err := w.to.Write(p)
		switch {
		case err != nil && errors.Is(err, syscall.EINTR):
			err = nil
		case err == nil && n <= 0:
			err = io.ErrShortWrite
		}
		if err != nil {
			w.err = w.failure(err)
			return w.err
		}
		p = p[max(n, 0):]
	}
	return nil
}

// failure puts a write error into words.
func (w *Writer) failure(err error) error {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		return ErrClosed
	}
	if p, ok := errors.AsType[*os.PathError](err); ok {
		err = p.Err // the name is said once
	}
	return fmt.Errorf("write to %s: %w", w.name, err)
}

// CatchBrokenPipe makes a write to a broken pipe on standard output or standard
// error return an error instead of ending the program. Ignoring the signal would
// do as well, but commands that the program starts would inherit it.
func CatchBrokenPipe() (stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGPIPE)
	return func() { signal.Stop(c) }
}
