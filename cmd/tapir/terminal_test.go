package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tapir/cmd/internal/terminal"
)

// screen is a terminal that a test drives: what goes wrong fails the test.
type screen struct {
	*terminal.Terminal
	t *testing.T
}

// openTerminal starts a command of this binary as tapir in a terminal of some size.
func openTerminal(t *testing.T, width, height int, env []string, args ...string) *screen {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: it traces the live kernel")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	tapir := filepath.Join(dir, "tapir")
	if err := os.Symlink(exe, tapir); err != nil {
		t.Fatal(err)
	}
	command := slices.Concat([]string{"env"}, env, []string{"HOME=" + dir, "XDG_STATE_HOME=" + dir, tapir}, args)
	term, err := terminal.Open(width, height, command...)
	if errors.Is(err, terminal.ErrNone) {
		t.Skip("needs tmux, a terminal to drive")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := term.Close(); err != nil {
			t.Error(err)
		}
	})
	return &screen{term, t}
}

func (s *screen) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *screen) keys(keys ...string) { s.t.Helper(); s.must(s.Keys(keys...)) }
func (s *screen) text(text string)    { s.t.Helper(); s.must(s.Type(text)) }
func (s *screen) wait(pattern string) { s.t.Helper(); s.must(s.Wait(pattern)) }

// enter types a line.
func (s *screen) enter(line string) {
	s.t.Helper()
	s.text(line)
	s.keys("Enter")
}

// over waits for the end of the program, with a status.
func (s *screen) over(status int) {
	s.t.Helper()
	got, err := s.End()
	s.must(err)
	if got != status {
		s.t.Fatalf("the program ended with %d, want %d", got, status)
	}
}

// TestShellInTerminal goes through a whole session of the shell, at two sizes.
func TestShellInTerminal(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {132, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			saved := filepath.Join(t.TempDir(), "saved.tp")
			editor := filepath.Join(t.TempDir(), "editor")
			if err := os.WriteFile(editor, []byte("#!/bin/sh\nsed -i 's/seen/met/' \"$1\"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			term := openTerminal(t, size[0], size[1], []string{"EDITOR=" + editor, "VISUAL="}, "shell")
			term.wait(`^tapir>`)
			term.enter(`x = 20`)
			term.enter(`println("x is ", x + 1)`)
			term.wait(`^x is 21$`)

			// A construct that is not complete goes on in the next line.
			term.enter(`if (x == 20) {`)
			term.wait(`^   \.\.\.>`)
			term.enter(`println("twenty")`)
			term.enter(`}`)
			term.wait(`^twenty$`)

			// ^C drops what was begun, and ends nothing.
			term.enter(`while (x) {`)
			term.wait(`\^C|\.\.\.>`)
			term.keys("C-c")
			term.enter(`println("still ", x)`)
			term.wait(`^still 20$`)

			// Completion of points, functions and variables.
			term.text(`probe syscall.execvea`)
			term.keys("Tab")
			term.wait(`probe syscall\.execveat`)
			term.keys("C-u")
			term.text(`println(gettimeofday_u`)
			term.keys("Tab")
			term.wait(`gettimeofday_us`)
			term.keys("C-u")

			// A command that is held is the target; its events come above the prompt.
			term.enter(`probe syscall.execve { if (pid() == target()) { seen[filename]++; println("exec ", filename) } }`)
			term.wait(`^probe 1 is attached$`)
			term.enter(`target exec /bin/true`)
			term.wait(`^exec "/bin/true"$`)
			term.wait(`^The probes are detached: process [0-9]+ has ended`)
			term.enter(`vars seen`)
			term.wait(`\["\\"/bin/true\\""\] = 1`)

			// Changes leave the globals as they are.
			term.enter(`edit 1`)
			term.enter(`list`)
			term.wait(`met\[filen`)
			term.enter(`watch x every 50ms`)
			term.wait(`^x: long = 20$`)
			term.enter(`unwatch`)
			term.enter(`x = 7`)
			term.enter(`println("now ", x)`)
			term.wait(`^now 7$`)

			// A flood is throttled, and how much is not shown is told.
			term.enter(`probe timer.us(100) { println("flood") }`)
			term.wait(`^… [0-9]+ lines are not shown$`)
			term.enter(`delete 2`)
			term.enter(`println("the flood is over")`)
			term.wait(`^the flood is over$`)

			term.enter(`probe end { println("good ", "bye") }`)
			term.wait(`^probe 3 is attached$`)
			term.enter(`save ` + saved)
			term.wait(`^saved 2 probes`)
			term.enter(`quit`)
			term.over(0)
			term.wait(`^good bye$`)
			text, err := os.ReadFile(saved)
			if err != nil || !strings.Contains(string(text), "global x = 7\n") {
				t.Errorf("the script is %q, %v", text, err)
			}
		})
	}
}

// TestMonitorInTerminal goes through the keys of the monitor, at two sizes and without
// colours.
func TestMonitorInTerminal(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script.tp")
	const text = `
global by, h, n
probe syscall.getppid { by[execname()]++; h <<< 5 }
probe timer.ms(20) { printf("tick %d\n", ++n) }
probe never { print(@hist_log(h)) }
probe end { println("good ", "bye") }
`
	if err := os.WriteFile(script, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]int{{80, 24}, {132, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			term := openTerminal(t, size[0], size[1], []string{"NO_COLOR=1"}, "run", "--monitor", script)
			term.wait(`^ probes: 4`)
			term.wait(`^ *syscall\.getppid +[0-9]+`)
			term.wait(`^ globals: ‹by\[[0-9]+\]› h n`)
			term.wait(`^tick [0-9]+`)
			term.keys("t")
			term.wait(`^off +syscall\.getppid`)
			term.wait(`syscall\.getppid is off`)
			term.keys("t")
			term.wait(`syscall\.getppid is on`)
			term.keys("p")
			term.wait(`paused`)
			term.wait(`^off +timer\.ms\(20\)`)
			term.keys("c")
			term.keys("Right", "Right")
			term.wait(`^› n = 0$`)
			term.keys("p")
			term.wait(`running`)
			term.wait(`^› n = [1-9]`)
			term.keys("?")
			term.wait(`any key goes back`)
			term.keys("x")
			term.keys("Tab", "Tab", "/")
			term.text("tick 1")
			term.keys("Enter")
			term.wait(`only "tick 1": esc shows all`)
			term.keys("Escape")
			term.wait(`^q quit`)
			term.keys("r")
			term.wait(`restarted`)
			term.keys("q")
			term.over(0)
			term.wait(`^good bye$`)
		})
	}
}
