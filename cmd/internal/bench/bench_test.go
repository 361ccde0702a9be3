package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == loadMode { // the binary has started itself
		serveLoad(os.Stdin, os.Stdout)
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
	done := make(chan struct{})
	go func() { // on a thread of its own, which it names and locks
		defer close(done)
		serveLoad(strings.NewReader(fmt.Sprintf("%d\n", batches*subCalls)), &out)
	}()
	<-done
	if got := len(strings.Fields(out.String())); got != batches {
		t.Errorf("the load answered with %d times, want %d: %q", got, batches, out.String())
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
	all := make([]samples, len(allVariants))
	all[0] = samples{ns: []float64{100, 100, 200}}
	for i := 1; i < len(all); i++ {
		all[i] = samples{ns: []float64{150, 300}, ratios: []float64{1.5, 1.5, 9}}
	}
	rows := costRows(allVariants, all)
	if got := rows[0]; got.Floor != 100 || got.Typical != 100 || got.Ratio != 1 {
		t.Errorf("bare row = %+v, want floor 100, typical 100, ratio 1", got)
	}
	if got := rows[1]; got.Floor != 50 || got.Typical != 50 || got.Ratio != 1.5 {
		t.Errorf("row of +50 ns at the floor and 1.5-fold = %+v", got)
	}
	var out strings.Builder
	printReport(&out, &Report{Costs: rows, Startup: []StartRow{{Name: "x", Median: 1, Worst: 2, Aim: 10}}})
	for _, want := range []string{"no probe", "+50", "median"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the tables lack %q:\n%s", want, out.String())
		}
	}
}

// A load process runs under an empty program and answers in the time that is asked for.
func TestMeasureFloor(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: it attaches a program")
	}
	l, err := startLoad(false)
	if err != nil {
		t.Fatal(err)
	}
	m := &meter{load: l, o: options{batch: 4 * subCalls}}
	ns, err := m.measureFloor("empty")
	if errors.Is(err, fs.ErrPermission) {
		l.stop()
		t.Skip("needs the right to load programs: ", err)
	}
	if err != nil {
		t.Error(err)
	} else if len(ns) != 4 || slices.Min(ns) <= 0 {
		t.Errorf("times of 4 sub-batches under an empty program = %v", ns)
	}
	if err := l.stop(); err != nil {
		t.Errorf("the load ended with %v", err)
	}
}

// The table of tracers takes medians of the rounds, and counts over all of them.
func TestOpenRows(t *testing.T) {
	list := []watched{{name: "alone"}, {name: "watched"}}
	rows := openRows(options{rounds: 3, batch: 10_000}, list, []openSamples{
		{pairs: []float64{10, 30, 20}, ratios: []float64{1, 1, 1}},
		{pairs: []float64{40, 30, 20}, ratios: []float64{4, 1, 1}, lines: 2999},
	})
	want := []OpenRow{
		{Name: "alone", Pair: 20, Ratio: 1},
		{Name: "watched", Pair: 30, Ratio: 1, Opens: 3000, Lines: 2999},
	}
	if !slices.Equal(rows, want) {
		t.Errorf("\n got %+v\nwant %+v", rows, want)
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
