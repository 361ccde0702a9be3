package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	loadMode  = "__load"  // first argument of the load process
	helloMode = "__hello" // first argument of the process that does nothing

	loadName = "tapir-load" // the load's task name
	loadCPU  = 0
	traceCPU = 1

	// subCalls is the length of a sub-batch: long enough that reading the clock
	// twice does not count, short enough that many run undisturbed.
	subCalls = 250
)

// serveLoad answers each line "N" on in with one line: the nanoseconds that each
// sub-batch of N getppid() calls took; and a line "N GAP" with the nanoseconds that each
// of N calls took, two readings of the clock included, of which one begins every GAP.
func serveLoad(in io.Reader, out io.Writer) {
	runtime.LockOSThread()
	debug.SetGCPercent(-1)
	setName(loadName)
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		first, gap, spaced := strings.Cut(lines.Text(), " ")
		calls, err := strconv.Atoi(first)
		if err != nil {
			return
		}
		var times []int64
		if spaced {
			ns, _ := strconv.Atoi(gap)
			times = make([]int64, calls)
			singly(times, time.Duration(ns))
		} else {
			times = make([]int64, calls/subCalls)
			batch(make([]int64, 2)) // warm up
			batch(times)
		}
		var line strings.Builder
		for _, t := range times {
			fmt.Fprintf(&line, "%d ", t)
		}
		fmt.Fprintln(out, line.String())
	}
}

// batch makes subCalls calls for each element of times and stores their duration there.
func batch(times []int64) {
	last := time.Now()
	for i := range times {
		for range subCalls {
			syscall.RawSyscall(syscall.SYS_GETPPID, 0, 0, 0)
		}
		now := time.Now()
		times[i] = int64(now.Sub(last))
		last = now
	}
}

// singly makes one call for each element of times, one every gap, and waits in between
// without sleeping.
func singly(times []int64, gap time.Duration) {
	next := time.Now()
	for i := range times {
		next = next.Add(gap)
		began := time.Now()
		syscall.RawSyscall(syscall.SYS_GETPPID, 0, 0, 0)
		now := time.Now()
		times[i] = int64(now.Sub(began))
		for gap > 0 && now.Before(next) {
			now = time.Now()
		}
	}
}

// callsFor is how many calls the load really makes when asked for n.
func callsFor(n int) int { return (n/subCalls + 2) * subCalls }

// setName names the current thread; failing costs only the count of lines, which
// then is 0 and shows.
func setName(name string) {
	_ = os.WriteFile("/proc/thread-self/comm", []byte(name), 0)
}

// A load is a running load process.
type load struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startLoad(rt bool) (*load, error) {
	cmd := exec.Command(os.Args[0], loadMode)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := startOn(cmd, loadCPU, rt); err != nil {
		return nil, fmt.Errorf("start the load: %w", err)
	}
	return &load{cmd, in, bufio.NewReaderSize(out, 1<<16)}, nil
}

// run makes calls and returns the nanoseconds per call of each sub-batch.
func (l *load) run(calls int) ([]float64, error) {
	ns, err := l.ask(strconv.Itoa(calls))
	for i := range ns {
		ns[i] /= subCalls
	}
	return ns, err
}

// spaced makes calls, one every gap, and returns the nanoseconds of each.
func (l *load) spaced(calls int, gap time.Duration) ([]float64, error) {
	return l.ask(fmt.Sprintf("%d %d", calls, int64(gap)))
}

// ask sends a request and returns the times of the answer.
func (l *load) ask(request string) ([]float64, error) {
	if _, err := fmt.Fprintln(l.in, request); err != nil {
		return nil, err
	}
	line, err := l.out.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the load's answer: %w", err)
	}
	fields := strings.Fields(line)
	ns := make([]float64, len(fields))
	for i, f := range fields {
		if ns[i], err = strconv.ParseFloat(f, 64); err != nil {
			return nil, fmt.Errorf("the load's answer: %w", err)
		}
	}
	return ns, nil
}

// stop ends the load and waits for it.
func (l *load) stop() error {
	l.in.Close()
	return l.cmd.Wait()
}
