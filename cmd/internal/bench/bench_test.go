package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == loadMode { // the binary has started itself
		serveLoad(os.Stdin, os.Stdout)
		return
	}
	if len(os.Args) > 1 && os.Args[1] == handMode {
		if err := serveHand(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func TestPercentile(t *testing.T) {
	xs := []float64{5, 1, 4, 2, 3}
	for _, c := range []struct {
		p    int
		want float64
	}{{0, 1}, {50, 3}, {75, 4}, {100, 5}} {
		if got := percentile(xs, c.p); got != c.want {
			t.Errorf("percentile(%v, %d) = %v, want %v", xs, c.p, got, c.want)
		}
	}
	if got := median(nil); got != 0 {
		t.Errorf("median of nothing = %v, want 0", got)
	}
}

// The load answers a request with one time per sub-batch.
func TestServeLoad(t *testing.T) {
	var out bytes.Buffer
	const batches = 3
	const singles = 7
	done := make(chan struct{})
	go func() { // on a thread of its own, which it names and locks
		defer close(done)
		serveLoad(strings.NewReader(fmt.Sprintf("%d\n%d 1000\n", batches*subCalls, singles)), &out)
	}()
	<-done
	if got := len(strings.Fields(out.String())); got != batches+singles {
		t.Errorf("the load answered with %d times, want %d: %q", got, batches+singles, out.String())
	}
}

func TestCountLines(t *testing.T) {
	line := loadName + " 12 34\n"
	for _, c := range []struct {
		text string
		want int
	}{
		{"", 0}, {line, 1}, {line + line, 2}, {"other 1 2\n" + line, 1}, {"x" + line, 0},
	} {
		if got := countLines([]byte(c.text)); got != c.want {
			t.Errorf("countLines(%q) = %d, want %d", c.text, got, c.want)
		}
	}
}

func TestCostRows(t *testing.T) {
	j := &job{name: "x", hand: 1.1, other: 0.2, delivers: true}
	var s [ways]samples
	s[byHand] = samples{added: []float64{100, 100}, rate: []float64{1000}}
	s[byTapir] = samples{added: []float64{90, 105}, rate: []float64{800}, reader: []float64{50}, calls: 3, lines: 3}
	rows := costRows(j, &s)
	if len(rows) != 3 {
		t.Fatalf("%d rows of a job that delivers", len(rows))
	}
	for i, want := range []struct {
		ratio float64
		held  bool
	}{{0.9, true}, {0, true}, {0.8, true}} {
		r := rows[i]
		if held, any := r.holds(); r.OfHand != want.ratio || held != want.held || !any {
			t.Errorf("row %d: %+v", i, r)
		}
	}
	s[byTapir].lines = 2
	if held, _ := costRows(j, &s)[0].holds(); held {
		t.Error("the aim holds though a line was lost")
	}
	var out strings.Builder
	printReport(&out, &Report{Rows: costRows(j, &s)})
	for _, want := range []string{"by hand", "0.90 (≤1.1)", "MISSED", "tapir delivered 2 of 3"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, out.String())
		}
	}
}

// An aim holds or is missed, and says nothing where there is no figure.
func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		row  Row
		want string
	}{
		{Row{}, ""},
		{Row{AimHand: 1}, ""},
		{Row{AimHand: 1, Value: [ways]float64{2, 3}}, "MISSED"},
		{Row{AimHand: 1.5, Value: [ways]float64{2, 3}}, "holds"},
		{Row{AimHand: 1.5, Most: 2, Value: [ways]float64{2, 3}}, "MISSED"},
		{Row{AimPeer: 15, More: true, Value: [ways]float64{0, 30, 2}}, "holds"},
		{Row{AimPeer: 16, More: true, Value: [ways]float64{0, 30, 2}}, "MISSED"},
	} {
		c.row.relate()
		if got := c.row.verdict(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.row, got, c.want)
		}
	}
}

// Floors attach, the tracer by hand delivers what it is to, and ends at an interrupt.
func TestFloors(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: it attaches programs")
	}
	for name := range floors {
		if name == rareFloor && !hasTracefs() {
			continue
		}
		out := t.TempDir() + "/out"
		tr, err := start(options{}, byHand, name, out)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		pid := os.Getpid()
		syscall.Getppid()
		if _, err := tr.stop(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name != deliverFloor {
			continue
		}
		text, err := os.ReadFile(out)
		if want := fmt.Sprintf(" %d ", pid); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("the lines lack %q: %q, %v", want, text, err)
		}
	}
}

// Both tracers' lines are counted, and nothing else.
func TestOpenLines(t *testing.T) {
	file := t.TempDir() + "/out"
	text := "12 openat(AT_FDCWD, \"/dev/null\", O_RDONLY|O_CLOEXEC) = 3\nopenat(AT_FDCWD, \"/etc/passwd\", O_RDONLY) = 3\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := openLines(file); got != 1 {
		t.Errorf("%d lines, want 1", got)
	}
}
