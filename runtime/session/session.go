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
// One goroutine does all of this. Others only note what has come, and interrupt its
// wait: signals, requests to the session's files, and what is asked of its Control.
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
	"sync"
	"time"

	"tapir/bpf/layout"
	"tapir/compiler"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/lang/source"
	"tapir/runtime/attach"
	"tapir/runtime/event"
	"tapir/runtime/journal"
	"tapir/runtime/output"
	"tapir/runtime/process"
	"tapir/runtime/recording"
	"tapir/runtime/symbol"
	"tapir/runtime/vm"
)

// DefaultRing is the size of the ring buffer in bytes: 50 ms of records of 64
// bytes at the rate of the busiest CPU. Creating it takes 1 to 2 ms.
const DefaultRing = 8 << 20

// stackRing is DefaultRing for scripts that take stacks of programs, of which each has
// some kilobytes.
const stackRing = 32 << 20

// Options are what a session needs beside the script.
type Options struct {
	Out   io.Writer      // what the script prints
	Err   io.Writer      // warnings, errors and reports
	Ready io.WriteCloser // gets a line, and is closed, once all is attached; may be nil

	// Name is the session's: module_name(), and the folder of its files. "" is Name's.
	Name string
	// In is what probes of standard input read; nil: nothing.
	In *os.File
	// AnswerLen is the bytes that readers of the session's files get at most where the
	// probe does not say; 0: as many as a string has.
	AnswerLen int

	Command string // -c: runs while the session does
	PID     int    // -x: the process that target() is; 0: none

	Timeout time.Duration // ends the session as ^C does; 0: none

	Verbose int  // 1: say the counters at the end
	Quiet   bool // no warnings
	Timing  bool // say how often each handler ran, and how long it took

	Limits    vm.Limits
	MaxErrors int // handlers that may fail before the session does
	// FailOnSkipped makes the session fail if more than MaxSkipped handlers could
	// not run because their events were lost. Otherwise that is only a warning.
	FailOnSkipped bool
	MaxSkipped    int
	// SuppressErrors lets handlers fail silently and without limit.
	SuppressErrors bool
	Ring           int  // size of the ring buffer in bytes; 0: DefaultRing
	NoDisplay      bool // do not show globals that are written and never read

	// JSON writes what happens to Out as JSON lines, messages included; the script is
	// compiled with compiler.Options.Told then.
	JSON bool
	// Interval, if not 0, is the time between lines with the values of globals, for
	// which the script is compiled with compiler.Options.Live.
	Interval time.Duration

	// Record, if not nil, keeps what the session does; the script is compiled with
	// compiler.Options.Keep then.
	Record *recording.Recorder
	// Replay, if not nil, is what the session does over again, without the kernel; the
	// script is compiled by compiler.CompileUser then.
	Replay *Replay

	// Control, if not nil, lets others look into the session while it runs.
	Control *Control
	// Globals, if not nil, gives values that globals have from the start, by name. It is
	// called when all that may fail for the script's sake has been done.
	Globals func() ([]vm.Global, error)
	// Omit, if not nil, says which begin, end and error probes don't run.
	Omit func(*plan.Probe) bool
	// Off, if not nil, says which probes are off at first; see Live.Switch.
	Off func(*plan.Probe) bool
	// Once ends the session when begin probes have run.
	Once bool
	// Deaf leaves signals to the caller.
	Deaf bool
	// Terminal says that Out and Err, which are none, lead to a terminal in the end.
	Terminal bool
	// Keep puts the globals into the Result, as they are when all has run.
	Keep bool

	// Folded and Graph get the elements of the first array that has a stack as a key,
	// as they are before the end probes: as folded lines, and as a flame graph. They may
	// be nil.
	Folded, Graph io.Writer
}

// Result is how a session ended.
type Result struct {
	Errors  int         // handlers that failed
	Skipped uint64      // handlers that did not run, because their events were lost
	Failed  bool        // an error was reported, or more was skipped than may be
	Command *CommandEnd // nil if there was none, or it was never let go
	Lone    bool        // the target has ended, and the session with it
	Counts  []Counts    // per probe of the plan; nil if none is in the kernel
	Globals []vm.Global // if Options.Keep
}

