package syntax

import (
	"strings"
	"testing"

	"tapir/lang/source"
)

// TestOlderLanguage reads texts as older versions of the language did.
func TestOlderLanguage(t *testing.T) {
	tests := []struct{ version, text, want string }{
		{"3.3", "probe a { x ? y = 1 : z = 2 }", "ProbeDecl{[ProbePoint{[Component{a}]}] Block{[ExprStmt{Ternary{Ident{x} Assign{= Ident{y} IntLit{1}} Assign{= Ident{z} IntLit{2}}}}]}}"},
		{"4.0", "probe a { x ? y = 1 : z = 2 }", "ProbeDecl{[ProbePoint{[Component{a}]}] Block{[ExprStmt{Assign{= Ternary{Ident{x} Assign{= Ident{y} IntLit{1}} Ident{z}} IntLit{2}}}]}}"},
		{"", "probe a { x ? y : z = 2 }", "ProbeDecl{[ProbePoint{[Component{a}]}] Block{[ExprStmt{Assign{= Ternary{Ident{x} Ident{y} Ident{z}} IntLit{2}}}]}}"},
		{"2.9", "global private probe private { private++ }", "GlobalDecl{[GlobalVar{private}]} ProbeDecl{[ProbePoint{[Component{private}]}] Block{[ExprStmt{IncDec{++ Post Ident{private}}}]}}"},
		{"3.0", "private global a", "GlobalDecl{Private [GlobalVar{a}]}"},
	}
	for _, test := range tests {
		set, f := parsed(t, test.text, Options{Version: test.version})
		_ = set
		if got := strings.Join(dumpAll(f.Decls), " "); got != test.want {
			t.Errorf("%s: %s\n got: %s\nwant: %s", test.version, test.text, got, test.want)
		}
	}
	if _, ds := Parse(&source.Set{}, "t", "private global a", Options{Version: "2.9", Library: true}); len(ds.List) > 0 {
		t.Errorf("the library is read as an old script: %s", ds.List[0].Message)
	}
	if _, ds := Parse(&source.Set{}, "t", "global private", Options{}); !ds.HasErrors() {
		t.Error("private is a name")
	}
}

func TestIncomplete(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{"probe begin {", true},
		{"probe begin { if (x) { y }", true},
		{"probe begin { x = ", true},
		{"probe begin { f(1,", true},
		{"probe", true},
		{"probe a,", true},
		{"global a,", true},
		{"function f(", true},
		{"function f() %{ x", true},
		{"%( 1 == 1 %? global a", true},
		{"%( 1 ==", true},
		{"@define m %( x", true},
		{"@define m", true},
		{"@define m(a) %( @a %) probe b { @m(1", true},
		{"global a", false},
		{"probe begin { }", false},
		{"probe begin { x = = ", false},
		{"probe begin { } }", false},
		{"probe begin { \"x }", false},
		{"foo", false},
		{"", false},
		{"} probe begin {", false},
	}
	for _, test := range tests {
		_, ds := Parse(&source.Set{}, "t", test.text, Options{Guru: true})
		if got := Incomplete(ds); got != test.want {
			t.Errorf("Incomplete(%q) = %t, want %t", test.text, got, test.want)
		}
	}
}

func TestEmbeddedClosing(t *testing.T) {
	const text = "function f() %{ if (x) { y }% }\n%} probe begin { f() }"
	set := &source.Set{}
	_, ds := Parse(set, "t.tp", text, Options{Guru: true})
	want := "WARNING: possible erroneous closing '}%', use '%}'?: embedded-code at t.tp:1:14\n" +
		" source: function f() %{ if (x) { y }% }\n                      ^\n"
	if got := rendered(t, set, ds); got != want {
		t.Errorf("\n got: %s\nwant: %s", got, want)
	}
	if _, ds := Parse(set, "lib", text, Options{Guru: true, Library: true}); len(ds.List) > 0 {
		t.Errorf("a warning about the library: %s", ds.List[0].Message)
	}
}

func TestArgumentList(t *testing.T) {
	tests := []struct {
		text string
		want int
	}{
		{"probe begin { println(x) }", 2},
		{"probe begin { println(argv[1]) }", 0},
		{"probe begin { println(argv_2) }", 0},
		{"probe begin if (argc > 1) { }", 0},
		{"global argc probe begin { println(argc) }", 2},
		{"probe begin { println($1) }", 1},
	}
	for _, test := range tests {
		_, f := parsed(t, test.text, Options{Args: []string{"1", "2"}})
		if got := len(UnusedArguments([]*File{f})); got != test.want {
			t.Errorf("%s: %d warnings, want %d", test.text, got, test.want)
		}
	}
}

