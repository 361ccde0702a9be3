package main

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestLibrary runs the tests of the ready scripts, as `tapir test` does. Many of them look
// at the whole machine, which other tests keep busy at the same time: what fails is tried
// once more, by itself.
func TestLibrary(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: the scripts trace the live kernel")
	}
	all := runTests(t)
	if len(all) < 10 {
		t.Errorf("only %d tests", len(all))
	}
	for _, r := range all {
		t.Run(r.name, func(t *testing.T) {
			switch r.state {
			case "SKIP":
				t.Skip(r.detail)
			case "none":
				t.Error(r.detail)
			case "FAIL":
				again(t, r)
			}
		})
	}
}

// again runs the tests of a script once more.
func again(t *testing.T, failed result) {
	t.Helper()
	script, _, _ := strings.Cut(failed.name, ".")
	for _, r := range runTests(t, "-j", "1", filepath.Join("..", "..", "scripts", script+".tp")) {
		if r.state == "FAIL" {
			t.Fatal(r.detail)
		}
	}
	t.Logf("it has failed once beside other tests:\n%s", failed.detail)
}

// result is how a test has ended.
type result struct{ name, state, detail string }

var testedLine = regexp.MustCompile(`^(ok|FAIL|SKIP|none) +([^ :]+)`)

// runTests runs `tapir test` with arguments.
func runTests(t *testing.T, args ...string) []result {
	t.Helper()
	var out, errs bytes.Buffer
	c := exec.Command("tapir", append([]string{"test", "-v"}, args...)...) // testscript.Main has put it into the path
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	if errs.Len() > 0 {
		t.Error(errs.String())
	}
	var list []result
	for lines := bufio.NewScanner(&out); lines.Scan(); {
		if m := testedLine.FindStringSubmatch(lines.Text()); m != nil {
			list = append(list, result{name: m[2], state: m[1]})
		}
		if n := len(list); n > 0 {
			list[n-1].detail += lines.Text() + "\n"
		}
	}
	return list
}
