package source

import (
	"slices"
	"strings"
	"testing"
)

// place is the token with the given text in f, the n-th if it occurs often.
func place(t *testing.T, f *File, kind TokenKind, text string, n int) Token {
	t.Helper()
	off := 0
	for range n {
		i := strings.Index(f.Text[off:], text)
		if i < 0 {
			t.Fatalf("no %q in %q", text, f.Text)
		}
		off += i + 1
	}
	start := f.Base + Pos(off-1)
	return Token{kind, text, Span{start, start + Pos(len(text))}}
}

func TestRender(t *testing.T) {
	set := &Set{}
	f := set.Add("t.tp", "probe begin { x = 1\n\tif (x)\ty = \"é\" . z }\n")
	g := set.Add("lib.tp", "\x1b[2Jglobal a")
	x := place(t, f, Identifier, "x", 1)
	y := place(t, f, Identifier, "y", 1)
	z := place(t, f, Identifier, "z", 1)
	a := place(t, g, Identifier, "a", 2)
	eof := Token{Kind: EOF, Span: Span{f.Base + Pos(len(f.Text)), f.Base + Pos(len(f.Text))}}

	macros := set.Add("m.tp", "@define m %( foo %)\nprobe begin { @m }")
	body := place(t, macros, Identifier, "foo", 1)
	expansion := set.AddExpansion(body.Span, place(t, macros, Operator, "@m", 1))
	foo := Token{Identifier, "foo", Span{expansion.Base, expansion.Base + 3}}

	tests := []struct {
		name string
		o    RenderOptions
		ds   []*Diagnostic
		want string
	}{
		{name: "none"},
		{
			name: "parse error",
			ds:   []*Diagnostic{{Message: "expected '('", Token: x}},
			want: "parse error: expected '('\n        saw: identifier 'x' at t.tp:1:15\n     source: probe begin { x = 1\n                           ^\n\n",
		},
		{
			name: "parse error about the token itself, with advice",
			ds:   []*Diagnostic{{Message: "bad", Token: y, At: true, Hint: "write it well"}},
			want: "parse error: bad\n         at: identifier 'y' at t.tp:2:9\n     source: \tif (x)\ty = \"é\" . z }\n             \t      \t^\n        help: write it well\n\n",
		},
		{
			name: "parse error at the end",
			ds:   []*Diagnostic{{Message: "expected statement", Token: eof}},
			want: "parse error: expected statement\n        saw: t.tp EOF\n\n",
		},
		{
			name: "parse errors name the file each time",
			ds:   []*Diagnostic{{Message: "a", Token: x}, {Message: "b", Token: x}},
			want: strings.Repeat("parse error: a\n        saw: identifier 'x' at t.tp:1:15\n     source: probe begin { x = 1\n                           ^\n\n", 1) +
				"parse error: b\n        saw: identifier 'x' at t.tp:1:15\n     source: probe begin { x = 1\n                           ^\n\n",
		},
		{
			name: "plain",
			ds:   []*Diagnostic{{Plain: true, Message: "Input file 'x' is empty."}},
			want: "Input file 'x' is empty.\n",
		},
		{
			name: "semantic error with two tokens and a cause",
			ds: []*Diagnostic{(&Diagnostic{Severity: SemanticError, Message: "type mismatch (string)", Token: y, Other: []Token{x}}).
				Because((&Diagnostic{Severity: SemanticError, Message: "first here", Token: a}).WithHint("look"))},
			want: "semantic error: type mismatch (string): identifier 'y' at t.tp:2:9\n        source: \tif (x)\ty = \"é\" . z }\n                \t      \t^\n" +
				"identifier 'x' at :1:15\n        source: probe begin { x = 1\n                              ^\n\n" +
				"semantic error: first here: identifier 'a' at lib.tp:1:12\n        source: \x1b[2Jglobal a\n                           ^\n        help: look\n\n",
		},
		{
			name: "no place",
			ds:   []*Diagnostic{{Severity: SemanticError, Message: "no probes found"}, {Severity: Warning, Message: "odd"}},
			want: "semantic error: no probes found\n\nWARNING: odd\n",
		},
		{
			name: "warning, then an error in the same file",
			ds:   []*Diagnostic{{Severity: Warning, Message: "w", Token: x, Hint: "h"}, {Severity: SemanticError, Message: "e", Token: z}},
			want: "WARNING: w: identifier 'x' at t.tp:1:15\n source: probe begin { x = 1\n                       ^\n help: h\n" +
				"semantic error: e: identifier 'z' at :2:20\n        source: \tif (x)\ty = \"é\" . z }\n                \t      \t          ^\n\n",
		},
		{
			name: "keyword",
			ds:   []*Diagnostic{{Severity: SemanticError, Message: "cannot 'break' outside loop", Token: place(t, f, Keyword, "if", 1)}},
			want: "semantic error: cannot 'break' outside loop: keyword at t.tp:2:2\n        source: \tif (x)\ty = \"é\" . z }\n                \t^\n\n",
		},
		{
			name: "macro",
			ds:   []*Diagnostic{{Severity: SemanticError, Message: "e", Token: foo}},
			want: "semantic error: e: identifier 'foo' at m.tp:1:14\n        source: @define m %( foo %)\n                             ^\n" +
				"\tin expansion of macro: operator '@m' at :2:15\n        source: probe begin { @m }\n                              ^\n\n",
		},
		{
			name: "terminal",
			o:    RenderOptions{Terminal: true},
			ds:   []*Diagnostic{{Severity: Warning, Message: "é \x07\xff", Token: a}},
			want: "WARNING: é \\007\\377: identifier 'a' at lib.tp:1:12\n source: \\033[2Jglobal a\n                       ^\n",
		},
		{
			name: "color",
			o:    RenderOptions{Color: true},
			ds:   []*Diagnostic{{Severity: SemanticError, Message: "e", Token: x}},
			want: "\x1b[01;31msemantic error:\x1b[m e: identifier '\x1b[01mx\x1b[m' at t.tp:1:15\n        \x1b[00;34msource:\x1b[m probe begin { x = 1\n                              \x1b[01m^\x1b[m\n\n",
		},
	}
	for _, test := range tests {
		var b strings.Builder
		if err := Render(&b, set, test.ds, test.o); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != test.want {
			t.Errorf("%s:\n got: %q\nwant: %q", test.name, got, test.want)
		}
	}
}

