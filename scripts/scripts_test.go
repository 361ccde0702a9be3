package scripts

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

func TestFlagSet(t *testing.T) {
	tests := []struct {
		set, text string
		index     int
		value     int64
	}{
		{"wait4_options", "WNOHANG", 0, 1},
		{"wait4_options", "WSTOPPED", 2, 2},
		{"open_flags", "O_SYNC", 6, 0x101000},
		{"clone_flags", "CLONE_IO", 22, 0x80000000},
		{"ptrace_requests", "PTRACE_GETREGS", 25, 12},
		{"signals", "TRACESYSGOOD", 31, 0x85},
		{"ptrace_events", "PTRACE_EVENT_EXIT", 5, 6},
	}
	for _, test := range tests {
		set, ok := FlagSet(test.set)
		if !ok || len(set) <= test.index || set[test.index] != (Flag{test.text, test.value}) {
			t.Errorf("%s[%d] of %+v, want %s = %d", test.set, test.index, set, test.text, test.value)
		}
	}
	if _, ok := FlagSet("no_such_set"); ok {
		t.Error("FlagSet finds what is not there")
	}
}

func TestFlagSets(t *testing.T) {
	for name, set := range FlagSets() {
		seen := map[string]bool{}
		if len(set) == 0 {
			t.Errorf("%s is empty", name)
		}
		for _, f := range set {
			if seen[f.Text] {
				t.Errorf("%s: %s is there twice", name, f.Text)
			}
			seen[f.Text] = true
		}
	}
}

func TestParseFlagsErrors(t *testing.T) {
	for _, text := range []string{"A 1", "set a b", "set a\nB x", "set a\nset a", "set a\nA"} {
		got := map[string][]Flag{}
		if err := parseFlags(got, text); err == nil {
			t.Errorf("parseFlags(%q) = %v", text, got)
		}
	}
}

// TestListsExist holds that every list that the tapset names is there.
func TestListsExist(t *testing.T) {
	named := regexp.MustCompile(`_(?:flags|enum)\("([a-z0-9_]+)"|:(?:flags|enum)\(([a-z0-9_]+)\)|\b([a-z0-9_]+_flags)\.[A-Z]`)
	err := fs.WalkDir(Tapset(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, "flags") {
			return err
		}
		text, err := fs.ReadFile(Tapset(), path)
		if err != nil {
			return err
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			name := strings.Join(m[1:], "")
			if _, ok := FlagSet(name); !ok {
				t.Errorf("%s: no list %s in flags*.tbl", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
