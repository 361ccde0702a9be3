// Package demo plays the case that tapir was made for, and watches it with
// tapir: a mutator traces a mutatee through a fork and writes back registers
// that it fetched too early, so that fork seems to return something else; then
// the same with the cure. Start with Run.
//
// Both processes are this program under other names, since the script tells them
// apart by name: Run links to the program from a private folder as test_driver
// and test4_2.dyn_g++, and main hands over to Main at once if Role says so.
//
// The trace shows every wait4 and a few of the ptrace requests of the mutator,
// so each of its calls matters: it blocks all signals, since Go's runtime uses
// some and an interrupted wait4 would show, and it looks ahead by waitid and
// lets go by PTRACE_DETACH, which the script doesn't watch.
package demo

import (
	_ "embed"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Script is the script that watches the pair.
//
//go:embed ptrace_watch.tp
var Script string

// The names under which the pair runs, as the script has them.
const (
	Mutator = "test_driver"
	Mutatee = "test4_2.dyn_g++"
)

// roleVar is the environment variable that makes this program one of the pair.
const roleVar = "TAPIR_DEMO_ROLE"

// Descriptors of the pair, beside the standard ones.
const (
	statusFile = 3 // the mutator says "ready MUTATEE", then "done CHILD"; the mutatee "ready"
	goFile     = 4 // the mutatee waits for a byte here, then forks
	resultFile = 5 // the mutatee writes what fork returned, an int64
)

// ptrace(2) wants all requests from one thread, and the mutatee is traced in its
// main thread. The main goroutine stays on the main thread if it is locked here.
func init() {
	if Role() != "" {
		runtime.LockOSThread()
	}
}

// Role is the part that this process was started to play, or "" for none.
func Role() string { return os.Getenv(roleVar) }

// Main plays a role and returns the process's exit status. It has to be called
// from the main goroutine, before anything else is done.
func Main(role string, args []string) int {
	var err error
	switch {
	case role == Mutatee && len(args) == 0:
		err = runMutatee()
	case role == Mutator && len(args) == 1 && findVariant(args[0]) != nil:
		err = runMutator(findVariant(args[0]))
	default:
		err = fmt.Errorf("no such role: %s %q", role, args)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", role, err)
		return 1
	}
	return 0
}

// blockSignals keeps every signal that can be kept from this thread.
func blockSignals() error {
	var all unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^uint64(0)
	}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &all, nil); err != nil {
		return fmt.Errorf("block signals: %w", err)
	}
	return nil
}
