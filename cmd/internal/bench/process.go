package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

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

// A tracer is a running tapir.
type tracer struct {
	cmd      *exec.Cmd
	stderr   bytes.Buffer
	attached time.Duration // from start until it said so
	cpu      time.Duration // used until then
}

// startTracer starts tapir with args and waits until it is attached.
func startTracer(o options, args ...string) (*tracer, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	t := &tracer{cmd: exec.Command(o.tapir, append([]string{"run", "--ready-fd", "3"}, args...)...)}
	t.cmd.ExtraFiles = []*os.File{w}
	t.cmd.Stderr = &t.stderr
	began := time.Now()
	err = startOn(t.cmd, traceCPU, o.rt)
	w.Close()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", o.tapir, err)
	}
	_, err = bufio.NewReader(r).ReadString('\n')
	t.attached = time.Since(began)
	if err != nil {
		t.cmd.Wait()
		return nil, fmt.Errorf("tapir %s did not attach:\n%s", strings.Join(args, " "), t.stderr.String())
	}
	t.cpu = cpuTime(t.cmd.Process.Pid)
	return t, nil
}

// stop interrupts tapir, waits for its end, and returns how long that took.
func (t *tracer) stop() (time.Duration, error) {
	began := time.Now()
	if err := t.cmd.Process.Signal(os.Interrupt); err != nil {
		return 0, err
	}
	err := t.cmd.Wait()
	took := time.Since(began)
	if err != nil {
		return took, fmt.Errorf("tapir: %w\n%s", err, t.stderr.String())
	}
	if t.stderr.Len() > 0 {
		return took, errors.New("tapir complained:\n" + t.stderr.String())
	}
	return took, nil
}

// traceTime is the processor time that tapir used between attaching and its end;
// call it after stop.
func (t *tracer) traceTime() time.Duration {
	s := t.cmd.ProcessState
	return s.UserTime() + s.SystemTime() - t.cpu
}

// cpuTime is the processor time that the process has used so far.
func cpuTime(pid int) time.Duration {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	var sum time.Duration
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // the thread is gone
		}
		first, _, _ := strings.Cut(string(text), " ")
		ns, _ := strconv.ParseInt(first, 10, 64)
		sum += time.Duration(ns)
	}
	return sum
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
