package decode_test

import (
	"strings"
	"testing"

	"tapir/runtime/decode"
)

func TestAppendEscaped(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"", 10, ""},
		{"plain", 10, "plain"},
		{"tab\tq\"\x07\xff\u00e9", 100, `tab\tq\"\a\377\u00E9`},
		{"abcdef", 3, "abc"},
		{"ab\x01", 5, "ab"},
		{"ab\x01", 6, `ab\001`},
		{"a\n\n", 4, `a\n`},
		{"a", 0, ""},
		{strings.Repeat("x", 2000), 1500, strings.Repeat("x", 1500)},
	} {
		got := string(decode.AppendEscaped([]byte("<"), c.in, c.limit))
		if got != "<"+c.want {
			t.Errorf("%q in %d: got %q, want %q", c.in, c.limit, got[1:], c.want)
		}
	}
}
