package session

import (
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// keyboard is a terminal that gives each key at once and shows none, until restore. A
// shell may put the session into the background and fetch it back; in the background it
// leaves the terminal alone, as it would be stopped for touching it. All methods may be
// called of nil, which is no terminal.
type keyboard struct {
	fd         int
	saved, raw unix.Termios

	mu    sync.Mutex
	over  bool
	taken bool        // it is raw
	back  atomic.Bool // the process goes on after it was stopped
}

// lookAgain is how often a session in the background looks whether the terminal is its
// own: shells don't tell a process that runs.
const lookAgain = 500 * time.Millisecond

// openKeyboard makes a terminal give keys at once; nil if fd is none.
func openKeyboard(fd int) *keyboard {
	saved, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return nil
	}
	k := &keyboard{fd: fd, saved: *saved, raw: *saved}
	k.raw.Lflag &^= unix.ICANON | unix.ECHO
	k.raw.Cc[unix.VMIN], k.raw.Cc[unix.VTIME] = 1, 0
	k.set()
	return k
}

// set takes the terminal, if it is there to take.
func (k *keyboard) set() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.taken = !k.over && k.ours() && unix.IoctlSetTermios(k.fd, unix.TCSETS, &k.raw) == nil
}

// away reports whether the session is in the background, as far as is known.
func (k *keyboard) away() bool {
	if k == nil {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.taken
}

// ours reports whether the terminal is this process's to use.
func (k *keyboard) ours() bool {
	if k == nil {
		return true
	}
	group, err := unix.IoctlGetInt(k.fd, unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp() // without job control there is none
}

// goOn is for when the process was stopped: whoever had the terminal meanwhile has set it
// for himself.
func (k *keyboard) goOn() {
	if k != nil {
		k.set()
		k.back.Store(true)
	}
}

// isBack takes the terminal if the session has come from the background or was stopped,
// and reports whether that is so.
func (k *keyboard) isBack() bool {
	if k == nil {
		return false
	}
	if k.away() && k.ours() {
		k.set()
		return true
	}
	return k.back.Swap(false)
}

// restore makes the terminal what it was; it may be called several times.
func (k *keyboard) restore() {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.over && k.ours() {
		_ = unix.IoctlSetTermios(k.fd, unix.TCSETS, &k.saved)
	}
	k.over = true
}
