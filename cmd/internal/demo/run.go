package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"tapir/runtime/decode"
	"tapir/runtime/output"
)

// Options say what Run may use.
type Options struct {
	// Program is the tapir that watches, and that plays the pair; "" is this one.
	Program string
	// Limit bounds the time that one variant may take; 0 is 20 seconds.
	Limit time.Duration
}

// Run plays every variant under tapir's eyes, and writes what tapir saw and what
// fork returned. A signal that asks the program to end, ends the demo cleanly.
func Run(ctx context.Context, w io.Writer, o Options) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	defer output.CatchBrokenPipe()()
	program, err := o.program()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tapir-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := linkPair(dir, program); err != nil {
		return err
	}
	script := filepath.Join(dir, "ptrace_watch.tp")
	if err := os.WriteFile(script, []byte(Script), 0o600); err != nil {
		return fmt.Errorf("write the demo's script: %w", err)
	}
	if _, err := fmt.Fprint(w, introduction); err != nil {
		return unread(err)
	}
	for i := range Variants {
		v := &Variants[i]
		trace, outcome, err := play(ctx, o.limit(), dir, v, watcher{program: program, script: script})
		if err != nil {
			return fmt.Errorf("the demo's %s variant: %w", v.Name, err)
		}
		if _, err := fmt.Fprintf(w, "\n%s\n\n%s\n%s\n%s\n", v.Title, trace, v.Look, verdict(outcome)); err != nil {
			return unread(err)
		}
	}
	return nil
}

// unread is the error of a write, or nil if the reader had enough.
func unread(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return fmt.Errorf("write the demo's text: %w", err)
}

const introduction = Mutator + " traces " + Mutatee + " by ptrace and instruments it where it forks.\n" +
	"No debugger can attach to either of them; tapir watches both from outside.\n"

func (o Options) program() (string, error) {
	if o.Program != "" {
		return filepath.Abs(o.Program)
	}
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find tapir's own file: %w", err)
	}
	return self, nil
}

func (o Options) limit() time.Duration {
	if o.Limit > 0 {
		return o.Limit
	}
	return 20 * time.Second
}

// play runs one variant: the pair up to the point where the mutatee is about to
// fork, then tapir until it is attached, then the fork and what follows.
func play(ctx context.Context, limit time.Duration, dir string, v *Variant, tapir watcher) (string, Outcome, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errors.New("it took too long"))
	defer cancel()
	runtime.LockOSThread() // the processes started here end with this thread
	defer runtime.UnlockOSThread()
	p, err := startPair(ctx, dir, v.Name)
	if err != nil {
		return "", Outcome{}, because(ctx, err)
	}
	defer p.close()
	if err := tapir.start(ctx); err != nil {
		return "", Outcome{}, because(ctx, err)
	}
	defer tapir.close()
	outcome, err := p.run()
	if err != nil {
		return "", outcome, because(ctx, err)
	}
	trace, err := tapir.stop()
	return trace, outcome, because(ctx, err)
}

// because adds why the context ended, if that is why err happened.
func because(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w (%w)", context.Cause(ctx), err)
	}
	return err
}

// verdict says what fork returned and what it should have.
func verdict(o Outcome) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "In the mutatee, fork returned %s", decode.AppendRetstr(nil, decode.FormatDecimal, o.Returned))
	if o.Returned == int64(o.Child) {
		fmt.Fprint(&b, ", the new process: right.")
	} else {
		fmt.Fprintf(&b, "; the new process is %d: wrong.", o.Child)
	}
	return strings.TrimSpace(b.String())
}
