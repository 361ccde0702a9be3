package syntax

import (
	"strings"
	"testing"

	"github.com/alecthomas/participle/v2"

	"tapir/lang/source"
)

// benchScript is 2 KB of ordinary script.
var benchScript = func() string {
	var b strings.Builder
	for _, n := range []string{"1", "2", "3"} { // globals may be declared once
		b.WriteString(strings.ReplaceAll(benchPart, "#N", n))
	}
	return b.String()
}()

const benchPart = `
# what a process asks of another
global watch#N%[100], mutator#N = "driver", total#N
function trace:long (str:string, n) {
	if (n > 0 && str != "") printf("%16s[%5d] %s\n", execname(), pid(), str)
	return n * 2 + 1
}
probe syscall.ptrace.return, syscall.{fork, vfork}.return ? {
	if (execname() == mutator#N && [request, tid()] in watch#N)
		total#N += trace(sprintf("%s (%s)", name, argstr), gettimeofday_us() - start)
	foreach ([a-, b] in watch#N limit 10) { delete watch#N[a, b]; next }
	for (i = 0; i < 10; i++) while (total#N >>= 1) $task->comm[i]$$
}
`

func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(benchScript)))
	b.ReportAllocs()
	for b.Loop() {
		if _, ds := Parse(&source.Set{}, "bench", benchScript, Options{}); len(ds.List) > 0 {
			b.Fatal(ds.List[0].Message)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	b.SetBytes(int64(len(benchScript)))
	b.ReportAllocs()
	for b.Loop() {
		newUnit(&source.Set{}, "bench", benchScript, Options{}).scan()
	}
}

// BenchmarkBuildGrammar is what the first text of a run costs more.
func BenchmarkBuildGrammar(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		participle.MustBuild[declaration](grammarOptions()...)
	}
}
