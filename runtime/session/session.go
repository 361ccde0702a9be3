// Package session runs a compiled script from its begin probes to its last
// warning. Start with Run.
//
// The order of things: the programs are loaded, so that a refusal comes before
// any output; begin probes run; the parameters that they have set are written;
// the programs are attached; -c's command, which waits since the start, is let
// go; events and timers are handled until something ends the session; the
// programs are detached; what is left in the ring buffer is handled; end probes
// run; and the reports are written.
//
// One goroutine does all of this. Signals have another, which only notes them
// and interrupts the wait.
package session

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"tapir/bpf/layout"
	"tapir/compiler"
	"tapir/lang/builtin"
	"tapir/runtime/event"
	"tapir/runtime/output"
	"tapir/runtime/vm"
)

// DefaultRing is the size of the ring buffer in bytes: 50 ms of records of 64
// bytes at the rate of the busiest CPU. Creating it takes 1 to 2 ms.
const DefaultRing = 8 << 20

// Options are what a session needs beside the script.
type Options struct {
	Out   io.Writer      // what the script prints
	Err   io.Writer      // warnings, errors and reports
	Ready io.WriteCloser // gets a line, and is closed, once all is attached; may be nil

	Command string // -c: runs while the session does
	PID     int    // -x: the process that target() is; 0: none

	Verbose int  // 1: say when the run starts, and the counters at its end
	Quiet   bool // no warnings

	Limits    vm.Limits
	MaxErrors int  // handlers that may fail before the session does
	Ring      int  // size of the ring buffer in bytes; 0: DefaultRing
	NoDisplay bool // do not show globals that are written and never read
}

// Result is how a session ended.
type Result struct {
	Errors  int         // handlers that failed
	Failed  bool        // more of them than MaxErrors
	Command *CommandEnd // nil if there was none, or it was never let go
	Counts  []Counts    // per probe of the plan; nil if none is in the kernel
}

// Status is the command line's exit status: 0; 1 if the script failed; 2 if only
// -c's command did.
func (r Result) Status() int {
	switch {
	case r.Errors > 0:
		return 1
	case r.Command != nil && r.Command.Failed():
		return 2
	}
	return 0
}

// session is a run in progress.
type session struct {
	*compiler.Compiled
	o       Options
	out     *output.Writer
	poller  *event.Poller
	end     *ending
	target  *target
	kernel  *kernelSide // nil if no probe needs it
	machine *vm.Machine
	timers  *schedule

	errors int
	due    []int // scratch
}

// Run runs a script to its end. Its error says why the script could not be run
// at all: what the script does wrong while it runs is reported on o.Err and in
// the Result.
func Run(ctx context.Context, c *compiler.Compiled, o Options) (r Result, err error) {
	s := &session{Compiled: c, o: o, end: &ending{}}
	s.out = output.New(o.Out, outputName(o.Out))
	if s.poller, err = event.NewPoller(); err != nil {
		return r, err
	}
	defer s.poller.Close()
	defer s.end.watch(ctx, s.poller)()
	defer s.close()
	if err := s.prepare(); err != nil {
		return r, err
	}
	err = s.run()
	r.Errors, r.Failed = s.errors, s.failed()
	r.Command = s.finishCommand()
	if s.kernel != nil {
		r.Counts = s.kernel.counts
	}
	return r, err
}

// prepare does all that can fail without the script's doing.
func (s *session) prepare() (err error) {
	if s.target, err = newTarget(s.o, s.poller, s.end); err != nil {
		return err
	}
	if s.Object != nil {
		if s.kernel, err = loadKernelSide(s.Object, cmp.Or(s.o.Ring, DefaultRing), s.poller); err != nil {
			return explain(s.Compiled, err)
		}
	}
	s.machine = vm.New(s.Code, vm.Options{
		Out:           s.out,
		Warn:          s.warn,
		Target:        int64(s.target.pid),
		EscapeControl: s.out.EscapeControl(),
		Limits:        s.o.Limits,
	})
	return s.watchOutput()
}

// close gives back what prepare took, however far it came.
func (s *session) close() {
	if s.target != nil {
		s.target.abandon()
	}
	if s.kernel != nil {
		s.kernel.close()
	}
}

// run goes through the session's stages. The error is tapir's, not the script's.
func (s *session) run() error {
	s.runAll(builtin.Begin, s.running)
	if s.running() {
		if err := s.start(); err != nil {
			return err
		}
		if err := s.loop(); err != nil {
			return err
		}
	}
	if s.kernel != nil {
		if err := s.kernel.stop(s.handleLast); err != nil {
			return err
		}
	}
	s.runAll(builtin.End, func() bool { return !s.failed() })
	if s.failed() {
		s.runAll(builtin.Error, func() bool { return true })
	} else if !s.o.NoDisplay {
		s.machine.Display()
	}
	s.finishOutput()
	s.reports()
	return nil
}

