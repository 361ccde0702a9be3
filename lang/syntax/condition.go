package syntax

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// A conditional's condition compares facts about the machine and about tapir
// with literals; && binds tighter than ||, and there are no parentheses.

// The answers that scripts expect of a full installation.
const (
	runtimeName   = "kernel"
	privilegeName = "stapdev"
)

// usualName is what called_as, which SystemTap does not have, is compared with where
// tapir does not stand in for SystemTap.
const usualName = "tapir"

// condition evaluates the tokens between the %( at open and its %?.
func (u *unit) condition(open *lexer.Token, toks []lexer.Token) (bool, error) {
	c := &condition{unit: u, open: open, toks: toks}
	result, err := c.or()
	if err == nil && len(c.toks) > 0 {
		err = expected(&c.toks[0], "expected '%?' marker for conditional")
	}
	return result, err
}

type condition struct {
	unit *unit
	open *lexer.Token
	toks []lexer.Token
}

func (c *condition) or() (bool, error) {
	result, err := c.and()
	for err == nil && c.accept("||") {
		var x bool
		x, err = c.and()
		result = result || x
	}
	return result, err
}

func (c *condition) and() (bool, error) {
	result, err := c.comparison()
	for err == nil && c.accept("&&") {
		var x bool
		x, err = c.comparison()
		result = result && x
	}
	return result, err
}

func (c *condition) accept(op string) bool {
	if len(c.toks) == 0 || !isOp(&c.toks[0], op) {
		return false
	}
	c.toks = c.toks[1:]
	return true
}

// comparison takes `left op right` off the tokens and evaluates it.
func (c *condition) comparison() (bool, error) {
	if len(c.toks) < 3 {
		return false, expected(c.open, "incomplete condition after '%('")
	}
	l, op, r := &c.toks[0], &c.toks[1], &c.toks[2]
	c.toks = c.toks[3:]
	if _, ok := comparisons[op.Value]; !ok || op.Type != tokOp {
		return false, expected(op, "expected comparison operator")
	}
	switch {
	case l.Type == tokIdent && strings.HasPrefix(l.Value, "CONFIG_"):
		return c.unit.compareConfig(l, op, r)
	case l.Type == tokIdent:
		return c.unit.compareFact(l, op, r)
	case l.Type == tokString:
		if r.Type != tokString {
			return false, expected(r, "expected string literal as right value")
		}
		return holds(op.Value, strings.Compare(unescape(l.Value), unescape(r.Value))), nil
	case l.Type == tokNumber:
		return compareNumbers(l, op, r)
	}
	return false, expected(l, "expected identifier, string or number as left value")
}

// comparisons maps an operator to the signs of cmp.Compare for which it holds.
var comparisons = map[string][]int{
	"<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}, "==": {0}, "!=": {-1, 1},
}

func holds(op string, sign int) bool {
	for _, s := range comparisons[op] {
		if s == sign {
			return true
		}
	}
	return false
}

func isEquality(op *lexer.Token) bool { return op.Value == "==" || op.Value == "!=" }

// compareFact compares one of the named facts.
func (u *unit) compareFact(l, op, r *lexer.Token) (bool, error) {
	switch l.Value {
	case "kernel_v", "kernel_vr", "systemtap_v":
		return compareVersions(u.version(l.Value), op, r)
	case "guru_mode":
		guru := int64(0)
		if u.o.Guru {
			guru = 1
		}
		if !isEquality(op) {
			return false, expected(op, "expected '==' or '!='")
		}
		want, err := number(r)
		return holds(op.Value, cmp.Compare(guru, want)), err
	case "systemtap_privilege":
		return compareText(cmp.Or(u.o.Privilege, privilegeName), op, r, false)
	case "runtime":
		return compareText(runtimeName, op, r, true)
	case "called_as":
		return compareText(cmp.Or(u.o.CalledAs, usualName), op, r, true)
	case "arch":
		return compareText(cmp.Or(u.o.Arch, "x86_64"), op, r, true)
	}
	return false, expected(l, "expected kernel_v, kernel_vr, arch, runtime, systemtap_v, systemtap_privilege, guru_mode or CONFIG_... as left value")
}

func (u *unit) version(fact string) string {
	if fact == "systemtap_v" {
		return cmp.Or(u.o.Version, NewestVersion)
	}
	if u.o.Kernel == nil {
		return ""
	}
	release := u.o.Kernel()
	if fact == "kernel_v" {
		release, _, _ = strings.Cut(release, "-")
	}
	return release
}

