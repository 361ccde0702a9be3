package session

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// HoldMode is the hidden first argument that makes tapir call HoldMain.
const HoldMode = "__hold"

// The held process's descriptors, after the standard ones.
const (
	holdGo    = 3 // a byte from here ends its sleep; the end of it, if tapir has not said to run, the process
	holdReady = 4 // the process's id comes to here when it waits
	holdShare = 5 // a file that tapir and the process map, see share
)

// unusable is what a shell answers for a command that it can't run.
const unusable = 127

// HoldMain makes a process that becomes a command once it is told to. The arguments
// are the command's path and its argv.
//
// A process that is there before its command is what gives the command's pid to
// target() in begin probes, and lets its first system call be traced. Holding it by
// ptrace would do that too, but would keep debuggers and scripts about ptrace from
// seeing what they should. The process is a fork of this one, since a program in Go
// has threads that make system calls while it waits. The fork waits in a read first,
// then, while tapir attaches its probes, for a word in memory that it shares with tapir,
// so that a script sees nothing of it before its execve; if that takes seconds, it reads
// again. Its parent is this one's.
func HoldMain(args []string) int {
	if len(args) < 2 {
		fmt.Fprintln(os.Stderr, "tapir: this mode is for tapir's own use")
		return unusable
	}
	syscall.CloseOnExec(holdGo)
	syscall.CloseOnExec(holdReady)
	syscall.CloseOnExec(holdShare)
	// The name of the file that was run is "exe", which would tell a script nothing.
	_ = os.WriteFile("/proc/self/comm", []byte("tapir"), 0)
	h, keep, err := newHeld(args[0], args[1:], os.Environ())
	if err == nil {
		if pid := forkHeld(h); pid < 0 {
			err = syscall.Errno(-pid)
		}
	}
	runtime.KeepAlive(keep)
	if err != nil {
		fmt.Fprintf(os.Stderr, "tapir: run %s: %v\n", args[0], err)
		return unusable
	}
	return 0
}

// held is what the held process knows, as forkHeld's code reads it.
type held struct {
	ready, start     uintptr // descriptors
	path, argv, envp uintptr // execve's arguments
	share            uintptr // the address of a share
	messages         uintptr // array of {address, length}, by errno
	count            uintptr // of messages
	//lint:ignore U1000 the kernel writes it, and forkHeld's code reads it
	pid uint64 // the process's own
	//lint:ignore U1000 forkHeld's code hands it to the kernel
	usual [4]uint64 // a struct sigaction of SIG_DFL
}

// share is what tapir and the held process tell each other without system calls.
type share struct {
	armed uint32 // set by the process: nothing but run is waited for
	run   uint32 // set by tapir
	spins uint32 // set by tapir before: how often the process looks at run before it sleeps
}

// usualSpins take some seconds.
const usualSpins = 1 << 28

// mapShare maps the file of a share.
func mapShare(fd int) (*share, []byte, error) {
	page, err := unix.Mmap(fd, 0, os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, fmt.Errorf("share memory with the command: %w", err)
	}
	return (*share)(unsafe.Pointer(&page[0])), page, nil
}

// forkHeld forks the held process and gives its id, or a negative errno.
//
//go:noescape
func forkHeld(h *held) int64

// newHeld puts everything where the process finds it; keep must be kept alive.
func newHeld(path string, argv, env []string) (h *held, keep []any, err error) {
	common, page, err := mapShare(holdShare)
	if err != nil {
		return nil, nil, err
	}
	h = &held{ready: holdReady, start: holdGo, share: uintptr(unsafe.Pointer(common))}
	name, err := syscall.BytePtrFromString(path)
	if err != nil {
		return nil, nil, err
	}
	args, err := syscall.SlicePtrFromStrings(argv)
	if err != nil {
		return nil, nil, err
	}
	envs, err := syscall.SlicePtrFromStrings(env)
	if err != nil {
		return nil, nil, err
	}
	texts, messages := failures(path)
	h.path = uintptr(unsafe.Pointer(name))
	h.argv = uintptr(unsafe.Pointer(&args[0]))
	h.envp = uintptr(unsafe.Pointer(&envs[0]))
	h.messages, h.count = uintptr(unsafe.Pointer(&messages[0])), uintptr(len(messages))
	return h, []any{name, args, envs, texts, messages, page, h}, nil
}

// message is a text in memory.
type message struct{ at, length uintptr }

// maxErrno is the highest number of an error that execve is known to give.
const maxErrno = 133

// failures is what is to be said of a command that can't be run, by the errno.
func failures(path string) (texts [][]byte, messages []message) {
	for errno := range syscall.Errno(maxErrno + 1) {
		why := errno.Error()
		if errno == 0 {
			why = "it can't be executed"
		}
		text := fmt.Appendf(nil, "tapir: run %s: %s\n", path, why)
		texts = append(texts, text)
		messages = append(messages, message{uintptr(unsafe.Pointer(&text[0])), uintptr(len(text))})
	}
	return texts, messages
}
