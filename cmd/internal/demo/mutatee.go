package demo

// runMutatee plays the mutatee: all of it in assembly, since a process that Go
// forks can only make raw system calls, and since the breakpoint behind the fork
// must not be met by another of the runtime's threads. It doesn't return.
func runMutatee() error {
	if err := blockSignals(); err != nil {
		return err
	}
	forkWhenTold(statusFile, goFile, resultFile)
	return nil
}

// forkWhenTold writes a byte to ready, reads one from start, forks, writes what
// fork returned to result, waits for the child and exits. The child exits with
// status 7.
func forkWhenTold(ready, start, result uintptr)
