package main

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

var testedLine = regexp.MustCompile(`^(ok|FAIL|SKIP|none) +([^ :]+)`)

// TestLibrary runs the tests of the ready scripts, as `tapir test` does.
func TestLibrary(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: the scripts trace the live kernel")
	}
	var out, errs bytes.Buffer
	c := exec.Command("tapir", "test", "-v") // testscript.Main has put it into the path
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	if errs.Len() > 0 {
		t.Error(errs.String())
	}
	tests := 0
	var state, name string
	var detail strings.Builder
	report := func() {
		if name == "" {
			return
		}
		t.Run(name, func(t *testing.T) {
			switch state {
			case "SKIP":
				t.Skip(detail.String())
			case "FAIL", "none":
				t.Error(detail.String())
			}
		})
		name = ""
		detail.Reset()
	}
	lines := bufio.NewScanner(&out)
	for lines.Scan() {
		if m := testedLine.FindStringSubmatch(lines.Text()); m != nil {
			report()
			tests++
			state, name = m[1], m[2]
		}
		detail.WriteString(lines.Text() + "\n")
	}
	report()
	if tests < 10 {
		t.Errorf("only %d tests", tests)
	}
}
