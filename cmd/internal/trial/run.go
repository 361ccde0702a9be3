package trial

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"tapir/runtime/invoker"
)

// Runner runs trials.
type Runner struct {
	// Tapir is the path of the program, and Name what it is called as.
	Tapir, Name string
}

// Outcome is how a trial went.
type Outcome struct {
	Passed bool
	// Report says what is wrong, as lines.
	Report string
}

// endDelay is how long a process may take to end once it has been told to.
const endDelay = 10 * time.Second

// maxOutput is how much of what is printed is kept, in bytes.
const maxOutput = 4 << 20

// Run runs a trial of the script of a path. It returns an error if there was no way to.
func (r *Runner) Run(ctx context.Context, script string, t *Trial) (Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, t.Timeout)
	defer cancel()
	user, err := invoker.Current()
	if err != nil {
		return Outcome{}, err
	}
	dir, err := t.folder(user)
	if err != nil {
		return Outcome{}, err
	}
	defer os.RemoveAll(dir)
	p := &play{trial: t, user: user, dir: dir}
	if err := p.start(ctx, r, script); err != nil {
		return Outcome{}, err
	}
	p.perform(ctx)
	return p.judge(ctx), nil
}

// folder makes the folder that all runs in, with the test's files.
func (t *Trial) folder(user *invoker.Invoker) (dir string, err error) {
	dir, err = os.MkdirTemp("", "tapir-test-")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	for _, f := range t.Files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, f.Data, 0o755); err != nil {
			return "", err
		}
	}
	return dir, filepath.Walk(dir, func(path string, _ os.FileInfo, err error) error {
		return errors.Join(err, user.Own(path))
	})
}

// play is a trial that runs.
type play struct {
	trial *Trial
	user  *invoker.Invoker
	dir   string

	tapir    *exec.Cmd
	attached *os.File // gets a line once all is attached
	out, err capture
	ended    chan struct{}
	exit     error
	troubles []string
}

// start starts the script.
func (p *play) start(ctx context.Context, r *Runner, script string) error {
	t := p.trial
	reader, writer, err := os.Pipe()
	if err != nil {
		return err
	}
	defer writer.Close()
	args := append([]string{"run", "--ready-fd", "3"}, t.Options...)
	if t.Command != "" {
		args = append(args, "-c", t.Command)
	}
	args = append(append(args, script, "--"), t.Arguments...)
	c := exec.CommandContext(ctx, r.Tapir, args...)
	c.Args[0] = r.Name
	c.Dir = p.dir
	p.out.until, p.out.met = t.Until, make(chan struct{})
	c.Stdout, c.Stderr = &p.out, &p.err
	c.ExtraFiles = []*os.File{writer}
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = endDelay
	if err := c.Start(); err != nil {
		reader.Close()
		return err
	}
	p.tapir, p.attached, p.ended = c, reader, make(chan struct{})
	go func() {
		p.exit = c.Wait()
		close(p.ended)
	}()
	return nil
}

// perform does what is to be done while the script runs, and waits for its end.
func (p *play) perform(ctx context.Context) {
	t := p.trial
	stop := context.AfterFunc(ctx, func() { p.attached.Close() }) // somebody else may hold its other end
	defer stop()
	line, _ := bufio.NewReader(p.attached).ReadString('\n') // ends at the latest when tapir does
	p.attached.Close()
	if line != "" {
		if t.Workload != "" {
			p.work(ctx)
		}
		if t.Until != nil {
			select {
			case <-p.out.met:
			case <-p.ended:
			}
		}
		if t.Until != nil || !t.Ends && t.Command == "" {
			_ = p.tapir.Process.Signal(os.Interrupt) // it may have ended
		}
	}
	<-p.ended
}

// work runs the workload to its end, in the name of the user who called.
func (p *play) work(ctx context.Context) {
	c := exec.CommandContext(ctx, "/bin/sh", "-c", p.trial.Workload)
	c.Dir = p.dir
	c.Env = p.user.Environment(os.Environ())
	c.SysProcAttr = p.user.Attributes()
	c.SysProcAttr.Setpgid = true
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	c.WaitDelay = endDelay
	output := &capture{}
	c.Stdout, c.Stderr = output, output
	if err := c.Run(); err != nil {
		p.trouble("the workload failed: %v", err)
		for _, line := range output.lines() {
			p.trouble("  | %s", line)
		}
	}
}

func (p *play) trouble(format string, args ...any) {
	p.troubles = append(p.troubles, fmt.Sprintf(format, args...))
}

// judge says whether all was as it must be.
func (p *play) judge(ctx context.Context) Outcome {
	t := p.trial
	if ctx.Err() != nil {
		p.trouble("it took longer than %v", t.Timeout)
	}
	if status := p.tapir.ProcessState.ExitCode(); status != t.Status {
		p.trouble("exit status %d, not %d", status, t.Status)
	}
	expected := t.Errors
	if len(expected) == 0 {
		expected, _ = parsePatterns("not: ^(WARNING|ERROR|[a-z]+ error)\\b")
	}
	out, errs := p.out.lines(), p.err.lines()
	if p.out.full() || p.err.full() {
		p.trouble("it printed more than %d MB: the rest was not looked at", maxOutput>>20)
	}
	outMatches, errMatches := t.Output.against(out), expected.against(errs)
	if len(p.troubles) == 0 && good(outMatches) && good(errMatches) {
		return Outcome{Passed: true}
	}
	var b strings.Builder
	for _, trouble := range p.troubles {
		fmt.Fprintf(&b, "    %s\n", trouble)
	}
	compare(&b, "output", out, outMatches)
	if len(errs) > 0 || !good(errMatches) {
		compare(&b, "standard error", errs, errMatches)
	}
	return Outcome{Report: b.String()}
}

// capture keeps what a process prints, and notices a line. It may be written to and
// read at the same time.
type capture struct {
	until *regexp.Regexp
	met   chan struct{} // closed when a whole line matches until

	mu      sync.Mutex
	text    bytes.Buffer
	looked  int // at so many bytes of the text
	matched bool
	dropped bool // some of the text
}

// Write is called with what is printed. What is too much is dropped, and noted.
func (c *capture) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	room := max(0, maxOutput-c.text.Len())
	c.text.Write(p[:min(len(p), room)])
	c.dropped = c.dropped || len(p) > room
	for c.until != nil && !c.matched {
		rest := c.text.Bytes()[c.looked:]
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			break
		}
		c.looked += end + 1
		if c.matched = c.until.Match(rest[:end]); c.matched {
			close(c.met)
		}
	}
	return len(p), nil
}

// full reports whether some of what was printed was dropped.
func (c *capture) full() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dropped
}

// lines is what was printed, without blanks at the ends of lines.
func (c *capture) lines() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []string
	for line := range strings.Lines(c.text.String()) {
		list = append(list, strings.TrimRight(line, " \t\r\n"))
	}
	return list
}
