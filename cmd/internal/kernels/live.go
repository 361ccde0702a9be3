package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// gates are the names by which a test asks whether it may look at the kernel, or looks at
// it: tests that use none of them, themselves or by others, are the same on all kernels.
var gates = []string{"Geteuid", "LoadKernelSpec", "readTypes", "readLayout"}

// liveTests lists the tests of a package that have to do with the running kernel, by the
// text of its tests.
func liveTests(pkg string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(pkg, "*_test.go"))
	if err != nil {
		return nil, err
	}
	uses := map[string][]string{} // the names that a function has in its body
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				uses[f.Name.Name] = append(uses[f.Name.Name], namesIn(f)...)
			}
		}
	}
	live := map[string]bool{}
	for _, g := range gates {
		live[g] = true
	}
	for grown := true; grown; {
		grown = false
		for name, used := range uses {
			if !live[name] && slices.ContainsFunc(used, func(u string) bool { return live[u] }) {
				live[name], grown = true, true
			}
		}
	}
	var names []string
	for name := range uses {
		if live[name] && strings.HasPrefix(name, "Test") && name != "TestMain" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// namesIn lists the names that a function uses.
func namesIn(f *ast.FuncDecl) []string {
	var names []string
	if f.Body == nil {
		return nil
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names = append(names, id.Name)
		}
		return true
	})
	return names
}

// matching is the pattern for -test.run if one of the tests matches its first part, or "".
func matching(names []string, pattern string) (string, error) {
	first, _, _ := strings.Cut(pattern, "/")
	re, err := regexp.Compile(first)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(names, re.MatchString) {
		return "", nil
	}
	return pattern, nil
}
