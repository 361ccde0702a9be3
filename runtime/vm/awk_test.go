package vm_test

import (
	"os/exec"
	"testing"
	"time"

	"tapir/runtime/vm"
)

// sideBySide are programs in the language and in awk that do the same.
var sideBySide = []struct{ name, script, awk string }{
	{
		"loop",
		`probe begin { for (i = 0; i < 1000000; i++) s += i; println(s) }`,
		`BEGIN { for (i = 0; i < 1000000; i++) s += i; printf "%.0f\n", s }`,
	},
	{
		"branches",
		`probe begin { for (i = 0; i < 1000000; i++) { if (i % 3 == 0 || i % 5 == 0) s += i; else t++ } println(s, " ", t) }`,
		`BEGIN { for (i = 0; i < 1000000; i++) { if (i % 3 == 0 || i % 5 == 0) s += i; else t++ } printf "%.0f %d\n", s, t }`,
	},
	{
		"function",
		`function f(x, y) { return x * 2 + y } probe begin { for (i = 0; i < 1000000; i++) s = f(i, s % 1000); println(s) }`,
		`function f(x, y) { return x * 2 + y } BEGIN { for (i = 0; i < 1000000; i++) s = f(i, s % 1000); print s }`,
	},
	{
		"array of numbers",
		`global a probe begin { for (i = 0; i < 1000000; i++) a[i % 1000] += i; println(a[7]) }`,
		`BEGIN { for (i = 0; i < 1000000; i++) a[i % 1000] += i; print a[7] }`,
	},
	{
		"array of strings",
		`global a probe begin { for (i = 0; i < 1000000; i++) a["key" . sprint(i % 100)]++; println(a["key7"]) }`,
		`BEGIN { for (i = 0; i < 1000000; i++) a["key" (i % 100)]++; print a["key7"] }`,
	},
}

// BenchmarkAwk runs the programs here and under the system's awk, one after the
// other, and reports how many times its time they take; its start is part of it.
func BenchmarkAwk(b *testing.B) {
	awk, err := exec.LookPath("awk")
	if err != nil {
		b.Skip("needs awk to compare with")
	}
	for _, p := range sideBySide {
		b.Run(p.name, func(b *testing.B) {
			s := compile(b, p.script)
			limits := vm.Limits{ActionsAside: 1 << 40}
			var ours, theirs time.Duration
			for b.Loop() {
				start := time.Now()
				got := s.run(vm.Options{Limits: limits})
				ours += time.Since(start)
				start = time.Now()
				want, err := exec.CommandContext(b.Context(), awk, p.awk).Output()
				theirs += time.Since(start)
				if err != nil {
					b.Fatal(err)
				}
				if got.out != string(want) {
					b.Fatalf("got %s%s, awk prints %s", got.out, got.errs, want)
				}
			}
			b.ReportMetric(float64(ours)/float64(theirs), "times-awk")
			b.ReportMetric(float64(ours)/float64(b.N)/1e6, "ns/round")
			b.ReportMetric(float64(theirs)/float64(b.N)/1e6, "awk-ns/round")
		})
	}
}
