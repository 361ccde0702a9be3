package session

import (
	"os"
	"strings"
	"testing"
	"time"

	"tapir/compiler/plan"
)

// TestLifeCycle runs scripts without event probes, which need no privilege.
func TestLifeCycle(t *testing.T) {
	tests := []struct {
		name      string
		script    string
		o         Options
		out, errs string
		status    int
	}{
		{
			name:   "begin probes by priority, ties in order",
			script: `probe begin(5) {println("c")} probe begin {println("a")} probe begin {println("b")} probe begin(-1) {println("first")} probe begin(6) {exit()} probe end(-1) {println("d")} probe end(7) {println("e")}`,
			out:    "first a b c d e",
		},
		{
			name:   "exit in begin lets no other begin probe run",
			script: `probe begin { println("a"); exit(); println("b") } probe begin(1) { println("no") } probe end { println("end") }`,
			out:    "a b end",
		},
		{
			name:   "an error runs error probes in place of end probes",
			script: `probe begin { println("a"); println(1/0) } probe begin { println("same point") } probe begin(1) { println("no") } probe end { println("no") } probe error { println("error") }`,
			out:    "a same point error",
			errs:   "ERROR: division by 0 near operator '/' at test.tp:1:38 in probe begin\nWARNING: Number of errors: 1, skipped probes: 0\n",
			status: 1,
		},
		{
			name:   "an error in a function tells who called it",
			script: "function f(x) { return 10 % x }\nprobe begin { println(f(0)) }",
			errs: "ERROR: division by 0 near operator '%' at test.tp:1:27 (called from identifier 'f' at test.tp:2:23) in probe begin\n" +
				"WARNING: Number of errors: 1, skipped probes: 0\n",
			status: 1,
		},
		{
			name:   "error()'s message stands alone",
			script: `probe begin { error("100% bad\n") }`,
			errs:   "ERROR: 100% bad\nWARNING: Number of errors: 1, skipped probes: 0\n",
			status: 1,
		},
		{
			name:   "an error in an end probe",
			script: `probe begin { exit() } probe end { println("a"); error("in end") } probe end(5) { println("no") } probe error { println("error") }`,
			out:    "a error",
			errs:   "ERROR: in end\nWARNING: Number of errors: 1, skipped probes: 0\n",
			status: 1,
		},
		{
			name:   "errors below the limit",
			script: `global n probe timer.ms(1) { n++; println(n); if (n % 2) error("odd"); if (n > 20) exit() } probe end { println("no") } probe error { println("error ", n) }`,
			o:      Options{MaxErrors: 1},
			out:    "1 2 3 error 3",
			errs:   "ERROR: odd\nERROR: odd\nWARNING: Number of errors: 2, skipped probes: 0\n",
			status: 1,
		},
		{
			name:   "errors that are suppressed",
			script: `probe begin { error("one") } probe begin(1) { println("on") ; exit() } probe end { println("end"); error("two") }`,
			o:      Options{SuppressErrors: true},
			out:    "on end",
			errs:   "WARNING: Number of errors: 2, skipped probes: 0\n",
		},
		{
			name:   "the display comes between end probes",
			script: `global a probe begin { a = 1; exit() } probe end(5) { println("e") } probe end { println("d") }`,
			out:    "d a=1 e",
		},
		{
			name:   "the time is over",
			script: `probe begin { println("a") } probe end { println("end") }`,
			o:      Options{Timeout: time.Millisecond},
			out:    "a end",
		},
		{
			name:   "timers",
			script: `global n probe timer.ms(2) { println(n++); if (n == 3) exit() } probe timer.s(100) { println("no") }`,
			out:    "0 1 2",
		},
		{
			name:   "warnings come behind what was printed",
			script: `probe begin { println("a"); warn("w"); exit() }`,
			out:    "a", errs: "WARNING: w\n",
		},
		{
			name:   "no warnings",
			script: `probe begin { warn("w"); exit() }`,
			o:      Options{Quiet: true},
		},
		{
			name:   "what is written and never read is shown",
			script: `global a, b, c probe begin { a = 1; b["x", 2] = 3; c = a; exit() }`,
			out:    `b["x",2]=3 c=1`,
		},
		{
			name:   "unless it is not wanted",
			script: `global a probe begin { a = 1; exit() }`,
			o:      Options{NoDisplay: true},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := run(t, tt.script, plan.Auto, tt.o)
			if got := strings.Join(o.lines(), " "); got != tt.out {
				t.Errorf("printed %q, want %q\n%s", got, tt.out, tt.script)
			}
			if o.err != tt.errs {
				t.Errorf("reported\n%swant\n%s%s", o.err, tt.errs, tt.script)
			}
			if o.Status() != tt.status {
				t.Errorf("status %d, want %d", o.Status(), tt.status)
			}
		})
	}
}

func TestFullDisk(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	o := run(t, `probe timer.ms(1) { println("x") }`, plan.Auto, Options{Out: f})
	const want = "ERROR: write to /dev/full: no space left on device\nWARNING: Number of errors: 1, skipped probes: 0\n"
	if o.err != want || o.Status() != 1 {
		t.Errorf("reported %q, status %d; want %q, 1", o.err, o.Status(), want)
	}
}

func TestCommandStatus(t *testing.T) {
	const script = `probe begin { println(target() > 0) } probe end { println("end") }`
	tests := []struct {
		name   string
		exit   int
		errs   string
		status int
	}{
		{"good", 0, "", 0},
		{"a status", 3, "WARNING: Child process exited with status 3\n", 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := run(t, script, plan.Auto, Options{Command: self(t, "__exit", tt.exit)})
			if o.out != "1\nend\n" || o.err != tt.errs || o.Status() != tt.status {
				t.Errorf("printed %q, reported %q, status %d; want %q, %d", o.out, o.err, o.Status(), tt.errs, tt.status)
			}
		})
	}
	t.Run("a signal", func(t *testing.T) {
		o := run(t, script, plan.Auto, Options{Command: "kill -9 $$"})
		if want := "WARNING: Child process exited with signal 9 (killed)\n"; o.err != want || o.Status() != 2 {
			t.Errorf("reported %q, status %d; want %q, 2", o.err, o.Status(), want)
		}
	})
}
