package monitor

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tapir/bpf/layout"
	"tapir/runtime/session"
)

// Attributes rather than colours tell things apart: every terminal has them.
const (
	bold    = "\x1b[1m"
	dim     = "\x1b[2m"
	reverse = "\x1b[7m"
	plain   = "\x1b[0m"
)

// View draws the screen.
func (m *model) View() tea.View {
	v := tea.NewView(strings.Join(m.lines(), "\n"))
	v.AltScreen = true
	return v
}

// lines are the lines of the screen, as many as it has, none of them wider.
func (m *model) lines() []string {
	var list []string
	if m.help {
		list = m.helpLines()
	} else {
		// A third for each pane, less where one has not that much to show.
		room := m.height - 2
		probes := m.probeLines(max(room/3, 3))
		globals := m.globalLines(max((room-len(probes))/2, 3))
		list = slices.Concat([]string{m.header()}, probes, globals, m.outputLines(max(room-len(probes)-len(globals), 2)))
	}
	for len(list) < m.height-1 {
		list = append(list, "")
	}
	list = append(list[:m.height-1], m.footer())
	for i, l := range list {
		list[i] = ansi.Truncate(l, m.width, "…")
	}
	return list
}

func (m *model) header() string {
	state := "running"
	switch {
	case m.over:
		state = "ended"
	case m.paused:
		state = "paused"
	}
	ran := time.Since(m.run.began)
	text := fmt.Sprintf(" %s  %s  %s", visible(m.o.Name), state, ran.Truncate(time.Second))
	if m.now.errors > 0 {
		text += fmt.Sprintf("  %d errors", m.now.errors)
	}
	return reverse + pad(text, m.width) + plain
}

