package session

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"tapir/bpf/layout"
)

// column is a column of the table of counters.
type column struct {
	title   string
	counter layout.Counter
}

var columns = []column{
	{"hits", layout.Hits},
	{"rejected", layout.Rejected},
	{"aggregated", layout.Aggregated},
	{"sent", layout.Sent},
	{"lost", layout.Lost},
	{"errors", layout.Errors},
}

// writeCounters writes the table of the probes' counters. A column that only
// some scripts need is left out if it is empty.
func writeCounters(w io.Writer, groups []probeCounts) {
	var aggregated uint64
	for _, g := range groups {
		aggregated += g.total[layout.Aggregated]
	}
	rows := [][]string{{"probe"}}
	for _, c := range columns {
		if c.counter != layout.Aggregated || aggregated > 0 {
			rows[0] = append(rows[0], c.title)
		}
	}
	row := func(name string, counts Counts) {
		cells := []string{name}
		for _, c := range columns {
			if c.counter != layout.Aggregated || aggregated > 0 {
				cells = append(cells, strconv.FormatUint(counts[c.counter], 10))
			}
		}
		rows = append(rows, cells)
	}
	shown := withHits(groups)
	for _, g := range shown {
		row(g.spelling, g.total)
		if len(g.points) < 2 {
			continue
		}
		for _, p := range g.points {
			row("  "+p.name, p.Counts)
		}
	}
	writeTable(w, rows)
	if n := len(groups) - len(shown); n > 0 {
		fmt.Fprintf(w, "… and %d probes without hits\n", n)
	}
}

// manySilent is how many probes without hits are too many to be listed.
const manySilent = 12

// withHits is groups without those that had no hits, if they are many, as they are
// where a wildcard stands for every call.
func withHits(groups []probeCounts) []probeCounts {
	hit := slices.DeleteFunc(slices.Clone(groups), func(g probeCounts) bool { return g.total == Counts{} })
	if len(groups)-len(hit) <= manySilent {
		return groups
	}
	return hit
}

// writeTable aligns the first column left and the others right.
func writeTable(w io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], len(cell))
		}
	}
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%-*s", widths[0], r[0])
		for i, cell := range r[1:] {
			fmt.Fprintf(&b, "  %*s", widths[i+1], cell)
		}
		b.WriteByte('\n')
	}
	_, _ = io.WriteString(w, b.String())
}

// lossWarnings says which probes lost events, and how many.
func lossWarnings(groups []probeCounts) []string {
	var list []string
	for _, g := range groups {
		switch n := g.total[layout.Lost]; {
		case n == 0:
		case len(g.points) == 0:
			list = append(list, fmt.Sprintf("%s, %s: the CPU was in a program already", g.spelling, count(n, "time")))
		default:
			list = append(list, fmt.Sprintf("probe %s lost %s: the ring buffer was full", g.spelling, count(n, "event")))
		}
	}
	return list
}

// count is a number with its noun.
func count(n uint64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
