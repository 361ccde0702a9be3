package syntax

import (
	"fmt"
	"strings"
	"testing"

	"tapir/lang/source"
)

// TestProblems gives, for each text, `message @ token` of every diagnostic.
func TestProblems(t *testing.T) {
	const noDecl = "expected 'probe', 'global', 'private', 'function', or '%{'"
	tests := []struct{ text, want string }{
		// Declarations.
		{"x", noDecl + " @ identifier 'x' 1:1"},
		{"porbe begin { }", noDecl + " @ identifier 'porbe' 1:1 (did you mean 'probe'?)"},
		{"global", "expected identifier @ EOF '' 1:7"},
		{"global 5", "expected identifier @ number '5' 1:8"},
		{"global a,", "expected identifier @ EOF '' 1:10"},
		{"global a = b", "expected literal string or number @ identifier 'b' 1:12"},
		{"global a[b]", "expected number @ identifier 'b' 1:10"},
		{"global a[1", "expected ']' @ EOF '' 1:11"},
		{"global a[0]", "array size out of range @ number '0' 1:10"},
		{"global a[1] = 2", "only scalar globals can be initialized @ identifier 'a' 1:8"},
		{"global a, b, a", "duplicate global name @ identifier 'a' 1:14"},
		{"global a\nprivate a", "duplicate global name @ identifier 'a' 2:9"},
		{"private 1", "expected 'global', 'function' or identifier @ number '1' 1:9"},
		{"function 1", "expected identifier @ number '1' 1:10"},
		{"function f", "expected '(' @ EOF '' 1:11"},
		{"function f:int() { }", "expected 'string' or 'long' @ identifier 'int' 1:12"},
		{"function f(a b) { }", "expected ',' or ')' @ identifier 'b' 1:14"},
		{"function f(a,) { }", "expected identifier @ operator ')' 1:14"},
		{"function f(a, b, a) { }", "duplicate parameter names @ identifier 'a' 1:18"},
		{"function f() x", "expected '{' @ identifier 'x' 1:14"},
		{"function f():0 { }", "function priority must be between 1 and 2147483647 @ number '0' 1:14"},
		{"function f() %{ %}", "embedded code in unprivileged script; need stap -g @ embedded-code 1:14"},
		{"%{ %} probe begin { }", "embedded code in unprivileged script; need stap -g @ embedded-code 1:1"},
		// Probe points.
		{"probe", "expected identifier or '*' @ EOF '' 1:6"},
		{"probe { }", "expected identifier or '*' @ operator '}' 1:9"},
		{"probe a.1 { }", "expected identifier or '*' @ number '1' 1:9"},
		{"probe a. { }", "expected identifier or '*' @ operator '}' 1:12"},
		{"probe a b { }", "expected one of '. , ( ? ! { = +=' @ identifier 'b' 1:9"},
		{"probe a(b) { }", "expected literal string or number @ identifier 'b' 1:9"},
		{"probe a(1 { }", "expected ')' @ operator '{' 1:11"},
		{"probe a if b { }", "expected '(' @ identifier 'b' 1:12"},
		{"probe a, = b { }", "expected identifier or '*' @ operator '=' 1:10"},
		{"probe a, b = c { }", "expected '{' @ operator '=' 1:12"},
		{"probe a? = c { }", "probe point alias name cannot be optional nor sufficient @ operator '=' 1:10"},
		{"probe {a?, b}.c { }", "'?', '!' or condition must only be specified in suffix @ operator '.' 1:14"},
		{"probe a { }, { }", noDecl + " @ operator ',' 1:12"},
		{"probe a += b { }, { }", noDecl + " @ operator ',' 1:17"},
		{"probe " + strings.Repeat("{a,b}.", 15) + "c { }", "too many alternatives in probe point @ operator '{' 1:7"},
		// Statements.
		{"probe a { else }", "expected statement @ keyword 1:11"},
		{"probe a { string }", "expected '(' @ operator '}' 1:18"},
		{"probe a {", "expected statement @ EOF '' 1:10"},
		{"probe a { if }", "expected '(' @ operator '}' 1:14"},
		{"probe a { if (b }", "expected ')' @ operator '}' 1:17"},
		{"probe a { for (b) }", "expected ';' @ operator ')' 1:17"},
		{"probe a { for (;;b { } }", "expected ')' @ operator '{' 1:20"},
		{"probe a { try b }", "expected '{' @ identifier 'b' 1:15"},
		{"probe a { try { } }", "expected 'catch' @ operator '}' 1:19"},
		{"probe a { try { } catch (1) { } }", "expected identifier @ number '1' 1:26"},
		{"probe a { return 1 }", "found 'return' not in function context @ keyword 1:11"},
		{"probe a { foreach x }", "expected '(' @ identifier 'x' 1:19"},
		{"probe a { foreach (1 in b) c }", "expected identifier @ number '1' 1:20"},
		{"probe a { foreach (x of b) c }", "expected 'in' @ identifier 'of' 1:22"},
		{"probe a { foreach ([x y] in b) c }", "expected ',' or ']' @ identifier 'y' 1:23"},
		{"probe a { foreach ([x+, y-] in b) c }", "multiple sort directives @ operator '-' 1:26"},
		{"probe a { foreach (x+ in b-) c }", "multiple sort directives @ operator '-' 1:27"},
		{"probe a { foreach (x in b @sum) c }", "expected sort directive @ operator ')' 1:31"},
		{"probe a { foreach (x in b[1 2]) c }", "expected ',' or ']' @ number '2' 1:29"},
		{"probe a { foreach (x in b c) d }", "expected ')' @ identifier 'c' 1:27"},
		// Expressions.
		{"probe a { x = = 1 }", "expected literal string or number @ operator '=' 1:15"},
		{"probe a { x = }", "expected literal string or number @ operator '}' 1:15"},
		{"probe a { x = if }", "expected literal string or number @ keyword 1:15"},
		{"probe a { x =", "expected value @ EOF '' 1:14"},
		{"probe a { (x }", "expected ')' @ operator '}' 1:14"},
		{"probe a { x[1 }", "expected ',' or ']' @ operator '}' 1:15"},
		{"probe a { f(1 }", "expected ',' or ')' @ operator '}' 1:15"},
		{"probe a { f(1, }", "expected literal string or number @ operator '}' 1:16"},
		{"probe a { x ? y }", "expected ':' @ operator '}' 1:17"},
		{"probe a { x ? y : z = 1 in b }", ""},
		{"probe a { x in 1 }", "expected identifier @ number '1' 1:16"},
		{"probe a { x in b in c }", "expected statement @ keyword 1:18"},
		{"probe a { x in b == c }", "expected literal string or number @ operator '==' 1:18"},
		{"probe a { [x] }", "expected 'in' @ operator '}' 1:15"},
		{"probe a { x =~ y }", "expected literal string @ identifier 'y' 1:16"},
		{`probe a { x =~ "a" == 1 }`, "expected literal string or number @ operator '==' 1:20"},
		{`probe a { x == 1 =~ "a" }`, "expected literal string or number @ operator '=~' 1:18"},
		{"probe a { 12x }", "number invalid or out of range @ number '12x' 1:11"},
		{"probe a { $x->1 }", "expected identifier @ number '1' 1:15"},
		{"probe a { $x[ }", "expected literal string or number @ operator '}' 1:15"},
		{"probe a { &x }", "use of '&' operator without target variable, @cast or member @ operator '&' 1:11"},
		{"probe a { @cuont(x) }", "unknown operator @cuont @ operator '@cuont' 1:11 (did you mean '@count'?)"},
		{"probe a { @count x }", "expected '(' @ identifier 'x' 1:18"},
		{"probe a { @count(x, 1) }", "expected ')' @ operator ',' 1:19"},
		{"probe a { @hist_linear(x, 1) }", "expected ',' @ operator ')' 1:28"},
		{"probe a { @hist_linear(x, 1, y, 2) }", "expected number @ identifier 'y' 1:30"},
		{"probe a { @cast(x) }", "expected ',' @ operator ')' 1:18"},
		{"probe a { @cast(x, y) }", "expected literal string @ identifier 'y' 1:20"},
		{"probe a { @defined(x, y) }", "expected ')' @ operator ',' 1:21"},
		{"probe a { print = 1 }", "expected '(' @ operator '=' 1:17"},
		{"probe a { print() }", "expected literal string or number @ operator ')' 1:17"},
		{"probe a { printf(x) }", "expected literal string @ identifier 'x' 1:18"},
		{`probe a { printf("x" y) }`, "expected ',' or ')' @ identifier 'y' 1:22"},
		{`probe a { printf("100%") }`, "trailing incomplete print format conversion @ operator ')' 1:24"},
		{`probe a { printf("%5", x) }`, "trailing incomplete print format conversion @ operator ',' 1:22"},
		{`probe a { printf("%lld", x) }`, "invalid or missing conversion specifier @ operator ',' 1:24"},
		{`probe a { printd(":") }`, "expected ',' @ operator ')' 1:21"},
		{`probe a { printdln(":", 1) }`, "expected ',' @ operator ')' 1:26"},
		{"probe a { print(" + strings.Repeat("1,", 32) + "1) }", "too many arguments to print (33) @ identifier 'print' 1:11"},
		{"probe a { %{ x %} }", "embedded code in unprivileged script; need stap -g @ embedded-code 1:11"},
		// Tokens.
		{"probe a { \x80 }", `expected statement @ junk '\x80' 1:11`},
		{"probe a { x = \"b }\nprobe b { }", "Could not find matching closing quote @ junk '' 1:15"},
		{"global \"", "Could not find matching closing quote @ junk '' 1:8"},
		{"private \"", "Could not find matching closing quote @ junk '' 1:9"},
		{"probe a.\" { }", "Could not find matching closing quote @ junk '' 1:9"},
		{"probe a { $1 }", "command line argument out of range [1-0] @ junk '' 1:11"},
		// Recovery.
		{"global 1 global 2\nprobe a { if }\nprobe b { } function f() { * } private 3", "expected identifier @ number '1' 1:8; expected identifier @ number '2' 1:17; " +
			"expected '(' @ operator '}' 2:14; expected literal string or number @ operator '*' 3:28; expected 'global', 'function' or identifier @ number '3' 3:40"},
		{"probe a { x = probe b { }", "expected literal string or number @ keyword 1:15"},
		{"} } probe a { x( } probe b { }", noDecl + " @ operator '}' 1:1; expected literal string or number @ operator '}' 1:18"},
		// Nothing.
		{"", "Input file 't.tp' is empty."},
		{" # only a comment\n", "Input file 't.tp' is empty."},
		{"%( 1 == 2 %? probe a { } %)", "Input file 't.tp' is empty after preprocessing."},
		{"@define count %( 1 %) probe a { @count }", "macro redefines built-in operator '@count' @ identifier 'count' 1:9"},
	}
	for _, test := range tests {
		set := &source.Set{}
		_, ds := Parse(set, "t.tp", test.text, Options{})
		var got []string
		for _, d := range ds.List {
			got = append(got, described(set, d))
		}
		if got := strings.Join(got, "; "); got != test.want {
			t.Errorf("%s\n got: %s\nwant: %s", test.text, got, test.want)
		}
	}
}

