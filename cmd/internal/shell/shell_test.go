package shell

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tapir/lang/source"
	"tapir/lang/syntax"
)

func TestRead(t *testing.T) {
	for _, c := range []struct {
		text string
		want kind
	}{
		{"", nothing}, {"  # only a comment", nothing}, {"/* so */", nothing},
		{"list", command}, {"off 1", command}, {"quit", command}, {"exit", command}, {"delete 2", command},
		{"save /tmp/x.tp", command}, {"target sh -c 'a = 1'", command}, {"watch @count(s) every 2s", command},
		{"list = 4", stating}, {"off(1)", stating}, {"vars[1] = 2", stating}, {"save = 1", stating}, {"exit()", stating},
		{"println(1)", stating}, {"a = 1; b = 2", stating}, {"foreach (k in a) println(k)", stating},
		{"if (x) {\n  y = 1\n}", stating}, {"println(1) # why", stating},
		{"probe begin { }", declaring}, {"global a, b[10]", declaring}, {"function f(x) { return x }", declaring},
		{"private global x", declaring}, {"probe a = begin { } probe a { println(1) }", declaring},
		{"probe begin {", incomplete}, {"probe syscall.open", incomplete}, {"function f(x)", incomplete},
		{"if (x) {", incomplete}, {"foreach (k in a)", incomplete}, {"println(1", incomplete}, {"a =", incomplete},
		{"println(1))", wrong}, {"print(]", wrong}, {"probe begin { ] }", wrong}, {"global 1", wrong},
	} {
		if got := read(c.text, &Passes{}); got.kind != c.want {
			t.Errorf("%q is %d, want %d", c.text, got.kind, c.want)
		}
	}
}

// parsed reads a text that is right.
func parsed(t *testing.T, text string) input {
	t.Helper()
	in := read(text, &Passes{})
	if in.kind != declaring && in.kind != stating {
		t.Fatalf("%q is %d", text, in.kind)
	}
	return in
}

func TestImplied(t *testing.T) {
	w := &workspace{}
	w.imply([]string{"known"})
	for _, c := range []struct {
		text      string
		statement bool
		want      []string
	}{
		{"x = 1; y++", true, []string{"x", "y"}},
		{"known = 1; println(z)", true, nil},
		{"a[1] = 2; s <<< 3; println(@count(t)); foreach (k in b) c = k", true, []string{"a", "s", "t", "b", "c"}},
		{"probe begin { x = 1; a[x]++; h <<< x; if (x in m) next }", false, []string{"a", "h", "m"}},
		{"global a probe begin { a[1]++ }", false, nil},
		{"function f(x) { y = x; return q[y] }", false, []string{"q"}},
	} {
		if got := w.implied(parsed(t, c.text).file, c.statement); !slices.Equal(got, c.want) {
			t.Errorf("%q implies %q, want %q", c.text, got, c.want)
		}
	}
}

func TestWorkspace(t *testing.T) {
	w := &workspace{}
	add := func(text string) error {
		in := parsed(t, text)
		implied := w.implied(in.file, false)
		_, err := w.add(in)
		w.imply(implied)
		return err
	}
	for _, text := range []string{
		"global n = 1\n# the first\nprobe begin { n++ }\nprobe end { a[n]++ } # at its end", "function f() { return 1 }", "function f() { return 2 }",
		"global a", "probe timer.s(1) { println(n) }",
	} {
		if err := add(text); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	}
	if err := add("global n"); err == nil || !strings.Contains(err.Error(), "there is a global 'n' already") {
		t.Errorf("a second global n: %v", err)
	}
	w.cell(2).on = false
	w.remove(1)
	const want = `global n = 7
function f() { return 2 }
global a

# off: probe end { a[n]++ } # at its end

probe timer.s(1) { println(n) }
`
	if got := w.script(map[string]string{"n": "7"}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if c := w.clone(); c.cell(3) == w.cell(3) || c.cell(3).text != w.cell(3).text {
		t.Error("a clone shares its probes")
	}
}

// TestFlood holds that of a flood as much is shown as can be read, that the rest is told,
// and that answers are shown whole.
func TestFlood(t *testing.T) {
	var out bytes.Buffer
	s := newScreen(&out, false, true)
	now := time.Unix(100, 0)
	s.now = func() time.Time { return now }
	for i := range 3 * flood {
		fmt.Fprintf(events{s}, "event %d\n", i)
	}
	fmt.Fprint(s, strings.Repeat("answer\n", 2*flood))
	now = now.Add(2 * window)
	s.pause()
	fmt.Fprint(events{s}, "later, ")
	fmt.Fprint(events{s}, "in parts\n")
	text := out.String()
	if n := strings.Count(text, "event "); n != flood {
		t.Errorf("%d events are shown, want %d", n, flood)
	}
	if n := strings.Count(text, "answer\n"); n != 2*flood {
		t.Errorf("%d answers are shown, want all", n)
	}
	if want := fmt.Sprintf("… %d lines are not shown\n", 2*flood); !strings.Contains(text, want) || !strings.HasSuffix(text, "later, in parts\n") {
		t.Errorf("the end is %q", text[max(0, len(text)-100):])
	}
}

func TestPlacesToComplete(t *testing.T) {
	for _, c := range []struct{ before, point, inside, word string }{
		{"probe syscall.op", "syscall.op", "", "op"},
		{"probe begin, timer.", "timer.", "", ""},
		{"probe syscall.open { println(fi", "", "syscall.open", "fi"},
		{"probe process(\"a b\").mark(\"x\") { $ar", "", "process(\"a b\").mark(\"x\")", "$ar"},
		{"println(gettime", "", "", "gettime"},
		{"probe", "", "", "probe"},
	} {
		point, _ := pointAt(c.before)
		if inside, word := pointOf(c.before), lastWord(c.before); point != c.point || inside != c.inside || word != c.word {
			t.Errorf("%q: point %q, in %q, word %q", c.before, point, inside, word)
		}
	}
}

// TestHarmful holds that texts of others are shown and saved without harm.
func TestHarmful(t *testing.T) {
	var out bytes.Buffer
	newScreen(&out, false, true).printf("probe \x1b[2J")
	if got, want := out.String(), `probe \033[2J`+"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	text := "a\x01\u0085\"\\\n"
	file, ds := syntax.Parse(&source.Set{}, "", "global x = "+literal(text), syntax.Options{})
	if ds.HasErrors() {
		t.Fatal(ds.List[0].Message)
	}
	if got := file.Decls[0].(*syntax.GlobalDecl).Vars[0].Init.(*syntax.StringLit).Value; got != text {
		t.Errorf("saved as %q, want %q", got, text)
	}
}
