package syntax

import (
	"strings"
	"testing"

	"tapir/lang/source"
)

// values is what preprocessing leaves of text, in few words.
func values(t *testing.T, text string, o Options) string {
	t.Helper()
	u := newUnit(&source.Set{}, "t", text, o)
	toks, _ := u.read()
	var out []string
	for _, tok := range toks {
		switch {
		case tok.EOF():
		case tok.Type == tokBroken:
			out = append(out, "!"+u.broken[tok.Pos.Column].Message)
		default:
			out = append(out, tok.Value)
		}
	}
	return strings.Join(out, " ")
}

func TestMacros(t *testing.T) {
	tests := []struct{ text, want string }{
		{"@define a %( 1 2 %) x @a y", "x 1 2 y"},
		{"@define a %( %) x @a y", "x y"},
		{"@define a %( 1 %) @a(2)", "1 ( 2 )"},
		{"@define f(x, y) %( @y - @x %) @f(1 + (2, 3), [4, 5])", "[ 4 , 5 ] - 1 + ( 2 , 3 )"},
		{"@define f(x) %( [@x] %) @f()", "[ ]"},
		{"@define a %( @b + 1 %) @define b %( 2 %) @a", "2 + 1"},
		{"@define f(x) %( <@x> %) @f(@f(1))", "< < 1 > >"},
		{"@define f(x) %( @g(@x) %) @define g(x) %( @x @x %) @f(9)", "9 9"},
		{"@define f(x) %( @x %) @define x %( no %) @f(1) @x", "1 no"},
		{"@unknown @count(x)", "@unknown @count ( x )"},
		{"@define next %( 1 %) @next", "1"},
		{"@define a %( %( 1 == 1 %? yes %: no %) %) @a", "yes"},
		{"@define a %( @define b %( 1 %) %) @a", "!attempt to define a macro within a macro b !expected '%?' marker for conditional"},
		{"@define a %( 1 %) @define a %( 2 %) @a", "!attempt to redefine macro '@a' in the same file 1"},
		{"@define f(x) %( 1 %) @f", "!expected '(' in invocation of macro '@f' taking 1 parameter"},
		{"@define f(x, y) %( 1 %) @f(1)", "!too few parameters for macro '@f' (expected 2)"},
		{"@define f(x) %( 1 %) @f(1, 2)", "!too many parameters for macro '@f' (expected 1) 2 )"},
		{"@define f(x) %( 1 %) @f(1", "!could not find end of macro invocation"},
		{"@define a %( 1", "!incomplete macro definition at end of file"},
		{"@define", "!expected identifier"},
		{"@define 1 x", "!expected identifier x"},
		{"@define a 1", "!expected '%('"},
		{"@define a(1) x", "!expected identifier ) x"},
		{"@define a(b c) x", "!expected ',' or ')' ) x"},
		{"@define a %( @a %) @a", "!macros nested too deeply"},
	}
	for _, test := range tests {
		if got := values(t, test.text, Options{}); got != test.want {
			t.Errorf("%q\n got: %s\nwant: %s", test.text, got, test.want)
		}
	}
}

func TestMacroExplosion(t *testing.T) {
	var b strings.Builder
	b.WriteString("@define m0 %( x x x x %)\n")
	for c := range 30 {
		name, last := string(rune('b'+c%24))+strings.Repeat("_", c/24+1), "m0"
		if c > 0 {
			last = string(rune('b'+(c-1)%24)) + strings.Repeat("_", (c-1)/24+1)
		}
		b.WriteString("@define " + name + " %( @" + last + " @" + last + " %)\n")
		if c == 29 {
			b.WriteString("@" + name)
		}
	}
	if got := values(t, b.String(), Options{}); !strings.HasSuffix(got, "!macro expansion too large") {
		t.Errorf("got %d bytes that end in %q", len(got), got[max(0, len(got)-60):])
	}
}

func TestLibraryMacros(t *testing.T) {
	set := &source.Set{}
	m, ds := ParseMacros(set, "lib", "@define a %( lib @b %) @define b %( libb %) @define f(x) %( @x @x %)", Options{})
	m, more := ParseMacros(set, "lib2", "@define c %( @b 3 %)", Options{Macros: m})
	if len(ds.List)+len(more.List) > 0 {
		t.Fatalf("diagnostics: %v %v", ds.List, more.List)
	}
	u := newUnit(set, "t", "@define b %( mine %) @a @b @c @f(@b)", Options{Macros: m})
	toks, _ := u.read()
	if got, want := tokensText(u, toks), "Ident:lib Ident:libb Ident:mine Ident:libb Number:3 Ident:mine Ident:mine"; got != want {
		t.Errorf("\n got: %s\nwant: %s", got, want)
	}
	_, bad := ParseMacros(set, "bad", "@define a %( %) probe", Options{})
	if len(bad.List) != 1 || bad.List[0].Message != "expected '@define' in a macro library" {
		t.Errorf("got %d diagnostics for a library with other things than macros", len(bad.List))
	}
}

