package shell

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"tapir/lang/source"
	"tapir/runtime/session"
	"tapir/runtime/vm"
)

// shellCommand is a word that the shell itself knows.
type shellCommand struct {
	name, args, help string
	run              func(*Shell, []string) error
	file             bool // what follows is the name of a file or a command
}

// commandTable is in the order of help. It is a function since its entries use it.
func commandTable() []shellCommand {
	return []shellCommand{
		{"help", "[WORD]", "what can be entered; of a function, what it does", (*Shell).help, false},
		{"list", "", "the probes, with their numbers and how often they were hit", (*Shell).list, false},
		{"off", "N", "turn a probe off; it stays attached, and its events are rejected", (*Shell).off, false},
		{"on", "[N]", "turn a probe on again; attach all if nothing is", (*Shell).on, false},
		{"delete", "N", "forget a probe (a statement `delete a[1]` is one of the language's)", (*Shell).forget, false},
		{"explain", "N", "what of a probe runs in the kernel, and why", (*Shell).explain, false},
		{"edit", "N", "change a probe in $EDITOR; globals stay as they are", (*Shell).edit, false},
		{"vars", "[NAME]", "the globals, with their types and values", (*Shell).vars, false},
		{"clear", "[NAME…]", "make globals 0 or empty, all of them if none is named", (*Shell).clear, false},
		{"watch", "EXPR [every 1s]", "show a value every second; `watch` alone lists what is watched", (*Shell).watch, false},
		{"unwatch", "[N]", "watch it no more", (*Shell).unwatch, false},
		{"target", "PID | COMMAND | off", "what target() is; a command is started, and lives on when the shell ends", (*Shell).target, true},
		{"record", "FILE", "record what the probes see from now on, for tapir replay, until they change", (*Shell).record, true},
		{"stop", "", "end the recording", (*Shell).stopRecording, false},
		{"load", "FILE | NAME", "enter what a script has: a file, or a ready one by its name", (*Shell).load, true},
		{"save", "FILE", "write a script that does what the shell does", (*Shell).save, true},
		{"quit", "", "detach the probes, run end probes, and end", (*Shell).quit, false},
	}
}

func commandNamed(name string) *shellCommand {
	for _, c := range commandTable() {
		if c.name == name || name == "exit" && c.name == "quit" {
			return &c
		}
	}
	return nil
}

var errQuit = errors.New("quit")

func (s *Shell) quit([]string) error { return errQuit }

func (s *Shell) help(args []string) error {
	if len(args) > 0 {
		return s.helpOn(args[0])
	}
	s.screen.printf("What is entered is a probe, which is attached at once: probe syscall.openat { println(filename) };")
	s.screen.printf("a declaration: global n, function f(x) { … }; a statement, which is run at once: println(n);")
	s.screen.printf("or one of these. Names that are set, and arrays, become globals by themselves.")
	for _, c := range commandTable() {
		s.screen.printf("  %-28s %s", strings.TrimSpace(c.name+" "+c.args), c.help)
	}
	s.screen.printf("A line that is not complete goes on in the next one; an empty line, or ^C, ends that.")
	return nil
}

func (s *Shell) helpOn(word string) error {
	if c := commandNamed(word); c != nil {
		s.screen.printf("%s: %s", strings.TrimSpace(c.name+" "+c.args), c.help)
		return nil
	}
	text := s.knows.Describe(word)
	if text == "" {
		return fmt.Errorf("nothing is known of '%s'", word)
	}
	s.screen.printf("%s", strings.TrimRight(text, "\n"))
	return nil
}

// numbered is the probe that an argument names.
func (s *Shell) numbered(args []string, usage string) (*cell, error) {
	if len(args) != 1 {
		return nil, fmt.Errorf("usage: %s", usage)
	}
	n, err := strconv.Atoi(strings.TrimPrefix(args[0], "#"))
	if err != nil {
		return nil, fmt.Errorf("'%s' is no number of a probe; `list` shows them", args[0])
	}
	if c := s.engine.work.cell(n); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("there is no probe %d; `list` shows them", n)
}

func (s *Shell) list([]string) error {
	w := s.engine.work
	if len(w.cells) == 0 {
		s.screen.printf("no probes")
		return nil
	}
	states := s.engine.states()
	for _, c := range w.cells {
		state := "on"
		switch {
		case !c.on:
			state = "off"
		case len(states) == 0:
			state = "detached"
		}
		s.screen.printf("%3d  %-8s  %s", c.number, state, firstLine(c.text))
		for _, p := range states[c.number] {
			s.screen.printf("               %s", probeLine(p))
		}
	}
	return nil
}

