package check_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tapir/lang/check"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// BenchmarkArticle is everything from the text to the checked program.
func BenchmarkArticle(b *testing.B) {
	for b.Loop() {
		set := &source.Set{}
		file, _ := syntax.Parse(set, "t.tp", article, syntax.Options{})
		if _, diags := check.Check(set, []*syntax.File{file}, newLibrary(set), x86, check.Options{}); diags.HasErrors() {
			b.Fatal(rendered(set, diags))
		}
	}
}

// bigScripts are a quarter of a megabyte each, of what could take long: calls in a chain either
// way, assignments that nothing reads, names that nothing declares, many loops.
func bigScripts() map[string]string {
	const size = 1 << 18
	fill := func(line func(i int) string) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			b.WriteString(line(i))
		}
		return b.String()
	}
	return map[string]string{
		"chain":  `probe begin { println(f0(1)) } ` + fill(func(i int) string { return fmt.Sprintf("function f%d(x) { y = f%d(x) return y }\n", i, i+1) }),
		"back":   fill(func(i int) string { return fmt.Sprintf("function f%d(x) { y = f%d(x) println(y) return y }\n", i+1, i) }) + ` function f0(x) { return x . "" } probe begin { f9("a") }`,
		"probes": fill(func(i int) string { return fmt.Sprintf("probe begin(%d) { x = %d println(x, f(x)) }\n", i, i) }) + ` function f(x) { return x + 1 }`,
		"globals": fill(func(i int) string {
			return fmt.Sprintf("global g%d probe begin(%d) { g%d[%d] = 1 foreach (k in g%d) println(k) }\n", i, i, i, i, i)
		}),
		"body":       `probe begin { ` + fill(func(i int) string { return fmt.Sprintf("v%d = %d; println(v%d)\n", i, i, i) }) + `}`,
		"unread":     `probe begin { exit() v0 = 1; ` + fill(func(i int) string { return fmt.Sprintf("v%d = v%d\n", i+1, i) }) + `}`,
		"undeclared": `probe begin { ` + fill(func(i int) string { return fmt.Sprintf("v%d[1] = nosuch%d()\n", i, i) }) + `}`,
		"unset":      `probe begin { ` + fill(func(i int) string { return fmt.Sprintf("println(v%d + 1)\n", i) }) + `}`,
		"points":     fill(func(i int) string { return fmt.Sprintf("probe nosuch%d { println(1) }\n", i) }),
		"wild":       fill(func(i int) string { return fmt.Sprintf("probe b*gin if (%d) { println(1) }\n", i) }),
		"overloads":  fill(func(i int) string { return fmt.Sprintf("function f(x) { if (x == %d) next println(x) }\n", i) }) + `probe begin { f(1) }`,
		"walks": `global a function w() { a[1] = 1 } probe begin { ` + fill(func(i int) string { return fmt.Sprintf("foreach (k in a) f%d()\n", i%100) }) + `}` +
			strings.Join(func() (list []string) {
				for i := range 100 {
					list = append(list, fmt.Sprintf(" function f%d() { println(%d) }", i, i))
				}
				return list
			}(), ""),
	}
}

// TestBig holds that the time of a check is in proportion to the script.
func TestBig(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	for name, text := range bigScripts() {
		set := &source.Set{}
		file, diags := syntax.Parse(set, "t.tp", text, syntax.Options{})
		if diags.HasErrors() {
			t.Fatalf("%s: %s", name, rendered(set, &source.Diagnostics{List: diags.List[:1]}))
		}
		began := time.Now()
		check.Check(set, []*syntax.File{file}, newLibrary(set), x86, check.Options{})
		took := time.Since(began)
		t.Logf("%-10s %v", name, took.Round(time.Millisecond))
		if took > 5*time.Second {
			t.Errorf("%s: %d bytes took %v", name, len(text), took)
		}
	}
}
