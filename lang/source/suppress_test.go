package source

import (
	"strings"
	"testing"
)

func TestSuppressSimilar(t *testing.T) {
	set := &Set{}
	f := set.Add("t", "foo bar")
	foo, bar := place(t, f, Identifier, "foo", 1), place(t, f, Identifier, "bar", 1)
	mismatch := func(tok Token, message string) *Diagnostic {
		return &Diagnostic{Severity: SemanticError, Code: "type-mismatch", Message: message, Token: tok}
	}
	tests := []struct {
		name string
		ds   []*Diagnostic
		want string // the messages shown
		not  Suppressed
	}{
		{"one", []*Diagnostic{mismatch(foo, "a")}, "a", Suppressed{}},
		{"other words", []*Diagnostic{mismatch(foo, "a"), mismatch(foo, "b")}, "a b", Suppressed{}},
		{"other token", []*Diagnostic{mismatch(foo, "a"), mismatch(bar, "a")}, "a", Suppressed{Errors: 1}},
		{"other types", []*Diagnostic{mismatch(foo, "t (long vs string)"), mismatch(bar, "t (string vs long)")}, "t (long vs string)", Suppressed{Errors: 1}},
		{"other names", []*Diagnostic{mismatch(foo, "no foo 'x'"), mismatch(bar, "no bar 'y'")}, "no foo 'x'", Suppressed{Errors: 1}},
		{"open quote", []*Diagnostic{mismatch(foo, "it's"), mismatch(bar, "it's"), mismatch(bar, "it's so")}, "it's it's so", Suppressed{Errors: 1}},
		{"other causes", []*Diagnostic{mismatch(foo, "a").Because(mismatch(foo, "b")), mismatch(foo, "a").Because(mismatch(foo, "c"))}, "a b a c", Suppressed{}},
		{"other rules", []*Diagnostic{mismatch(foo, "a"), {Severity: SemanticError, Code: "x", Message: "a", Token: foo}}, "a a", Suppressed{}},
		{"warnings", []*Diagnostic{
			{Severity: Warning, Message: "side-effect-free 'f'", Token: foo}, {Severity: Warning, Message: "side-effect-free 'f'", Token: bar},
			{Severity: Warning, Message: "side-effect-free 'g'", Token: bar},
		}, "side-effect-free 'f' side-effect-free 'g'", Suppressed{Warnings: 1}},
		{"plain", []*Diagnostic{{Plain: true, Message: "p"}, {Plain: true, Message: "p"}}, "p p", Suppressed{}},
	}
	for _, test := range tests {
		var b strings.Builder
		r := NewRenderer(&b, set, RenderOptions{SuppressSimilar: true})
		if err := r.Render(test.ds); err != nil {
			t.Fatal(err)
		}
		if got := messages(b.String()); got != test.want || r.Suppressed() != test.not {
			t.Errorf("%s:\n got: %q %+v\nwant: %q %+v", test.name, got, r.Suppressed(), test.want, test.not)
		}
		b.Reset()
		all := NewRenderer(&b, set, RenderOptions{})
		if err := all.Render(test.ds); err != nil {
			t.Fatal(err)
		}
		if all.Suppressed() != (Suppressed{}) {
			t.Errorf("%s: suppressed without being asked", test.name)
		}
	}
}

// messages are those of rendered text, without labels and places.
func messages(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "source:") || line == "^" || line == "" {
			continue
		}
		for _, label := range []string{"semantic error: ", "WARNING: "} {
			line = strings.TrimPrefix(line, label)
		}
		line, _, _ = strings.Cut(line, ": identifier")
		out = append(out, line)
	}
	return strings.Join(out, " ")
}

func TestSuppressedLines(t *testing.T) {
	const rerun = "Rerun with -v to see them.\n"
	tests := []struct {
		s    Suppressed
		want string
	}{
		{Suppressed{}, ""},
		{Suppressed{Errors: 3}, "Number of similar error messages suppressed: 3.\n" + rerun},
		{Suppressed{Warnings: 1}, "Number of similar warning messages suppressed: 1.\n" + rerun},
		{Suppressed{1, 2}, "Number of similar error messages suppressed: 1.\nNumber of similar warning messages suppressed: 2.\n" + rerun},
	}
	for _, test := range tests {
		if got := test.s.Lines(); got != test.want {
			t.Errorf("%+v:\n got: %q\nwant: %q", test.s, got, test.want)
		}
	}
}
