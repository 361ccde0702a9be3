package check_test

import (
	"testing"

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
