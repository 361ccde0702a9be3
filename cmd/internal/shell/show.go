package shell

import (
	"fmt"
	"strconv"
	"strings"

	"tapir/bpf/layout"
	"tapir/lang/syntax"
	"tapir/lang/types"
	"tapir/runtime/session"
	"tapir/runtime/vm"
)

// globalText is a global on lines of its own.
func globalText(g vm.Global) string {
	var b strings.Builder
	if !g.Type.IsArray() {
		fmt.Fprintf(&b, "%s: %s = %s", g.Name, g.Type, valueText(g.Value, g))
		return b.String()
	}
	fmt.Fprintf(&b, "%s: %s, %d of %d elements", g.Name, g.Type, g.Count, g.Limit)
	for _, e := range g.Elements {
		keys := make([]string, len(e.Keys))
		for i, k := range e.Keys {
			keys[i] = valueText(k, g)
		}
		fmt.Fprintf(&b, "\n  [%s] = %s", strings.Join(keys, ", "), valueText(e.Value, g))
	}
	if more := g.Count - len(g.Elements); more > 0 {
		fmt.Fprintf(&b, "\n  … and %d more", more)
	}
	return b.String()
}

// valueText is a value as a script would have it.
func valueText(v vm.Value, g vm.Global) string {
	s, ok := v.Stat(g.Histogram)
	switch {
	case ok && s.Count == 0:
		return "no values"
	case ok:
		return fmt.Sprintf("count %d, sum %d, min %d, avg %d, max %d", s.Count, s.Sum, s.Min, s.Avg, s.Max)
	case v.Kind == types.String:
		return literal(v.Text)
	}
	return strconv.FormatInt(v.Long, 10)
}

// literal is a text as a script would have it.
func literal(text string) string { return syntax.ExprString(&syntax.StringLit{Value: text}) }

// countsText is a probe's counters, without those that are nothing.
func countsText(c session.Counts) string {
	parts := []string{plural(c[layout.Hits], "hit")}
	for _, k := range []struct {
		counter layout.Counter
		name    string
	}{
		{layout.Rejected, "rejected"}, {layout.Aggregated, "counted in the kernel"}, {layout.Sent, "sent"},
		{layout.Lost, "lost"}, {layout.Errors, "reads failed"},
	} {
		if n := c[k.counter]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, k.name))
		}
	}
	return strings.Join(parts, ", ")
}

// plural is a number with its noun.
func plural(n uint64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
