package syntax

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tapir/lang/source"
)

// bigScripts are texts of about n bytes each that hold one thing many times.
var bigScripts = []struct {
	name string
	make func(n int) string
	o    Options
}{
	{"probes", func(n int) string { return strings.Repeat("probe begin { x++; y = x }\n", n/27) }, Options{}},
	{"globals", func(n int) string {
		var b strings.Builder
		for i := range n / 16 {
			fmt.Fprintf(&b, "global a%08d\n", i)
		}
		return b.String()
	}, Options{}},
	{"functions", func(n int) string {
		var b strings.Builder
		for i := range n / 40 {
			fmt.Fprintf(&b, "function f%08d(a, b) { return a + b }\n", i)
		}
		return b.String()
	}, Options{}},
	{"statements", func(n int) string { return "probe begin {\n" + strings.Repeat("\tx = a + b * c\n", n/16) + "}" }, Options{}},
	{"blank lines", func(n int) string { return strings.Repeat("\n", n) + "global a" }, Options{}},
	{"comments", func(n int) string { return strings.Repeat("# a /* b\n", n/9) + "global a" }, Options{}},
	{"adjacent strings", func(n int) string { return "probe begin { x = " + strings.Repeat(`"a\n" `, n/6) + "}" }, Options{}},
	{"long string", func(n int) string { return `probe begin { x = "` + strings.Repeat(`\q`, n/2) + `" }` }, Options{}},
	{"else-if chains", func(n int) string {
		return strings.Repeat("probe begin { "+strings.Repeat("if (x) y; else ", 300)+"z }\n", n/4500)
	}, Options{}},
	{"nesting", func(n int) string {
		return strings.Repeat("probe begin { x = "+strings.Repeat("(", 400)+"1"+strings.Repeat(")", 400)+" }\n", n/820)
	}, Options{}},
	{"concatenations", func(n int) string {
		return strings.Repeat("probe begin { x = y"+strings.Repeat(` . "z"`, 400)+" }\n", n/2400)
	}, Options{}},
	{"points", func(n int) string { return "probe " + strings.Repeat("a.b, ", n/5) + "c { }" }, Options{}},
	{"brace groups", func(n int) string { return strings.Repeat("probe a.{b, c}.{d, e.f} { }\n", n/28) }, Options{}},
	{"conditionals", func(n int) string {
		return strings.Repeat("%( 1 == 1 %? global a %: global b %) probe c { }\n", 1) + strings.Repeat("%( 1 == 2 %? x %: probe c { } %)\n", n/33)
	}, Options{}},
	{"nested conditionals", func(n int) string {
		return strings.Repeat("%( 1 == 1 %? ", n/20) + "probe c { }" + strings.Repeat(" %)", n/20)
	}, Options{}},
	{"skipped conditionals", func(n int) string {
		return strings.Repeat("%( 1 == 2 %? ", n/20) + strings.Repeat(" %)", n/20) + "probe c { }"
	}, Options{}},
	{"arguments", func(n int) string { return "probe begin { " + strings.Repeat("x = $1 ", n/7) + "}" }, Options{Args: []string{"12"}}},
	{"macros", func(n int) string {
		return "@define m %( x + 1 %) probe begin { " + strings.Repeat("y = @m; ", n/8) + "}"
	}, Options{}},
	{"macro arguments", func(n int) string {
		return "@define m(a, b) %( @a + @b %) probe begin { " + strings.Repeat("y = @m((1), (z[2])); ", n/22) + "}"
	}, Options{}},
	{"errors", func(n int) string { return strings.Repeat("probe begin { = }\n", n/18) }, Options{}},
	{"embedded code", func(n int) string { return strings.Repeat("%{ x %}\n", n/8) }, Options{Guru: true}},
}

// TestLinear checks that no text takes much longer than its length warrants:
// eight times the text must not take thirty times the time.
func TestLinear(t *testing.T) {
	for _, test := range bigScripts {
		small, big := test.make(1<<14), test.make(1<<17)
		once := timeOf(func() { Parse(&source.Set{}, "t", small, test.o) })
		eight := timeOf(func() { Parse(&source.Set{}, "t", big, test.o) })
		if eight > 30*once && eight > 200*time.Millisecond {
			t.Errorf("%s: %v for %d bytes, %v for %d", test.name, once, len(small), eight, len(big))
		}
	}
}

// TestBigScripts checks that a script is not refused for its size alone.
func TestBigScripts(t *testing.T) {
	for _, test := range bigScripts {
		if test.name == "errors" || test.name == "embedded code" {
			continue
		}
		set := &source.Set{}
		_, ds := Parse(set, "t", test.make(3<<18), test.o)
		if ds.HasErrors() {
			t.Errorf("%s: %s", test.name, ds.List[0].Message)
		}
	}
}

// timeOf is the time that the CPU works, the better of two: what else the machine does is
// not in it.
func timeOf(do func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	best := time.Hour
	for range 2 {
		start := threadTime()
		do()
		best = min(best, threadTime()-start)
	}
	return best
}

// threadTime is how long the thread has run.
func threadTime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		panic(err)
	}
	return time.Duration(ts.Nano())
}

// BenchmarkBig has the throughput for megabytes of each kind of text.
func BenchmarkBig(b *testing.B) {
	for _, test := range bigScripts {
		text := test.make(1 << 20)
		b.Run(strings.ReplaceAll(test.name, " ", "-"), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Parse(&source.Set{}, "t", text, test.o)
			}
		})
	}
}
