package session

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// holdMode is the hidden first argument that makes tapir call HoldMain.
const holdMode = "__hold"

// HoldMain becomes a command once it is told to. The arguments are the number of
// a descriptor, the command's path, and its argv. The command starts when a byte
// can be read from the descriptor; if that is closed, tapir is gone, and the
// command never starts. HoldMain returns, with an exit status, only then and if
// the command cannot be run.
//
// A process that is there before its command is what gives the command's pid to
// target() in begin probes, and lets its first system call be traced. Holding it
// by ptrace would do that too, but would keep debuggers and scripts about ptrace
// from seeing what they should.
func HoldMain(args []string) int {
	const unusable = 127 // what a shell answers for a command that it can't run
	if len(args) < 3 {
		fmt.Fprintln(os.Stderr, "tapir: this mode is for tapir's own use")
		return unusable
	}
	fd, err := strconv.Atoi(args[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, "tapir: no descriptor:", args[0])
		return unusable
	}
	syscall.CloseOnExec(fd)
	var b [1]byte
	for {
		n, err := syscall.Read(fd, b[:])
		if err == syscall.EINTR {
			continue
		}
		if n != 1 {
			return unusable
		}
		break
	}
	err = syscall.Exec(args[1], args[2:], os.Environ())
	fmt.Fprintf(os.Stderr, "tapir: run %s: %v\n", args[1], err)
	return unusable
}
