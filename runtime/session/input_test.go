package session

import (
	"os"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"tapir/compiler/plan"
)

// terminal is a pseudo-terminal: its two ends.
func terminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals: %v", err)
	}
	t.Cleanup(func() { master.Close() })
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals: %v", err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

// whole reports whether a terminal gives whole lines and shows them.
func whole(t *testing.T, f *os.File) bool {
	t.Helper()
	modes, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return modes.Lflag&(unix.ICANON|unix.ECHO) == unix.ICANON|unix.ECHO
}

// TestKeyboard: keys come at once, and the terminal is as before at the end, also if the
// session ends by an error or a signal.
func TestKeyboard(t *testing.T) {
	for _, end := range []string{"exit()", `error("x")`, ""} {
		master, slave := terminal(t)
		asWas := true
		typed := readyFunc(func() {
			asWas = whole(t, slave)
			text := "abq"
			if end == "" {
				_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
				text = ""
			}
			_, _ = master.WriteString(text)
		})
		o := run(t, `probe input.char { print("<", char, ">"); if (char == "q") {`+end+`} }`, plan.Auto, Options{In: slave, Ready: typed})
		if want := "<a><b><q>"; end != "" && o.out != want {
			t.Errorf("%s: %q, want %q", end, o.out, want)
		}
		if asWas {
			t.Errorf("%s: keys did not come at once", end)
		}
		if !whole(t, slave) {
			t.Errorf("%s: the terminal is not what it was", end)
		}
	}
}

// TestOrderOfInput: at each character the handlers run as they come in the script.
func TestOrderOfInput(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, _ = w.WriteString("a\nb")
	_ = w.Close()
	o := run(t, `probe input.line { printf("1%s;", line); if (line == "b") exit() } probe input.char { printf("2%s;", char) } probe input.line { printf("3%s;", line) }`,
		plan.UserOnly, Options{In: r})
	if want := "2a;1a\n;2\n;3a\n;2b;1b;"; o.out != want {
		t.Errorf("got %q, want %q", o.out, want)
	}
}
