package lsp

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what the server answers into testdata")

// TestSessions has each of testdata's sessions again: in a .txtar, the files are opened, a
// line of the comment is a request, METHOD FILE:MARK [JSON], and the file "answers" has
// what came. MARK is the number of a place that the text has as «1».
func TestSessions(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no sessions", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { replay(t, file) })
	}
}

func replay(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cache := filepath.Join(dir, "cache")
	var folders []string
	if slices.ContainsFunc(a.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "tapset/") }) {
		folders = append(folders, filepath.Join(dir, "tapset"))
	}
	c := ready(t, folders...)
	t.Setenv("XDG_CACHE_HOME", cache)
	marks := map[string]position{}
	var want []byte
	var opened [][2]string
	for _, f := range a.Files {
		if f.Name == "answers" {
			want = f.Data
			continue
		}
		body := marked(string(f.Data), func(mark string, at position) { marks[f.Name+":"+mark] = at })
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(f.Name, "closed/") && !strings.HasPrefix(f.Name, "tapset/") {
			opened = append(opened, [2]string{uriOf(path), body})
		}
	}
	for _, doc := range opened { // once all files are there
		c.open(doc[0], doc[1])
	}
	var got bytes.Buffer
	for line := range strings.Lines(string(a.Comment)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fmt.Fprintf(&got, "> %s\n", line)
		method, rest, _ := strings.Cut(line, " ")
		place, extra, _ := strings.Cut(rest, " ")
		name, _, _ := strings.Cut(place, ":")
		uri := uriOf(filepath.Join(dir, name))
		if method == "diagnostics" {
			show(t, &got, c.diagnostics(uri, 1), dir)
			continue
		}
		p := map[string]any{"textDocument": map[string]string{"uri": uri}, "position": marks[place]}
		if extra != "" {
			if err := json.Unmarshal([]byte(extra), &p); err != nil {
				t.Fatal(err)
			}
		}
		body, _ := json.Marshal(p)
		r := c.ask("textDocument/"+method, string(body))
		if r.Error != nil {
			fmt.Fprintf(&got, "error %d: %s\n", r.Error.Code, r.Error.Message)
			continue
		}
		show(t, &got, r.Result, dir)
	}
	if *update {
		a.Files = append(a.Files[:len(a.Files)-1:len(a.Files)-1], txtar.File{Name: "answers", Data: got.Bytes()})
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

// cacheSum is the part of a path that changes with the tapset.
var cacheSum = regexp.MustCompile(`tapir/[0-9a-f]{16}/`)

// show writes an answer, a line for each element of a list.
func show(t *testing.T, w *bytes.Buffer, v any, dir string) {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	body = cacheSum.ReplaceAll(bytes.ReplaceAll(body, []byte(dir), []byte("DIR")), []byte("tapir/SUM/"))
	var list []json.RawMessage
	if json.Unmarshal(body, &list) != nil {
		list = []json.RawMessage{body}
	}
	for _, x := range list {
		fmt.Fprintf(w, "%s\n", x)
	}
}

// marked takes the marks out of a text.
func marked(body string, found func(mark string, at position)) string {
	for {
		before, rest, ok := strings.Cut(body, "«")
		if !ok {
			return body
		}
		mark, after, _ := strings.Cut(rest, "»")
		body = before + after
		found(mark, newText(body).position(len(before)))
	}
}