func described(set *source.Set, d *source.Diagnostic) string {
	s := d.Message
	if d.Token.Span.IsValid() {
		at := set.Position(d.Token.Span.Start)
		s += fmt.Sprintf(" @ %s %d:%d", d.Token.Describe(), at.Line, at.Col)
	}
	if d.Hint != "" {
		s += " (" + d.Hint + ")"
	}
	return s
}

// TestGoodBesideBad checks that recovery keeps the declarations that are right.
func TestGoodBesideBad(t *testing.T) {
	set := &source.Set{}
	f, ds := Parse(set, "t", "global a probe b { if } function c() { } global 1 probe d { }", Options{})
	if len(ds.List) != 2 || len(f.Decls) != 3 {
		t.Errorf("%d diagnostics, %d declarations, want 2 and 3", len(ds.List), len(f.Decls))
	}
}

func TestDeepNesting(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("(", 2e4),
		"x = " + strings.Repeat("-", 2e4),
		"x = " + strings.Repeat("- ", 2e4),
		strings.Repeat("x = ", 2e4),
		strings.Repeat("x + ", 2e4),
		strings.Repeat("x ? ", 2e4),
		strings.Repeat("x ? y : ", 2e4),
		strings.Repeat("x[", 2e4),
		strings.Repeat("f(", 2e4),
		strings.Repeat("{", 2e4),
		strings.Repeat("if (x) ", 2e4),
		strings.Repeat("if (x) y else ", 2e4),
		strings.Repeat("x(1)[", 2e4),
		"} probe " + strings.Repeat("{", 2e4),
	} {
		_, ds := Parse(&source.Set{}, "t", "probe a { "+text, Options{})
		if n := len(ds.List); n != 1 || ds.List[0].Message != "nested too deeply" && !strings.HasPrefix(ds.List[0].Message, "expected") {
			t.Errorf("%.20s…: %d diagnostics: %s", text, n, ds.List[0].Message)
		}
	}
}

func TestMacroOrigin(t *testing.T) {
	set := &source.Set{}
	_, ds := Parse(set, "t.tp", "@define inner(x) %( foo(@x @x) %)\n@define outer %( 2 + @inner(1) %)\nprobe a { @outer }", Options{})
	want := `parse error: expected ',' or ')'
        saw: number '1' at t.tp:2:29
     source: @define outer %( 2 + @inner(1) %)
                                         ^
	in expansion of macro: operator '@outer' at t.tp:3:11
     source: probe a { @outer }
                       ^

`
	if got := rendered(t, set, ds); got != want {
		t.Errorf("\n got: %s\nwant: %s", got, want)
	}
}
