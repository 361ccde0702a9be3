package library

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"tapir/scripts"
)

// entryAlias is the text of the call's alias, `probe syscall.NAME = …`.
func (c *call) entryAlias() string {
	var b strings.Builder
	fmt.Fprintf(&b, "probe syscall.%s = %s {\n", c.name, c.points(""))
	fmt.Fprintf(&b, "\tname = %q\n", c.shown)
	b.WriteString(c.arguments(false))
	b.WriteString("}\n")
	return b.String()
}

// returnAlias is the text of `probe syscall.NAME.return = …`. Its argstr is made of
// variables that scripts don't see, as there are none of the arguments at a return
// in SystemTap.
func (c *call) returnAlias() string {
	var b strings.Builder
	fmt.Fprintf(&b, "probe syscall.%s.return = %s {\n", c.name, c.points(".return"))
	if c.caller {
		b.WriteString("\t%( systemtap_v < \"5.6\" || called_as == \"stap\" %? %: if (returnval() == 0) next %)\n")
	}
	fmt.Fprintf(&b, "\tname = %q\n\tretval = returnval()\n\tretstr = _retstr(retval, %s)\n", c.shown, c.format)
	if c.results != "" {
		fmt.Fprintf(&b, "\t%s\n", c.results)
	}
	if c.atEntry {
		b.WriteString(hide(beforehand(c.arguments(false))))
	} else {
		b.WriteString(hide(c.arguments(true)))
	}
	b.WriteString("}\n")
	return b.String()
}

// arguments is the statements that set the arguments' variables and argstr.
func (c *call) arguments(behind bool) string {
	var b strings.Builder
	for _, a := range c.args {
		fmt.Fprintf(&b, "\t%s\n", a.form(behind).statements)
	}
	fmt.Fprintf(&b, "\targstr = %s\n", c.argstr(behind))
	return b.String()
}

// form is how the argument is shown before or behind the call.
func (a *argument) form(behind bool) form {
	if behind {
		return a.result
	}
	return a.entry
}

// points is the primitive points of the call; of several, each may be missing.
func (c *call) points(suffix string) string {
	points := make([]string, len(c.kernel))
	for i, name := range c.kernel {
		points[i] = fmt.Sprintf("kernel.syscall(%q)%s", name, suffix)
		if c.several {
			points[i] += " ?"
		}
	}
	return strings.Join(points, ", ")
}

// argstr is the expression of the arguments' text. A conditional part becomes a
// string of its own that is empty if the condition does not hold, so that the
// variable is assigned in one place.
func (c *call) argstr(behind bool) string {
	if c.text != "" {
		return c.text
	}
	if len(c.items) == 0 {
		return `""`
	}
	var format strings.Builder
	var values []string
	for i, it := range c.items {
		if it.arg != "" {
			f := c.argument(it.arg).form(behind)
			it.format, it.value = f.format, f.shown
		}
		sep := ", "
		if i == 0 {
			sep = ""
		}
		if it.cond == "" {
			format.WriteString(sep + it.format)
			values = append(values, it.value)
			continue
		}
		format.WriteString("%s")
		values = append(values, fmt.Sprintf("((%s) ? sprintf(%q, %s) : \"\")", it.cond, sep+it.format, it.value))
	}
	if len(values) == 1 && format.String() == "%s" {
		return values[0]
	}
	return fmt.Sprintf("sprintf(%q, %s)", format.String(), strings.Join(values, ", "))
}

// beforehand makes every statement that reads an argument one about the call's entry.
func beforehand(statements string) string {
	var b strings.Builder
	for line := range strings.Lines(statements) {
		if strings.HasPrefix(line, "\targstr") {
			b.WriteString(line)
			continue
		}
		list := strings.Split(strings.TrimSpace(line), "; ")
		for i, s := range list {
			name, value, _ := strings.Cut(s, " = ")
			if !strings.Contains(value, "_arg(") {
				continue
			}
			list[i] = name + " = @entry(" + value + ")"
		}
		b.WriteString("\t" + strings.Join(list, "; ") + "\n")
	}
	return b.String()
}

// hidden begins the names of variables that are no part of a probe's interface.
const hidden = "__"

// hide puts the prefix of hidden names before the variables that a list of
// statements sets, but for argstr.
func hide(statements string) string {
	set := map[string]bool{}
	for _, s := range strings.FieldsFunc(statements, func(r rune) bool { return r == '\n' || r == ';' }) {
		name, _, ok := strings.Cut(strings.TrimSpace(s), " = ")
		if ok && isWord(name) && name != "argstr" {
			set[name] = true
		}
	}
	var b strings.Builder
	for word := range words(statements) {
		if set[word] {
			b.WriteString(hidden)
		}
		b.WriteString(word)
	}
	return b.String()
}

func isWord(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r > 127 || !isName(byte(r)) }) < 0
}

// words cuts a text into names, string literals, and single characters.
func words(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text != "" {
			n := wordLength(text)
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

func wordLength(text string) int {
	n := 1
	switch {
	case text[0] == '"':
		for n < len(text) && text[n] != '"' {
			if text[n] == '\\' {
				n++
			}
			n++
		}
		return min(n+1, len(text))
	case isName(text[0]):
		for n < len(text) && isName(text[n]) {
			n++
		}
	}
	return n
}

// withFlagValues replaces each SET.NAME of an expression, written without spaces,
// by its value.
func withFlagValues(expr string) (string, error) {
	var b strings.Builder
	parts := slices.Collect(words(expr))
	for i := 0; i < len(parts); i++ {
		if i+2 >= len(parts) || !isWord(parts[i]) || parts[i+1] != "." || !isWord(parts[i+2]) {
			b.WriteString(parts[i])
			continue
		}
		value, err := flagValue(parts[i], parts[i+2])
		if err != nil {
			return "", err
		}
		b.WriteString(strconv.FormatInt(value, 10))
		i += 2
	}
	return b.String(), nil
}

func flagValue(set, name string) (int64, error) {
	flags, ok := scripts.FlagSet(set)
	if !ok {
		return 0, fmt.Errorf("no list %s in flags.tbl", set)
	}
	for _, f := range flags {
		if f.Text == name {
			return f.Value, nil
		}
	}
	return 0, fmt.Errorf("no %s in list %s", name, set)
}
