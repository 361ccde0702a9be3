package check_test

import (
	"strings"
	"testing"

	"tapir/lang/check"
)

func TestPrint(t *testing.T) {
	const script = `global w%[7], n = 3, s, unused
function twice:long(x) { y = x * 2; return y }
function hello(who) { println("hello " . who) }
probe begin, timer.s(1) if (n) { x = twice(n); w["a", x] = 1; s <<< x; hello("you") }
probe end { println(@count(s), w["a", 2]) }
`
	const want = `# globals
w%[7]:long [string, long]
n:long = 3
s:stats
unused:long
# functions
hello:unknown (who:string)
twice:long (x:long)
  # locals
  y:long
# probes
begin /* <- begin */
  # locals
  x:long
timer.s(1) if (n) /* <- timer.s(1) */
  # locals
  x:long
end /* <- end */
`
	p := good(t, script)
	var b strings.Builder
	if err := check.Print(&b, p, check.PrintOptions{}); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
	b.Reset()
	if err := check.Print(&b, p, check.PrintOptions{Bodies: true}); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"y = x * 2", "s <<< x", `println("hello " . who)`} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("no %q in\n%s", line, b.String())
		}
	}
}
