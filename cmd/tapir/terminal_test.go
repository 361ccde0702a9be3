package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// terminal is a real one, of tmux, in which a program runs.
type terminal struct {
	t      *testing.T
	socket string
	ended  bool
}

// openTerminal starts a command of this binary as tapir in a terminal of some size.
func openTerminal(t *testing.T, width, height int, env []string, args ...string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("needs tmux, a terminal to drive")
	}
	if os.Geteuid() != 0 {
		t.Skip("needs root: it traces the live kernel")
	}
	dir := t.TempDir()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tapir := filepath.Join(dir, "tapir")
	if err := os.Symlink(exe, tapir); err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, socket: filepath.Join(dir, "s")}
	command := append([]string{"env"}, env...)
	command = append(command, "HOME="+dir, "XDG_STATE_HOME="+dir, "TESTSCRIPT_COMMAND=1", tapir)
	command = append(command, args...)
	for i, w := range command {
		command[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	term.tmux("new-session", "-d", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height), strings.Join(command, " "))
	term.tmux("set-option", "remain-on-exit", "on")
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", term.socket, "kill-server").Run() })
	return term
}

func (term *terminal) tmux(args ...string) string {
	term.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", term.socket, "-f", os.DevNull}, args...)...).CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// screen is what the terminal shows, with as much as it remembers of what has gone by.
func (term *terminal) screen() string {
	term.t.Helper()
	return term.tmux("capture-pane", "-p", "-S", "-2000")
}

// keys types keys as tmux names them.
func (term *terminal) keys(keys ...string) {
	term.t.Helper()
	term.tmux(append([]string{"send-keys"}, keys...)...)
}

// enter types a line.
func (term *terminal) enter(line string) {
	term.t.Helper()
	term.tmux("send-keys", "-l", line)
	term.keys("Enter")
}

// wait waits until the screen has a line like pattern.
func (term *terminal) wait(pattern string) {
	term.t.Helper()
	re := regexp.MustCompile("(?m)" + pattern)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		screen := term.screen()
		if re.MatchString(screen) {
			return
		}
		if time.Now().After(end) {
			term.t.Fatalf("the terminal does not show %q:\n%s", pattern, screen)
		}
	}
}

// over waits for the end of the program, with a status.
func (term *terminal) over(status int) {
	term.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		got := strings.Fields(term.tmux("display-message", "-p", "#{pane_dead} #{pane_dead_status}"))
		if len(got) == 2 && got[0] == "1" {
			if want := fmt.Sprint(status); got[1] != want {
				term.t.Fatalf("the program ended with %v, want %s\n%s", got[1:], want, term.screen())
			}
			return
		}
		if time.Now().After(end) {
			term.t.Fatalf("the program does not end:\n%s", term.screen())
		}
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
			term.tmux("send-keys", "-l", `probe syscall.execvea`)
			term.keys("Tab")
			term.wait(`probe syscall\.execveat`)
			term.keys("C-u")
			term.tmux("send-keys", "-l", `println(gettimeofday_u`)
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
			term.tmux("send-keys", "-l", "tick 1")
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
