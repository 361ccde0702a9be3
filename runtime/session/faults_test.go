package session

import (
	"fmt"
	"strings"
	"testing"

	"tapir/bpf/layout"
)

// TestManyFaults holds that of many reads the one that fails is told, wherever it is.
func TestManyFaults(t *testing.T) {
	needRoot(t)
	for _, row := range []struct {
		name  string
		reads int
		bad   []int
		entry bool // something is kept from the call's entry
	}{
		{name: "none", reads: 40},
		{name: "first", reads: 40, bad: []int{0}},
		{name: "last of the header", reads: 40, bad: []int{30}},
		{name: "first of the record", reads: 40, bad: []int{31}},
		{name: "in the midst", reads: 60, bad: []int{35, 40}},
		{name: "last of a word", reads: 120, bad: []int{94, 100}},
		{name: "second word", reads: 120, bad: []int{95, 96}},
		{name: "last", reads: 120, bad: []int{119}},
		{name: "with an entry", reads: 50, bad: []int{44}, entry: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			var b strings.Builder
			call := "on getppid {"
			if row.entry {
				call = "on getppid.return { println(@entry(tid()) == tid());"
			}
			b.WriteString(call + " t = task_current()\n")
			bad := 0
			for i := range row.reads {
				at := fmt.Sprintf("t + %d", 8*i)
				if bad < len(row.bad) && row.bad[bad] == i {
					at, bad = fmt.Sprint(8+i), bad+1
				}
				fmt.Fprintf(&b, "  println(%d, kernel_long(%s) == 123456789)\n", i, at)
			}
			b.WriteString("}\nprobe end { println(\"end\") }\n")
			o := compare(t, script(b.String()), Options{Command: self(t, "__work", 7, 300), MaxErrors: 1000})
			if got := o.sum(layout.Sent); got == 0 || (len(row.bad) > 0) != (o.Errors > 0) {
				t.Errorf("%d events, %d errors", got, o.Errors)
			}
		})
	}
}
