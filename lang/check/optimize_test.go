package check_test

import (
	"slices"
	"strings"
	"testing"

	"tapir/lang/check"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// TestElision holds what is left of a script, and the warnings on the way.
func TestElision(t *testing.T) {
	const noProbe = "Probe 'begin' has been elided"
	tests := []struct {
		text string
		want string // the first probe's body; "" if no probe is left
		told []string
	}{
		{`probe begin { }`, ``, []string{noProbe}},
		{`probe begin { ; { } }`, ``, []string{noProbe}},
		{`probe begin { x = 1 exit() }`, `exit()`, []string{"Eliding assignment to 'x'", "Eliding side-effect-free expression "}},
		{`probe begin { x = y = 1 exit() }`, `exit()`, []string{"Eliding assignment to 'y'", "Eliding assignment to 'x'", "Eliding side-effect-free expression "}},
		{`probe begin { x = speculation() exit() }`, `speculation() exit()`, []string{"Eliding assignment to 'x'"}},
		{`probe begin { x = 1; x++; exit() }`, `x = 1 x++ exit()`, nil},
		{`global g probe begin { g = 1 }`, `g = 1`, nil},
		{`global g probe begin { g = 1 x = g }`, `g = 1`, []string{"Eliding assignment to 'x'", "Eliding side-effect-free expression "}},
		{`probe begin { if (pid()) ; else exit() }`, `if (!pid()) exit()`, nil},
		{`global g probe begin { if (g++) ; }`, `g++`, nil},
		{`probe begin { if (pid()) { x = 1 } exit() }`, `exit()`, []string{"Eliding assignment to 'x'", "Eliding side-effect-free expression "}},
		{`probe begin { for (i = 0; i < 3; i++) ; exit() }`, `for (i = 0; i < 3; i++) exit()`, nil},
		{`probe begin { while (pid() == 1) { } exit() }`, `exit()`, nil},
		{`global a probe begin { a[1] = 1 foreach (k in a) { } }`, `a[1] = 1`, nil},
		{`probe begin { try { } catch { exit() } exit() }`, `exit()`, nil},
		{`probe begin { try { exit() } catch { } }`, `try { exit() } catch { }`, nil},
		{`function f() { return 1 } probe begin { f() exit() }`, `exit()`, []string{"Eliding side-effect-free expression "}},
		{`function f() { println(1) return 1 } probe begin { f() }`, `f()`, nil},
		{`function g() { exit() } function f() { g() } probe begin { f() }`, `f()`, nil},
		{`global n function f() { n++ } probe begin { f() }`, `f()`, nil},
		{`function f() { x = 1 x++ } probe begin { f() exit() }`, `exit()`, []string{"Eliding side-effect-free expression "}},
		{`function f() { } probe begin { f() exit() }`, `exit()`, []string{"Eliding side-effect-free expression ", "side-effect-free function 'f'"}},
		{`probe begin { "a" =~ "b" println(matched_str()) }`, `"a" =~ "b" println(matched_str())`, nil},
		{`probe begin { x = 1 delete x exit() }`, `x = 1 delete x exit()`, nil},
		// What literals decide.
		{`probe begin { if (0) println(1) exit() }`, `exit()`, nil},
		{`probe begin { if (1 == 1) exit() else println(1) }`, `exit()`, nil},
		{`probe begin { while (0) println(1) exit() }`, `exit()`, nil},
		{`probe begin { for (exit(); 0; ) println(1) }`, `exit()`, nil},
		{`probe begin { println(1 ? 2 : 3, "a" < "b", 2 * 3 - 1, 0 && pid(), !0, - -5) }`, `println(2, 1, 5, 0, 1, 5)`, nil},
		{`probe begin { println(1 / 0) }`, `println(1 / 0)`, nil},
		{`probe begin { println(@defined($x) ? $x : 7) }`, `println(7)`, nil},
		{`probe begin { println(@choose_defined($x, 8)) }`, `println(8)`, nil},
		{`probe begin { if (@defined($x)) println($x) else exit() }`, `exit()`, nil},
		{`probe begin { println(@defined(pid())) }`, `println(1)`, nil},
		// What is never reached.
		{`probe begin { exit() next println(1) }`, `exit() next`, []string{"statement will never be reached"}},
		{`function f(x) { if (x) { return 1; x = 2 } return 2 } probe begin { println(f(pid())) }`, `println(f(pid()))`,
			[]string{"statement will never be reached"}},
		{`function f(n) { println(n) } function f(m) { println(m) } probe begin { f(1) }`, `f(1)`, []string{"instance of overloaded function will never be reached"}},
		{`function f(n):2 { println(n) } function f(m):1 { println(m) next } probe begin { f(1) }`, `f(1)`, nil},
	}
	for _, test := range tests {
		set := &source.Set{}
		lib := newLibrary(set)
		file, diags := syntax.Parse(set, "t.tp", test.text, syntax.Options{Macros: lib.Macros(test.text)})
		if diags.HasErrors() {
			t.Errorf("%s:\n%s", test.text, rendered(set, diags))
			continue
		}
		p, diags := check.Check(set, []*syntax.File{file}, lib, x86, check.Options{})
		var told []string
		for _, d := range diags.List {
			if d.Severity == source.Warning && !strings.HasPrefix(d.Message, "never-assigned") && !slices.Contains(told, d.Message) {
				told = append(told, d.Message)
			}
		}
		got := ""
		if len(p.Probes) > 0 {
			text := syntax.StmtString(p.Probes[0].Body)
			got = strings.Join(strings.Fields(strings.ReplaceAll(text[1:len(text)-1], ";\n", "\n")), " ")
		}
		want := strings.Join(strings.Fields(test.want), " ")
		if got != want || !slices.Equal(told, test.told) {
			t.Errorf("%s\n got %s %q\nwant %s %q\n%s", test.text, got, told, want, test.told, rendered(set, diags))
		}
	}
}

// TestUnoptimized holds that -u keeps what has no effect.
func TestUnoptimized(t *testing.T) {
	r := checkText(t, `probe begin { x = 1 if (0) println(2) } probe end { }`, check.Options{Unoptimized: true})
	if len(r.diags.List) > 0 || len(r.prog.Probes) != 2 || len(r.prog.Probes[0].Body.Stmts) != 1 {
		t.Errorf("got %s\n%s", syntax.StmtString(r.prog.Probes[0].Body), rendered(r.set, r.diags))
	}
	complete(t, r.prog)
}

// TestVerboseUnused holds that -v tells of declarations that nothing uses.
func TestVerboseUnused(t *testing.T) {
	r := checkText(t, `global spare function idle() { exit() } probe begin { exit() }`, check.Options{Verbose: true})
	var told []string
	for _, d := range r.diags.List {
		told = append(told, d.Message)
	}
	if want := []string{"Eliding unused variable 'spare'", "Eliding unused function 'idle'"}; !slices.Equal(told, want) {
		t.Errorf("got %q, want %q", told, want)
	}
}

// TestStatistics holds what the program asks of its statistics.
func TestStatistics(t *testing.T) {
	p := good(t, `global a, b, c probe begin {
		a <<< 1; b[1] <<< 2; c <<< 3
		print(@hist_log(a)) print(@hist_linear(b[1], -10, 10, 2))
		println(@variance(b[1]), @variance(c, 3), @variance(c, 3))
	}`)
	var got []string
	for _, g := range p.Globals {
		line := g.Name
		if h := g.Histogram; h != nil {
			line += " hist"
			if h.Linear && *h == *p.Globals[1].Histogram {
				line += " linear"
			}
		}
		if g.Variance {
			line += " variance" + strings.Repeat("<", g.Shift)
		}
		got = append(got, line)
	}
	if want := []string{"a hist", "b hist linear variance", "c variance<<<"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, params := range []string{"0, 10, 0", "10, 5, 1", "0, 1000, 1"} {
		r := checkText(t, `global a probe begin { a <<< 1 print(@hist_linear(a, `+params+`)) }`, check.Options{})
		if len(r.diags.List) != 1 || r.diags.HasErrors() {
			t.Errorf("%s: got %s, want a warning", params, rendered(r.set, r.diags))
		}
	}
}
