package main

import (
	"os/exec"
	"time"
)

// VMRow is a row of the table of the user side's speed: what one pass through a
// loop takes, beside the same program in awk.
type VMRow struct {
	Name  string  `json:"name"`
	Tapir float64 `json:"tapir_ns"`
	AWK   float64 `json:"awk_ns,omitempty"` // 0: there is no awk
}

// loops are programs that do the same a number of times.
var loops = []struct {
	name   string
	passes int
	script string
	awk    string
}{
	{"a loop that adds", 5_000_000,
		`probe begin { for (i = 0; i < 5000000; i++) s += i; println(s); exit() }`,
		`BEGIN { for (i = 0; i < 5000000; i++) s += i; printf "%d\n", s }`},
	{"updates of an array with 100 numbers as keys", 5_000_000,
		`global a probe begin { for (i = 0; i < 5000000; i++) a[i % 100] += i; println(a[5]); exit() }`,
		`BEGIN { for (i = 0; i < 5000000; i++) a[i % 100] += i; printf "%d\n", a[5] }`},
	{"updates of an array with 100 texts as keys", 2_000_000,
		`global a probe begin { for (i = 0; i < 2000000; i++) a["k" . sprint(i % 100)]++; println(a["k5"]); exit() }`,
		`BEGIN { for (i = 0; i < 2000000; i++) a["k" (i % 100)]++; print a["k5"] }`},
	{"calls of a function", 2_000_000,
		`function f(x) { return x + 1 } probe begin { for (i = 0; i < 2000000; i++) s = f(s); println(s); exit() }`,
		`function f(x) { return x + 1 } BEGIN { for (i = 0; i < 2000000; i++) s = f(s); printf "%d\n", s }`},
}

// loopRuns is how often each program runs; the fastest run counts, for nothing
// but other work on the machine makes one slower.
const loopRuns = 5

// findAWK is the path of an awk: of the one that was asked for, or of goawk, which
// is written in Go as well, or of what the machine has; "" if there is none.
func findAWK(name string) string {
	for _, name := range []string{name, "goawk", "awk"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func measureLoops(o options) ([]VMRow, error) {
	var rows []VMRow
	for _, l := range loops {
		row := VMRow{Name: l.name}
		for range loopRuns {
			err := fastest(&row.Tapir, l.passes, o.rt, o.tapir, "-g", "--suppress-time-limits", "-e", l.script)
			if err == nil && o.awk != "" {
				err = fastest(&row.AWK, l.passes, o.rt, o.awk, l.awk)
			}
			if err != nil {
				return nil, err
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// fastest runs a command and lowers best to the nanoseconds of a pass, if they are
// less.
func fastest(best *float64, passes int, rt bool, name string, args ...string) error {
	d, err := timeRun(exec.Command(name, args...), rt)
	if err != nil {
		return err
	}
	if ns := float64(d) / float64(passes) / float64(time.Nanosecond); *best == 0 || ns < *best {
		*best = ns
	}
	return nil
}
