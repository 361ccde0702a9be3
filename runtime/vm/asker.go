package vm

import (
	"bytes"
	"io"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// asker is the context of a thread that waits for a handler: one that reads or writes a
// file of the session.
type asker struct {
	process // of what is the same for all: the time
	thread  int
	status  map[string][]byte // fields of /proc/TID/status by their names; nil: not read yet
}

// Asker is the context of a thread, by its id, that waits until the handler is done. Of
// one that is gone meanwhile nothing is known but the id.
func Asker(thread int) Context { return &asker{thread: thread} }

// maxStatus bounds /proc/TID/status in bytes.
const maxStatus = 64 << 10

func (a *asker) field(name string) []byte {
	if a.status == nil {
		a.status = map[string][]byte{}
		file, err := os.Open("/proc/" + strconv.Itoa(a.thread) + "/status")
		if err != nil {
			return nil
		}
		defer file.Close()
		text, _ := io.ReadAll(io.LimitReader(file, maxStatus))
		for line := range bytes.Lines(text) {
			key, value, _ := bytes.Cut(line, []byte(":\t"))
			a.status[string(key)] = bytes.TrimRight(value, "\n")
		}
	}
	return a.status[name]
}

// number is the n-th number of a field.
func (a *asker) number(name string, n int) int64 {
	fields := bytes.Fields(a.field(name))
	if n >= len(fields) {
		return 0
	}
	v, _ := strconv.ParseInt(string(fields[n]), 10, 64)
	return v
}

// Long answers what is about the thread, and leaves the rest to the process.
func (a *asker) Long(function string) int64 {
	switch function {
	case "tid":
		return int64(a.thread)
	case "pid":
		return a.number("Tgid", 0)
	case "ppid":
		return a.number("PPid", 0)
	case "uid":
		return a.number("Uid", 0)
	case "euid":
		return a.number("Uid", 1)
	case "gid":
		return a.number("Gid", 0)
	case "egid":
		return a.number("Gid", 1)
	case "pgrp":
		n, _ := unix.Getpgid(a.thread)
		return int64(n)
	case "sid":
		n, _ := unix.Getsid(a.thread)
		return int64(n)
	}
	return a.process.Long(function)
}

// Text answers the functions that give names.
func (a *asker) Text(function string) string {
	switch function {
	case "execname":
		return nameOf(strconv.Itoa(a.thread))
	case "pexecname":
		return nameOf(strconv.FormatInt(a.number("PPid", 0), 10))
	}
	return ""
}

// As makes c what context functions tell of in the handlers that run from now on outside
// of events; nil is what it was in the beginning.
func (m *Machine) As(c Context) {
	m.self = c
	if c == nil {
		m.self = m.own
	}
}
