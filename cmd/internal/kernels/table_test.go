package main

import (
	"os"
	"strings"
	"testing"
)

const output = `=== RUN   TestA
--- PASS: TestA (0.00s)
=== RUN   TestB
=== RUN   TestB/one
    b_test.go:3: wrong
--- FAIL: TestB (0.00s)
    --- FAIL: TestB/one (0.00s)
=== RUN   TestC
--- SKIP: TestC (0.00s)
FAIL
`

func TestParse(t *testing.T) {
	r := parse(output)
	for name, want := range map[string]status{"TestA": passed, "TestB/one": failed, "TestC": skipped, "TestC/part": skipped, "TestD": ""} {
		if got := r.of(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := failures(output); !strings.Contains(got, "b_test.go:3: wrong") || strings.Contains(got, "TestA") {
		t.Errorf("failures:\n%s", got)
	}
	if got, want := r.summary(), "1 passed, 2 failed, 1 skipped"; got != want {
		t.Errorf("summary: got %q, want %q", got, want)
	}
}

// TestPage holds that the page has a row for every feature, and that none fails.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/kernels.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range features {
		if !strings.Contains(string(page), "| "+f.name+" |") {
			t.Errorf("docs/kernels.md has no row for %s; make test-kernels writes it", f.name)
		}
	}
	if strings.Contains(string(page), "fails") {
		t.Error("docs/kernels.md has features that fail")
	}
}