func compareVersions(have string, op, r *lexer.Token) (bool, error) {
	if r.Type != tokString {
		return false, expected(r, "expected string literal")
	}
	want := unescape(r.Value)
	if !strings.ContainsAny(want, "*?[") {
		return holds(op.Value, CompareVersions(have, want)), nil
	}
	if !isEquality(op) {
		return false, expected(op, "wildcard not allowed with order comparison operators")
	}
	return matches(want, have) == (op.Value == "=="), nil
}

func compareText(have string, op, r *lexer.Token, wildcards bool) (bool, error) {
	if !isEquality(op) {
		return false, expected(op, "expected '==' or '!='")
	}
	if r.Type != tokString {
		return false, expected(r, "expected string literal")
	}
	want := unescape(r.Value)
	same := have == want || wildcards && matches(want, have)
	return same == (op.Value == "=="), nil
}

// compareConfig compares a kernel configuration option, "" if it is not set.
func (u *unit) compareConfig(l, op, r *lexer.Token) (bool, error) {
	have := u.config(l.Value)
	switch {
	case r.Type == tokString:
		return compareText(have, op, r, true)
	case r.Type == tokNumber:
		want, err := number(r)
		if err != nil {
			return false, err
		}
		n, ok := parseNumber(have)
		return ok && holds(op.Value, cmp.Compare(n, want)) || !ok && op.Value == "!=", nil
	case r.Type == tokIdent && strings.HasPrefix(r.Value, "CONFIG_"):
		other := u.config(r.Value)
		m, ok := parseNumber(have)
		if n, both := parseNumber(other); ok && both {
			return holds(op.Value, cmp.Compare(m, n)), nil
		}
		return holds(op.Value, strings.Compare(have, other)), nil
	}
	return false, expected(r, "expected string, number literal or other CONFIG_... as right value")
}

func (u *unit) config(name string) string {
	if u.o.Config == nil {
		return ""
	}
	return strings.Trim(u.o.Config(name), `"`)
}

func compareNumbers(l, op, r *lexer.Token) (bool, error) {
	if r.Type != tokNumber {
		return false, expected(r, "expected number literal as right value")
	}
	m, err := number(l)
	if err != nil {
		return false, err
	}
	n, err := number(r)
	return err == nil && holds(op.Value, cmp.Compare(m, n)), err
}

func number(t *lexer.Token) (int64, error) {
	if t.Type != tokNumber {
		return 0, expected(t, "expected number")
	}
	n, ok := parseNumber(t.Value)
	if !ok {
		return 0, expected(t, "number invalid or out of range")
	}
	return n, nil
}

// matches is fnmatch for names without slashes.
func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// CompareVersions orders version strings: runs of digits compare as numbers,
// but those with leading zeros as fractions, all else as bytes. Its result is
// -1, 0 or 1.
func CompareVersions(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	x, y := digitsAround(a, i), digitsAround(b, i)
	if x == "" || y == "" || len(x)+len(y) == 2*len(digitsAround(a[:i], i)) {
		return strings.Compare(a[i:], b[i:])
	}
	if x[0] == '0' || y[0] == '0' {
		return compareFractions(x, y)
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
}

// compareFractions compares digits behind a decimal point; more leading zeros
// come first, and 0 alone comes behind all that begin with it.
func compareFractions(x, y string) int {
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return cmp.Compare(x[i], y[i])
		}
	}
	if zeros := strings.Trim(x+y, "0") == ""; zeros || strings.Trim(x[:min(len(x), len(y))], "0") == "" {
		return cmp.Compare(len(y), len(x))
	}
	return cmp.Compare(len(x), len(y))
}

// digitsAround is the run of digits in s that begins or ends at i.
func digitsAround(s string, i int) string {
	from, to := i, i
	for from > 0 && isDigit(s[from-1]) {
		from--
	}
	for to < len(s) && isDigit(s[to]) {
		to++
	}
	return s[from:to]
}

// parseNumber reads a number as the language writes them: decimal, 0x…, or
// octal behind a 0, up to 2^64-1, which wraps.
func parseNumber(s string) (int64, bool) {
	base, digits := uint64(10), s
	switch {
	case len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x':
		base, digits = 16, s[2:]
	case len(s) > 1 && s[0] == '0':
		base, digits = 8, s[1:]
	}
	var n uint64
	for i := range len(digits) {
		d := hexDigit(digits[i])
		if d < 0 || uint64(d) >= base || n > (1<<64-1-uint64(d))/base {
			return 0, false
		}
		n = n*base + uint64(d)
	}
	return int64(n), digits != ""
}

// describeNumber is a literal for n as parseNumber reads it.
func describeNumber(n int64) string {
	if n < 0 {
		return fmt.Sprintf("%#x", uint64(n))
	}
	return fmt.Sprint(n)
}
