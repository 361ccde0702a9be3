package output

import (
	"bytes"
	"fmt"
	"os"
)

// Rotating writes to a sequence of files of bounded size: PREFIX.0, PREFIX.1, and
// so on. A line is not divided unless it is longer than a file.
type Rotating struct {
	prefix string
	size   int64 // bytes that a file may have
	keep   int   // files that are kept, the newest; 0: all

	file    *os.File
	number  int   // of the file
	written int64 // to it
}

// NewRotating begins with the first file.
func NewRotating(prefix string, size int64, keep int) (*Rotating, error) {
	r := &Rotating{prefix: prefix, size: size, keep: keep, number: -1}
	return r, r.next()
}

func (r *Rotating) name(number int) string { return fmt.Sprintf("%s.%d", r.prefix, number) }

// next goes on to the next file, and removes one that is not kept any longer.
func (r *Rotating) next() error {
	if err := r.Close(); err != nil {
		return err
	}
	r.number++
	file, err := os.Create(r.name(r.number))
	if err != nil {
		return err
	}
	r.file, r.written = file, 0
	if r.keep > 0 && r.number >= r.keep {
		_ = os.Remove(r.name(r.number - r.keep))
	}
	return nil
}

// Write writes p, in as many files as it takes.
func (r *Rotating) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		part := r.fitting(p[done:])
		if len(part) == 0 {
			if err := r.next(); err != nil {
				return done, err
			}
			continue
		}
		n, err := r.file.Write(part)
		done += n
		r.written += int64(n)
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// fitting is what of p still fits into the file, in whole lines; empty if the
// next file has to be begun.
func (r *Rotating) fitting(p []byte) []byte {
	room := r.size - r.written
	if int64(len(p)) <= room {
		return p
	}
	if room <= 0 {
		return nil
	}
	if end := bytes.LastIndexByte(p[:room], '\n'); end >= 0 {
		return p[:end+1]
	}
	if r.written > 0 {
		return nil
	}
	return p[:room]
}

// Switch goes on to the next file, whatever is in this one.
func (r *Rotating) Switch() error { return r.next() }

// Close closes the file that is written to.
func (r *Rotating) Close() error {
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file = nil
	return err
}
