package pattern

import (
	"fmt"
	"strings"
)

// classes are the named sets of bytes; they are those of the C locale.
var classes = map[string]func(c int) bool{
	"alpha":  alpha,
	"digit":  digit,
	"alnum":  func(c int) bool { return alpha(c) || digit(c) },
	"upper":  func(c int) bool { return 'A' <= c && c <= 'Z' },
	"lower":  func(c int) bool { return 'a' <= c && c <= 'z' },
	"space":  func(c int) bool { return c == ' ' || '\t' <= c && c <= '\r' },
	"blank":  func(c int) bool { return c == ' ' || c == '\t' },
	"punct":  func(c int) bool { return graph(c) && !alpha(c) && !digit(c) },
	"print":  func(c int) bool { return c == ' ' || graph(c) },
	"graph":  graph,
	"cntrl":  func(c int) bool { return c < ' ' || c == 0x7f },
	"xdigit": func(c int) bool { return digit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' },
}

func alpha(c int) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func digit(c int) bool { return '0' <= c && c <= '9' }
func graph(c int) bool { return ' ' < c && c < 0x7f }

// bracket is what follows a [: a ] or a - is itself where it stands first, a -
// also where it stands last, and a backslash anywhere.
func (t *translator) bracket() error {
	var set [256]bool
	negated := t.peek() == '^'
	if negated {
		t.at++
	}
	for first := true; ; first = false {
		if !t.more() {
			return errBracket
		}
		if t.peek() == ']' && !first {
			t.at++
			break
		}
		if err := t.member(&set); err != nil {
			return err
		}
	}
	if negated {
		for c := range set {
			set[c] = !set[c]
		}
	}
	t.set(&set)
	return nil
}

// member takes a class, a range or a byte into the set.
func (t *translator) member(set *[256]bool) error {
	if rest, ok := strings.CutPrefix(t.in[t.at:], "[:"); ok {
		name, _, ok := strings.Cut(rest, ":]")
		if !ok {
			return errBracket
		}
		holds, ok := classes[name]
		if !ok {
			return fmt.Errorf("unknown character class '%s' in regular expression", name)
		}
		for c := range set {
			set[c] = set[c] || holds(c)
		}
		t.at += len(name) + 4
		return nil
	}
	low := t.peek()
	t.at++
	high := low
	if rest := t.in[t.at:]; len(rest) >= 2 && rest[0] == '-' && rest[1] != ']' {
		high = rest[1]
		t.at += 2
	}
	if high < low {
		return errRange
	}
	for c := int(low); c <= int(high); c++ {
		set[c] = true
	}
	return nil
}

// set writes a set of bytes as ranges; an empty one matches nothing.
func (t *translator) set(set *[256]bool) {
	t.write("[")
	empty := true
	for c := 0; c < len(set); c++ {
		if !set[c] {
			continue
		}
		low := c
		for c+1 < len(set) && set[c+1] {
			c++
		}
		t.out = fmt.Appendf(t.out, `\x{%02x}-\x{%02x}`, low, c)
		empty = false
	}
	if empty {
		t.write(`^\x{00}-\x{10ffff}`)
	}
	t.write("]")
}
