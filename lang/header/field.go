package header

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tapir/lang/source"
)

// keys are those that a header may have. Those that are not set here are kept in
// Header.Meta.
var keys = map[string]func(*Header, value){
	"title":       func(h *Header, v value) { h.Title = v.paragraph() },
	"description": func(h *Header, v value) { h.Description = v.paragraph() },
	"keywords":    func(h *Header, v value) { h.Keywords = v.list() },
	"usage":       func(h *Header, v value) { h.Usage = v.paragraph() },
	"argument":    (*Header).addArgument,
	"needs":       (*Header).addNeeds,
	"example":     func(h *Header, v value) { h.Example = v.verbatim() },
	"since":       func(h *Header, v value) { h.Since = v.paragraph() },
	"author":      func(h *Header, v value) { h.Author = v.paragraph() },
	"version":     nil, "name": nil, "subsystem": nil, "status": nil, "exit": nil, "output": nil, "scope": nil,
	"application": nil, "requires": nil, "test_check": nil, "test_installcheck": nil, "test_support": nil,
}

// required are the keys that a header of a collection has, with what they are for.
var required = []struct {
	name, what string
	missing    func(*Header) bool
}{
	{"description", "what it tells, and when", func(h *Header) bool { return h.Description == "" }},
	{"keywords", "by what it is found", func(h *Header) bool { return len(h.Keywords) == 0 }},
	{"needs", "what the kernel and the machine must have", func(h *Header) bool { return len(h.Needs) == 0 }},
	{"example", "a call, and what it really printed", func(h *Header) bool { return h.Example == "" }},
	{"since", "the version that first had it", func(h *Header) bool { return h.Since == "" }},
}

// value is what stands behind a key: the rest of its line, and the lines below.
type value struct {
	line  int
	first string
	rest  []string
}

// paragraph is all of the words in one line.
func (v value) paragraph() string {
	return strings.Join(strings.Fields(v.first+" "+strings.Join(v.rest, " ")), " ")
}

// list is the parts between commas.
func (v value) list() []string {
	var parts []string
	for part := range strings.FieldsFuncSeq(v.paragraph(), func(r rune) bool { return r == ',' || r == ';' }) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// verbatim is the lines as they stand, without the indentation that all have.
func (v value) verbatim() string {
	lines := v.rest
	if v.first != "" {
		lines = slices.Insert(slices.Clone(lines), 0, v.first)
	}
	indent := -1
	for _, line := range lines {
		if n := len(line) - len(strings.TrimLeft(line, " ")); line != "" && (indent < 0 || n < indent) {
			indent = n
		}
	}
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(line[min(max(indent, 0), len(line)):] + "\n")
	}
	return strings.Trim(b.String(), "\n")
}

var keyLine = regexp.MustCompile(`^ ?([a-z_][a-z_0-9]*):(?: +(.*))?$`)

// splitKey is the key and the text of a line that begins with one.
func splitKey(line string) (key, text string, ok bool) {
	m := keyLine.FindStringSubmatch(line)
	if m == nil {
		return "", "", false
	}
	return m[1], strings.TrimSpace(m[2]), true
}

// fields gives a header what the lines of its comment say; first is the number of the
// first. Lines before the title are the licence's, or whoever's.
func fields(lines []string, first int, h *Header) {
	seen := map[string]bool{}
	title := slices.IndexFunc(lines, isTitle)
	for i := title; i < len(lines); {
		at := first + i
		key, text, ok := splitKey(lines[i])
		i++
		if !ok {
			h.problem(at, "%q has no key: what goes on with the line above it is indented by two more spaces", excerpt(lines[i-1]))
			continue
		}
		v := value{line: at, first: text}
		for i < len(lines) && (lines[i] == "" || strings.HasPrefix(lines[i], "  ")) {
			v.rest = append(v.rest, lines[i])
			i++
		}
		if seen[key] && key != "argument" {
			h.problem(at, "%s: is there twice", key)
			continue
		}
		seen[key] = true
		h.set(key, v)
	}
}

func (h *Header) set(key string, v value) {
	set, known := keys[key]
	switch {
	case known && set != nil:
		set(h, v)
	case known:
		if h.Meta == nil {
			h.Meta = map[string]string{}
		}
		h.Meta[key] = v.paragraph()
	default:
		h.problem(v.line, "there is no key %s:%s", excerpt(key), similar(key))
	}
}

// similar names the key that was probably meant.
func similar(key string) string {
	var names []string
	for name := range keys {
		names = append(names, name)
	}
	slices.Sort(names)
	if near := source.Similar(key, names, 1); len(near) > 0 {
		return " (did you mean " + near[0] + ":?)"
	}
	return ""
}

func (h *Header) problem(line int, format string, args ...any) {
	h.Problems = append(h.Problems, Problem{line, fmt.Sprintf(format, args...)})
}

// excerpt is the beginning of a text, for messages.
func excerpt(text string) string {
	const longest = 40
	runes := []rune(strings.TrimSpace(text))
	if len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return string(runes)
}

// complete notes what a header lacks.
func (h *Header) complete(line int) {
	if h.Title == "" {
		h.problem(line, "title: is empty")
	}
	for _, r := range required {
		if r.missing(h) {
			h.problem(line, "the header has no %s: (%s)", r.name, r.what)
		}
	}
	h.checkArguments()
}