// Status is the command line's exit status: 0; 1 if the script failed; 2 if only
// -c's command did.
func (r Result) Status() int {
	switch {
	case r.Failed:
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
	journal *journal.Writer // of JSON lines on out; nil for text
	source  journal.Source  // of what is printed now
	tick    time.Time       // when the next line of globals is due
	poller  *event.Poller
	end     *ending
	target  *target
	kernel  *kernelSide // nil if no probe needs it
	machine *vm.Machine
	shares  *shares      // of resident globals; nil if there are none
	peek    *attach.Peek // nil if no handler reads the kernel's memory by itself
	shell   shell
	// processes is what programs have mapped; nil if the script doesn't ask.
	processes *process.Table
	asking    sync.WaitGroup // reads what processes had mapped before
	timers    *schedule
	files     *files               // nil if the script has none
	input     *input               // nil if nothing is read from it
	errTerm   bool                 // messages go to a terminal
	saidLate  bool                 // see take
	times     []timing             // per probe; nil unless Options.Timing, or somebody looks
	off       map[source.Span]bool // the places whose probes are switched off
	until     time.Time            // when the session's time is over; zero: never
	counts    counted              // what went wrong so far
	due       []int                // scratch
}

// counted is what went wrong.
type counted struct {
	errors   int    // of handlers
	reported int    // messages that began with ERROR
	skipped  uint64 // handlers that did not run
	late     uint64 // events that came after the script had ended the session
}

// Run runs a script to its end. Its error says why the script could not be run
// at all: what the script does wrong while it runs is reported on o.Err and in
// the Result.
func Run(ctx context.Context, c *compiler.Compiled, o Options) (r Result, err error) {
	o.Name = cmp.Or(o.Name, Name())
	s := &session{Compiled: c, o: o, end: &ending{}, off: map[source.Span]bool{}}
	if o.Control != nil {
		defer o.Control.close()
	}
	s.out = output.New(o.Out, outputName(o.Out))
	if o.JSON {
		s.journal = journal.At(s.out, s.now)
	}
	s.errTerm = o.Terminal || output.IsTerminal(o.Err)
	if o.Timing || o.Control != nil {
		s.times = make([]timing, len(c.Plan.Probes))
	}
	if s.poller, err = event.NewPoller(); err != nil {
		return r, err
	}
	defer s.poller.Close()
	defer s.end.watch(ctx, s.poller, o.Deaf)()
	defer s.close()
	for _, p := range c.Plan.Probes {
		if o.Off != nil && o.Off(p) {
			s.off[p.IR.Pos] = true
		}
	}
	if err := s.prepare(); err != nil {
		return r, err
	}
	err = s.run()
	s.flush() // what was printed before an error counts too
	r.Lone = s.end.is(targetEnded)
	r.Command = s.finishCommand()
	s.finishShell()
	if s.journal != nil && err == nil {
		s.journal.End(s.counts.errors, s.counts.skipped, s.counts.reported > 0)
		s.finishOutput()
	}
	r.Errors, r.Skipped, r.Failed = s.counts.errors, s.counts.skipped, s.counts.reported > 0
	if s.kernel != nil {
		r.Counts = s.kernel.counts
	}
	if o.Keep {
		r.Globals = s.globals(-1)
	}
	return r, err
}

// prepare does all that can fail without the script's doing.
func (s *session) prepare() (err error) {
	if s.o.Replay != nil {
		return s.prepareReplay()
	}
	in, done, err := commandInput(s.Compiled, s.o)
	if err != nil {
		return err
	}
	s.target, err = newTarget(s.o, in)
	if done(); err != nil {
		return err
	}
	if s.Object != nil {
		object := *s.Object
		object.MapEntries = s.o.Limits.MapEntries
		if s.kernel, err = loadKernelSide(&object, s.ringSize(), s.poller); err != nil {
			return explain(s.Compiled, err)
		}
	}
	if err = s.target.settle(s.poller, s.end); err != nil {
		return err
	}
	names, err := s.symbols()
	if err != nil {
		return err
	}
	if len(s.Plan.Late) > 0 {
		if s.peek, err = attach.NewPeek(); err != nil {
			return err
		}
	}
	s.machine = s.newMachine(s.recorded(names))
	if len(s.Plan.Residents) > 0 && s.kernel != nil {
		if s.shares, err = openShares(s.Plan, s.kernel, s.machine); err != nil {
			return err
		}
	}
	// It ends the session whose globals they are, which may have files of the same name.
	if err := s.restoreGlobals(); err != nil {
		return err
	}
	if err := s.openFiles(); err != nil {
		return err
	}
	return s.watchOutput()
}

// newMachine makes the machine, which learns of addresses and of tapir itself by what it
// is given.
func (s *session) newMachine(names symbol.Names, self vm.Context) *vm.Machine {
	return vm.New(s.Code, vm.Options{
		Out:           s.printer(),
		Happened:      func(m vm.Moment) { s.source.Moment = m },
		Warn:          s.warn,
		System:        s.system,
		SwitchFile:    s.switchFile,
		Name:          s.o.Name,
		Target:        int64(s.target.pid),
		EscapeControl: (s.o.Terminal || s.out.EscapeControl()) && s.journal == nil,
		Self:          self,
		Kernel:        s.readKernel(),
		Limits:        s.o.Limits,
		Symbols:       names,
	})
}

// close gives back what prepare took, however far it came.
func (s *session) close() {
	s.closeInput()
	s.closeFiles()
	if s.target != nil {
		s.target.abandon()
	}
	if s.shares != nil {
		s.shares.close()
	}
	if s.peek != nil {
		_ = s.peek.Close()
	}
	if s.kernel != nil {
		s.kernel.close()
	}
	if s.processes != nil {
		s.processes.Close()
		s.asking.Wait()
	}
}

// run goes through the session's stages. The error is tapir's, not the script's.
func (s *session) run() error {
	s.runAll(builtin.Begin, all, s.running)
	if s.running() && !s.o.Once {
		if err := s.middle(); err != nil {
			return err
		}
	}
	if s.kernel != nil {
		if err := s.kernel.stop(s.handleLast); err != nil {
			return err
		}
		s.countSkipped()
	}
	if s.shares != nil && s.shares.begun {
		if err := s.bring((*shares).finish); err != nil {
			return err
		}
	}
	s.finishReplay()
	s.closeInput()
	s.closeFiles()
	s.writeStacks()
	s.runEnd()
	s.finishRecord()
	if s.journal == nil {
		s.finishOutput()
	}
	s.reports()
	if s.journal != nil {
		s.writeLast()
	}
	return nil
}

// middle is what happens between begin and end probes.
func (s *session) middle() error {
	if s.o.Replay != nil {
		return s.play()
	}
	if err := s.start(); err != nil {
		return err
	}
	return s.loop()
}

// runEnd runs the end probes, with the display of globals that nobody reads
// behind those of priority 0, or the error probes.
func (s *session) runEnd() {
	well := func() bool { return !s.failed() }
	s.runAll(builtin.End, func(priority int64) bool { return priority <= 0 }, well)
	if well() && !s.o.NoDisplay && s.journal == nil {
		s.machine.Display()
	}
	s.runAll(builtin.End, func(priority int64) bool { return priority > 0 }, well)
	if !well() {
		s.runAll(builtin.Error, all, func() bool { return true })
	}
}

// start goes from the begin probes to the first event.
func (s *session) start() error {
	if s.kernel != nil {
		if err := s.writeParameters(); err != nil {
			return err
		}
		if s.shares != nil {
			if err := s.bring((*shares).begin); err != nil {
				return err
			}
		}
	}
	if err := s.target.arm(); err != nil {
		return err
	}
	if s.kernel != nil {
		if err := s.kernel.attach(); err != nil {
			return explain(s.Compiled, err)
		}
		s.warnSkipped(s.kernel.links.Skipped())
	}
	if err := s.openInput(); err != nil {
		return err
	}
	now := time.Now()
	s.tick = now.Add(s.o.Interval)
	s.timers = newSchedule(s.Plan, now)
	if s.o.Timeout > 0 {
		s.until = now.Add(s.o.Timeout)
	}
	s.flush()
	if s.o.Ready != nil {
		_, _ = io.WriteString(s.o.Ready, "attached\n")
		_ = s.o.Ready.Close()
	}
	if s.o.Record != nil {
		s.o.Record.Attached()
	}
	s.target.release()
	if s.o.Control != nil {
		s.o.Control.open(s.poller.Interrupt)
	}
	return nil
}

// drain handles the events that are there.
func (s *session) drain() error {
	if s.kernel == nil {
		return nil
	}
	if err := s.kernel.drain(s.handle); err != nil && !errors.Is(err, errOver) {
		return err
	}
	return nil
}

// loop handles events, timers, files and standard input until the session ends.
func (s *session) loop() error {
	for {
		for _, turn := range [...]func() error{s.drain, s.fireTimers, s.answerFiles, s.readInput, s.serve, s.writeGlobals} {
			if err := turn(); err != nil {
				return err
			}
		}
		s.flush()
		s.checkTime()
		if !s.running() {
			return nil
		}
		if s.o.Record != nil {
			s.o.Record.Pause()
		}
		if err := s.wait(s.patience()); err != nil {
			return err
		}
	}
}

// checkTime ends the session when its time is over.
func (s *session) checkTime() {
	if !s.until.IsZero() && !time.Now().Before(s.until) {
		s.end.because(interrupted)
	}
}

// patience is the time until something is due; negative if nothing is.
func (s *session) patience() time.Duration {
	now := time.Now()
	limit := s.timers.wait(now)
	if s.input != nil {
		limit = event.Sooner(limit, s.input.wait(s.end.keyboard.Load()))
	}
	if !s.until.IsZero() {
		limit = event.Sooner(limit, max(s.until.Sub(now), 0))
	}
	if s.o.Interval > 0 {
		limit = event.Sooner(limit, max(s.tick.Sub(now), 0))
	}
	return limit
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
		s.counts.late++
		return nil
	}
	if isError(record) {
		return s.handleFault(record)
	}
	s.runProbe(probe, record)
	return nil
}

