package doc_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"tapir/lang/doc"
	"tapir/scripts"
)

var declaration = regexp.MustCompile(`(?m)^function (\w+)(?::\w+)?\(([^)]*)\)`)

// TestDeclared holds that every function of the tapset has a comment, but for
// those whose names begin with _, and that its parameters are those of the comment.
func TestDeclared(t *testing.T) {
	files, err := fs.Glob(scripts.Tapset(), "*.tp")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(scripts.Tapset(), file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declaration.FindAllStringSubmatch(string(text), -1) {
			name, params := m[1], m[2]
			if strings.HasPrefix(name, "_") {
				continue
			}
			if !described(name, params) {
				t.Errorf("%s: no comment for %s(%s)", file, name, params)
			}
		}
	}
}

func described(name, params string) bool {
	var names []string
	for p := range strings.SplitSeq(params, ",") {
		p, _, _ = strings.Cut(strings.TrimSpace(p), ":")
		if p != "" {
			names = append(names, p)
		}
	}
	for _, e := range doc.Lookup(name) {
		var have []string
		for _, p := range e.Params {
			have = append(have, p.Name)
		}
		if e.File != "" && strings.Join(have, ",") == strings.Join(names, ",") {
			return true
		}
	}
	return false
}
