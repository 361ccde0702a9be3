// Command picture makes the pictures of the documentation: it goes through a session in a
// real terminal and draws what it shows as a moving SVG image.
//
//	picture -tapir bin/tapir -o docs/shell.svg
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"
	"time"

	"tapir/cmd/internal/terminal"
)

// The size of the terminal.
const (
	columns = 96
	rows    = 24
)

func main() {
	log.SetFlags(0)
	tapir := flag.String("tapir", "bin/tapir", "the binary")
	out := flag.String("o", "docs/shell.svg", "where the picture goes")
	flag.Parse()
	if err := run(*tapir, *out); err != nil {
		log.Fatal("picture: ", err)
	}
}

func run(tapir, out string) error {
	binary, err := filepath.Abs(tapir)
	if err != nil {
		return err
	}
	home, err := os.MkdirTemp("", "tapir-picture-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(home)
	bin := filepath.Join(home, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		return err
	}
	if err := os.Symlink(binary, filepath.Join(bin, "tapir")); err != nil {
		return err
	}
	frames, err := record(home, bin)
	if err != nil {
		return err
	}
	return os.WriteFile(out, draw(frames, columns, rows), 0o644)
}

// frame is a screen with its colours, and how long it is shown.
type frame struct {
	screen string
	hold   time.Duration
}

// record goes through the scene and takes a frame after each of its steps.
func record(home, bin string) ([]frame, error) {
	t, err := terminal.Open(columns, rows, "env", "-C", home, "HOME="+home, "XDG_STATE_HOME="+home, "PS1=# ",
		"PATH="+bin+":"+os.Getenv("PATH"), "sh", "-i")
	if err != nil {
		return nil, err
	}
	defer t.Close()
	var frames []frame
	take := func(hold time.Duration) error {
		screen, err := t.Painted()
		frames = append(frames, frame{screen, hold})
		return err
	}
	if err := t.Wait(`^#`); err != nil {
		return nil, err
	}
	for _, s := range scene {
		if s.text != "" {
			if err := t.Type(s.text); err != nil {
				return nil, err
			}
			time.Sleep(settle)
			if err := take(typed); err != nil {
				return nil, err
			}
		}
		if err := t.Keys(s.key()); err != nil {
			return nil, err
		}
		if err := t.Wait(s.wait); err != nil {
			return nil, err
		}
		time.Sleep(settle + s.more)
		if err := take(s.hold); err != nil {
			return nil, err
		}
	}
	return frames, nil
}

// settle is the time that a terminal gets to draw what was typed.
const settle = 200 * time.Millisecond

// typed is how long a line is shown before it is entered.
const typed = 900 * time.Millisecond

// step is a line that is typed, or a key, and what the screen then shows.
type step struct {
	text string
	keys string        // in place of Enter
	wait string        // a pattern
	more time.Duration // to be waited after that
	hold time.Duration // that the frame is shown
}

func (s step) key() string {
	if s.keys != "" {
		return s.keys
	}
	return "Enter"
}

// scene is the session: a script is found, looked at, and its question asked more closely.
var scene = []step{
	{text: "tapir list not found", wait: `missing_files`, hold: 3 * time.Second},
	{text: "tapir shell", wait: `^tapir>`, hold: time.Second},
	{text: "load missing_files", wait: `probe 2 is attached`, hold: 2 * time.Second},
	{text: `target sh -c "cat nowhere.txt; wc nothing.txt; cat nowhere.txt; sleep 60" 2>/dev/null`, wait: `target is process`,
		more: 700 * time.Millisecond, hold: 2 * time.Second},
	{text: `foreach ([path, who] in missed-) if (path =~ "txt$") println(missed[path, who], " ", who, " ", path)`,
		wait: `^2 cat nowhere.txt`, hold: 4 * time.Second},
	{text: "delete 2", wait: `^tapir>$`, hold: time.Second},
	{text: `probe timer.s(10) { foreach ([path, who] in missed- limit 4) println(who, " ", path); delete missed }`,
		wait: `probe 3 is attached`, hold: 3 * time.Second},
	{text: "list", wait: `in the kernel|hits`, hold: 4 * time.Second},
	{text: "save missing.tp", wait: `saved 2 probes`, hold: 2 * time.Second},
	{text: "quit", wait: `^#$`, hold: time.Second},
	{text: `tapir run --monitor missing.tp`, wait: `globals: .*‹`, more: 1500 * time.Millisecond, hold: 2 * time.Second},
	{keys: "Right", wait: `globals: .*‹missed`, more: 1500 * time.Millisecond, hold: 6 * time.Second},
	{keys: "q", wait: `^#$`, hold: time.Second},
}
