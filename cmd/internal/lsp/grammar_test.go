package lsp

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tapir/lang/syntax"
)

const editors = "../../../docs/editors"

// The grammars of editors, which have no tapir to ask, know all words of the language.
func TestGrammars(t *testing.T) {
	words := append(syntax.Keywords(), syntax.PrintFunctions()...)
	for _, op := range syntax.AtOperators() {
		words = append(words, strings.TrimPrefix(op, "@"))
	}
	for _, file := range []string{"vscode/syntaxes/tapir.tmLanguage.json", "vim/syntax/tapir.vim"} {
		body, err := os.ReadFile(filepath.Join(editors, file))
		if err != nil {
			t.Fatal(err)
		}
		known := map[string]bool{}
		for _, w := range regexp.MustCompile(`[a-z_]+`).FindAllString(strings.ReplaceAll(string(body), `\b`, " "), -1) {
			known[w] = true
		}
		for _, w := range words {
			if !known[w] {
				t.Errorf("%s does not know %s", file, w)
			}
		}
	}
}

// rule is one of a TextMate grammar's, as far as the test looks.
type rule struct {
	Name, Match, Begin, End, Include string
	Patterns                         []rule
}

func TestTextMate(t *testing.T) {
	var g struct {
		ScopeName  string
		Patterns   []rule
		Repository map[string]rule
	}
	read(t, "vscode/syntaxes/tapir.tmLanguage.json", &g)
	if g.ScopeName != "source.tapir" || len(g.Patterns) == 0 {
		t.Errorf("scope %q, %d patterns", g.ScopeName, len(g.Patterns))
	}
	var check func(r rule)
	check = func(r rule) {
		if name, ok := strings.CutPrefix(r.Include, "#"); ok {
			if _, ok := g.Repository[name]; !ok {
				t.Errorf("there is no rule %s", name)
			}
		}
		if (r.Begin == "") != (r.End == "") {
			t.Errorf("a rule begins or ends alone: %+v", r)
		}
		for _, p := range r.Patterns {
			check(p)
		}
	}
	for _, r := range g.Patterns {
		check(r)
	}
	for _, r := range g.Repository {
		check(r)
	}
}

func TestExtension(t *testing.T) {
	var p struct {
		Main        string
		Contributes struct {
			Languages []struct{ ID, Configuration string }
			Grammars  []struct{ Language, Path string }
		}
	}
	read(t, "vscode/package.json", &p)
	files := []string{p.Main}
	for _, l := range p.Contributes.Languages {
		files = append(files, l.Configuration)
		var any map[string]any
		read(t, filepath.Join("vscode", l.Configuration), &any)
	}
	for _, g := range p.Contributes.Grammars {
		files = append(files, g.Path)
	}
	for _, f := range files {
		if _, err := os.Stat(filepath.Join(editors, "vscode", f)); err != nil {
			t.Error(err)
		}
	}
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(editors, file))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
