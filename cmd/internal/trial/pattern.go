package trial

import (
	"fmt"
	"regexp"
	"strings"
)

// A Pattern is what a line of an output must be like.
type Pattern struct {
	text string
	kind patternKind
	re   *regexp.Regexp
}

// Patterns are those of one output.
type Patterns []Pattern

type patternKind uint8

const (
	inOrder  patternKind = iota // behind the line that the last one in order matched
	anywhere                    // any:
	nowhere                     // not:
)

// parsePatterns reads patterns, one a line: a regular expression, or behind text: the
// line itself; any: before it is for any place, not: for none.
func parsePatterns(text string) (Patterns, error) {
	var list Patterns
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, " \t\r\n")
		if line == "" {
			continue
		}
		p := Pattern{text: line}
		rest := line
		if after, ok := strings.CutPrefix(rest, "any: "); ok {
			p.kind, rest = anywhere, after
		} else if after, ok := strings.CutPrefix(rest, "not: "); ok {
			p.kind, rest = nowhere, after
		}
		if after, ok := strings.CutPrefix(rest, "text: "); ok {
			rest = "^" + regexp.QuoteMeta(after) + "$"
		}
		var err error
		if p.re, err = regexp.Compile(rest); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		list = append(list, p)
	}
	return list, nil
}

// match is what became of one pattern: the line that it matched, from 1, or 0.
type match struct {
	*Pattern
	line int
}

func (m match) failed() bool { return (m.line == 0) != (m.kind == nowhere) }

// against matches all patterns with the lines of an output.
func (ps Patterns) against(lines []string) []match {
	result := make([]match, len(ps))
	next := 0
	for i := range ps {
		p := &ps[i]
		from := 0
		if p.kind == inOrder {
			from = next
		}
		result[i] = match{p, p.find(lines, from)}
		if p.kind == inOrder && result[i].line > 0 {
			next = result[i].line
		}
	}
	return result
}

func (p *Pattern) find(lines []string, from int) int {
	for i, line := range lines[from:] {
		if p.re.MatchString(line) {
			return from + i + 1
		}
	}
	return 0
}

// good reports whether an output is as the patterns want it.
func good(matches []match) bool {
	for _, m := range matches {
		if m.failed() {
			return false
		}
	}
	return true
}

// shownLines is how many lines of an output are shown at its beginning and its end.
const shownLines = 40

// compare shows an output beside its patterns: before each line the number of the
// pattern that it matched, then what is wrong.
func compare(b *strings.Builder, what string, lines []string, matches []match) {
	fmt.Fprintf(b, "    %s, and the patterns that its lines match:\n", what)
	for i, line := range lines {
		if i == shownLines && len(lines) > 2*shownLines {
			fmt.Fprintf(b, "        … %d lines\n", len(lines)-2*shownLines)
		}
		if i >= shownLines && i < len(lines)-shownLines {
			continue
		}
		mark := ""
		for k, m := range matches {
			if m.line == i+1 {
				mark += fmt.Sprintf(" %d", k+1)
			}
		}
		fmt.Fprintf(b, "    %6s | %s\n", strings.TrimSpace(mark), line)
	}
	if len(lines) == 0 {
		b.WriteString("           | (nothing)\n")
	}
	after := 0
	for k, m := range matches {
		switch {
		case !m.failed():
		case m.kind == nowhere:
			fmt.Fprintf(b, "    pattern %d matches line %d, and must match none: %s\n", k+1, m.line, m.text)
		case m.kind == inOrder && after > 0:
			fmt.Fprintf(b, "    pattern %d matches no line behind line %d: %s\n", k+1, after, m.text)
		default:
			fmt.Fprintf(b, "    pattern %d matches no line: %s\n", k+1, m.text)
		}
		if m.kind == inOrder && m.line > 0 {
			after = m.line
		}
	}
}