// pad fills a text up to a width.
func pad(s string, width int) string {
	if n := width - ansi.StringWidth(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return ansi.Truncate(s, width, "…")
}

func (m *model) footer() string {
	if m.searching {
		return "/" + m.search + "▏"
	}
	text := "q quit  tab pane  t toggle  p pause  c clear  r restart  s sort  / search  ? help"
	if m.search != "" {
		text = fmt.Sprintf("only %q: esc shows all   ", m.search) + text
	}
	if m.message != "" {
		text = visible(m.message)
	}
	return dim + text + plain
}

// title is the line above a pane.
func (m *model) title(p pane, text string) string {
	if m.focus == p {
		return bold + reverse + " " + text + " " + plain
	}
	return bold + " " + text + plain
}

// columns are those of the table of probes.
var columns = []struct {
	title string
	value func(now, before session.ProbeState, seconds float64) (float64, string)
}{
	{"hits/s", func(n, b session.ProbeState, s float64) (float64, string) {
		if s <= 0 {
			return 0, "-"
		}
		rate := float64(hits(n)-hits(b)) / s
		return rate, strconv.FormatFloat(rate, 'f', 0, 64)
	}},
	{"hits", func(n, _ session.ProbeState, _ float64) (float64, string) { return counted(hits(n)) }},
	{"rejected", counter(layout.Rejected)},
	{"in kernel", counter(layout.Aggregated)},
	{"sent", counter(layout.Sent)},
	{"lost", counter(layout.Lost)},
	{"time", func(n, _ session.ProbeState, _ float64) (float64, string) {
		return float64(n.Time), n.Time.Round(time.Microsecond * 10).String()
	}},
}

// hits is how often a probe was hit; one outside of the kernel is when it runs.
func hits(p session.ProbeState) uint64 {
	if p.InKernel {
		return p.Counts[layout.Hits]
	}
	return uint64(p.Runs)
}

func counted(n uint64) (float64, string) { return float64(n), strconv.FormatUint(n, 10) }

func counter(c layout.Counter) func(n, _ session.ProbeState, _ float64) (float64, string) {
	return func(n, _ session.ProbeState, _ float64) (float64, string) { return counted(n.Counts[c]) }
}

// earlier is the state of a probe in the sample before.
func (m *model) earlier(p session.ProbeState) session.ProbeState {
	for _, b := range m.before.probes {
		if probeID(b) == probeID(p) {
			return b
		}
	}
	return session.ProbeState{}
}

func (m *model) seconds() float64 {
	if m.before.at.IsZero() {
		return 0
	}
	return m.now.at.Sub(m.before.at).Seconds()
}

// shownProbes are those that are searched for, as they are sorted.
func (m *model) shownProbes() []session.ProbeState {
	var list []session.ProbeState
	for _, p := range m.now.probes {
		if m.focus != probesPane || strings.Contains(p.Spelling, m.search) {
			list = append(list, p)
		}
	}
	if m.rank > 0 {
		column := columns[m.rank-1]
		slices.SortStableFunc(list, func(a, b session.ProbeState) int {
			x, _ := column.value(a, m.earlier(a), m.seconds())
			y, _ := column.value(b, m.earlier(b), m.seconds())
			if m.rising {
				x, y = y, x
			}
			return cmp.Compare(y, x)
		})
	}
	return list
}

func (m *model) probeLines(room int) []string {
	shown := m.shownProbes()
	head := []string{"", "probe"}
	for i, c := range columns {
		title := c.title
		if m.rank == i+1 {
			title += "↓"
		}
		head = append(head, title)
	}
	rows := [][]string{head}
	for _, p := range shown {
		state := " "
		if !p.On {
			state = "off"
		}
		name := p.Spelling
		if p.Points > 1 {
			name += fmt.Sprintf(" (%d)", p.Points)
		}
		row := []string{state, visible(name)}
		for _, c := range columns {
			_, text := c.value(p, m.earlier(p), m.seconds())
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	lines := table(rows, m.width, 1)
	lines[0] = bold + lines[0] + plain
	list := []string{m.title(probesPane, fmt.Sprintf("probes: %d", len(m.now.probes)))}
	body := lines[1:]
	from := max(min(m.probe-(room-3)/2, len(body)-(room-2)), 0)
	if m.focus == probesPane && m.probe < len(body) {
		body[m.probe] = reverse + pad(body[m.probe], m.width) + plain
	}
	return append(append(list, lines[0]), cut(body, from, room-2)...)
}

// cut is a part of a list, from a place on.
func cut(list []string, from, room int) []string {
	from = min(max(from, 0), len(list))
	return list[from:min(from+max(room, 0), len(list))]
}

// table aligns rows: the columns up to left are texts, and the others numbers. What does
// not fit is taken from the widest text.
func table(rows [][]string, width, left int) []string {
	widths := make([]int, len(rows[0]))
	total := 0
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	for _, w := range widths {
		total += w + 2
	}
	narrow(widths[:left+1], total-2-width)
	lines := make([]string, len(rows))
	for n, r := range rows {
		var b strings.Builder
		for i, cell := range r {
			cell = ansi.Truncate(cell, widths[i], "…")
			space := strings.Repeat(" ", widths[i]-ansi.StringWidth(cell))
			if i > 0 {
				b.WriteString("  ")
			}
			if i <= left {
				b.WriteString(cell + space)
			} else {
				b.WriteString(space + cell)
			}
		}
		lines[n] = b.String()
	}
	return lines
}

// narrowest is the least width of a column.
const narrowest = 8

// narrow takes so much from the widths of columns, always from the widest.
func narrow(widths []int, over int) {
	for ; over > 0; over-- {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= narrowest {
			return
		}
		widths[widest]--
	}
}

func (m *model) outputLines(room int) []string {
	lines, total := m.output.all()
	if m.focus == outputPane && m.search != "" {
		lines = slices.DeleteFunc(lines, func(l string) bool { return !strings.Contains(l, m.search) })
	}
	m.back = min(m.back, max(len(lines)-(room-1), 0))
	title := fmt.Sprintf("output: %d lines", total)
	if m.back > 0 {
		title += fmt.Sprintf(", %d further down", m.back)
	}
	list := []string{m.title(outputPane, title)}
	for _, l := range cut(lines, len(lines)-m.back-(room-1), room-1) {
		list = append(list, visible(strings.ReplaceAll(l, "\t", "    ")))
	}
	return list
}

// visible is a text without anything that a terminal would obey.
func visible(s string) string {
	clean := func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }
	if !strings.ContainsFunc(s, clean) {
		return s
	}
	q := strconv.QuoteToGraphic(s)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}

func (m *model) helpLines() []string {
	list := []string{m.header(), ""}
	for _, k := range keyTable {
		list = append(list, fmt.Sprintf("  %-16s %s", strings.ReplaceAll(k.keys, " ", ", "), k.help))
	}
	return append(list, "", "  any key goes back")
}
