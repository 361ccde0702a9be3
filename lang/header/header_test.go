package header

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const full = `#!/usr/bin/env tapir
# Copyright (C) somebody

# title: What files are
#   opened
# description: Shows files.
#   Until ^C.
# keywords: file, open call
# argument: SIZE number 1..9 = 5  how many
# argument: HOW fast|slow = fast
#   in which way
# argument: NAMES... text  of programs
# needs: system calls, Linux 5.19, program ls
# example:
#   # tapir run opens 3
#     3 files
#
#   end
# since: 0.2
# status: production

global x # title: not this one
`

func TestParse(t *testing.T) {
	got := Parse(full)
	want := &Header{
		Title: "What files are opened", Description: "Shows files. Until ^C.", Keywords: []string{"file", "open call"},
		Arguments: []Argument{
			{Name: "SIZE", Kind: Number, Low: 1, HasLow: true, High: 9, HasHigh: true, Default: "5", HasDefault: true, Meaning: "how many", Line: 9},
			{Name: "HOW", Kind: Choice, Choices: []string{"fast", "slow"}, Default: "fast", HasDefault: true, Meaning: "in which way", Line: 10},
			{Name: "NAMES", Many: true, Meaning: "of programs", Line: 12},
		},
		Needs:   []Need{{"system calls", ""}, {"Linux", "5.19"}, {"program", "ls"}},
		Example: "# tapir run opens 3\n  3 files\n\nend", Since: "0.2",
		Meta: map[string]string{"status": "production"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if got, want := got.Synopsis("opens"), "tapir run opens [SIZE [HOW NAMES…]]"; got != want {
		t.Errorf("synopsis %q, want %q", got, want)
	}
}

func TestNoHeader(t *testing.T) {
	for _, text := range []string{"", "# a comment\nprobe begin { }", "global x\n# title: x\n", "#!/usr/bin/stap\n\nprobe end {}", "# subtitle: x"} {
		if h := Parse(text); h != nil {
			t.Errorf("Parse(%q) = %+v", text, h)
		}
	}
}

func TestProblems(t *testing.T) {
	const rest = "\n# description: d\n# keywords: k\n# needs: nothing\n# example: e\n# since: 1\n"
	tests := []struct{ text, want string }{
		{"# title: t" + rest, ""},
		{"# title:" + rest, "title: is empty"},
		{"# title: t", "the header has no description:"},
		{"# title: t\n# descripton: d" + rest, "did you mean description:?"},
		{"# title: t\n# title: u" + rest, "line 2: title: is there twice"},
		{"# title: t\n# and more" + rest, "has no key"},
		{"# title: t\n# argument: X a number" + rest, "has not the form"},
		{"# title: t\n# argument: X number = five  x" + rest, `X must be a number, not "five"`},
		{"# title: t\n# argument: X number 5..1  x" + rest, "no number is from 5 to 1"},
		{"# title: t\n# argument: X number = 1_0  x" + rest, "X must be a number"},
		{"# title: t\n# argument: X number = 1" + rest, "X has no meaning"},
		{"# title: t\n# argument: X  x\n# argument: y  y" + rest, "either all are global variables"},
		{"# title: t\n# argument: X text = a  x\n# argument: Y  y" + rest, "Y needs a default"},
		{"# title: t\n# argument: X...  x\n# argument: Y  y" + rest, "only the last"},
		{"# title: t\n# argument: X  x\n# argument: X  y" + rest, "X is there twice"},
		{"# title: t\n# description: d\n# keywords: k\n# needs: tracepoint\n# example: e\n# since: 1", "tracepoint lacks"},
		{"# title: t\n# description: d\n# keywords: k\n# needs: systemcalls\n# example: e\n# since: 1", "did you mean system calls?"},
		{"# title: t\n# description: d\n# keywords: k\n# needs: Linux six\n# example: e\n# since: 1", "a version such as"},
	}
	for _, tt := range tests {
		var texts []string
		for _, p := range Parse(tt.text).Problems {
			texts = append(texts, p.String())
		}
		got := strings.Join(texts, "\n")
		if !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%q: problems %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestValues(t *testing.T) {
	positional := Parse("# title: t\n# argument: SIZE number 1..9  size\n# argument: HOW fast|slow = slow  how\n")
	global := Parse("# title: t\n# argument: size number 1..9 = 3  size\n# argument: how = slow  how\n")
	many := Parse("# title: t\n# argument: A = \"\"  a\n# argument: B... number  b\n")
	tests := []struct {
		h       *Header
		args    string
		named   map[string]string
		want    []string
		globals map[string]string
		err     string
	}{
		{h: positional, args: "5", want: []string{"5", "slow"}},
		{h: positional, args: "0x5 fast", want: []string{"0x5", "fast"}},
		{h: positional, args: "", err: "SIZE is missing: size; a number from 1 to 9"},
		{h: positional, args: "10", err: `SIZE must be a number from 1 to 9, not "10"`},
		{h: positional, args: "5 quick", err: `HOW must be fast or slow, not "quick"`},
		{h: positional, args: "5 fast x", err: `"x" is an argument too much: the script takes 2 at most`},
		{h: positional, named: map[string]string{"SIZE": "7"}, want: []string{"7", "slow"}},
		{h: global, args: ""},
		{h: global, args: "7", globals: map[string]string{"size": "7"}},
		{h: global, args: "quick", named: map[string]string{"size": "2"}, globals: map[string]string{"size": "2", "how": "quick"}},
		{h: many, args: "", want: []string{""}},
		{h: many, args: "a 1 2", want: []string{"a", "1", "2"}},
		{h: many, args: "a 1 b", err: `B must be a number, not "b"`},
		{h: Parse("# title: t"), args: "a", err: "the script takes none"},
	}
	for _, tt := range tests {
		got, err := tt.h.Values(strings.Fields(tt.args), tt.named)
		if tt.err != "" || err != nil {
			if err == nil || tt.err == "" || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%q: error %v, want %q", tt.args, err, tt.err)
			}
			continue
		}
		if tt.globals == nil {
			tt.globals = map[string]string{}
		}
		if !reflect.DeepEqual(got.Args, tt.want) || !reflect.DeepEqual(got.Globals, tt.globals) {
			t.Errorf("%q: got %q", tt.args, got)
		}
	}
}

func TestParseMeta(t *testing.T) {
	h := ParseMeta("title: Count\nname: c.stp\nkeywords: io _best\nsubsystem: io\nexit: user-controlled\ndescription: Counts,\nand more.\narg_1: The name\ntest_check: stap -p4 c.stp x\n", `probe begin { println(@1) }`)
	if h == nil || h.Title != "Count" || h.Description != "Counts, and more." || len(h.Keywords) != 2 || h.Meta["subsystem"] != "io" ||
		h.Meta["test_check"] != "stap -p4 c.stp x" || len(h.Arguments) != 1 || h.Arguments[0].Meaning != "The name" {
		t.Errorf("got %+v", h)
	}
	if h := ParseMeta("name: c.stp\n", ""); h != nil {
		t.Errorf("without a title: %+v", h)
	}
}

// TestMetaOfExamples reads those of SystemTap's examples, if they are installed.
func TestMetaOfExamples(t *testing.T) {
	files, _ := filepath.Glob("/usr/share/systemtap/examples/*/*.meta")
	if len(files) == 0 {
		t.Skip("SystemTap's examples are not installed")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if h := ParseMeta(string(text), ""); h == nil || h.Description == "" || len(h.Keywords) == 0 {
			t.Errorf("%s: %+v", file, h)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(full)
	f.Add("title: t\nkeywords: a\narg_1: x\n")
	f.Add("# title: \x1b[m\n# argument: A number ..9 = 3  \u202e\n# needs: Linux 1.2, \n# example:\n#\n#  x\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, h := range []*Header{Parse(text), ParseMeta(text, text)} {
			if h == nil {
				continue
			}
			all := h.Title + h.Description + h.Usage + h.Since + h.Author + strings.Join(h.Keywords, "") + h.Synopsis("x")
			for i := range h.Arguments {
				a := &h.Arguments[i]
				all += a.Name + a.Describe() + a.Values()
				if err := a.Check(a.Default); a.HasDefault && err != nil {
					t.Errorf("%s: its own default does not fit: %v", a.Name, err)
				}
			}
			for _, n := range h.Needs {
				all += n.String()
			}
			for _, p := range h.Problems {
				all += p.Message
			}
			for key, text := range h.Meta {
				all += key + text
			}
			if strings.IndexFunc(all+strings.ReplaceAll(h.Example, "\n", ""), IsHarmful) >= 0 {
				t.Errorf("%q has harmful characters", all+h.Example)
			}
			_, _ = h.Values([]string{"1", text}, map[string]string{"x": text})
		}
	})
}
