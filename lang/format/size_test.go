package format

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestLinear checks that eight times the text does not take thirty times the
// time.
func TestLinear(t *testing.T) {
	tests := []struct{ name, head, part, tail string }{
		{"statements", "probe a {", "x = y; ++z; f(a, b)\n", "}"},
		{"trailing comments", "probe a {\n", "x # y\n", "}"},
		{"own comments", "probe a {\n", "/* x */\n# y\n", "}"},
		{"semicolons", "probe a {\n", "; # x\n", "}"},
		{"probes", "", "probe a, b.c(1) { x }\n", ""},
		{"conditionals", "probe a {", "%( 1 == 1 %?\n x; %: y {\n %)", "}"},
		{"nested conditionals", "", "%( 1 == 1 %?\n", strings.Repeat("%)", 1)},
		{"else-if", "probe a {", strings.Repeat("if (x) y else ", 50) + "z\n", "}"},
		{"broken lines", "probe a { x = 1", "\n+ 1 + 1 + 1 + 1", "}"},
		{"points", "probe a", ", a.{b,\nc}", " { }"},
		{"macros", "", "@define x %( { %)\n", "global a"},
		{"arguments", "probe a {", "$1 x @2\n", "}"},
	}
	for _, test := range tests {
		text := func(n int) string {
			n /= len(test.part)
			tail := test.tail
			if tail == "%)" {
				tail = "probe a { }" + strings.Repeat(tail, n)
			}
			return test.head + strings.Repeat(test.part, n) + tail
		}
		small, big := text(1<<14), text(1<<17)
		once := timeOf(func() { Source("t", small) })
		eight := timeOf(func() { Source("t", big) })
		if eight > 30*once && eight > 200*time.Millisecond {
			t.Errorf("%s: %v for %d bytes, %v for %d", test.name, once, len(small), eight, len(big))
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

func BenchmarkSource(b *testing.B) {
	text := strings.Repeat("probe a.b, c { # what\n  if (x) { y = f(1,2); } else z++\n}\n", 1<<10)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Source("t", text)
	}
}
