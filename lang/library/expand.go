package library

import (
	"fmt"
	"strconv"
	"strings"

	"tapir/scripts"
)

// entryAlias is the text of the call's alias, `probe syscall.NAME = …`.
func (c *call) entryAlias() string {
	var b strings.Builder
	fmt.Fprintf(&b, "probe syscall.%s = %s {\n", c.name, c.points(""))
	fmt.Fprintf(&b, "\tname = %q\n", c.name)
	for _, a := range c.args {
		fmt.Fprintf(&b, "\t%s\n", a.statements)
	}
	fmt.Fprintf(&b, "\targstr = %s\n}\n", c.argstr())
	return b.String()
}

// returnAlias is the text of `probe syscall.NAME.return = …`.
func (c *call) returnAlias() string {
	var b strings.Builder
	fmt.Fprintf(&b, "probe syscall.%s.return = %s {\n", c.name, c.points(".return"))
	if c.caller {
		b.WriteString("\t%( systemtap_v < \"5.6\" %? %: if (returnval() == 0) next %)\n")
	}
	fmt.Fprintf(&b, "\tname = %q\n\tretval = returnval()\n\tretstr = _retstr(retval, %s)\n", c.name, c.format)
	if c.results != "" {
		fmt.Fprintf(&b, "\t%s\n", c.results)
	}
	b.WriteString("}\n")
	return b.String()
}

// points is the primitive points of the call; of several, each may be missing.
func (c *call) points(suffix string) string {
	points := make([]string, len(c.kernel))
	for i, name := range c.kernel {
		points[i] = fmt.Sprintf("kernel.syscall(%q)%s", name, suffix)
		if len(c.kernel) > 1 {
			points[i] += " ?"
		}
	}
	return strings.Join(points, ", ")
}

// argstr is the expression of the arguments' text. A conditional part becomes a
// string of its own that is empty if the condition does not hold, so that the
// variable is assigned in one place.
func (c *call) argstr() string {
	if len(c.items) == 0 {
		return `""`
	}
	var format strings.Builder
	var values []string
	for i, it := range c.items {
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

// withFlagValues replaces each SET.NAME of an expression by its value.
func withFlagValues(expr string) (string, error) {
	var b strings.Builder
	for expr != "" {
		n := 0
		for n < len(expr) && (isName(expr[n]) || expr[n] == '.') {
			n++
		}
		word := expr[:n]
		if set, name, ok := strings.Cut(word, "."); ok {
			value, err := flagValue(set, name)
			if err != nil {
				return "", err
			}
			word = strconv.FormatInt(value, 10)
		}
		b.WriteString(word)
		if n < len(expr) {
			b.WriteByte(expr[n])
			n++
		}
		expr = expr[n:]
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
