// Package monitor is the full-screen view of a running script: its probes, its globals
// and what it prints. Start with Run.
package monitor

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	runoutput "tapir/runtime/output"
	"tapir/runtime/session"
	"tapir/runtime/vm"
)

// Options are what a monitor needs.
type Options struct {
	Name     string        // of the script
	Interval time.Duration // between two looks
	In       io.Reader
	Out      io.Writer
	// Start runs the script until it ends, with its output and messages to out, and is
	// looked into through the Control. It is called again for a restart.
	Start func(ctx context.Context, out io.Writer, c *session.Control) (session.Result, error)
}

// usualInterval is the time between two looks.
const usualInterval = time.Second

// patience is how long a look may wait for the session.
const patience = 10 * time.Second

// Run shows the script until it is quit, and gives the script's last result.
func Run(ctx context.Context, o Options) (session.Result, error) {
	if o.Interval <= 0 {
		o.Interval = usualInterval
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := &model{o: o, ctx: ctx, output: &output{}, width: 80, height: 24, off: map[string]bool{}}
	m.start()
	p := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(o.In), tea.WithOutput(o.Out), tea.WithoutSignalHandler())
	_, err := p.Run()
	_, shown := m.output.all()
	m.stop()
	m.done.Wait()
	m.output.printSince(o.Out, shown)
	if m.run.err != nil {
		return m.run.result, m.run.err
	}
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return m.run.result, err
}

// run is one run of the script.
type run struct {
	control *session.Control
	began   time.Time
	over    chan struct{}
	result  session.Result // once over
	err     error
}

// start begins a run. Its goroutine is waited for by Run.
func (m *model) start() {
	r := &run{control: session.NewControl(), began: time.Now(), over: make(chan struct{})}
	m.run, m.before, m.now, m.paused = r, sample{}, sample{}, false
	clear(m.off)
	m.done.Go(func() {
		r.result, r.err = m.o.Start(m.ctx, m.output, r.control)
		close(r.over)
	})
}

// stop ends the run, and waits for its end.
func (m *model) stop() {
	_ = m.run.control.Do(m.ctx, func(l *session.Live) error { l.End(); return nil }) // or it has ended
	<-m.run.over
}

// sample is what a look has found.
type sample struct {
	at      time.Time
	probes  []session.ProbeState
	globals []vm.Global
	errors  int
}

// The messages.
type (
	tickMsg   struct{}
	sampleMsg struct {
		run *run
		sample
		err error
	}
	overMsg struct{ run *run }
	doneMsg struct {
		text string
		err  error
	}
)

// Init begins to look.
func (m *model) Init() tea.Cmd { return tea.Batch(m.look(), m.tick(), m.awaitEnd()) }

func (m *model) tick() tea.Cmd {
	return tea.Tick(m.o.Interval, func(time.Time) tea.Msg { return tickMsg{} })
}

// look asks the session for all that is shown.
func (m *model) look() tea.Cmd {
	r := m.run
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, patience)
		defer cancel()
		s := sampleMsg{run: r}
		s.err = r.control.Do(ctx, func(l *session.Live) (err error) {
			s.at, s.probes, s.errors = time.Now(), l.Probes(), l.Errors()
			s.globals, err = l.Globals(mostElements)
			return err
		})
		return s
	}
}

// mostElements bounds what is looked at of an array.
const mostElements = 10_000

// awaitEnd tells of the end of the run.
func (m *model) awaitEnd() tea.Cmd {
	r := m.run
	return func() tea.Msg {
		select {
		case <-r.over:
		case <-m.ctx.Done():
		}
		return overMsg{r}
	}
}

// steer does something with the session, and looks again.
func (m *model) steer(text string, f func(*session.Live) error) tea.Cmd {
	r := m.run
	act := func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, patience)
		defer cancel()
		return doneMsg{text, r.control.Do(ctx, f)}
	}
	return tea.Sequence(act, m.look())
}

// output is what the script has printed, its last lines.
type output struct {
	mu    sync.Mutex
	lines []string
	part  []byte
	total int
}

// keptLines is how many lines can be looked back at, and longestLine how much of each.
const (
	keptLines   = 5000
	longestLine = 4096
)

// Write keeps lines.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range p {
		if c != '\n' {
			if len(o.part) < longestLine {
				o.part = append(o.part, c)
			}
			continue
		}
		o.lines = append(o.lines, string(o.part))
		o.part = o.part[:0]
		o.total++
	}
	if over := len(o.lines) - keptLines; over > keptLines/4 {
		o.lines = append(o.lines[:0], o.lines[over:]...)
	}
	return len(p), nil
}

// printSince prints what has come since there were so many lines: that of end probes.
func (o *output) printSince(w io.Writer, shown int) {
	lines, total := o.all()
	if len(o.part) > 0 {
		total++
	}
	for _, l := range lines[len(lines)-min(total-shown, len(lines)):] {
		_, _ = io.WriteString(w, runoutput.Visible(l)+"\n")
	}
}

// all is the lines that are kept, and how many there have been.
func (o *output) all() ([]string, int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := append([]string(nil), o.lines...)
	if len(o.part) > 0 {
		list = append(list, string(o.part))
	}
	return list, o.total
}
