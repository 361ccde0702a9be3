package library

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tapir/lang/builtin"
	"tapir/lang/source"
	"tapir/scripts"
)

// tapsetText is the whole tapset, one file behind the other, without comments.
func tapsetText(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	comment := regexp.MustCompile(`(?m)^\s*#.*$|(?s)/\*.*?\*/`)
	err := fs.WalkDir(scripts.Tapset(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(filepath.Base(path), "flags") {
			return err
		}
		text, err := fs.ReadFile(scripts.Tapset(), path)
		b.Write(comment.ReplaceAll(text, nil))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var calledDecoder = regexp.MustCompile(`\b(_\w+)\(`)

// TestDecodersExist holds that every decoder that the tapset names is a built-in
// function or one of its own.
func TestDecodersExist(t *testing.T) {
	lib := New(Options{Sources: &source.Set{}})
	named := map[string]bool{}
	for _, m := range calledDecoder.FindAllStringSubmatch(tapsetText(t), -1) {
		named[m[1]] = true
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if builtin.Lookup(name) == nil && len(lib.Function(name)) == 0 {
			t.Errorf("the tapset names %s, which is not there", name)
		}
	}
	if len(named) < 80 {
		t.Errorf("only %d decoders are named", len(named))
	}
}

// TestKindsUsed holds that every kind of argument has a use.
func TestKindsUsed(t *testing.T) {
	text := tapsetText(t)
	lib := New(Options{Sources: &source.Set{}})
	lib.AliasNames() // for which it reads all kinds
	for _, kind := range slices.Sorted(maps.Keys(lib.tables.kinds)) {
		if !regexp.MustCompile(`:` + kind + `\b`).MatchString(text) {
			t.Errorf("nothing uses the kind %s", kind)
		}
	}
}

// A script that lies in a folder of -I has its functions and variables for itself.
func TestScriptsDeclareNothing(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"script.tp": "# title: A script\nglobal kept\nfunction hidden() { return 1 }\n",
		"lib.tp":    "# Functions.\nfunction shared() { return 1 }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l := New(Options{Sources: &source.Set{}, Folders: []string{dir}})
	if l.Global("kept") != nil || len(l.Function("hidden")) > 0 {
		t.Error("what a script declares is found")
	}
	if len(l.Function("shared")) != 1 {
		t.Error("a function of the folder is not found")
	}
}
