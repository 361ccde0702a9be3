package main

import (
	"bytes"
	"context"
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

// opensScript prints of each open what strace does.
const opensScript = `probe syscall.openat.return {
	if (execname() == "` + opensName + `")
		println(name, "(", argstr, ") = ", retstr)
}`

// opensBpftrace is the nearest that bpftrace has: flags are numbers in it.
const opensBpftrace = `tracepoint:syscalls:sys_enter_openat /comm == "` + opensName + `"/ { @name[tid] = args->filename; @flags[tid] = args->flags }
tracepoint:syscalls:sys_exit_openat /comm == "` + opensName + `"/ {
	printf("openat(AT_FDCWD, \"%s\", 0x%x) = %d\n", str(@name[tid]), @flags[tid], args->ret);
	delete(@name[tid]); delete(@flags[tid])
}`

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

// opensUnder runs the program once while a tracer prints every open to out, and returns
// the nanoseconds of a pair.
func opensUnder(o options, w way, out string) (float64, error) {
	if w == byStrace {
		return runOpens(o, "strace", "-f", "-e", "trace=openat", "-o", out)
	}
	t, err := start(o, w, [ways]string{byTapir: opensScript, byPeer: opensBpftrace}[w], out)
	if err != nil {
		return 0, err
	}
	ns, err := runOpens(o)
	for end := time.Now().Add(lateness); err == nil && w == byPeer && openLines(out) < o.opens() && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond) // its end does not wait for what it has not read yet
	}
	if _, stopErr := t.stop(); err == nil {
		err = stopErr
	}
	return ns, err
}

// lateness is how long bpftrace may take for lines that are not there yet.
const lateness = 2 * time.Second

// measureOpens lets the tracers that are installed take turns, each between two runs of
// the program alone.
func measureOpens(o options) (Row, error) {
	row := Row{Name: "openat and close in a loop, each open printed", Unit: "ns added"}
	dir, err := os.MkdirTemp("", "tapir-bench")
	if err != nil {
		return row, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "out")
	list := []way{byTapir}
	if hasPeer() {
		list = append(list, byPeer)
	}
	if _, err := exec.LookPath("strace"); err == nil {
		list = append(list, byStrace)
	}
	var added [ways][]float64
	for range o.rounds {
		for _, i := range rand.Perm(len(list)) {
			w := list[i]
			alone, err := runOpens(o)
			if err != nil {
				return row, err
			}
			pair, err := opensUnder(o, w, out)
			if err != nil {
				return row, fmt.Errorf("opens under %s: %w", wayNames[w], err)
			}
			added[w] = append(added[w], pair-alone)
			row.Events[w] += o.opens()
			row.Lines[w] += openLines(out)
		}
	}
	for w := range ways {
		row.Value[w] = median(added[w])
	}
	row.relate()
	return row, nil
}

// openLines counts the lines about the file in a watcher's output.
func openLines(file string) int {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0 // nobody watched
	}
	return bytes.Count(text, []byte(`"/dev/null", `))
}
