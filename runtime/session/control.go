package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/source"
	"tapir/runtime/vm"
)

// Control lets other goroutines look into a session while it runs, and steer it. It
// serves one session, for which the script is compiled with compiler.Options.Live.
type Control struct {
	mu    sync.Mutex
	queue []*request
	wake  func()        // interrupts the session's wait; nil before it has begun
	over  chan struct{} // closed when the session serves nobody any more
}

type request struct {
	do   func(*Live) error
	err  error
	done chan struct{}
}

// ErrOver says that a session has ended.
var ErrOver = errors.New("the session has ended")

// NewControl makes a Control, to be put into the Options of a session.
func NewControl() *Control { return &Control{over: make(chan struct{})} }

// Do runs f on the session's goroutine, between two events, and returns its error.
// Before the session has attached its probes it waits. What Live gives is valid only
// until f returns. If the session ends first, the error is ErrOver.
func (c *Control) Do(ctx context.Context, f func(*Live) error) error {
	r := &request{do: f, done: make(chan struct{})}
	c.mu.Lock()
	c.queue = append(c.queue, r)
	if c.wake != nil {
		c.wake()
	}
	c.mu.Unlock()
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return c.withdraw(r, ctx.Err())
	case <-c.over:
		return c.withdraw(r, ErrOver)
	}
}

// withdraw takes a request back, unless it is being served.
func (c *Control) withdraw(r *request, why error) error {
	c.mu.Lock()
	n := len(c.queue)
	c.queue = slices.DeleteFunc(c.queue, func(q *request) bool { return q == r })
	taken := len(c.queue) == n
	c.mu.Unlock()
	if !taken {
		return why
	}
	<-r.done
	return r.err
}

// open begins to serve requests.
func (c *Control) open(wake func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wake = wake
	wake()
}

// close ends that.
func (c *Control) close() {
	c.mu.Lock()
	c.wake = nil
	c.mu.Unlock()
	close(c.over)
}

// next takes the oldest request, nil if there is none.
func (c *Control) next() *request {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 {
		return nil
	}
	r := c.queue[0]
	c.queue = c.queue[1:]
	return r
}

// serve does what others have asked for. The error is tapir's own.
func (s *session) serve() error {
	if s.o.Control == nil {
		return nil
	}
	for s.running() {
		r := s.o.Control.next()
		if r == nil {
			return nil
		}
		l := &Live{s: s}
		r.err = r.do(l)
		err := l.finish()
		close(r.done)
		if err != nil {
			return err
		}
	}
	return nil
}

// Live is a running session between two events.
type Live struct {
	s     *session
	taken bool // the kernel's shares have been brought
}

// finish tells the programs what became of what was brought.
func (l *Live) finish() error {
	if !l.taken || l.s.shares == nil {
		return nil
	}
	return l.s.bring((*shares).carry)
}

// look brings to the machine what the kernel has of globals. Of those that the kernel
// keeps it is a copy, with updates of the moment or without.
func (l *Live) look() error {
	if l.taken || l.s.shares == nil {
		return nil
	}
	l.taken = true
	if err := l.s.take(); err != nil {
		return err
	}
	return l.s.bring((*shares).peek)
}

// Globals are those of the script, in order of declaration, each with at most limit
// elements; a negative limit is none.
func (l *Live) Globals(limit int) ([]vm.Global, error) {
	if err := l.look(); err != nil {
		return nil, err
	}
	return l.s.globals(limit), nil
}

func (s *session) globals(limit int) []vm.Global {
	var list []vm.Global
	for _, g := range s.Plan.IR.Globals {
		if g.Script {
			list = append(list, s.machine.Snapshot(g.Index, limit))
		}
	}
	return list
}

// Holds says why a global can't be changed from outside while probes run; "" if it can.
func (l *Live) Holds(name string) string {
	g := l.s.global(name)
	if g == nil {
		return fmt.Sprintf("there is no global '%s'", name)
	}
	if q := l.s.Plan.Resident(g); q != nil && q.Kind == plan.Kept {
		return fmt.Sprintf("'%s' is kept in the kernel", name)
	}
	if l.s.Plan.Param(g) != nil {
		return fmt.Sprintf("'%s' is a parameter of probes in the kernel", name)
	}
	return ""
}

