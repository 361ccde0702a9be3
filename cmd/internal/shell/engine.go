package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/source"
	"tapir/lang/types"
	"tapir/runtime/session"
	"tapir/runtime/vm"
)

// engine has the probes of a workspace run, and statements beside them.
//
// All probes run in one session. A change makes a new one: it is loaded while the old one
// goes on, takes the globals over from it, and attaches its probes.
type engine struct {
	ctx    context.Context
	screen *screen
	passes Passes

	mu      sync.Mutex // held while something is changed or run
	work    *workspace
	running *running    // nil if no probe is attached
	globals []vm.Global // as they were when the last session ended
	tape    *tape       // what the next session records to; nil: it does not
}

// running is a session with the workspace's probes.
type running struct {
	program *program
	control *session.Control
	closing atomic.Bool // end probes run at its end
	asked   atomic.Bool // the shell ends it
	done    chan struct{}
	result  session.Result
	err     error
	tape    *tape // nil: it is not recorded
}

// has reports whether the session has to do with a global.
func (r *running) has(name string) bool {
	return r.program.mentions(name) && slices.ContainsFunc(r.program.Plan.IR.Globals, func(g *ir.Global) bool { return g.Name == name && g.Script })
}

// attached is a Ready that closes a channel.
type attached struct{ ready chan struct{} }

func (s attached) Write(p []byte) (int, error) { return len(p), nil }
func (s attached) Close() error                { close(s.ready); return nil }

// Errors that the shell has shown already.
var errShown = errors.New("shown")

// change tries a changed workspace: if it compiles and attaches, it takes the place of the
// old one.
func (e *engine) change(w *workspace) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.switchTo(w)
}

// useFolder has texts use the functions and aliases of a folder, too.
func (e *engine) useFolder(dir string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if dir != "" && !slices.Contains(e.passes.Folders, dir) {
		e.passes.Folders = append(slices.Clone(e.passes.Folders), dir)
	}
}

func (e *engine) switchTo(w *workspace) error {
	if len(w.cells) == 0 {
		e.stop(false)
		e.work = w
		return nil
	}
	p := e.build(w.texts(), func(*check.Probe, *program) bool { return true }, true)
	e.show(p, w)
	if p.failed() {
		return errShown
	}
	if err := e.attach(p, w); err != nil {
		return err
	}
	e.work = w
	for _, c := range w.cells {
		c.started = true
	}
	return nil
}

// build makes a program of texts. What the types of globals are is known by their values;
// those that have none may get another type.
func (e *engine) build(texts []Text, keep func(*check.Probe, *program) bool, live bool) *program {
	passes := e.passes
	all, full := map[string]types.Type{}, map[string]types.Type{}
	for _, g := range e.globals {
		if g.Type.Kind != types.Unknown {
			all[g.Name] = g.Type
		}
		if !blank(g) {
			full[g.Name] = g.Type
		}
	}
	passes.Known = all
	p := passes.build(texts, keep, live)
	if !p.failed() || len(all) == len(full) {
		return p
	}
	passes.Known = full
	if again := passes.build(texts, keep, live); !again.failed() {
		return again
	}
	return p
}

// show shows errors, and warnings about what is new.
func (e *engine) show(p *program, w *workspace) {
	p.render(e.screen, func(name string) bool {
		return slices.ContainsFunc(w.cells, func(c *cell) bool { return !c.started && c.name() == name })
	})
}

// attach starts a session, which takes the place of the one that runs.
func (e *engine) attach(p *program, w *workspace) error {
	r := &running{program: p, control: session.NewControl(), done: make(chan struct{}), tape: e.tape}
	ready := make(chan struct{})
	old := e.running
	go e.run(r, w, attached{ready})
	select {
	case <-ready:
		e.running = r
		return nil
	case <-r.done:
	}
	if r.err == nil { // a begin probe has ended it
		e.ended(r)
		return nil
	}
	if old != nil && e.running == nil { // it had gone already
		if err := e.attach(old.program, e.work); err != nil {
			e.screen.printf("The probes before this change are not attached any more; `on` tries again.")
		}
	}
	return r.err
}

