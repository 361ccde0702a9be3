package vm_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tapir/lang/builtin"
	"tapir/runtime/vm"
)

// writer makes random programs that are nearly right: most of them compile.
type writer struct {
	*rand.Rand
	depth, loops, each int
}

// changing are what may not stand in a foreach: it changes arrays.
var changing = []string{"(a[L] +=", "(--a[L])", "f(", "g(", "h(", "a[L] =", "b[L, S] =", "wr[L] =", "sa[L] <<<", "delete "}

func (w *writer) pick(forms ...string) string {
	for {
		form := forms[w.IntN(len(forms))]
		changes := slices.ContainsFunc(changing, func(c string) bool { return strings.Contains(form, c) })
		if w.each == 0 || !changes {
			return form
		}
	}
}

// fill replaces L by a number, S by a string, B by a statement and I by a small
// number, each made anew.
func (w *writer) fill(form string) string {
	var b strings.Builder
	for _, c := range form {
		switch c {
		case 'L':
			b.WriteString(w.long())
		case 'S':
			b.WriteString(w.text())
		case 'B':
			b.WriteString(w.stmt())
		case 'I':
			fmt.Fprint(&b, w.IntN(12)-2)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

func (w *writer) long() string {
	if w.depth++; w.depth > 12 {
		w.depth--
		return w.pick("1", "i", "n")
	}
	defer func() { w.depth-- }()
	return w.fill(w.pick("I", "i", "j", "n", "I", "i", "(L + L)", "(L - L)", "(L * L)", "(L / L)", "(L % L)", "(L << L)", "(L >>> L)",
		"(L < L)", "(S == S)", "(S <= S)", "(L && L)", "(L || L)", "!L", "(- L)", "(L ? L : L)", "a[L]", "n++", "(i = L)", "(a[L] += L)", "(--a[L])",
		"(L in a)", "([*, S] in b)", "f(L, S)", "g(L)", "strlen(S)", "strtol(S, 10)", "@count(st)", "@avg(st)", "@variance(st)", "@max(sa[L])",
		"@hist_linear(st, 0, 10, 2)[L]", `(S =~ "(x|[a-f])+(y?)$")`, `(S !~ "^.")`, "ngroups()"))
}

func (w *writer) text() string {
	if w.depth++; w.depth > 12 {
		w.depth--
		return w.pick(`"x"`, "s", "t")
	}
	defer func() { w.depth-- }()
	return w.fill(w.pick(`"x"`, `"yab"`, "s", "t", "(S . S)", "b[L, S]", "(s .= S)", "(L ? S : S)", `sprintf("%d|%5s|%x", L, S, L)`,
		`sprintf("%.*s%c", L, S, L)`, "sprint(L, S)", "substr(S, L, L)", "h(S)", "matched(L)", "sprint(@hist_log(sh))"))
}

func (w *writer) stmt() string {
	if w.depth++; w.depth > 7 {
		w.depth--
		return w.fill("i = L;")
	}
	defer func() { w.depth-- }()
	if w.loops > 0 && w.IntN(8) == 0 {
		return w.pick("break;", "continue;")
	}
	if w.IntN(25) == 0 {
		return w.pick("next;", "error(s);")
	}
	form := w.pick("i = L;", "j += L;", "n = L;", "s = S;", "t = S;", "a[L] = L;", "b[L, S] = S;", "wr[L] = L;", "st <<< L;", "sh <<< L;", "sa[L] <<< L;",
		"delete a[L];", "delete b[*, S];", "delete st;", "delete wr;", "print(L, S);", `printdln(",", L, S);`, "println(@hist_log(sh));",
		"if (L) { B } else { B }", "if (L) { B B }", "try { B B } catch (m) { B s = m }", "try { B } catch { B }",
		"while (L) { B B }", "for (j = 0; j < I; j++) { B B }", "foreach (k in a) { B }", "foreach (v = k in a- limit L) { B }",
		"foreach ([k, q+] in b) { B }", "foreach ([k, q] in b[*, S]) { B }", "foreach (k in sa @sum-) { B }", "foreach (k in wr) { B }",
		"foreach (z in @hist_linear(st, 0, 10, 2)) { B }")
	loop := strings.HasPrefix(form, "while") || strings.HasPrefix(form, "for")
	if loop {
		w.loops++
		defer func() { w.loops-- }()
	}
	if strings.HasPrefix(form, "foreach") {
		w.each++
		defer func() { w.each-- }()
	}
	return w.fill(form)
}

func (w *writer) program() string {
	return w.fill(`global n, a, b, st, sh, sa[4], wr%[3]
function f(x:long, y:string) { i = x; s = y; j = 1; t = ""; if (x > 3) next; B return L }
function f(x:long, y:string) { i = x; s = y; j = 1; t = ""; B x = L; if (x) next; return x }
function f(x:long, y:string) { return x }
function g(x:long) { i = x; s = ""; j = 1; t = ""; B return L }
function h:string(y:string) { i = 1; s = y; j = 1; t = ""; try { B } catch (m) { return m } return S }
probe begin { i = 1; j = 2; s = ""; t = "t"; st <<< 1; sh <<< 1; sa[0] <<< 1; a[0] = 0; b[0, ""] = ""; wr[0] = 0; B B B B }
probe end { i = 1; j = 2; s = ""; t = "t"; B B B B println(n) }
`)
}

// play runs all handlers and gives all that is printed and said.
func (s *script) play() string {
	var out strings.Builder
	m := vm.New(s.code, vm.Options{
		Out: writerFunc(func(b []byte) { out.Write(b) }), Limits: vm.Limits{ActionsAside: 300, MapEntries: 20, StringLen: 64},
	})
	for _, p := range s.probes {
		if p.Point.Kind != builtin.Begin && p.Point.Kind != builtin.End {
			continue
		}
		if err := m.Run(p.Index, nil); err != nil {
			out.WriteString(s.describe(err))
		}
	}
	m.Display()
	return out.String()
}

type writerFunc func([]byte)

func (f writerFunc) Write(b []byte) (int, error) { f(b); return len(b), nil }

// TestRandomPrograms holds that random programs neither panic nor hang, and do
// the same when they are run again.
func TestRandomPrograms(t *testing.T) {
	const tries = 300
	ran := 0
	for seed := range uint64(tries) {
		w := &writer{Rand: rand.New(rand.NewPCG(seed, 7))}
		text := w.program()
		s := tryCompile(text)
		if s == nil {
			continue
		}
		ran++
		if first, again := s.play(), s.play(); first != again {
			t.Fatalf("seed %d: prints\n%s\nand then\n%s\nin:\n%s", seed, first, again, text)
		}
	}
	if ran < tries/3 {
		t.Errorf("only %d of %d programs could be run", ran, tries)
	}
}
