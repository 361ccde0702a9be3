package pattern

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
)

// What can be wrong with an expression.
var (
	errParen   = errors.New("unmatched '(' in regular expression")
	errClose   = errors.New("unmatched ')' in regular expression")
	errBracket = errors.New("unmatched '[' in regular expression")
	errRepeat  = errors.New("nothing to repeat in regular expression")
	errCount   = errors.New("invalid repetition count in regular expression")
	errRange   = errors.New("invalid range in regular expression")
	errEscape  = errors.New("trailing backslash in regular expression")
	errDepth   = errors.New("regular expression is nested too deeply")
	errGroup   = errors.New("invalid group in regular expression")
	errBackRef = errors.New("regular expressions have no back references")
)

// plain says in the words of above what Go's compiler has against the result of
// a translation: it is too large.
func plain(err error) error {
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		switch e.Code {
		case syntax.ErrInvalidRepeatSize:
			return errCount
		case syntax.ErrNestingDepth:
			return errDepth
		}
	}
	return errors.New("regular expression is too large")
}

// maxDepth bounds groups within groups.
const maxDepth = 200

// translator rewrites an expression in the syntax of Go's package, whose
// characters U+0000 to U+00FF stand for the bytes.
type translator struct {
	in    string
	at    int
	depth int
	out   []byte
}

func (t *translator) translate() (string, error) {
	t.write("(?s:")
	if err := t.alternatives(); err != nil {
		return "", err
	}
	if t.at < len(t.in) {
		return "", errClose
	}
	t.write(")")
	return string(t.out), nil
}

func (t *translator) peek() byte {
	if t.at < len(t.in) {
		return t.in[t.at]
	}
	return 0
}

func (t *translator) more() bool { return t.at < len(t.in) }

func (t *translator) alternatives() error {
	if t.depth++; t.depth > maxDepth {
		return errDepth
	}
	defer func() { t.depth-- }()
	for t.more() && t.peek() != ')' {
		if t.peek() == '|' {
			t.at++
			t.write("|")
			continue
		}
		if err := t.piece(); err != nil {
			return err
		}
	}
	return nil
}

// piece is an atom and what repeats it. Every repetition is a group of its own,
// so that two in a row mean what they say.
func (t *translator) piece() error {
	start := len(t.out)
	if err := t.atom(); err != nil {
		return err
	}
	for t.more() {
		times, ok, err := t.repetition()
		if err != nil || !ok {
			return err
		}
		t.out = slices.Insert(t.out, start, []byte("(?:")...)
		t.write(")" + times)
	}
	return nil
}

func (t *translator) repetition() (string, bool, error) {
	switch c := t.peek(); c {
	case '*', '+', '?':
		t.at++
		return string(c), true, nil
	case '{':
		return t.counted()
	}
	return "", false, nil
}

// counted is {n}, {n,} or {n,m}.
func (t *translator) counted() (string, bool, error) {
	end := strings.IndexByte(t.in[t.at:], '}')
	if end < 0 {
		return "", false, errCount
	}
	text := t.in[t.at+1 : t.at+end]
	low, high, ranged := strings.Cut(text, ",")
	n, err := strconv.ParseUint(low, 10, 16)
	if err != nil {
		return "", false, errCount
	}
	if ranged && high != "" {
		m, err := strconv.ParseUint(high, 10, 16)
		if err != nil || m < n {
			return "", false, errCount
		}
	}
	t.at += end + 1
	return "{" + text + "}", true, nil
}

func (t *translator) atom() error {
	c := t.peek()
	t.at++
	switch c {
	case '(':
		return t.group()
	case '[':
		return t.bracket()
	case '*', '+', '?', '{':
		return errRepeat
	case '.':
		t.write(".")
	case '^':
		t.write(`\A`)
	case '$':
		t.write(`\z`)
	case '\\':
		if !t.more() {
			return errEscape
		}
		if '1' <= t.peek() && t.peek() <= '9' {
			return errBackRef
		}
		t.byte(t.peek())
		t.at++
	default:
		t.byte(c)
	}
	return nil
}

func (t *translator) group() error {
	t.write("(")
	if t.peek() == '?' {
		if !strings.HasPrefix(t.in[t.at:], "?:") {
			return errGroup
		}
		t.at += 2
		t.write("?:")
	}
	if err := t.alternatives(); err != nil {
		return err
	}
	if !t.more() {
		return errParen
	}
	t.at++
	t.write(")")
	return nil
}

func (t *translator) write(s string) { t.out = append(t.out, s...) }

func (t *translator) byte(c byte) { t.out = fmt.Appendf(t.out, `\x{%02x}`, c) }
