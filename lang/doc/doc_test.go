package doc_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"tapir/lang/doc"
)

var update = flag.Bool("update", false, "write docs/tapset.md anew")

const reference = "../../docs/tapset.md"

// TestMarkdown holds that the reference in docs is what the tapset says.
func TestMarkdown(t *testing.T) {
	want := doc.Markdown()
	if *update {
		if err := os.WriteFile(reference, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/tapset.md is not up to date: go generate ./lang/doc")
	}
}

func TestLookup(t *testing.T) {
	tests := []struct {
		name string
		want []string // forms
	}{
		{"ctime", []string{"ctime:string (epochsecs:long)", "ctime:string ()"}},
		{"user_string", []string{"user_string:string (addr:long[, err_msg:string])"}},
		{"htons", []string{"htons:long (val:long)"}},
		{"exit", []string{"exit:long ()"}},
		{"syscall.fork", []string{"syscall.fork"}},
		{"syscall.openat", []string{"syscall.openat"}},
		{"syscall.openat.return", []string{"syscall.openat.return"}},
		{"@choose_defined", []string{"@choose_defined(wanted, otherwise)"}},
		{"choose_defined", []string{"@choose_defined(wanted, otherwise)"}},
		{"_flags", nil},
		{"no_such_thing", nil},
	}
	for _, test := range tests {
		var got []string
		for _, e := range doc.Lookup(test.name) {
			got = append(got, e.Form)
		}
		if strings.Join(got, "|") != strings.Join(test.want, "|") {
			t.Errorf("Lookup(%q): got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestText(t *testing.T) {
	for name, want := range map[string]string{
		"MKDEV":          "function MKDEV:long (major:long, minor:long)\n    A device's number in the kernel.\n      major        its major number\n      minor        its minor number\n",
		"syscall.wait4":  "probe syscall.wait4\n    A program calls wait4(2).\n    Variables: name, pid, status_uaddr, options, options_str, rusage_uaddr, argstr.\n",
		"pid":            "function pid:long ()\n    The process id (thread group id) of the current task.\n\n    Taken when the event happens. In begin, end, error, timer and input probes it is about tapir itself, and now; in procfs probes about who reads or writes.\n",
		"choose_defined": "macro @choose_defined(wanted, otherwise)\n    The first of two expressions, or if it does not exist the second.\n      wanted       an expression with target variables\n      otherwise    what stands in for it\n",
	} {
		entries := doc.Lookup(name)
		if len(entries) != 1 || entries[0].String() != want {
			t.Errorf("%s: got\n%v\nwant\n%s", name, entries, want)
		}
	}
}

// TestComplete holds that every function of the tapset that scripts may call has
// a comment, and that entries have what they need.
func TestComplete(t *testing.T) {
	for _, e := range doc.All() {
		if e.Summary == "" || strings.HasSuffix(e.Summary, ".") || !strings.HasPrefix(strings.TrimPrefix(e.Form, "@"), e.Name) {
			t.Errorf("%s %s: form %q, summary %q", e.Kind, e.Name, e.Form, e.Summary)
		}
	}
}
