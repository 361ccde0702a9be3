package calls

import (
	"regexp"
	"strings"
	"testing"
)

// patterns are the parts of an expectation that stand for more than themselves.
// They are those by which SystemTap's own programs mark what varies, so that other
// people's sources with such comments can be run as they are.
var patterns = strings.NewReplacer(
	"NNNN", `-?[0-9]+`,
	"XXXX", `[x0-9a-fA-F]+`,
	"[[[[", "(?:", "!!!!", "|", "]]]]", ")",
)

// verbatim are the characters of an expectation that a regular expression would
// take for operators, but for those of ".+" and ".*".
var verbatim = regexp.MustCompile(`\[\[\[\[|\]\]\]\]|!!!!|\.[+*]|[()|\[\]{}\\^$?+*.]`)

// pattern compiles an expectation into what matches its line as a whole.
func pattern(want string) (*regexp.Regexp, error) {
	text := verbatim.ReplaceAllStringFunc(want, func(s string) string {
		if len(s) > 1 {
			return s
		}
		return `\` + s
	})
	return regexp.Compile(`^` + patterns.Replace(text) + `$`)
}

// callName is the name in front of an expectation or a line.
func callName(line string) string {
	name, _, _ := strings.Cut(line, " ")
	return name
}

func TestPattern(t *testing.T) {
	tests := []struct {
		want, line string
		matches    bool
	}{
		{`open ("a.b", O_RDONLY) = NNNN`, `open ("a.b", O_RDONLY) = 3`, true},
		{`open ("a.b", O_RDONLY) = NNNN`, `open ("aXb", O_RDONLY) = 3`, false},
		{`open ("a.b", O_RDONLY) = -NNNN (EFAULT)`, `open ("a.b", O_RDONLY) = -14 (EFAULT)`, true},
		{`read (0, XXXX, 1) = 0`, `read (0, 0x7ffc693ef7c0, 1) = 0`, true},
		{`read (0, XXXX, 1) = 0`, `read (0, 0x7ffc693ef7c0, 1) = 0 more`, false},
		{`exit ([[[[1!!!!2 | 3]]]]) = ?`, `exit (2 | 3) = ?`, true},
		{`write (1, "\"\\\n", 3) = 3`, `write (1, "\"\\\n", 3) = 3`, true},
		{`write (1, .+, 3) = 3`, `write (1, "abc", 3) = 3`, true},
		{`pipe ([0, 0]) = 0`, `pipe ([0, 0]) = 0`, true},
	}
	for _, test := range tests {
		re, err := pattern(test.want)
		if err != nil {
			t.Errorf("pattern(%q): %v", test.want, err)
		} else if got := re.MatchString(test.line); got != test.matches {
			t.Errorf("pattern(%q) matches %q: %t (as %s)", test.want, test.line, got, re)
		}
	}
}
