package session

import (
	"fmt"
	"os"
	"syscall"
)

// HoldMode is the hidden first argument that makes tapir call HoldMain.
const HoldMode = "__hold"

// The held process's descriptors, after the standard ones.
const (
	holdGo    = 3 // a byte from here starts the command
	holdReady = 4 // a byte to here says that the process waits
)

// HoldMain becomes a command once it is told to. The arguments are the command's
// path and its argv. It says that it waits, so that nothing of its own start is
// traced; the command starts when a byte comes, and never if tapir is gone.
// HoldMain returns, with an exit status, only then and if the command cannot be
// run.
//
// A process that is there before its command is what gives the command's pid to
// target() in begin probes, and lets its first system call be traced. Holding it
// by ptrace would do that too, but would keep debuggers and scripts about ptrace
// from seeing what they should.
func HoldMain(args []string) int {
	const unusable = 127 // what a shell answers for a command that it can't run
	if len(args) < 2 {
		fmt.Fprintln(os.Stderr, "tapir: this mode is for tapir's own use")
		return unusable
	}
	syscall.CloseOnExec(holdGo)
	// The name of the file that was run is "exe", which would tell a script nothing.
	_ = os.WriteFile("/proc/self/comm", []byte("tapir"), 0)
	var b [1]byte
	if _, err := syscall.Write(holdReady, b[:]); err != nil {
		return unusable
	}
	_ = syscall.Close(holdReady)
	for {
		n, err := syscall.Read(holdGo, b[:])
		if err == syscall.EINTR {
			continue
		}
		if n != 1 {
			return unusable
		}
		break
	}
	err := syscall.Exec(args[0], args[1:], os.Environ())
	fmt.Fprintf(os.Stderr, "tapir: run %s: %v\n", args[0], err)
	return unusable
}
