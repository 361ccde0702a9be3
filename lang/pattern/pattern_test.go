package pattern_test

import (
	"slices"
	"testing"

	"tapir/lang/pattern"
)

func TestFind(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          []int // nil: no match
	}{
		{"ell", "hello", []int{1, 4}},
		{"^ell", "hello", nil},
		{"llo$", "hello", []int{2, 5}},
		{"^$", "", []int{0, 0}},
		{`a\.b`, "axb a.b", []int{4, 7}},
		{"foo|foobar", "xfoobar", []int{1, 7}},
		{"(a|ab)(c|bcd)", "abcd", []int{0, 4, 0, 1, 1, 4}},
		{"(a)(b)?(z)?", "abcd", []int{0, 2, 0, 1, 1, 2, -1, -1}},
		{"(?:a)(b)", "ab", []int{0, 2, 1, 2}},
		{"a.*X(.)", "aXbXc", []int{0, 5, 4, 5}},
		{"a.b", "a\nb", []int{0, 3}},
		{"^b$", "a\nb", nil},
		{"a{2}", "aaa", []int{0, 2}},
		{"a{2,}", "aaa", []int{0, 3}},
		{"a{1,2}", "aaa", []int{0, 2}},
		{"a+?b", "aab", []int{0, 3}},
		{"a**", "aa", []int{0, 2}},
		{"[]]", "a]", []int{1, 2}},
		{"[^]a]", "]ab", []int{2, 3}},
		{"[a-]", "-", []int{0, 1}},
		{`[\]`, `\`, []int{0, 1}},
		{"[[:digit:]x]+", "ab12x3", []int{2, 6}},
		{"[^a-z]", "abC", []int{2, 3}},
		{"(|a)b", "ab", []int{0, 2, 0, 1}},
		{`\d`, "3d", []int{1, 2}},
		{".", "\xff", []int{0, 1}},
		{"^.$", "\xc3\xa9", nil},
		{"^..(x)", "\xc3\xa9x", []int{0, 3, 2, 3}},
		{"\xe9", "a\xe9", []int{1, 2}},
		{"[\x80-\xff]+", "a\xc3\xa9b", []int{1, 3}},
		{"[^a]", "a\xff", []int{1, 2}},
		{"", "x", []int{0, 0}},
	} {
		p, err := pattern.Compile(c.pattern)
		if err != nil {
			t.Errorf("%q: %v", c.pattern, err)
			continue
		}
		if got := p.Find(nil, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: got %v, want %v", c.pattern, c.text, got, c.want)
		}
		if got := p.Match(c.text); got != (c.want != nil) {
			t.Errorf("%q in %q: Match gives %v", c.pattern, c.text, got)
		}
		if c.want != nil && p.Groups() != len(c.want)/2 {
			t.Errorf("%q: got %d groups, want %d", c.pattern, p.Groups(), len(c.want)/2)
		}
	}
}

func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"(a": "unmatched '(' in regular expression", "a)": "unmatched ')' in regular expression",
		"[a": "unmatched '[' in regular expression", "*a": "nothing to repeat in regular expression",
		"a{2,1}": "invalid repetition count in regular expression", "a{x}": "invalid repetition count in regular expression",
		"a{60000}": "invalid repetition count in regular expression",
		"[z-a]":    "invalid range in regular expression", `a\`: "trailing backslash in regular expression",
		`(a)\1`:  "regular expressions have no back references",
		"(?i:a)": "invalid group in regular expression", "[[:foo:]]": "unknown character class 'foo' in regular expression",
	} {
		if _, err := pattern.Compile(text); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestMatchAllocatesNothing(t *testing.T) {
	p, err := pattern.Compile("^([a-z]+)-([0-9]+)$")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"abc-123", "abc-", "\xff\xfeabc-1"} {
		p.Match(s)
		if n := testing.AllocsPerRun(100, func() { p.Match(s) }); n != 0 {
			t.Errorf("%q: %v allocations a match, want none", s, n)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{"a|b(c)*", "[[:alpha:]-z]{2,3}$", `^\.(?:x|)+?`, "[]^-]", "a**"} {
		f.Add(s, "abc")
	}
	f.Fuzz(func(t *testing.T, text, subject string) {
		if len(text) > 200 || len(subject) > 200 {
			return
		}
		p, err := pattern.Compile(text)
		if err != nil {
			return
		}
		spans := p.Find(nil, subject)
		if p.Match(subject) != (spans != nil) {
			t.Errorf("%q in %q: Match and Find disagree", text, subject)
		}
		for i := 0; i < len(spans); i += 2 {
			if lo, hi := spans[i], spans[i+1]; lo >= 0 && (lo > hi || hi > len(subject)) {
				t.Errorf("%q in %q: spans %v", text, subject, spans)
			}
		}
	})
}
