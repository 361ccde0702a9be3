package monitor

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tapir/bpf/layout"
	"tapir/lang/types"
	"tapir/runtime/session"
	"tapir/runtime/vm"
)

// example is a model with more than any screen has room for.
func example() *model {
	long := func(n int64) vm.Value { return vm.Value{Kind: types.Long, Long: n} }
	text := func(s string) vm.Value { return vm.Value{Kind: types.String, Text: s} }
	array := vm.Global{Name: "by", Type: types.Type{Kind: types.Long, Keys: []types.Kind{types.String, types.Long}}, Count: 200}
	for i := range 200 {
		array.Elements = append(array.Elements, vm.Element{Keys: []vm.Value{text(fmt.Sprintf("name\x1b[2J%d", i)), long(int64(i))}, Value: long(int64(i % 7))})
	}
	m := &model{o: Options{Name: "a/very/long/name/of/a/script.tp"}, output: &output{}, off: map[string]bool{}, run: &run{began: time.Now()}}
	m.now = sample{at: time.Now(), globals: []vm.Global{array, {Name: "n", Type: types.TLong, Value: long(-1 << 63)}, {Name: "s", Type: types.TString, Value: text("x\x07y")}}}
	m.before.at = m.now.at.Add(-2 * time.Second)
	for i := range 40 {
		p := session.ProbeState{Spelling: fmt.Sprintf("kernel.function(\"a_function_with_a_long_name_%d\").return", i), InKernel: true, On: i%3 > 0, Points: i}
		p.Pos.Start++
		p.Counts[layout.Hits] = uint64(i) << 40
		m.now.probes = append(m.now.probes, p)
	}
	for i := range 300 {
		fmt.Fprintf(m.output, "line %d\t\x1b]0;title\x07 äöü\n", i)
	}
	return m
}

// TestLinesFit draws all states at several sizes: no line is too wide, none is missing,
// and nothing that was traced reaches the terminal as a control sequence.
func TestLinesFit(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {132, 50}, {40, 10}, {20, 8}} {
		for focus := range panes {
			for global := range 3 {
				m := example()
				m.width, m.height, m.focus, m.global = size[0], size[1], focus, global
				for _, key := range []string{"", "down", "pgdown", "s", "S", "?", "x", "/", "enter", "up"} {
					if key != "" {
						m.Update(tea.KeyPressMsg{Code: code(key), Text: key})
					}
					lines := m.lines()
					if len(lines) != m.height {
						t.Fatalf("%v after %q: %d lines", size, key, len(lines))
					}
					for _, l := range lines {
						if w := ansi.StringWidth(l); w > m.width {
							t.Fatalf("%v after %q: %d columns in %q", size, key, w, l)
						}
						if strings.Contains(l, "\x1b[2J") || strings.Contains(l, "\x07") {
							t.Fatalf("a control sequence in %q", l)
						}
					}
				}
			}
		}
	}
}

func code(key string) rune {
	switch key {
	case "down":
		return tea.KeyDown
	case "up":
		return tea.KeyUp
	case "pgdown":
		return tea.KeyPgDown
	case "enter":
		return tea.KeyEnter
	}
	return []rune(key)[0]
}

func TestHistogram(t *testing.T) {
	got := strings.Join(histogram([]vm.Bucket{{Low: 1, Count: 1}, {Low: 2, Count: 0}, {Low: 16, Count: 80}}, 20), "\n")
	want := " 1 │▏            1\n 2 │             0\n16 │████████████ 80"
	if !strings.Contains(got, "16 │█") || len(strings.Split(got, "\n")) != 3 {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, l := range strings.Split(got, "\n") {
		if w := ansi.StringWidth(l); w > 20 {
			t.Errorf("%q has %d columns", l, w)
		}
	}
}

func TestSearchAndSort(t *testing.T) {
	m := example()
	m.width, m.height, m.focus = 80, 30, globalsPane
	if got := m.arrayLines(m.now.globals[0])[1]; !strings.HasSuffix(strings.TrimSpace(got), " 6") {
		t.Errorf("the first element is %q, want the largest", got)
	}
	m.byKey = true
	if got := m.arrayLines(m.now.globals[0])[1]; !strings.HasPrefix(got, `name\x1b[2J0 `) {
		t.Errorf("the first element is %q, want the one with the least key", got)
	}
	m.search = "J199"
	n := 0
	for _, l := range m.globalLines(20) {
		if strings.Contains(l, "name") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d elements have %q, want 1", n, m.search)
	}
}
