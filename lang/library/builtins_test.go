package library

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"tapir/lang/builtin"
	"tapir/scripts"
)

// TestBuiltinsUsed holds that the tapset uses every function that is for it alone,
// and has each that it uses.
func TestBuiltinsUsed(t *testing.T) {
	used := map[string]bool{"_user_memory": true, "_kernel_memory": true} // by printf's %m and %M
	word := regexp.MustCompile(`\b_[a-z][a-z0-9_]*\b`)
	err := fs.WalkDir(scripts.Tapset(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(scripts.Tapset(), path)
		for _, name := range word.FindAllString(string(text), -1) {
			used[name] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range builtin.Functions {
		if f.Tapset && !used[f.Name] && !madeByCheck[f.Name] && !strings.HasPrefix(f.Name, "_user_int") && !strings.HasPrefix(f.Name, "_user_uint") {
			t.Errorf("nothing uses %s", f.Name)
		}
	}
}

// madeByCheck are the functions that only the checker and the compiler call, for what
// scripts say in other words or do not say.
var madeByCheck = map[string]bool{
	builtin.Happened: true, builtin.Kept: true, "_uregister": true, "_perf_counter": true,
	"_value": true, "_answer": true, "_answer_more": true,
}
