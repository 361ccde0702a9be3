package monitor

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"tapir/lang/types"
	"tapir/runtime/vm"
)

// globalLines show the globals: their names, and the one that is chosen.
func (m *model) globalLines(room int) []string {
	list := []string{m.title(globalsPane, "globals: "+m.globalTabs())}
	if len(m.now.globals) == 0 {
		return append(list, dim+"none"+plain)
	}
	g := m.now.globals[m.global]
	var body []string
	switch {
	case g.Type.IsArray():
		body = m.arrayLines(g)
	case g.Type.Kind == types.Stats:
		s, _ := g.Value.Stat(g.Histogram)
		body = append([]string{statText(s)}, histogram(s.Buckets, m.width)...)
	default:
		body = m.scalarLines()
	}
	if m.focus == globalsPane && m.search != "" {
		keep := 0
		if g.Type.IsArray() {
			keep = 1 // the head
		}
		head := body[:min(keep, len(body))]
		rest := slices.DeleteFunc(slices.Clone(body[len(head):]), func(l string) bool { return !strings.Contains(l, m.search) })
		body = append(slices.Clone(head), rest...)
	}
	m.scroll = min(m.scroll, max(len(body)-(room-1), 0))
	if g.Type.IsArray() && len(body) > 0 {
		list = append(list, bold+body[0]+plain)
		return append(list, cut(body[1:], m.scroll, room-2)...)
	}
	return append(list, cut(body, m.scroll, room-1)...)
}

// globalTabs are the names, with the chosen one marked.
func (m *model) globalTabs() string {
	var names []string
	for i, g := range m.now.globals {
		name := g.Name
		if g.Type.IsArray() {
			name += fmt.Sprintf("[%d]", g.Count)
		}
		if i == m.global {
			name = "‹" + name + "›"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// scalarLines show all globals that are single values.
func (m *model) scalarLines() []string {
	var lines []string
	for i, g := range m.now.globals {
		if g.Type.IsArray() || g.Type.Kind == types.Stats {
			continue
		}
		mark := "  "
		if i == m.global {
			mark = "› "
		}
		lines = append(lines, mark+g.Name+" = "+valueText(g.Value))
	}
	return lines
}

// valueText is a number or a text.
func valueText(v vm.Value) string {
	if v.Kind == types.String {
		return visible(v.Text)
	}
	return strconv.FormatInt(v.Long, 10)
}

func statText(s vm.Stat) string {
	if s.Count == 0 {
		return "no values"
	}
	return fmt.Sprintf("count %d  sum %d  min %d  avg %d  max %d", s.Count, s.Sum, s.Min, s.Avg, s.Max)
}

// arrayLines are an array as a table, with a head.
func (m *model) arrayLines(g vm.Global) []string {
	elements := slices.Clone(g.Elements)
	slices.SortStableFunc(elements, func(a, b vm.Element) int {
		n := compareValues(b.Value, a.Value)
		if m.byKey {
			n = compareKeys(a.Keys, b.Keys)
		}
		if m.rising {
			return -n
		}
		return n
	})
	head := []string{}
	for i := range g.Type.Keys {
		head = append(head, fmt.Sprintf("key %d", i+1))
	}
	key, value := "", "↓"
	if m.byKey {
		key, value = "↓", ""
	}
	head[0] += key
	stats := g.Type.Kind == types.Stats
	if stats {
		head = append(head, "count"+value, "sum", "min", "avg", "max")
	} else {
		head = append(head, "value"+value)
	}
	rows := [][]string{head}
	for _, e := range elements {
		var row []string
		for _, k := range e.Keys {
			row = append(row, valueText(k))
		}
		if s, ok := e.Value.Stat(nil); ok {
			for _, n := range []int64{s.Count, s.Sum, s.Min, s.Avg, s.Max} {
				row = append(row, strconv.FormatInt(n, 10))
			}
		} else {
			row = append(row, valueText(e.Value))
		}
		rows = append(rows, row)
	}
	lines := table(rows, m.width, len(g.Type.Keys)-1)
	// The histogram of the first element, which is the largest, says more than its row.
	if stats && g.Histogram != nil && len(elements) > 0 {
		s, _ := elements[0].Value.Stat(g.Histogram)
		lines = append(lines, "", "of the first:")
		lines = append(lines, histogram(s.Buckets, m.width)...)
	}
	return lines
}

// compareValues orders values: statistics by how many they have seen.
func compareValues(a, b vm.Value) int {
	x, ok := a.Stat(nil)
	if y, also := b.Stat(nil); ok && also {
		return cmp.Compare(x.Count, y.Count)
	}
	return cmp.Or(cmp.Compare(a.Long, b.Long), cmp.Compare(a.Text, b.Text))
}

func compareKeys(a, b []vm.Value) int {
	for i := range a {
		if n := cmp.Or(cmp.Compare(a[i].Long, b[i].Long), cmp.Compare(a[i].Text, b[i].Text)); n != 0 {
			return n
		}
	}
	return 0
}

// eighths are the parts of a mark.
var eighths = []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}

// histogram draws buckets as bars, the longest as wide as there is room.
func histogram(list []vm.Bucket, width int) []string {
	most, label := int64(1), 0
	for _, b := range list {
		most = max(most, b.Count)
		label = max(label, len(strconv.FormatInt(b.Low, 10)))
	}
	room := max(width-label-len(strconv.FormatInt(most, 10))-5, 8)
	var lines []string
	for _, b := range list {
		n := int(float64(b.Count) / float64(most) * float64(room*8))
		if b.Count > 0 {
			n = max(n, 1)
		}
		bar := strings.Repeat("█", n/8) + eighths[n%8]
		lines = append(lines, fmt.Sprintf("%*d │%s%s %d", label, b.Low, bar, strings.Repeat(" ", room-ansi.StringWidth(bar)), b.Count))
	}
	return lines
}
