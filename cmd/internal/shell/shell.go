// Package shell is tapir's interactive session: what is entered is a probe, which is
// attached while earlier ones run, a statement, which is run at once on the globals as
// they are, or a command. Start with Run.
package shell

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/chzyer/readline"

	"tapir/runtime/session"
)

// Options are what a shell needs.
type Options struct {
	Passes  Passes
	Knows   Knowledge
	In      *os.File
	Out     *os.File
	Color   bool
	History string // the file of earlier inputs; "" keeps none
	Load    string // a script to begin with; "" is none
	// Open gives a file, or a ready script by its name, and the folder of functions and
	// aliases of the collection that it comes from, if there is one.
	Open func(name string) (t Text, tapset string, err error)
}

// Knowledge answers what there is, for completion and help.
type Knowledge interface {
	// Functions are the names of all functions.
	Functions() []string
	// Points are the probe points that begin with a text, as far as the next dot.
	Points(prefix string) []string
	// Variables are those of a probe point.
	Variables(point string) []string
	// Describe is what is known of a name; "" if nothing is.
	Describe(name string) string
}

// Shell is a session at a prompt.
type Shell struct {
	o        Options
	screen   *screen
	engine   *engine
	knows    Knowledge
	watches  watches
	children []*exec.Cmd
}

// The prompts.
const (
	prompt     = "tapir> "
	promptMore = "   ...> "
)

// Run reads and does what is entered until it ends. Its error is the terminal's.
func Run(ctx context.Context, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer ignoreInterrupt()()
	lines, to, err := openLines(&o)
	if err != nil {
		return err
	}
	defer lines.Close()
	s := &Shell{o: o, knows: o.Knows}
	s.screen = newScreen(to, o.Color, lines.terminal())
	s.engine = &engine{ctx: ctx, screen: s.screen, passes: o.Passes, work: &workspace{}}
	lines.complete(s)
	var wg sync.WaitGroup
	wg.Go(func() { s.pauses(ctx) })
	if o.Load != "" {
		s.report(s.load([]string{o.Load}))
	}
	err = s.loop(lines)
	s.watches.close()
	s.engine.close()
	cancel()
	wg.Wait()
	return err
}

// ignoreInterrupt keeps a ^C that comes while nothing reads the terminal from ending the
// program.
func ignoreInterrupt() (stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGINT)
	return func() { signal.Stop(c) }
}

// pauses tells from time to time what of a flood was not shown.
func (s *Shell) pauses(ctx context.Context) {
	t := time.NewTicker(window)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			s.screen.pause()
		}
	}
}

// loop reads until the end of the input.
func (s *Shell) loop(lines lineReader) error {
	for {
		in, err := s.next(lines)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := s.do(in); errors.Is(err, errQuit) {
			return nil
		} else {
			s.report(err)
		}
	}
}

// report shows what went wrong. It ends nothing.
func (s *Shell) report(err error) {
	if err == nil || errors.Is(err, errShown) {
		return
	}
	var refusal *session.Refusal
	if errors.As(err, &refusal) && s.engine.running != nil {
		s.screen.printf("error: %s", refusal.Diagnostic.Message)
		return
	}
	s.screen.printf("error: %s", err)
	var advice interface{ Hint() string }
	if errors.As(err, &advice) && advice.Hint() != "" {
		s.screen.printf("        help: %s", advice.Hint())
	}
}

// next reads lines until they are complete, or wrong, or an empty one ends them.
func (s *Shell) next(lines lineReader) (input, error) {
	text := ""
	for {
		p := prompt
		if text != "" {
			p = promptMore
		}
		line, err := lines.read(p)
		switch {
		case errors.Is(err, readline.ErrInterrupt):
			text = ""
			continue
		case err != nil:
			return input{}, err
		}
		if text != "" {
			text += "\n"
		}
		text += line
		in := read(text, &s.engine.passes)
		if in.kind != incomplete || strings.TrimSpace(line) == "" {
			if in.kind == incomplete {
				in.kind = wrong
			}
			lines.remember(text)
			return in, nil
		}
	}
}

// do does what was entered.
func (s *Shell) do(in input) error {
	switch in.kind {
	case command:
		return s.command(in)
	case declaring:
		return s.enter(in)
	case stating:
		return s.run(in)
	case wrong:
		s.show(in)
		return errShown
	}
	return nil
}

func (s *Shell) command(in input) error {
	c := commandNamed(in.words[0])
	args := in.words[1:]
	if c.name == "delete" && (len(args) != 1 || strings.Trim(args[0], "#0123456789") != "") {
		return s.state(in.text) // of an element, or of a whole array
	}
	return c.run(s, args)
}

// show shows what is wrong with an input.
func (s *Shell) show(in input) {
	renderTo(s.screen, in.set, in.diags)
}

// enter takes declarations in.
func (s *Shell) enter(in input) error {
	w := s.engine.work.clone()
	if in.file == nil || len(in.diags) > 0 {
		s.show(in)
		return errShown
	}
	implied := w.implied(in.file, false)
	added, err := w.add(in)
	if err != nil {
		return err
	}
	w.imply(implied)
	if len(added) == 0 && len(w.cells) == 0 {
		s.engine.work = w // there is nothing yet that could use it
		return nil
	}
	if err := s.engine.change(w); err != nil {
		return err
	}
	for _, c := range added {
		s.screen.printf("probe %d is attached", c.number)
	}
	return nil
}

// run runs a statement.
func (s *Shell) run(in input) error {
	w := s.engine.work.clone()
	w.imply(w.implied(in.file, true))
	return s.engine.statement(in.body, w)
}

// state runs a statement that is given as a text.
func (s *Shell) state(text string) error {
	in := read(text, &s.engine.passes)
	if in.kind == command {
		in.body = statement(text)
		in.file = parseStatement(in.body, &s.engine.passes)
	}
	if in.file == nil {
		return fmt.Errorf("`%s` is no statement", text)
	}
	return s.run(in)
}

// lineReader is where inputs come from.
type lineReader interface {
	read(prompt string) (string, error) // io.EOF at the end
	remember(text string)
	complete(s *Shell)
	terminal() bool
	Close() error
}

// openLines opens the editor on a terminal, and reads plain lines of anything else.
func openLines(o *Options) (lineReader, io.Writer, error) {
	if !readline.IsTerminal(int(o.In.Fd())) || !readline.IsTerminal(int(o.Out.Fd())) {
		return &plainLines{bufio.NewReader(o.In)}, o.Out, nil
	}
	e, err := newEditor(o)
	if err != nil {
		return nil, nil, err
	}
	return e, e.rl.Stdout(), nil
}

// longestLine bounds a line of a file that is no terminal.
const longestLine = 1 << 20

// plainLines are lines without an editor.
type plainLines struct{ r *bufio.Reader }

func (p *plainLines) read(string) (string, error) {
	line, err := p.r.ReadString('\n')
	if line != "" && errors.Is(err, io.EOF) {
		err = nil
	}
	if len(line) > longestLine {
		return "", fmt.Errorf("a line of %d bytes is too long", len(line))
	}
	return strings.TrimRight(line, "\r\n"), err
}

func (p *plainLines) remember(string) {}
func (p *plainLines) complete(*Shell) {}
func (p *plainLines) terminal() bool  { return false }
func (p *plainLines) Close() error    { return nil }
