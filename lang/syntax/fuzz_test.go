package syntax

import (
	"strings"
	"testing"

	"tapir/lang/source"
)

// FuzzParse checks that no text makes the parser panic or run on, that every
// diagnostic renders, and that what parses prints as the same tree.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		benchScript,
		"@define m(a, b) %( @a + @b %) probe begin { x = @m(1, @m(2, 3)) }",
		`%( kernel_v >= "2.6" && $# == 2 %? probe a.{b,c}* ? { @1 $2 } %: global x %)`,
		`private global a = -1, b%[2] function f:long(x:string):2 { return x =~ "a" "b" ? 1 : [1,*] in b }`,
		"probe a = b += c.{d, e.f}(1)! if (g > 1) { foreach (v- = [i, j] in a[*, 1] @sum limit 2) try { delete a } catch (e) { next } }",
		"probe a { $x->y[1]$$ &@cast(x, \"t\")->z @hist_linear(a, 1, 2, 3)[1]++ print(a)->b ; \"\\x41\\0\" }",
		"function f() %{ C %} %{ D", "probe \" %( %? %: %)", "a(((((((((", "@define a %( @a %) @a",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		set := &source.Set{}
		o := Options{Args: []string{"1", "a b"}, Guru: strings.HasPrefix(text, "%")}
		file, ds := Parse(set, "f", text, o)
		if err := source.Render(&strings.Builder{}, set, ds.List, source.RenderOptions{Terminal: true}); err != nil {
			t.Fatal(err)
		}
		if !ds.HasErrors() {
			roundTrip(t, file)
		}
		Parse(set, "old", text, Options{Args: o.Args, Version: "2.9"})
		for _, d := range file.Decls {
			Walk(d, func(n Node) bool {
				if !n.Span().IsValid() || n.Token().Kind == source.EOF {
					t.Errorf("%T without a place in %q", n, text)
				}
				return true
			})
		}
	})
}

// FuzzLexemes checks that lexemes cover all of a text but white space, and that
// without comments and arguments they are the scanner's tokens.
func FuzzLexemes(f *testing.F) {
	for _, seed := range []string{benchScript, "a$1 @2b # c\n/* d", "%{ %} \"\\\n\" @ $ 0x %( \xff", "a /", "\"\\"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last, arguments := 0, false
		var words []string
		for _, l := range Lexemes(text) {
			if strings.Trim(text[last:l.Off], " \t\r\n\v\f") != "" || l.Text != text[l.Off:l.End()] || l.Text == "" {
				t.Fatalf("lexeme %q at %d of %q", l.Text, l.Off, text)
			}
			last = l.End()
			arguments = arguments || l.Kind == LexArgument
			if l.Kind != LexComment {
				words = append(words, l.Text)
			}
		}
		if arguments {
			return
		}
		set := &source.Set{}
		toks := newUnit(set, "t", text, Options{Guru: true}).scan()
		if len(toks) != len(words)+1 {
			t.Fatalf("%d tokens and %d lexemes in %q", len(toks)-1, len(words), text)
		}
		for i, w := range words {
			if got := set.Text(spanOf(&toks[i])); got != w {
				t.Errorf("token %q and lexeme %q in %q", got, w, text)
			}
		}
	})
}

// FuzzPreprocess checks that macros and conditionals end, with a library or
// without, and that their tokens have places.
func FuzzPreprocess(f *testing.F) {
	f.Add("@define a(x) %( @x @b %)", "@define b %( @a(@a(1)) %) %( 1 == 1 %? @a(%( $# > 1 %? 2 %: @a %)) %: @define c %( 1 %) %)")
	f.Add("@define f(x, y) %( %( @x == @y %? 1 %: 2 %) %)", "@f(1, @f(1, 1)) @f([,], (,))")
	f.Fuzz(func(t *testing.T, library, text string) {
		set := &source.Set{}
		m, _ := ParseMacros(set, "lib", library, Options{Library: true})
		u := newUnit(set, "t", text, Options{Args: []string{"1", "x y", "%("}, Macros: m, Guru: true})
		toks, _ := u.read()
		for i := range toks {
			if sp := spanOf(&toks[i]); !sp.IsValid() || sp.End < sp.Start || set.FileOf(sp.Start) == nil {
				t.Fatalf("token %q has the place %v in %q", toks[i].Value, sp, text)
			}
		}
		if !toks[len(toks)-1].EOF() {
			t.Errorf("no end in %q", text)
		}
	})
}
