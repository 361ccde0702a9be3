package check_test

import (
	"testing"

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
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
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
