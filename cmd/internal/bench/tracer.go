package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// peer is what tapir is compared with, if it is there.
const peer = "bpftrace"

// peerReady is what a program of the peer's prints first.
const peerReady = "ready"

// patience bounds the wait for a tracer to attach.
const patience = 60 * time.Second

// A tracer is a running tracer.
type tracer struct {
	cmd      *exec.Cmd
	stderr   bytes.Buffer
	attached time.Duration // from start until it said so
	cpu      time.Duration // used until then
	silent   bool          // it must not complain
}

// start starts a tracer and waits until it is attached; out is the file for its lines.
func start(o options, w way, what, out string) (*tracer, error) {
	switch w {
	case byHand:
		return startReady(o, exec.Command(os.Args[0], handMode, what, out))
	case byTapir:
		return startTapir(o, "-o", out, "-e", what)
	}
	return startPeer(o, what, out)
}

// startTapir starts tapir with args.
func startTapir(o options, args ...string) (*tracer, error) {
	return startReady(o, exec.Command(o.tapir, append([]string{"run", "--ready-fd", "3"}, args...)...))
}

// startReady starts a tracer that writes a line to descriptor 3 when it is attached.
func startReady(o options, cmd *exec.Cmd) (*tracer, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	t := &tracer{cmd: cmd, silent: true}
	t.cmd.ExtraFiles = []*os.File{w}
	t.cmd.Stderr = &t.stderr
	began := time.Now()
	err = startOn(t.cmd, traceCPU, o.rt)
	w.Close()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	_, err = bufio.NewReader(r).ReadString('\n')
	t.attached = time.Since(began)
	if err != nil {
		_ = t.cmd.Wait() // what it said tells more
		return nil, fmt.Errorf("%s did not attach:\n%s", cmd, t.stderr.String())
	}
	t.cpu = cpuTime(t.cmd.Process.Pid)
	return t, nil
}

// startPeer starts a program of the peer's, which begins to print when all of its probes
// are attached.
func startPeer(o options, program, out string) (*tracer, error) {
	file, err := os.Create(out)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	// With -o it writes nothing before its end.
	t := &tracer{cmd: exec.Command(peer, "-B", "line", "-e", `BEGIN { printf("`+peerReady+`\n") } `+program)}
	t.cmd.Stdout, t.cmd.Stderr = file, &t.stderr
	began := time.Now()
	if err := startOn(t.cmd, traceCPU, o.rt); err != nil {
		return nil, fmt.Errorf("start %s: %w", peer, err)
	}
	for {
		text, err := readStart(out)
		if err == nil && strings.Contains(text, peerReady+"\n") {
			break
		}
		if time.Since(began) > patience {
			_ = t.cmd.Process.Kill()
			_ = t.cmd.Wait()
			return nil, fmt.Errorf("%s did not attach:\n%s", peer, t.stderr.String())
		}
		time.Sleep(time.Millisecond)
	}
	t.attached = time.Since(began)
	t.cpu = cpuTime(t.cmd.Process.Pid)
	return t, nil
}

// readStart reads the first bytes of a file.
func readStart(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b := make([]byte, 4096)
	n, err := f.Read(b)
	return string(b[:n]), err
}

// stop interrupts the tracer, waits for its end, and returns how long that took.
func (t *tracer) stop() (time.Duration, error) {
	began := time.Now()
	if err := t.cmd.Process.Signal(os.Interrupt); err != nil {
		return 0, err
	}
	err := t.cmd.Wait()
	took := time.Since(began)
	if err != nil {
		return took, fmt.Errorf("%s: %w\n%s", t.cmd.Path, err, t.stderr.String())
	}
	if t.silent && t.stderr.Len() > 0 {
		return took, errors.New(t.cmd.Path + " complained:\n" + t.stderr.String())
	}
	return took, nil
}

// traceTime is the processor time that the tracer used between attaching and its end;
// call it after stop.
func (t *tracer) traceTime() time.Duration {
	s := t.cmd.ProcessState
	return s.UserTime() + s.SystemTime() - t.cpu
}

// used is the processor time that the tracer has used since it attached, while it runs.
func (t *tracer) used() time.Duration { return cpuTime(t.cmd.Process.Pid) - t.cpu }

// memory is the memory of the tracer's own at this time, in MB.
func (t *tracer) memory() float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", t.cmd.Process.Pid))
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kb / 1024
		}
	}
	return 0
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
