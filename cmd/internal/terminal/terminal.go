// Package terminal runs a program in a real terminal, of tmux, types keys, and looks at
// the screen. Start with Open.
package terminal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Terminal is one with a program in it.
type Terminal struct {
	folder string
	socket string
	// Patience is how long Wait and End wait.
	Patience time.Duration
}

// ErrNone says that there is no tmux.
var ErrNone = errors.New("there is no tmux")

// step is the time between two looks at the screen.
const step = 20 * time.Millisecond

// Open starts a command in a terminal of some size. What the terminal shows stays when the
// command has ended, until Close.
func Open(width, height int, command ...string) (*Terminal, error) {
	if _, err := exec.LookPath("tmux"); err != nil {
		return nil, ErrNone
	}
	folder, err := os.MkdirTemp("", "tapir-terminal-")
	if err != nil {
		return nil, err
	}
	t := &Terminal{folder: folder, socket: filepath.Join(folder, "socket"), Patience: 30 * time.Second}
	command = append([]string{"sh", "-c", noteStatus, t.status()}, command...)
	quoted := make([]string, len(command))
	for i, w := range command {
		quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	// The option has to be there before a command that ends at once.
	_, err = t.tmux("set-option", "-g", "remain-on-exit", "on", ";", "new-session", "-d",
		"-x", strconv.Itoa(width), "-y", strconv.Itoa(height), strings.Join(quoted, " "))
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// noteStatus runs a command, and then has its exit status in a file: tmux does not always
// reap what has ended, and so can't always tell. A ^C is for the command alone.
const noteStatus = `trap : INT; "$@"; echo $? >"$0.new"; mv "$0.new" "$0"`

// status is the file with the command's exit status, once it has ended.
func (t *Terminal) status() string { return filepath.Join(t.folder, "status") }

// Close ends the terminal, and the command with it.
func (t *Terminal) Close() error {
	_, _ = t.tmux("kill-server") // it may have ended
	return os.RemoveAll(t.folder)
}

func (t *Terminal) tmux(args ...string) (string, error) {
	out, err := exec.Command("tmux", append([]string{"-S", t.socket, "-f", os.DevNull, "start-server", ";"}, args...)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("tmux %q: %w: %s", args, err, out)
	}
	return string(out), nil
}

// Screen is what the terminal shows, line by line.
func (t *Terminal) Screen() (string, error) { return t.tmux("capture-pane", "-p") }

// Painted is the screen with the escape sequences of its colours.
func (t *Terminal) Painted() (string, error) { return t.tmux("capture-pane", "-p", "-e") }

// Past is the screen, with as much before it as the terminal remembers.
func (t *Terminal) Past() (string, error) { return t.tmux("capture-pane", "-p", "-S", "-2000") }

// Keys types keys by their names: Enter, C-c, Tab, a.
func (t *Terminal) Keys(keys ...string) error {
	_, err := t.tmux(append([]string{"send-keys"}, keys...)...)
	return err
}

// Type types a text.
func (t *Terminal) Type(text string) error {
	_, err := t.tmux("send-keys", "-l", text)
	return err
}

// Wait waits until a line of the screen, or of what is before it, is like pattern.
func (t *Terminal) Wait(pattern string) error {
	re, err := regexp.Compile("(?m)" + pattern)
	if err != nil {
		return err
	}
	for end := time.Now().Add(t.Patience); ; time.Sleep(step) {
		screen, err := t.Past()
		if err != nil || re.MatchString(screen) {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("the terminal does not show %q:\n%s", pattern, screen)
		}
	}
}

// End waits for the end of the command, and gives its exit status.
func (t *Terminal) End() (status int, err error) {
	for end := time.Now().Add(t.Patience); ; time.Sleep(step) {
		switch text, err := os.ReadFile(t.status()); {
		case err == nil:
			return strconv.Atoi(strings.TrimSpace(string(text)))
		case !errors.Is(err, fs.ErrNotExist):
			return 0, err
		}
		if time.Now().After(end) {
			screen, _ := t.Screen()
			return 0, fmt.Errorf("the command does not end:\n%s", screen)
		}
	}
}
