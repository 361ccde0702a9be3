package header

import (
	"fmt"
	"regexp"
	"strings"
)

var metaArgument = regexp.MustCompile(`^arg_([1-9][0-9]?)$`)

// ParseMeta reads a .meta file as it lies beside each of SystemTap's examples: a line
// `key: text` for each, and lines without a key, which go on with the one before. It is
// nil if there is no title. Script is the example's text.
func ParseMeta(text, script string) *Header {
	h := &Header{}
	last := ""
	values := map[string]*value{}
	var order []string
	n := 0
	for line := range strings.Lines(text[:min(len(text), MaxText)]) {
		n++
		line = clean(strings.TrimRight(line, " \t\r\n"))
		key, rest, ok := metaKey(line)
		switch {
		case ok && values[key] == nil:
			values[key] = &value{line: n, first: rest}
			order = append(order, key)
			last = key
		case !ok && last != "" && line != "":
			values[last].rest = append(values[last].rest, line)
		}
	}
	for _, key := range order {
		h.setMeta(key, *values[key])
	}
	if h.Title == "" {
		return nil
	}
	h.findOptional(script)
	return h
}

// findOptional makes those arguments of a .meta file optional that the script does not insist
// on: one that is neither $1 nor @1, but argv_1 or argv[1], or that asks by $# for how
// many there are.
func (h *Header) findOptional(script string) {
	counts := strings.Contains(script, "$#") || strings.Contains(script, "@#")
	for i := range h.Arguments {
		a := &h.Arguments[i]
		if n, isMeta := strings.CutPrefix(a.Name, metaPrefix); isMeta {
			a.Optional = counts || !regexp.MustCompile(`[$@]`+regexp.QuoteMeta(n)+`\b`).MatchString(script)
		}
	}
}

// metaPrefix begins the names of arguments that a .meta file tells of by their number.
const metaPrefix = "ARG"

// metaKey is splitKey for the keys of .meta files, some of which are patterns.
func metaKey(line string) (key, text string, ok bool) {
	key, text, ok = strings.Cut(line, ":")
	if !ok || key == "" || strings.ContainsAny(key, " \t,;") {
		return "", "", false
	}
	return key, strings.TrimSpace(text), true
}

func (h *Header) setMeta(key string, v value) {
	if m := metaArgument.FindStringSubmatch(key); m != nil {
		if len(h.Arguments) < maxArguments {
			h.Arguments = append(h.Arguments, Argument{Name: metaPrefix + m[1], Meaning: v.paragraph(), Line: v.line})
		}
		return
	}
	switch key {
	case "title", "description", "usage", "author":
		keys[key](h, v)
	case "keywords":
		h.Keywords = strings.FieldsFunc(v.paragraph(), func(r rune) bool { return r == ' ' || r == ',' })
	default:
		if h.Meta == nil {
			h.Meta = map[string]string{}
		}
		h.Meta[excerpt(key)] = v.paragraph()
	}
}

// String is a problem as messages have it.
func (p Problem) String() string {
	if p.Line == 0 {
		return p.Message
	}
	return fmt.Sprintf("line %d: %s", p.Line, p.Message)
}
