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