// TestRendererRemembers checks that portions read like one text.
func TestRendererRemembers(t *testing.T) {
	set := &Set{}
	f := set.Add("t.tp", "x")
	d := &Diagnostic{Severity: Warning, Message: "w", Token: place(t, f, Identifier, "x", 1)}
	var b strings.Builder
	r := NewRenderer(&b, set, RenderOptions{})
	for range 2 {
		if err := r.Render([]*Diagnostic{d}); err != nil {
			t.Fatal(err)
		}
	}
	want := "WARNING: w: identifier 'x' at t.tp:1:1\n source: x\n         ^\nWARNING: w: identifier 'x' at :1:1\n source: x\n         ^\n"
	if got := b.String(); got != want {
		t.Errorf("\n got: %q\nwant: %q", got, want)
	}
}

func TestCount(t *testing.T) {
	ds := []*Diagnostic{{}, {Plain: true}, {Severity: Warning}, {}}
	if got := Count(ds, ParseError); got != 2 {
		t.Errorf("got %d parse errors, want 2", got)
	}
}

func TestSimilar(t *testing.T) {
	candidates := []string{"execname", "pexecname", "pid", "ppid", "uid", "tid", "begin", "end", "never", "read", "write", "Read", "bytes_read"}
	tests := []struct {
		name string
		most int
		want []string
	}{
		{"exename", 3, []string{"execname", "pexecname"}},
		{"execnam", 1, []string{"execname"}},
		{"beginn", 3, []string{"begin"}},
		{"pid", 3, []string{"ppid", "tid", "uid"}},
		{"raed", 3, []string{"Read", "read"}},
		{"READ", 5, []string{"Read", "read"}},
		{"byte_read", 2, []string{"bytes_read"}},
		{"nosuchthing", 5, nil},
		{"x", 5, nil},
		{"", 5, nil},
	}
	for _, test := range tests {
		if got := Similar(test.name, candidates, test.most); !slices.Equal(got, test.want) {
			t.Errorf("Similar(%q, %d) = %q, want %q", test.name, test.most, got, test.want)
		}
	}
}
