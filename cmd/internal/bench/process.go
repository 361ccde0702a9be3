package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// startOn starts cmd on one CPU, as a real-time process if rt and if the machine
// allows it. A child inherits both from the thread that forks it.
func startOn(cmd *exec.Cmd, cpu int, rt bool) error {
	done := make(chan error)
	go func() {
		// The thread keeps what is set here, so it must end with the goroutine:
		// it stays locked.
		runtime.LockOSThread()
		var set unix.CPUSet
		set.Set(cpu)
		if err := unix.SchedSetaffinity(0, &set); err != nil {
			done <- fmt.Errorf("pin to CPU %d: %w", cpu, err)
			return
		}
		if rt {
			attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 9}
			_ = unix.SchedSetAttr(0, &attr, 0) // containers often forbid it; the table is only noisier then
		}
		done <- cmd.Start()
	}()
	return <-done
}

func kernelRelease() string {
	text, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return strings.TrimSpace(string(text))
}

func cpuModel() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