// run is a session's goroutine.
func (e *engine) run(r *running, w *workspace, ready io.WriteCloser) {
	p := r.program
	record := r.tape.begin(p, &e.passes)
	r.result, r.err = session.Run(e.ctx, p.Compiled, session.Options{
		Out: events{e.screen}, Err: e.screen, Ready: ready, Terminal: e.screen.terminal,
		PID: e.passes.Target, Control: r.control, Keep: true, NoDisplay: true, Deaf: true,
		MaxErrors: math.MaxInt32, Record: record,
		Globals: func() ([]vm.Global, error) { return e.takeOver(p), nil },
		Omit: func(probe *plan.Probe) bool {
			if probe.IR.Point.Kind == builtin.Begin {
				c := w.cellAt(p, probe.IR.Pos)
				return c == nil || c.started || !c.on
			}
			return !r.closing.Load()
		},
		Off: func(probe *plan.Probe) bool {
			c := w.cellAt(p, probe.IR.Pos)
			return c != nil && !c.on
		},
	})
	r.tape.close()
	close(r.done)
	if r.asked.Load() {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.running == r {
		e.ended(r)
	}
}

// ended notes that a session has ended by itself.
func (e *engine) ended(r *running) {
	e.tellEnd(r)
	e.running = nil
	e.globals = merge(e.globals, used(r.program, r.result.Globals))
	why := "exit() was called"
	switch {
	case r.err != nil:
		why = r.err.Error()
	case r.result.Lone:
		why = fmt.Sprintf("process %d has ended", e.passes.Target)
		e.passes.Target = 0
	}
	e.screen.printf("The probes are detached: %s. `on` attaches them again.", why)
}

// takeOver ends the session that runs, and gives what it leaves, as far as the new
// program has room for it. It is called by the new session's goroutine, while the shell
// waits for that.
func (e *engine) takeOver(p *program) []vm.Global {
	e.stop(false)
	var list []vm.Global
	for _, g := range e.globals {
		i := slices.IndexFunc(p.Plan.IR.Globals, func(to *ir.Global) bool { return to.Script && to.Name == g.Name })
		if i < 0 || g.Type.Kind == types.Unknown {
			continue
		}
		if err := g.Fits(&p.Code.Globals[p.Plan.IR.Globals[i].Index]); err != nil {
			if !blank(g) && p.mentions(g.Name) {
				e.screen.printf("%v: it begins anew", err)
			}
			continue
		}
		list = append(list, g)
	}
	return list
}

// blank reports whether a global has nothing to lose.
func blank(g vm.Global) bool {
	if s, ok := g.Value.Stat(nil); ok {
		return s.Count == 0
	}
	return g.Count == 0 && g.Value.Long == 0 && g.Value.Text == ""
}

// stop ends the session that runs, if one does, and keeps its globals.
func (e *engine) stop(closing bool) {
	r := e.running
	if r == nil {
		return
	}
	r.closing.Store(closing)
	r.asked.Store(true)
	_ = r.control.Do(e.ctx, func(l *session.Live) error { l.End(); return nil }) // or it has ended
	<-r.done
	e.tellEnd(r)
	e.running = nil
	e.globals = merge(e.globals, used(r.program, r.result.Globals))
}

// used are the globals that a program has something to do with: of others it does not
// even know the type.
func used(p *program, list []vm.Global) []vm.Global {
	return slices.DeleteFunc(slices.Clone(list), func(g vm.Global) bool { return !p.mentions(g.Name) })
}

// merge is the newer globals, and those older ones that are not among them.
func merge(old, new []vm.Global) []vm.Global {
	out := slices.Clone(new)
	for _, g := range old {
		if !slices.ContainsFunc(new, func(n vm.Global) bool { return n.Name == g.Name }) {
			out = append(out, g)
		}
	}
	return out
}

// inputName is what messages call a statement.
const inputName = "input"

// statement runs a statement at once, on the globals as they are.
func (e *engine) statement(body string, w *workspace) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	texts := append(w.texts(), Text{Name: inputName, Body: body})
	p := e.build(texts, func(probe *check.Probe, p *program) bool { return p.from(probe.Decl.Span(), inputName) }, false)
	p.render(e.screen, func(name string) bool { return name == inputName })
	if p.failed() {
		return errShown
	}
	e.work = w
	defer e.screen.end()
	if e.running == nil {
		return e.runOnce(p, e.globals, func(after []vm.Global) error { e.globals = after; return nil })
	}
	if e.holds(p) {
		return e.runBetween(p)
	}
	err := e.running.control.Do(e.ctx, func(l *session.Live) error {
		before, err := l.Globals(-1)
		if err != nil {
			return err
		}
		return e.runOnce(p, merge(e.globals, used(e.running.program, before)), func(after []vm.Global) error { return e.restore(l, p, after) })
	})
	if errors.Is(err, session.ErrOver) {
		return errors.New("the probes are being detached; try again")
	}
	return err
}

// holds reports whether a program writes a global that can't be changed while probes run.
func (e *engine) holds(p *program) bool {
	held := false
	_ = e.running.control.Do(e.ctx, func(l *session.Live) error {
		for _, g := range p.Plan.Writes() {
			held = held || e.running.has(g.Name) && l.Holds(g.Name) != ""
		}
		return nil
	})
	return held
}

// runBetween detaches the probes for as long as the statement takes.
func (e *engine) runBetween(p *program) error {
	old := e.running.program
	e.stop(false)
	err := e.runOnce(p, e.globals, func(after []vm.Global) error { e.globals = after; return nil })
	return errors.Join(err, e.attach(old, e.work))
}