func TestDump(t *testing.T) {
	set := &source.Set{}
	a, _ := Parse(set, "a.tp", "global x=1 probe begin{x++}", Options{})
	b, _ := Parse(set, "<input>", "probe end{ }", Options{})
	var out strings.Builder
	if err := Dump(&out, []*File{a, b}); err != nil {
		t.Fatal(err)
	}
	want := "# parse tree dump\n# file a.tp\nglobal x = 1\n\nprobe begin {\n\tx++;\n}\n# file <input>\nprobe end { }\n"
	if out.String() != want {
		t.Errorf("\n got: %s\nwant: %s", out.String(), want)
	}
	_, again := parsed(t, out.String(), Options{})
	if got := strings.Join(dumpAll(again.Decls), " "); got != strings.Join(append(dumpAll(a.Decls), dumpAll(b.Decls)...), " ") {
		t.Errorf("the dump parses to %s", got)
	}
}

func TestLexemes(t *testing.T) {
	const text = "#!x\n$1z @2 a$3 /* b */\"c\\\"\" // d\r\n0x1F @m %{ e %} %( \x01 \"f\n/* g"
	kinds := [...]string{"junk", "ident", "keyword", "op", "string", "number", "embedded", "argument", "comment"}
	var got []string
	for _, l := range Lexemes(text) {
		if text[l.Off:l.End()] != l.Text {
			t.Errorf("%q is not at %d", l.Text, l.Off)
		}
		got = append(got, kinds[l.Kind]+":"+strings.TrimRight(l.Text, "\r\n"))
	}
	want := `comment:#!x|argument:$1|ident:z|argument:@2|ident:a$3|comment:/* b */|string:"c\""|comment:// d|number:0x1F|op:@m|embedded:%{ e %}|op:%(|junk:` + "\x01" + `|junk:"f|comment:/* g`
	if got := strings.Join(got, "|"); got != want {
		t.Errorf("\n got: %s\nwant: %s", got, want)
	}
}

func TestJoins(t *testing.T) {
	for _, pair := range []string{"- -", "+ ++", "a b", "a 1", "1 a", "< <", "/ *", "/ /", "% (", "@ a", "$ 1", "a $1", "= ~", "% {"} {
		a, b, _ := strings.Cut(pair, " ")
		if !Joins(a, b) {
			t.Errorf("Joins(%q, %q) = false", a, b)
		}
	}
	for _, pair := range []string{"- a", "a -", ") (", "! -", "a (", "] ->", "\"a\" \"b\"", "* *", "- !"} {
		a, b, _ := strings.Cut(pair, " ")
		if Joins(a, b) {
			t.Errorf("Joins(%q, %q) = true", a, b)
		}
	}
	parts := []string{"a", "$x", "7", "0x1", `"s"`, "@", "@m", "$1", "%{ c %}", "probe"}
	for op := range operators {
		parts = append(parts, op)
	}
	for _, c := range "!%&()*+,-./:;<=>?[]^{|}~" {
		parts = append(parts, string(c))
	}
	for _, a := range parts {
		for _, b := range parts {
			both := Lexemes(a + b)
			joined := len(both) != 2 || both[0].Text != a || both[1].Text != b
			if joined && !Joins(a, b) {
				t.Errorf("Joins(%q, %q) = false", a, b)
			}
		}
	}
}

// TestFilesOfOneSet reads several scripts into one Set, as a run with more than
// one does: each message names its own file and line.
func TestFilesOfOneSet(t *testing.T) {
	set := &source.Set{}
	a, first := Parse(set, "<input>", "@define m %( 1 %)\nglobal a probe begin { a = @m + }", Options{})
	b, second := Parse(set, "more.tp", "global a\nprobe end { @m }", Options{})
	if len(a.Decls) != 1 || len(b.Decls) != 1 {
		t.Errorf("%d and %d declarations, want 1 and 1", len(a.Decls), len(b.Decls))
	}
	want := `parse error: expected literal string or number
        saw: operator '}' at <input>:2:33
     source: global a probe begin { a = @m + }
                                             ^

parse error: unknown operator @m
        saw: operator '@m' at more.tp:2:13
     source: probe end { @m }
                         ^

`
	first.List = append(first.List, second.List...)
	if got := rendered(t, set, first); got != want {
		t.Errorf("\n got: %s\nwant: %s", got, want)
	}
}
