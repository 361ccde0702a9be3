package check_test

import (
	"testing"
	"time"

	"tapir/lang/check"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// FuzzCheck holds that no script that can be parsed makes the check panic, and
// that what is wrong with it can be shown.
func FuzzCheck(f *testing.F) {
	for _, text := range []string{
		article,
		`global a, b%[3] probe a.b = begin { x = 1 }, { y++ } probe a.b { delete a[*, 1] foreach (v = [k, l-] in a[*, 2] limit 3) b[k] .= "x" }`,
		`function f:string(x:long, y) { return sprintf("%*d", x, y) } probe syscall.{fork,vf*}.return ?, timer.ms(3) if (a) { println(f(1, 2) . "a") }`,
		`probe never { try { x <<< @count(y)[1] } catch (e) { $x->y = @cast(1, "a") } "a" =~ "b" next }`,
		`global s, h[3] probe begin { s <<< 1; h["a"] <<< 2; print(@hist_log(s)) foreach (b in @hist_linear(h["a"], 0, 9, 1)) x = @hist_log(s)[b] println(@variance(s, 3), x) }`,
		`global g function f(n) { if (n) next return "a" } function f(m) { return "b" } probe begin { try { error(f(1)) } catch (g) { println(g) } foreach (g in g) delete g }`,
		`probe {begin, b**}.{a,b} if (@defined($x)) { if (0) break; "a" =~ "(b|c)*" println(matched_str(), 1 ? 2 : x) next println(1) }`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer func(began time.Time) {
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
		}(time.Now())
		set := &source.Set{}
		file, diags := syntax.Parse(set, "t.tp", text, syntax.Options{Guru: true})
		if diags.HasErrors() {
			return
		}
		prog, diags := check.Check(set, []*syntax.File{file}, newLibrary(set), x86, check.Options{})
		rendered(set, diags)
		if !diags.HasErrors() {
			complete(t, prog)
		}
	})
}