// start goes from the begin probes to the first event.
func (s *session) start() error {
	if s.kernel != nil {
		if err := s.writeParameters(); err != nil {
			return err
		}
		if err := s.kernel.attach(); err != nil {
			return explain(s.Compiled, err)
		}
	}
	s.timers = newSchedule(s.Plan, time.Now())
	s.flush()
	if s.o.Verbose > 0 {
		s.report("Pass 5: starting run.")
	}
	if s.o.Ready != nil {
		_, _ = io.WriteString(s.o.Ready, "attached\n")
		_ = s.o.Ready.Close()
	}
	return s.target.release()
}

// loop handles events and timers until the session ends.
func (s *session) loop() error {
	for {
		if s.kernel != nil {
			if err := s.kernel.drain(s.handle); err != nil && !errors.Is(err, errOver) {
				return err
			}
		}
		s.fireTimers()
		s.flush()
		if !s.running() {
			return nil
		}
		if err := s.wait(s.timers.wait(time.Now())); err != nil {
			return err
		}
	}
}

func (s *session) wait(limit time.Duration) error {
	if s.kernel != nil {
		return s.kernel.reader.Wait(limit)
	}
	return s.poller.Wait(limit)
}

// errOver ends the draining of events that no handler is run for any more.
var errOver = errors.New("the session is over")

// handle runs the handler of one event.
func (s *session) handle(record []byte) error {
	if err := s.handleLast(record); err != nil {
		return err
	}
	if !s.running() {
		return errOver
	}
	return nil
}

// handleLast is handle for what is left when the programs are detached: events
// from before the session's end, which count unless the script itself ended it.
func (s *session) handleLast(record []byte) error {
	probe, err := s.probeOf(record)
	if err != nil {
		return err
	}
	if s.failed() || s.machine.Exiting() {
		return nil
	}
	s.runProbe(probe, record)
	return nil
}

func (s *session) fireTimers() {
	s.due = s.timers.due(time.Now(), s.due[:0])
	for _, probe := range s.due {
		if !s.running() {
			return
		}
		s.runProbe(probe, nil)
	}
}

// runAll runs all probes of a kind by priority, as long as the condition holds.
func (s *session) runAll(kind builtin.PointKind, while func() bool) {
	var list []int
	for i, p := range s.Plan.Probes {
		if p.IR.Point.Kind == kind {
			list = append(list, i)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int {
		return cmp.Compare(s.Plan.Probes[a].IR.Point.Priority, s.Plan.Probes[b].IR.Point.Priority)
	})
	for _, probe := range list {
		if !while() {
			return
		}
		s.runProbe(probe, nil)
	}
}

// runProbe runs one handler and reports its error, if it has one.
func (s *session) runProbe(probe int, record []byte) {
	if err := s.machine.Run(probe, record); err != nil {
		s.errors++
		s.flush() // so that the message comes after what was printed before
		s.report("ERROR: %s", s.describe(err))
	}
	if s.machine.Exiting() {
		s.end.because(exited)
	}
}

// failed reports whether more handlers failed than may.
func (s *session) failed() bool { return s.errors > s.o.MaxErrors }

// running reports whether handlers still run.
func (s *session) running() bool { return !s.failed() && !s.end.reached() }

// flush hands the output on. When that fails, nothing more can be said, so the
// session ends; finishOutput tells why.
func (s *session) flush() {
	if s.out.Flush() != nil {
		s.end.because(closed)
	}
}

// outputName is what messages call the output.
func outputName(w io.Writer) string {
	if f, ok := w.(*os.File); ok && f != os.Stdout {
		return f.Name()
	}
	return "standard output"
}

// watchOutput ends the session when the reader of a pipe goes away while nothing
// is printed.
func (s *session) watchOutput() error {
	f, ok := s.o.Out.(*os.File)
	if !ok {
		return nil
	}
	return s.poller.AddHangup(int(f.Fd()), func() { s.end.because(closed) })
}

// probeOf is the probe that a record belongs to.
func (s *session) probeOf(record []byte) (int, error) {
	if len(record) >= layout.HeaderSize {
		probe := binary.LittleEndian.Uint32(record[layout.HeaderProbe:])
		if int64(probe) < int64(len(s.Plan.Probes)) {
			if p := s.Plan.Probes[probe]; p.InKernel && len(record) >= p.Record.Fixed {
				return int(probe), nil
			}
		}
	}
	return 0, fmt.Errorf("an event record of %d bytes is no probe's", len(record))
}

func (s *session) warn(message string) {
	if s.o.Quiet {
		return
	}
	s.flush()
	s.report("WARNING: %s", message)
}

func (s *session) report(format string, args ...any) {
	fmt.Fprintf(s.o.Err, format+"\n", args...)
}
