package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../../.."

// TestPages holds that the pages have the same table, with a row for every feature, and
// that none fails.
func TestPages(t *testing.T) {
	var tables []string
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, filled(string(text)))
	}
	if tables[0] != tables[1] {
		t.Errorf("%s and %s have different tables; make test-kernels writes them", pages[0], pages[1])
	}
	var rows []string
	for line := range strings.Lines(tables[0]) {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		rows = append(rows, name)
	}
	want := []string{"feature", "|---"}
	for _, f := range features {
		want = append(want, f.name)
	}
	for i := range want {
		if i >= len(rows) || !strings.HasPrefix(rows[i], want[i]) {
			t.Fatalf("the table's rows are not those of the features, %q; make test-kernels writes them", want[i])
		}
	}
	if strings.Contains(tables[0], "fails") || strings.Contains(tables[0], "not tried") {
		t.Error("the table has features that fail, or were not tried")
	}
}

// TestRows holds that the tests of the rows are there.
func TestRows(t *testing.T) {
	t.Chdir(root)
	for _, f := range features {
		pkg, name, _ := strings.Cut(f.test, ".")
		name, _, _ = strings.Cut(name, "/")
		names, err := liveTests(pkg)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(packages, pkg) || !slices.Contains(names, name) {
			t.Errorf("%s: there is no test %s of the live kernel", f.name, f.test)
		}
	}
}

func TestFill(t *testing.T) {
	const page = "head\n" + tableBegin + "old\n" + tableEnd + "foot\n"
	got, err := fill(page, "new\n")
	if want := strings.Replace(page, "old", "new", 1); err != nil || got != want || filled(got) != "new\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := fill("nothing", "new\n"); err == nil {
		t.Error("a page without marks is no error")
	}
}

func TestTable(t *testing.T) {
	here, there := &column{kernel: "1.0"}, &column{kernel: "2.0"}
	here.add(results{ends: map[string]status{features[0].test: passed, "runtime/session.TestFunctions": skipped}}, "")
	there.add(results{ends: map[string]status{features[0].test: failed}}, "")
	got := table([]*column{here, there})
	for _, want := range []string{
		"| feature | 1.0 | 2.0 |\n|---|---|---|\n| " + features[0].name + " | yes | **fails** |\n",
		"`kprobe.function(…)` | no | not tried |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestPatterns(t *testing.T) {
	const want = "^TestLiveCompat$"
	if got := rowPattern("compiler/kernel"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := rowPattern("runtime/session"); !strings.Contains(got, "|^TestFunctions$/^entry$|^TestFunctions$/^entry_of_return$|") {
		t.Errorf("got %q", got)
	}
	if got := exactly([]string{"TestA", "TestB"}); got != "^(TestA|TestB)$" {
		t.Errorf("got %q", got)
	}
}
