package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "tapir"

// root is the repository, seen from this package's folder.
const root = "../../.."

// order lists the packages as docs/design.md's table has them.
func order(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs/design.md"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		names = append(names, m[1])
	}
	if len(names) < 10 {
		t.Fatalf("docs/design.md's table of packages was not found; got %q", names)
	}
	return names
}

// A pkg is what the parser sees of one folder with Go files.
type pkg struct {
	imports, testImports map[string]string // import path → the file that has it
	documented           bool
}

// packages parses every Go file of the tree, by folder.
func packages(t *testing.T) map[string]*pkg {
	t.Helper()
	all := map[string]*pkg{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		p := all[dir]
		if p == nil {
			p = &pkg{imports: map[string]string{}, testImports: map[string]string{}}
			all[dir] = p
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		p.add(name, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (p *pkg) add(name string, file *ast.File) {
	imports := p.imports
	if strings.HasSuffix(name, "_test.go") {
		imports = p.testImports
	} else if strings.TrimSpace(file.Doc.Text()) != "" {
		p.documented = true
	}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value) // the parser has checked it
		imports[path] = name
	}
}

func TestImportsGoUp(t *testing.T) {
	names := order(t)
	rank := map[string]int{}
	for i, name := range names {
		rank[name] = i
	}
	all := packages(t)
	for _, dir := range slices.Sorted(maps.Keys(all)) {
		if len(all[dir].imports) > 0 {
			if _, ok := rank[dir]; !ok {
				t.Errorf("%s is not in docs/design.md's table", dir)
			}
		}
		for _, path := range slices.Sorted(maps.Keys(all[dir].imports)) {
			imported, ok := strings.CutPrefix(path, module+"/")
			if !ok {
				continue
			}
			if r, ok := rank[imported]; !ok || r >= rank[dir] {
				t.Errorf("%s/%s imports %s, which does not stand above it in docs/design.md's table", dir, all[dir].imports[path], imported)
			}
		}
	}
}

// lang is about the language, bpf about the kernel, and neither about the
// other, whatever the order in the table would allow; tests hold to it as well.
func TestApart(t *testing.T) {
	bans := []struct{ from, to, why string }{
		{"lang", "github.com/cilium", "lang knows no eBPF"},
		{"lang", module + "/bpf", "lang knows no eBPF"},
		{"lang", module + "/compiler", "the compiler reads what lang makes"},
		{"lang", module + "/runtime", "lang runs nothing"},
		{"compiler", module + "/runtime", "compiling needs nothing that runs"},
		{"runtime", module + "/lang/syntax", "the runtime gets compiled programs"},
		{"bpf", module + "/compiler", "the object does not know who made it"},
		{"bpf", module + "/runtime", "the object does not know who runs it"},
	}
	all := packages(t)
	for _, dir := range slices.Sorted(maps.Keys(all)) {
		for _, ban := range bans {
			if !within(dir, ban.from) {
				continue
			}
			for _, path := range slices.Sorted(maps.Keys(all[dir].imports)) {
				if within(path, ban.to) {
					t.Errorf("%s/%s imports %s, but %s", dir, all[dir].imports[path], path, ban.why)
				}
			}
		}
	}
}

// within reports whether the slash-separated path lies at or below dir.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, dir+"/")
}

func TestDesignNamesOnlyWhatIs(t *testing.T) {
	all := packages(t)
	for _, name := range order(t) {
		if all[name] == nil {
			t.Errorf("docs/design.md has %s, which has no Go files", name)
		}
	}
}

func TestPackageComments(t *testing.T) {
	all := packages(t)
	for _, dir := range slices.Sorted(maps.Keys(all)) {
		if !all[dir].documented {
			t.Errorf("%s has no package comment", dir)
		}
	}
}

func TestTopLevel(t *testing.T) {
	allowed := strings.Fields("cmd lang compiler runtime bpf scripts docs go.mod go.sum README.md LICENSE Makefile")
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); !strings.HasPrefix(name, ".") && name != "bin" && !slices.Contains(allowed, name) {
			t.Errorf("%s does not belong at the top level", name)
		}
	}
	if goFiles, _ := filepath.Glob(filepath.Join(root, "runtime", "*.go")); len(goFiles) > 0 {
		t.Errorf("runtime/ must have no package at its root; found %q", goFiles)
	}
}