func TestConditionals(t *testing.T) {
	tests := []struct{ cond, want string }{
		{`kernel_v >= "2.6.18"`, "yes"},
		{`kernel_v < "6.10"`, "yes"},
		{`kernel_v == "6.1.0"`, "yes"},
		{`kernel_vr == "6.1.0-56-cloud"`, "yes"},
		{`kernel_vr == "6.1.*-cloud"`, "yes"},
		{`kernel_v != "6.[2-9]*"`, "yes"},
		{`kernel_v > "6.*"`, "!wildcard not allowed with order comparison operators"},
		{`kernel_v > 6`, "!expected string literal"},
		{`systemtap_v >= "5.6"`, "yes"},
		{`systemtap_v < "5.10"`, "yes"},
		{`arch == "x86_64"`, "yes"},
		{`arch != "arm*"`, "yes"},
		{`arch > "a"`, "!expected '==' or '!='"},
		{`runtime == "kernel"`, "yes"},
		{`systemtap_privilege == "stapdev"`, "yes"},
		{`systemtap_privilege == "stap*"`, "no"},
		{`guru_mode == 0`, "yes"},
		{`guru_mode != 0`, "no"},
		{`guru_mode == "x"`, "!expected number"},
		{`CONFIG_HZ == "250"`, "yes"},
		{`CONFIG_HZ >= 250`, "yes"},
		{`CONFIG_HZ > CONFIG_LOW`, "yes"},
		{`CONFIG_X == "[ym]"`, "yes"},
		{`CONFIG_NONE == ""`, "yes"},
		{`CONFIG_NONE != "y"`, "yes"},
		{`CONFIG_NONE == 1`, "no"},
		{`CONFIG_NAME == "(none)"`, "yes"},
		{`CONFIG_HZ == x`, "!expected string, number literal or other CONFIG_... as right value"},
		{`"a" < "b"`, "yes"},
		{`"a" == 1`, "!expected string literal as right value"},
		{`2 <= 010`, "yes"},
		{`1 == "1"`, "!expected number literal as right value"},
		{`99999999999999999999 == 1`, "!number invalid or out of range"},
		{`1 == 2 || 1 == 1 && 2 == 2`, "yes"},
		{`1 == 1 || 1 == 1 && 1 == 2`, "yes"},
		{`1 == 2 && 1 == 1 || 1 == 2`, "no"},
		{`1 ==`, "!incomplete condition after '%('"},
		{`1 + 1`, "!expected comparison operator"},
		{`1 == 1 1`, "!expected '%?' marker for conditional"},
		{`( == 1`, "!expected identifier, string or number as left value"},
		{`a == 1`, "!expected kernel_v, kernel_vr, arch, runtime, systemtap_v, systemtap_privilege, guru_mode or CONFIG_... as left value"},
		{`$# == 2`, "yes"},
		{`@2 == "b"`, "yes"},
		{`@one == 1`, "yes"},
	}
	options := Options{
		Args:   []string{"a", "b"},
		Kernel: func() string { return "6.1.0-56-cloud" },
		Config: func(name string) string {
			return map[string]string{"CONFIG_HZ": "250", "CONFIG_LOW": "30", "CONFIG_X": "m", "CONFIG_NAME": `"(none)"`}[name]
		},
	}
	for _, test := range tests {
		text := "@define one %( 1 %) %( " + test.cond + " %? yes %: no %)"
		if got := values(t, text, options); got != test.want {
			t.Errorf("%s\n got: %s\nwant: %s", test.cond, got, test.want)
		}
	}
}

func TestConditionalBranches(t *testing.T) {
	tests := []struct{ text, want string }{
		{"a %( 1 == 1 %? b %) c", "a b c"},
		{"a %( 1 == 2 %? b %) c", "a c"},
		{"%( 1 == 2 %? b %: c %( 1 == 1 %? d %: e %) f %) g", "c d f g"},
		{"%( 1 == 1 %? b %( 1 == 2 %? c %: d %) %: e %( 1 == 1 %? f %: h %) %) g", "b d g"},
		{"%( 1 == 2 %? @define a %( 1 %) %) @a", "@a"},
		{"%( 1 == 1 %? @define a %( 1 %) %) @a", "1"},
		{"%( 1 == 2 %? @f( %) x", "x"},
		{"%( 1 == 1", "!incomplete conditional at end of file"},
		{"%( 1 == 1 %? x", "x !incomplete conditional at end of file"},
		{"%( 1 == 2 %? x", "!incomplete conditional at end of file"},
		{"%( 1 == 1 %? x %: y", "x !incomplete conditional at end of file"},
		{"%( 1 == 1 %) x", "!expected '%?' marker for conditional x"},
		{"%( x y z %? b %) c", "!expected comparison operator c"},
		{"%? a %: b %)", "%? a %: b %)"},
	}
	for _, test := range tests {
		if got := values(t, test.text, Options{}); got != test.want {
			t.Errorf("%q\n got: %s\nwant: %s", test.text, got, test.want)
		}
	}
}

func TestCompareVersions(t *testing.T) {
	ordered := []string{"000", "00", "01", "010", "09", "0", "1", "2.6", "2.6.9", "2.6.18", "2.6.18-rc1", "5", "5.1", "5.6", "5.10", "6.1.0", "9", "10", "a", "b"}
	for i, a := range ordered {
		for j, b := range ordered {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := CompareVersions(a, b); got != want {
				t.Errorf("CompareVersions(%q, %q) = %d, want %d", a, b, got, want)
			}
		}
	}
}