// fireTimers runs the handlers of timers that are due. The error is tapir's own.
func (s *session) fireTimers() error {
	s.due = s.timers.due(time.Now(), s.due[:0])
	return s.beside(s.due)
}

// beside runs probes that fire here while events come. The error is tapir's own.
func (s *session) beside(list []int) error {
	looks := s.shares != nil && slices.ContainsFunc(list, func(probe int) bool { return s.Plan.Probes[probe].Looks })
	if looks {
		if err := s.take(); err != nil {
			return err
		}
	}
	s.runList(list, s.running)
	switch {
	case !looks:
		return nil
	case s.failed() || s.machine.Exiting():
		s.shares.closed = true
		return nil
	}
	return s.bring((*shares).carry)
}

// take brings the machine what timers, and people, look at. If a handler keeps that from
// being done, they see what there was before.
func (s *session) take() error {
	err := s.bring((*shares).take)
	late, ok := errors.AsType[*straggler](err)
	if !ok {
		return err
	}
	if !s.saidLate {
		s.saidLate = true
		s.warn(fmt.Sprintf("a handler of probe %s has not ended on CPU %d within %v: timers see older counts meanwhile",
			s.Plan.Probes[late.probe].IR.Spelling, late.cpu, settleCopies))
	}
	return nil
}

// failed reports whether more went wrong than may.
func (s *session) failed() bool {
	return s.counts.errors > s.o.MaxErrors && !s.o.SuppressErrors ||
		s.o.FailOnSkipped && s.counts.skipped > uint64(s.o.MaxSkipped)
}

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
		probe := binary.LittleEndian.Uint32(record[layout.HeaderProbe:]) &^ layout.ErrorFlag
		if int64(probe) < int64(len(s.Plan.Probes)) {
			if p := s.Plan.Probes[probe]; p.InKernel && (isError(record) || len(record) >= p.Record.Fixed) {
				return int(probe), nil
			}
		}
	}
	return 0, fmt.Errorf("an event record of %d bytes is no probe's", len(record))
}