// global is one of the script's, or nil.
func (s *session) global(name string) *ir.Global {
	i := slices.IndexFunc(s.Plan.IR.Globals, func(g *ir.Global) bool { return g.Script && g.Name == name })
	if i < 0 {
		return nil
	}
	return s.Plan.IR.Globals[i]
}

// Restore gives a global a value, unless Holds says why not.
func (l *Live) Restore(g vm.Global) error {
	if why := l.Holds(g.Name); why != "" {
		return errors.New(why)
	}
	if err := l.look(); err != nil {
		return err
	}
	return l.s.machine.Restore(l.s.global(g.Name).Index, g)
}

// Clear makes a global 0, "" or empty, unless Holds says why not.
func (l *Live) Clear(name string) error {
	if why := l.Holds(name); why != "" {
		return errors.New(why)
	}
	if err := l.look(); err != nil {
		return err
	}
	l.s.machine.Clear(l.s.global(name).Index)
	return nil
}

// ProbeState is how a probe of the script is doing. Counts are zero for probes outside of
// the kernel; Runs are those of the handler's part in the VM, and Time what they took.
type ProbeState struct {
	Spelling string
	Pos      source.Span
	Points   int // places that it stands for
	InKernel bool
	On       bool
	Counts   Counts
	Runs     int64
	Time     time.Duration
}

// Probes are the script's, as it names them, in order of declaration.
func (l *Live) Probes() []ProbeState {
	s := l.s
	var counts []Counts
	if s.kernel != nil {
		counts = sumCounters(s.kernel.object.Counters, s.kernel.counters)
	}
	type place struct {
		spelling string
		at       source.Span
	}
	at := map[place]int{}
	var list []ProbeState
	for i, p := range s.Plan.Probes {
		k := place{p.IR.Spelling, p.IR.Pos}
		n, ok := at[k]
		if !ok {
			n = len(list)
			at[k] = n
			list = append(list, ProbeState{Spelling: p.IR.Spelling, Pos: p.IR.Pos, InKernel: p.InKernel, On: !s.off[p.IR.Pos]})
		}
		st := &list[n]
		st.Points++
		if p.InKernel && i < len(counts) {
			st.Counts.add(counts[i])
			st.Counts[layout.Errors] += s.machine.ReadErrors(i)
		}
		if s.times != nil {
			st.Runs += s.times[i].hits
			st.Time += s.times[i].total
		}
	}
	return list
}

// Switch turns the probes at a place of the script off or on. The kernel rejects the
// events of those that are off; timers go on, but run nothing.
func (l *Live) Switch(at source.Span, on bool) {
	s := l.s
	if on {
		delete(s.off, at)
	} else {
		s.off[at] = true
	}
	for _, p := range s.Plan.Probes {
		if p.IR.Pos == at && p.Switch != nil {
			putLong(s.kernel.state, p.Switch.Offset, s.switchValue(p.Switch))
		}
	}
}

// switchValue is what the kernel shall find at a switch.
func (s *session) switchValue(q *plan.Param) int64 {
	for _, p := range s.Plan.Probes {
		if p.Switch == q && s.off[p.IR.Pos] {
			return 0
		}
	}
	return 1
}

// End ends the session as ^C does.
func (l *Live) End() { l.s.end.because(interrupted) }

// Errors is the number of handlers that have failed so far.
func (l *Live) Errors() int { return l.s.counts.errors }

// restoreGlobals gives the globals their values from Options.Globals.
func (s *session) restoreGlobals() error {
	if s.o.Globals == nil {
		return nil
	}
	list, err := s.o.Globals()
	if err != nil {
		return err
	}
	for _, from := range list {
		if g := s.global(from.Name); g != nil {
			if err := s.machine.Restore(g.Index, from); err != nil {
				return err
			}
		}
	}
	return nil
}
