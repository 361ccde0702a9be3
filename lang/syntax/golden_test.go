package syntax

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tapir/lang/source"
)

// scripts are the files that match patterns below the folder of reference
// scripts, which not every checkout has beside it.
func scripts(t testing.TB, patterns ...string) []string {
	t.Helper()
	const root = "../../../shared"
	if _, err := os.Stat(root); err != nil {
		t.Skip("no reference scripts: ", err)
	}
	var files []string
	for _, p := range patterns {
		found, err := filepath.Glob(filepath.Join(root, p))
		if err != nil || len(found) == 0 {
			t.Fatalf("no scripts match %s: %v", p, err)
		}
		files = append(files, found...)
	}
	return files
}

func read(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// arguments are those that a first line `# stap: OPTIONS -- ARGS` gives.
func scriptArguments(text string) []string {
	line, _, _ := strings.Cut(text, "\n")
	if _, args, ok := strings.Cut(line, " -- "); ok && strings.HasPrefix(line, "# stap:") {
		return []string{"17", "text arg", "third"}[:min(3, len(strings.Fields(args)))]
	}
	return nil
}

// libraryMacros has what the scripts need of the library.
func libraryMacros(t testing.TB, set *source.Set) *Macros {
	t.Helper()
	m, ds := ParseMacros(set, "library.tpm", `@define choose_defined(a, b) %( (@defined(@a) ? @a : @b) %)`, Options{Library: true})
	if len(ds.List) > 0 {
		t.Fatalf("library macros: %s", ds.List[0].Message)
	}
	return m
}

func TestReferenceScriptsParse(t *testing.T) {
	for _, file := range scripts(t, "golden/*/*.stp", "article/*.tp") {
		text := read(t, file)
		set := &source.Set{}
		f, ds := Parse(set, filepath.Base(file), text, Options{
			Args: scriptArguments(text), Macros: libraryMacros(t, set),
			Kernel: func() string { return "6.1.0-56-cloud-amd64" },
		})
		if len(ds.List) > 0 {
			t.Errorf("%s:\n%s", file, rendered(t, set, ds))
			continue
		}
		roundTrip(t, f)
	}
}

// TestReferenceErrors compares what the scripts that must be refused print.
// Those that parse are refused by a later pass.
func TestReferenceErrors(t *testing.T) {
	count := 0
	for _, file := range scripts(t, "golden/lang/bad/*.stp") {
		want := read(t, strings.TrimSuffix(file, ".stp")+".err")
		set := &source.Set{}
		_, ds := Parse(set, filepath.Base(file), read(t, file), Options{})
		got := rendered(t, set, ds)
		want, _, ok := strings.Cut(want, "1 parse error.\n")
		if !ok {
			want, _, ok = strings.Cut(want, "Pass 1: parse failed.")
		}
		if !ok {
			want = ""
		} else {
			count++
		}
		if got != want {
			t.Errorf("%s:\n got: %s\nwant: %s", file, got, want)
		}
		var once strings.Builder
		r := source.NewRenderer(&once, set, source.RenderOptions{SuppressSimilar: true})
		if err := r.Render(ds.List); err != nil {
			t.Fatal(err)
		}
		if once.String() != want || r.Suppressed() != (source.Suppressed{}) {
			t.Errorf("%s: suppressed %+v:\n%s", file, r.Suppressed(), once.String())
		}
	}
	if count < 18 {
		t.Errorf("only %d scripts with parse errors", count)
	}
}

func rendered(t testing.TB, set *source.Set, ds *source.Diagnostics) string {
	t.Helper()
	var b strings.Builder
	if err := source.Render(&b, set, ds.List, source.RenderOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// roundTrip checks that what f prints as parses to the same tree.
func roundTrip(t testing.TB, f *File) {
	t.Helper()
	text := printed(t, f)
	set := &source.Set{}
	again, ds := Parse(set, "printed", text, Options{Guru: true})
	if len(ds.List) > 0 {
		t.Errorf("printed text does not parse: %s\n%s", rendered(t, set, ds), text)
		return
	}
	if !slices.Equal(dumpAll(f.Decls), dumpAll(again.Decls)) {
		got, want := dumpAll(again.Decls), dumpAll(f.Decls)
		for i := range want {
			if i >= len(got) || got[i] != want[i] {
				t.Errorf("printed text parses to another tree\ntext: %s\n got: %s\nwant: %s", text, got[min(i, len(got)-1)], want[i])
				return
			}
		}
	}
	if second := printed(t, again); second != text {
		t.Errorf("not a fixed point:\n%s\nthen:\n%s", text, second)
	}
}

func printed(t testing.TB, f *File) string {
	t.Helper()
	var b strings.Builder
	if err := PrintFile(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
