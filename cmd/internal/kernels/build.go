package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// treeName is the folder in which the tests find what they know from the repository.
const treeName = "tree"

// build compiles the tests that the options ask for, and puts what they read beside
// them, as it is in the repository.
func build(ctx context.Context, folder string, o options) ([]suite, error) {
	tree := filepath.Join(folder, treeName)
	var suites []suite
	for _, pkg := range packages {
		pattern, err := chosen(pkg, o)
		if err != nil {
			return nil, err
		}
		if pattern == "" {
			continue
		}
		s := suite{pkg, pattern}
		if err := compile(ctx, tree, s); err != nil {
			return nil, err
		}
		suites = append(suites, s)
	}
	return suites, os.CopyFS(filepath.Join(tree, "scripts"), os.DirFS("scripts"))
}

// chosen is the pattern of a package's tests that the options ask for, "" for none.
func chosen(pkg string, o options) (string, error) {
	if o.rows {
		return rowPattern(pkg), nil
	}
	names, err := liveTests(pkg)
	if err != nil {
		return "", err
	}
	if o.run != "" {
		return matching(names, o.run)
	}
	return exactly(names), nil
}

// compile makes a suite's program. It is stripped, as those of `go test` are: guests
// have little room.
func compile(ctx context.Context, tree string, s suite) error {
	c := exec.CommandContext(ctx, "go", "test", "-c", "-ldflags", "-s -w", "-o", filepath.Join(tree, s.binary()), "./"+s.pkg)
	c.Env = append(os.Environ(), "CGO_ENABLED=0") // guests have no libraries
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("build the tests of %s: %w", s.pkg, err)
	}
	data := filepath.Join(s.pkg, "testdata")
	if _, err := os.Stat(data); err != nil {
		return nil
	}
	return os.CopyFS(filepath.Join(tree, data), os.DirFS(data))
}

// exactly is a pattern that matches tests by their names; "" if there are none.
func exactly(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "^(" + strings.Join(names, "|") + ")$"
}
