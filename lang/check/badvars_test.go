package check_test

import (
	"bytes"
	"strings"
	"testing"

	"tapir/lang/check"
)

func TestSkipBadVars(t *testing.T) {
	for _, test := range []struct {
		text     string
		want     string
		warnings int
	}{
		{`probe begin { println($x + 1) }`, "println(1)", 1},
		{`probe begin { println($x->y[3], &$z) }`, "println(0, 0)", 2},
		{`probe begin { printf("%s", $$vars . $x$) }`, `printf("%s", ""`, 2},
		{`probe begin { println(@var("x@y.c")) }`, "println(0)", 1},
		{`probe begin { if (@defined($x)) println($x); else println(2) }`, "println(2)", 0},
		{`probe begin { println(@defined($x) ? $x : 3) }`, "println(3)", 0},
		{`function f() { return $x } probe begin { println(f()) }`, "return 0", 1},
	} {
		r := checkText(t, test.text, check.Options{SkipBadVars: true})
		if r.diags.HasErrors() || len(r.diags.List) != test.warnings {
			t.Errorf("%s: got %d messages, want %d\n%s", test.text, len(r.diags.List), test.warnings, rendered(r.set, r.diags))
			continue
		}
		var b bytes.Buffer
		if err := check.Print(&b, r.prog, check.PrintOptions{Bodies: true}); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); !strings.Contains(strings.ReplaceAll(got, " ", ""), strings.ReplaceAll(test.want, " ", "")) {
			t.Errorf("%s: got\n%s\nwant %s in it", test.text, got, test.want)
		}
	}
	for _, text := range []string{`probe begin { $x = 1 }`, `probe begin { println(@cast(0, "t")->x) }`} {
		if r := checkText(t, text, check.Options{SkipBadVars: true}); !r.diags.HasErrors() {
			t.Errorf("%s is accepted", text)
		}
	}
}

// TestHistogramBuckets holds that the bound of a histogram's buckets is what
// Options says.
func TestHistogramBuckets(t *testing.T) {
	const text = `global s probe begin { s <<< 1 print(@hist_linear(s, 0, 150, 1)) }`
	for most, want := range map[int]string{0: "between 3 and 128", 100: "between 3 and 100", 153: ""} {
		r := checkText(t, text, check.Options{HistBuckets: most})
		got := rendered(r.set, r.diags)
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%d buckets: got %q, want %q", most, got, want)
		}
	}
}
