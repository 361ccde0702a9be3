package trial

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	got, err := Parse(`# what it is about
arguments: 1 "two words" 'it''s' ""
options: -G x=1 -DMAXACTION=5 --placement=user
workload: dd if=/dev/zero | cat
until: ^END
alone: yes
status: 2
timeout: 5
needs: Linux 6.4, program dd
-- output --
^a
-- errors --
not: ERROR
-- in/file --
text
`)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"1", "two words", "its", ""}; !reflect.DeepEqual(got.Arguments, want) {
		t.Errorf("arguments %q, want %q", got.Arguments, want)
	}
	if want := []string{"-G", "x=1", "-DMAXACTION=5", "--placement=user"}; !reflect.DeepEqual(got.Options, want) {
		t.Errorf("options %q, want %q", got.Options, want)
	}
	if got.Workload != "dd if=/dev/zero | cat" || got.Until.String() != "^END" || !got.Alone || got.Status != 2 || got.Timeout != 5*time.Second ||
		len(got.Needs) != 2 || len(got.Output) != 1 || len(got.Errors) != 1 || len(got.Files) != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestParseErrors(t *testing.T) {
	const out = "\n-- output --\nx\n"
	for _, tt := range []struct{ text, want string }{
		{"", "expects nothing"},
		{"x" + out, "KEY: VALUE"},
		{"\nworkloads: x" + out, `line 2: there is no key "workloads"`},
		{"arguments: 'x" + out, "not closed"},
		{"options: -o /etc/passwd" + out, "can't give -o"},
		{"options: --output=/etc/passwd" + out, "can't give --output"},
		{"options: -wo/etc/passwd" + out, "can't give -wo"},
		{"options: -G" + out, "lacks its value"},
		{"until: (" + out, "missing closing"},
		{"timeout: 0" + out, "number of seconds"},
		{"needs: luck" + out, "needs:"},
		{"-- output --\n(\n", "-- output --: line 1"},
		{out + "-- ../x --\n", "outside"},
		{out + "-- /x --\n", "outside"},
	} {
		if _, err := Parse(tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Parse(%q): %v, want %q", tt.text, err, tt.want)
		}
	}
}

func TestPatterns(t *testing.T) {
	const output = "one\ntwo (2)\nthree\n"
	for _, tt := range []struct {
		patterns string
		good     bool
		report   string
	}{
		{"^one$\nthree", true, ""},
		{"three\none", false, "pattern 2 matches no line behind line 3: one"},
		{"three\nany: one", true, ""},
		{"text: two (2)", true, ""},
		{"text: two", false, "pattern 1 matches no line: text: two"},
		{"not: four\n\nnot: text: two", true, ""},
		{"one\nnot: tw", false, "pattern 2 matches line 2, and must match none"},
		{"one\none", false, "pattern 2 matches no line behind line 1: one"},
	} {
		ps, err := parsePatterns(tt.patterns)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(output), "\n")
		matches := ps.against(lines)
		var b strings.Builder
		compare(&b, "output", lines, matches)
		if good(matches) != tt.good || !strings.Contains(b.String(), tt.report) {
			t.Errorf("%q: good %v, report\n%s", tt.patterns, good(matches), b.String())
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("arguments: a 'b c'\noptions: -G x=1\n-- output --\n^x\nnot: text: y\n-- a/b --\n")
	f.Fuzz(func(t *testing.T, text string) {
		trial, err := Parse(text)
		if err != nil {
			return
		}
		for _, f := range trial.Files {
			if strings.HasPrefix(f.Name, "/") || strings.Contains(f.Name, "..") {
				t.Errorf("a file %q", f.Name)
			}
		}
		trial.Output.against([]string{text, ""})
	})
}
