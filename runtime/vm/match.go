package vm

import (
	"strconv"

	"tapir/lang/pattern"
)

// match is what the last =~ or !~ found, for matched() and ngroups(). Groups are
// looked for when they are first asked for: most scripts never do.
type match struct {
	ok      bool
	pattern *pattern.Pattern
	text    []byte
	spans   []int // of the whole match and of each group, start and end; -1: none
}

// compilePattern compiles a pattern that the compiler has tried.
func compilePattern(text string) *pattern.Pattern {
	p, err := pattern.Compile(text)
	if err != nil {
		panic("vm: " + err.Error() + ": " + text)
	}
	return p
}

// matches is =~.
func (m *Machine) matches(regex int, s string) bool {
	t := &m.match
	t.pattern = m.regexes[regex]
	t.ok = t.pattern.Match(s)
	t.spans = t.spans[:0]
	if t.ok {
		t.text = append(t.text[:0], s...)
	}
	return t.ok
}

// lastMatch has the functions that look at the last match.
var lastMatch = table{
	"matched":     {text: func(m *Machine) string { return m.matched(m.args.ints[0]) }},
	"matched_str": {text: func(m *Machine) string { return m.matched(0) }},
	"ngroups":     {long: func(m *Machine) int64 { return m.match.count() }},
}

func (t *match) count() int64 {
	if !t.ok {
		return 0
	}
	return int64(t.pattern.Groups())
}

// matched is the text of a group, 0 being the whole match.
func (m *Machine) matched(n int64) string {
	t := &m.match
	switch {
	case !t.ok:
		m.fault = "Attempted to get subexpression " + strconv.FormatInt(n, 10) + " from failed match"
		return ""
	case n < 0 || n >= t.count():
		m.fault = "Attempted to get nonexistent subexpression " + strconv.FormatInt(n, 10)
		return ""
	}
	if len(t.spans) == 0 {
		t.spans = t.pattern.Find(t.spans, view(t.text))
	}
	start, end := t.spans[2*n], t.spans[2*n+1]
	if start < 0 {
		return ""
	}
	return m.arena.keep(t.text[start:end])
}
