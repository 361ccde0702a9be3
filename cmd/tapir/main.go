// Command tapir runs scripts in SystemTap's language on eBPF; see cmd/internal/cli
// for its commands.
package main

import (
	"os"
	"runtime"

	"tapir/cmd/internal/cli"
	"tapir/cmd/internal/demo"
	"tapir/runtime/session"
)

// Handlers of begin, end and timer probes run on the process's first thread, so that
// its pid() and tid() are the same there.
func init() { runtime.LockOSThread() }

func main() {
	if run := part(); run != nil {
		os.Exit(run())
	}
	os.Exit(cli.Main(os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// part is what tapir does when it has started itself for a part of its work: to
// hold -c's command until all is attached, or to play a role in the demo. It is
// nil if a person started tapir.
func part() func() int {
	if role := demo.Role(); role != "" {
		return func() int { return demo.Main(role, os.Args[1:]) }
	}
	if len(os.Args) > 1 && os.Args[1] == session.HoldMode {
		return func() int { return session.HoldMain(os.Args[2:]) }
	}
	return nil
}
