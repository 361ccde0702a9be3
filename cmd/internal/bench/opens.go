package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	opensMode = "__opens" // first argument of the process that opens a file in a loop
	opensName = "tapir-opens"
)

// OpenRow is a row of the table of tracers: what they make of a program that opens
// and closes a file in a loop. Times are nanoseconds per pair of calls.
type OpenRow struct {
	Name  string  `json:"name"`
	Pair  float64 `json:"pair_ns"` // the median of all rounds
	Ratio float64 `json:"ratio"`   // the median of the rounds' ratios to the untraced pair
	// Opens and Lines are counted where every open is to print a line.
	Opens int `json:"opens,omitempty"`
	Lines int `json:"lines,omitempty"`
}

// A watched is a way to run the program, with its lines in a file.
type watched struct {
	name  string
	needs string // a command, or "" if nothing is needed
	run   func(o options, out string) (pairNS float64, err error)
}

// watchers are the rows; the first one is the program alone.
var watchers = []watched{
	{name: "nobody watches", run: func(o options, _ string) (float64, error) { return runOpens(o) }},
	{name: "tapir: openat, its arguments and its result", run: underTapir},
	{name: "strace -f -e trace=openat", needs: "strace", run: underStrace},
	{name: "bpftrace: the file's name and the result", needs: "bpftrace", run: underBpftrace},
}

// opensScript prints of each open what strace does.
const opensScript = `probe syscall.openat.return {
	if (execname() == "` + opensName + `")
		println(name, "(", argstr, ") = ", retstr)
}`

// opensBpftrace is the nearest that bpftrace has: flags are numbers in it.
const opensBpftrace = `BEGIN { printf("ready\n") }
tracepoint:syscalls:sys_enter_openat /comm == "` + opensName + `"/ { @name[tid] = args->filename; @flags[tid] = args->flags }
tracepoint:syscalls:sys_exit_openat /comm == "` + opensName + `"/ {
	printf("openat(AT_FDCWD, \"%s\", 0x%x) = %d\n", str(@name[tid]), @flags[tid], args->ret);
	delete(@name[tid]); delete(@flags[tid])
}`

// startBpftrace is a shell command: without tracefs, bpftrace knows no tracepoint.
const startBpftrace = `mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing; exec bpftrace -B line -e "$1"`

// opens is how often the program opens the file.
func (o options) opens() int { return max(o.batch/10, 1000) }

// serveOpens opens and closes a file count times, and writes the nanoseconds that a
// pair took.
func serveOpens(count int, out io.Writer) error {
	runtime.LockOSThread()
	debug.SetGCPercent(-1)
	setName(opensName)
	var set unix.CPUSet
	set.Set(loadCPU) // strace has started it on its own
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		return err
	}
	began := time.Now()
	for range count {
		fd, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		if err := unix.Close(fd); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%d\n", int64(time.Since(began))/int64(count))
	return err
}

// most bounds one run of the program, and of what watches it.
const most = 30 * time.Second

// runOpens runs the program behind the words of a command that starts it.
func runOpens(o options, before ...string) (float64, error) {
	argv := append(before, os.Args[0], opensMode, strconv.Itoa(o.opens()))
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := startOn(cmd, traceCPU, o.rt)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w\n%s", cmd, err, errs.Bytes())
	}
	return strconv.ParseFloat(strings.TrimSpace(out.String()), 64)
}

func underTapir(o options, out string) (float64, error) {
	t, err := startTracer(o, "-o", out, "-e", opensScript)
	if err != nil {
		return 0, err
	}
	ns, err := runOpens(o)
	if _, stopErr := t.stop(); err == nil {
		err = stopErr
	}
	return ns, err
}

func underStrace(o options, out string) (float64, error) {
	return runOpens(o, "strace", "-f", "-e", "trace=openat", "-o", out)
}

func underBpftrace(o options, out string) (float64, error) {
	file, err := os.Create(out)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	cmd := exec.CommandContext(ctx, "unshare", "-m", "sh", "-c", startBpftrace, "sh", opensBpftrace)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := startOn(cmd, traceCPU, o.rt); err != nil {
		return 0, err
	}
	text := bufio.NewReader(pipe)
	for line := ""; !strings.HasPrefix(line, "ready"); {
		if line, err = text.ReadString('\n'); err != nil {
			return 0, errors.Join(fmt.Errorf("bpftrace did not attach: %w", err), cmd.Wait())
		}
	}
	all, copied := make(chan struct{}), make(chan error, 1)
	go func() { copied <- copyLines(file, text, o.opens(), all) }()
	ns, err := runOpens(o)
	select { // its end does not wait for what it has not read yet
	case <-all:
	case <-time.After(lateness):
	}
	err = errors.Join(err, cmd.Process.Signal(os.Interrupt), <-copied)
	return ns, errors.Join(err, cmd.Wait())
}

// lateness is how long bpftrace may take for lines that are not there yet.
const lateness = 2 * time.Second

// copyLines copies lines to the end, and closes all when there are as many as wanted.
func copyLines(to io.Writer, from *bufio.Reader, wanted int, all chan<- struct{}) error {
	for n := 1; ; n++ {
		line, err := from.ReadBytes('\n')
		if _, writeErr := to.Write(line); writeErr != nil {
			return writeErr
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if n == wanted {
			close(all)
		}
	}
}

// works reports whether a watcher that may be missing is there and can attach.
func (w watched) works(o options, out string) bool {
	if w.needs == "" {
		return true
	}
	if _, err := exec.LookPath(w.needs); err != nil {
		return false
	}
	if _, err := w.run(o, out); err != nil {
		fmt.Fprintf(os.Stderr, "bench: without %s: %v\n", w.needs, err)
		return false
	}
	return true
}

// openSamples are what was measured of one watcher.
type openSamples struct {
	pairs, ratios []float64
	lines         int
}

// measureOpens lets the watchers that are installed take turns, and relates each to
// the program alone in the same round.
func measureOpens(o options) ([]OpenRow, error) {
	dir, err := os.MkdirTemp("", "tapir-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var list []watched
	for _, w := range watchers {
		if w.works(o, filepath.Join(dir, "first")) {
			list = append(list, w)
		}
	}
	all := make([]openSamples, len(list))
	for range o.rounds {
		if err := openRound(o, dir, list, all); err != nil {
			return nil, err
		}
	}
	return openRows(o, list, all), nil
}

// openRound lets each watcher watch once, in random order.
func openRound(o options, dir string, list []watched, all []openSamples) error {
	ns := make([]float64, len(list))
	for _, i := range rand.Perm(len(list)) {
		out := filepath.Join(dir, strconv.Itoa(i))
		var err error
		if ns[i], err = list[i].run(o, out); err != nil {
			return fmt.Errorf("%s: %w", list[i].name, err)
		}
		all[i].lines += openLines(out)
	}
	for i := range all {
		all[i].pairs = append(all[i].pairs, ns[i])
		all[i].ratios = append(all[i].ratios, ns[i]/ns[0])
	}
	return nil
}

// openRows reduces the samples, of which the first are of the program alone.
func openRows(o options, list []watched, all []openSamples) []OpenRow {
	var rows []OpenRow
	for i, s := range all {
		r := OpenRow{Name: list[i].name, Pair: median(s.pairs), Ratio: median(s.ratios)}
		if i > 0 {
			r.Opens, r.Lines = o.opens()*o.rounds, s.lines
		}
		rows = append(rows, r)
	}
	return rows
}

// openLines counts the lines about the file in a watcher's output.
func openLines(file string) int {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0 // nobody watched
	}
	return bytes.Count(text, []byte(`"/dev/null", `))
}