// firstLine is a text on one line of the screen.
func firstLine(text string) string {
	line := strings.Join(strings.Fields(text), " ")
	const most = 60
	if r := []rune(line); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return line
}

func (s *Shell) off(args []string) error {
	c, err := s.numbered(args, "off N")
	if err != nil {
		return err
	}
	return s.engine.turn(c, false)
}

func (s *Shell) on(args []string) error {
	if len(args) == 0 {
		return s.engine.change(s.engine.work)
	}
	c, err := s.numbered(args, "on [N]")
	if err != nil {
		return err
	}
	return s.engine.turn(c, true)
}

func (s *Shell) forget(args []string) error {
	c, err := s.numbered(args, "delete N")
	if err != nil {
		return err
	}
	w := s.engine.work.clone()
	w.remove(c.number)
	return s.engine.change(w)
}

func (s *Shell) explain(args []string) error {
	c, err := s.numbered(args, "explain N")
	if err != nil {
		return err
	}
	return s.engine.explain(c)
}

// edit has a probe changed in the editor, again until it is right or unchanged.
func (s *Shell) edit(args []string) error {
	c, err := s.numbered(args, "edit N")
	if err != nil {
		return err
	}
	body := c.text
	changed, err := editText(body)
	if err != nil || strings.TrimSpace(changed) == strings.TrimSpace(body) {
		return err
	}
	in := read(changed, &s.engine.passes)
	in.strange = c.strange
	if in.kind != declaring {
		s.show(in)
		return fmt.Errorf("probe %d stays as it was", c.number)
	}
	w := s.engine.work.clone()
	w.imply(w.implied(in.file, false))
	at := slices.IndexFunc(w.cells, func(o *cell) bool { return o.number == c.number })
	added, err := w.add(in)
	switch {
	case err != nil:
		return err
	case len(added) != 1:
		return fmt.Errorf("there must be one probe; probe %d stays as it was", c.number)
	}
	// The new text takes the old one's place and number.
	w.remove(added[0].number)
	w.last--
	w.cells[at] = &cell{number: c.number, text: added[0].text, on: c.on, strange: c.strange}
	if err := s.engine.change(w); err != nil {
		s.screen.printf("probe %d stays as it was", c.number)
		return err
	}
	return nil
}

// editText has a person change a text.
func editText(text string) (string, error) {
	f, err := os.CreateTemp("", "tapir-*.tp")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name())
	if _, err := f.WriteString(text + "\n"); err != nil {
		return "", err
	}
	if err := f.Close(); err != nil {
		return "", err
	}
	editor := cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"), "vi")
	c := exec.Command("/bin/sh", "-c", editor+` "$1"`, "sh", f.Name())
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("%s: %w", editor, err)
	}
	changed, err := os.ReadFile(f.Name())
	return string(changed), err
}

const (
	shownElements = 10
	allElements   = -1
)

func (s *Shell) vars(args []string) error {
	limit := shownElements
	if len(args) > 0 {
		limit = allElements
	}
	list, err := s.engine.look(limit)
	if err != nil {
		return err
	}
	found := false
	for _, g := range list {
		if len(args) == 0 || slices.Contains(args, g.Name) {
			found = true
			s.screen.printf("%s", globalText(g))
		}
	}
	if !found && len(args) > 0 {
		return s.noGlobal(args[0])
	}
	if !found {
		s.screen.printf("no globals")
	}
	return nil
}

func (s *Shell) noGlobal(name string) error {
	var names []string
	for _, d := range s.engine.work.decls {
		if d.kind == "global" {
			names = append(names, d.names...)
		}
	}
	if like := source.Similar(name, names, 1); len(like) > 0 {
		return fmt.Errorf("there is no global '%s'; there is %s", name, strings.Join(like, ", "))
	}
	return fmt.Errorf("there is no global '%s'", name)
}