// restore hands the globals that a statement writes to the session.
func (e *engine) restore(l *session.Live, p *program, after []vm.Global) error {
	for _, g := range p.Plan.Writes() {
		i := slices.IndexFunc(after, func(a vm.Global) bool { return a.Name == g.Name })
		if i < 0 {
			continue
		}
		if e.running.has(g.Name) {
			if err := l.Restore(after[i]); err != nil {
				return err
			}
			continue
		}
		e.globals = merge(e.globals, after[i:i+1])
	}
	return nil
}

// runOnce runs a program without probes to its end, and hands on the globals that it
// leaves.
func (e *engine) runOnce(p *program, before []vm.Global, then func(after []vm.Global) error) error {
	r, err := session.Run(e.ctx, p.Compiled, session.Options{
		Out: e.screen, Err: e.screen, Terminal: e.screen.terminal, Keep: true, NoDisplay: true, Once: true,
		Globals: func() ([]vm.Global, error) { return fitting(p, before), nil },
	})
	if err != nil {
		return err
	}
	return then(merge(before, r.Globals))
}

// fitting are the globals that have the types that a program wants.
func fitting(p *program, list []vm.Global) []vm.Global {
	return slices.DeleteFunc(slices.Clone(list), func(g vm.Global) bool {
		return !slices.ContainsFunc(p.Plan.IR.Globals, func(to *ir.Global) bool {
			return to.Script && to.Name == g.Name && to.Type.String() == g.Type.String()
		})
	})
}

// look gives the globals as they are, each with at most limit elements.
func (e *engine) look(limit int) ([]vm.Global, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := e.globals
	if e.running != nil {
		err := e.running.control.Do(e.ctx, func(l *session.Live) (err error) {
			var now []vm.Global
			now, err = l.Globals(limit)
			list = merge(list, used(e.running.program, now))
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var mine []vm.Global
	for _, d := range e.work.decls {
		for _, name := range d.names {
			if i := slices.IndexFunc(list, func(g vm.Global) bool { return g.Name == name }); d.kind == "global" && i >= 0 {
				mine = append(mine, list[i])
			}
		}
	}
	return mine, nil
}

// settings are the values, as literals, of numbers and texts that no probe changes.
func (e *engine) settings() (map[string]string, error) {
	list, err := e.look(0)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.build(e.work.texts(), func(*check.Probe, *program) bool { return true }, false)
	values := map[string]string{}
	for _, g := range list {
		changes := !p.failed() && slices.ContainsFunc(p.Plan.Writes(), func(w *ir.Global) bool { return w.Name == g.Name })
		if !changes && !g.Type.IsArray() && (g.Type.Kind == types.Long || g.Type.Kind == types.String) && !blank(g) {
			values[g.Name] = valueText(g.Value, g)
		}
	}
	return values, nil
}

// states are the probes of the session that runs.
func (e *engine) states() map[int][]session.ProbeState {
	e.mu.Lock()
	defer e.mu.Unlock()
	byCell := map[int][]session.ProbeState{}
	if e.running == nil {
		return byCell
	}
	r := e.running
	_ = r.control.Do(e.ctx, func(l *session.Live) error {
		for _, p := range l.Probes() {
			if c := e.work.cellAt(r.program, p.Pos); c != nil {
				byCell[c.number] = append(byCell[c.number], p)
			}
		}
		return nil
	})
	return byCell
}

// turn switches a probe off or on. Where nothing is attached, on attaches all probes that
// are on.
func (e *engine) turn(c *cell, on bool) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	c.on = on
	if e.running == nil {
		if !on {
			return nil
		}
		return e.switchTo(e.work)
	}
	r := e.running
	return r.control.Do(e.ctx, func(l *session.Live) error {
		done := map[source.Span]bool{}
		for _, p := range l.Probes() {
			if e.work.cellAt(r.program, p.Pos) == c && !done[p.Pos] {
				done[p.Pos] = true
				l.Switch(p.Pos, on)
			}
		}
		return nil
	})
}

// explain shows where the code of a probe runs.
func (e *engine) explain(c *cell) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.build(e.work.texts(), func(*check.Probe, *program) bool { return true }, false)
	if p.failed() {
		p.render(e.screen, func(string) bool { return true })
		return errShown
	}
	return p.Plan.Explain(e.screen, plan.ExplainOptions{Color: e.screen.color, Only: func(probe *ir.Probe) bool {
		return e.work.cellAt(p, probe.Pos) == c
	}})
}

// close ends the session; its end probes run.
func (e *engine) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.screen.unlimited() // what end probes print is what they are there for
	e.stop(true)
	e.screen.end()
}
