package cli

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// row is a line of docs/language.md's tables: construct, example, and what of it.
var row = regexp.MustCompile("(?m)^\\| (.*?) \\| `((?:[^`])*)` \\| (done|refused)(.*) \\|$")

// declaration is how a whole script begins.
var declaration = regexp.MustCompile(`^(probe|global|private|function|@define)\b`)

// TestLanguagePage compiles the example of every construct that the page lists.
func TestLanguagePage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := row.FindAllStringSubmatch(string(page), -1)
	if want := strings.Count(string(page), "\n| ") - strings.Count(string(page), "\n| construct "); len(rows) != want {
		t.Errorf("%d rows of docs/language.md are understood, there are %d", len(rows), want)
	}
	for _, r := range rows {
		script := strings.ReplaceAll(r[2], `\|`, "|")
		if !declaration.MatchString(script) {
			script = "probe begin { " + script + "\n}"
		}
		t.Run(r[1], func(t *testing.T) {
			var out, errs strings.Builder
			status := Main([]string{"tapir", "-p4", "-g", "-w", "-u", "-e", script}, strings.NewReader(""), &out, &errs)
			got := map[int]string{statusGood: "done", statusFailed: "refused"}[status]
			if got != r[3] {
				t.Errorf("%s is %s, the page says %s\n%s\n%s", r[1], got, r[3], script, errs.String())
			}
			if strings.Contains(errs.String(), "internal error") {
				t.Errorf("%s\n%s", script, errs.String())
			}
		})
	}
}