// clear makes globals 0 or empty, by a statement, which knows what to do about those that
// the kernel has.
func (s *Shell) clear(args []string) error {
	list, err := s.engine.look(0)
	if err != nil {
		return err
	}
	for _, name := range args {
		if !slices.ContainsFunc(list, func(g vm.Global) bool { return g.Name == name }) {
			return s.noGlobal(name)
		}
	}
	var b strings.Builder
	for _, g := range list {
		if len(args) == 0 || slices.Contains(args, g.Name) {
			fmt.Fprintf(&b, "delete %s; ", g.Name)
		}
	}
	if b.Len() == 0 {
		return nil
	}
	return s.state(b.String())
}

func (s *Shell) load(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: load FILE")
	}
	t, tapset, err := s.o.Open(args[0])
	if err != nil {
		return err
	}
	s.engine.useFolder(tapset)
	in := readScript(t.Body, &s.engine.passes)
	in.strange = t.Strange
	return s.enter(in)
}

func (s *Shell) save(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: save FILE")
	}
	values, err := s.engine.settings()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(args[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already; nothing is overwritten", args[0])
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(s.engine.work.script(values))
	if err = errors.Join(err, f.Close()); err == nil {
		s.screen.printf("saved %s to %s", plural(uint64(len(s.engine.work.cells)), "probe"), args[0])
	}
	return err
}

// target changes what target() is.
func (s *Shell) target(args []string) error {
	old := s.engine.passes.Target
	switch pid, err := strconv.Atoi(strings.Join(args, "")); {
	case len(args) == 0 && old == 0:
		s.screen.printf("no target")
		return nil
	case len(args) == 0:
		s.screen.printf("target is process %d", old)
		return nil
	case len(args) == 1 && args[0] == "off":
		return s.setTarget(0)
	case len(args) == 1 && err == nil && pid > 0:
		return s.setTarget(pid)
	}
	held, err := startHeld(strings.Join(args, " "))
	if err != nil {
		return err
	}
	s.children = append(s.children, held)
	err = s.setTarget(held.Process.Pid)
	if err == nil {
		s.screen.printf("target is process %d", held.Process.Pid)
	}
	return errors.Join(err, letGo(held))
}

func (s *Shell) setTarget(pid int) error {
	e := s.engine
	old := e.passes.Target
	e.passes.Target = pid
	if err := e.change(e.work); err != nil {
		e.passes.Target = old
		return err
	}
	return nil
}

// period is the shortest and the usual time between two looks at a watched value.
const (
	shortestPeriod = 10 * time.Millisecond
	usualPeriod    = time.Second
)

func (s *Shell) watch(args []string) error {
	if len(args) == 0 {
		s.watches.list(s.screen)
		return nil
	}
	period := usualPeriod
	if n := len(args); n > 2 && args[n-2] == "every" {
		var err error
		if period, err = time.ParseDuration(args[n-1]); err != nil || period < shortestPeriod {
			return fmt.Errorf("'%s' is no time: 500ms, 2s", args[n-1])
		}
		args = args[:n-2]
	}
	expr := strings.Join(args, " ")
	if in := read(watched(expr), &s.engine.passes); in.kind != stating {
		s.show(in)
		return errShown
	}
	n := s.watches.add(s.engine.ctx, expr, period, func() error { return s.look(expr) })
	s.screen.printf("watch %d: %s every %s", n, expr, period)
	return nil
}

// watched is a statement that shows a value.
func watched(expr string) string { return fmt.Sprintf("println(%s)", expr) }

// look shows a value, or the first elements of an array.
func (s *Shell) look(expr string) error {
	list, err := s.engine.look(shownElements)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(list, func(g vm.Global) bool { return g.Name == expr }); i >= 0 {
		s.screen.printf("%s", globalText(list[i]))
		return nil
	}
	w := s.engine.work
	return s.engine.statement(statement(fmt.Sprintf("printf(\"%%s = \", %s); %s", literal(expr), watched(expr))), w)
}

func (s *Shell) unwatch(args []string) error {
	if len(args) == 0 {
		s.watches.clear()
		return nil
	}
	n, err := strconv.Atoi(args[0])
	if err != nil || !s.watches.remove(n) {
		return fmt.Errorf("nothing is watched under '%s'; `watch` lists what is", args[0])
	}
	return nil
}

// probeLine is how a probe is doing.
func probeLine(p session.ProbeState) string {
	line := p.Spelling
	if p.Points > 1 {
		line += fmt.Sprintf(" (%d places)", p.Points)
	}
	if !p.InKernel {
		return fmt.Sprintf("%s: %s", line, plural(uint64(p.Runs), "run"))
	}
	return line + ": " + countsText(p.Counts)
}
