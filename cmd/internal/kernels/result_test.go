package main

import (
	"strings"
	"testing"
)

const output = mark + `a/b
=== RUN   TestA
--- PASS: TestA (0.25s)
=== RUN   TestB
=== RUN   TestB/one
    b_test.go:3: wrong
--- FAIL: TestB (0.00s)
    --- FAIL: TestB/one (0.00s)
=== RUN   TestC
    c_test.go:7: needs more
--- SKIP: TestC (0.00s)
FAIL
` + brokenMark + "a/b\n" + mark + `c
=== RUN   TestD
`

func TestParse(t *testing.T) {
	r := parse(output)
	for name, want := range map[string]status{"a/b.TestA": passed, "a/b.TestB/one": failed, "a/b.TestC": skipped, "a/b.TestC/part": skipped, "a/b.TestD": "", "c.TestD": ""} {
		if got := r.of(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got, want := r.texts["a/b.TestB/one"], "    b_test.go:3: wrong\n"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	if got, want := r.summary(), "1 passed, 2 failed, 1 skipped"; got != want {
		t.Errorf("summary: got %q, want %q", got, want)
	}
	if got, want := r.running(), " in c.TestD"; got != want {
		t.Errorf("running: got %q, want %q", got, want)
	}
	if len(r.broken) != 1 || r.took["a/b.TestA"] != 0.25 || r.slowest(1)[0] != "a/b.TestA" {
		t.Errorf("got %+v", r)
	}
}

// TestFailure holds what fails a run: a test that failed twice, a guest that died; not
// one that there was no time for.
func TestFailure(t *testing.T) {
	c := &column{kernel: "1.0"}
	r := parse(output)
	c.add(r, output)
	c.broken = r.broken
	if suites := c.failed(); len(suites) != 0 {
		t.Errorf("got %+v: a/b is none of the packages", suites)
	}
	if err := c.failure(); err == nil || !strings.Contains(err.Error(), "a/b.TestB/one on 1.0") {
		t.Errorf("got %v", err)
	}
	second := &column{}
	second.add(results{ends: map[string]status{"a/b.TestB": passed, "a/b.TestB/one": passed}}, "")
	c.retried(second)
	if err := c.failure(); err != nil || len(c.unsteady) != 2 {
		t.Errorf("got %v, unsteady %q", err, c.unsteady)
	}
	c.missing = "the time is over"
	if err := c.failure(); err != nil {
		t.Errorf("got %v", err)
	}
	c.broken = []string{"the guest died"}
	if err := c.failure(); err == nil {
		t.Error("a guest that died is no failure")
	}
}

// TestLiveTests finds the tests of the live kernel by the text, and no others.
func TestLiveTests(t *testing.T) {
	t.Chdir(root)
	names, err := liveTests("runtime/session")
	if err != nil {
		t.Fatal(err)
	}
	all := " " + strings.Join(names, " ") + " "
	for name, want := range map[string]bool{"TestFunctions": true, "TestMarks": true, "TestLossFailsIfAsked": false, "TestLifeCycle": false, "TestMain": false} {
		if strings.Contains(all, " "+name+" ") != want {
			t.Errorf("%s: want %t", name, want)
		}
	}
}
