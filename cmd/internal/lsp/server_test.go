package lsp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func wantCode(t *testing.T, r reply, code int) {
	t.Helper()
	if r.Error == nil || r.Error.Code != code {
		t.Errorf("got error %+v and result %s, want code %d", r.Error, r.Result, code)
	}
}

func TestLifeCycle(t *testing.T) {
	c := start(t)
	wantCode(t, c.ask("textDocument/hover", `{}`), codeNotInitialized)
	wantCode(t, c.ask("shutdown", `null`), codeNotInitialized)
	c.open("file:///early.tp", "probe begin { nosuch() }") // is dropped
	if r := c.ask("initialize", `{"capabilities":{},"processId":null}`); r.Error != nil {
		t.Fatal(r.Error)
	}
	wantCode(t, c.ask("initialize", `{}`), codeInvalidRequest)
	wantCode(t, c.ask("no/such", `{}`), codeNoMethod)
	wantCode(t, c.ask("textDocument/hover", `[]`), codeInvalidParams)
	wantCode(t, c.ask("textDocument/hover", `{"textDocument":{"uri":"file:///early.tp"}}`), codeInvalidParams)
	c.notify("$/unknown", `{}`)
	c.send(`{"jsonrpc":"2.0","id":77,"result":null}`)
	if r := c.ask("shutdown", `null`); r.Error != nil || string(r.Result) != "null" {
		t.Errorf("shutdown: %+v", r)
	}
	wantCode(t, c.ask("textDocument/hover", `{}`), codeInvalidRequest)
	c.notify("exit", `null`)
	if err := <-c.done; err != nil {
		t.Errorf("after shutdown and exit: %v", err)
	}
}

func TestEndWithoutShutdown(t *testing.T) {
	for name, end := range map[string]func(*client){
		"exit":      func(c *client) { c.notify("exit", `null`) },
		"end":       func(c *client) { c.in.Close() },
		"truncated": func(c *client) { _, _ = io.WriteString(c.in, "Content-Length: 10\r\n\r\n{"); c.in.Close() },
		"garbage":   func(c *client) { _, _ = io.WriteString(c.in, "GET / HTTP/1.1\r\n\r\n") },
		"huge":      func(c *client) { _, _ = io.WriteString(c.in, "Content-Length: 99999999999\r\n\r\n") },
		"negative":  func(c *client) { _, _ = io.WriteString(c.in, "Content-Length: -1\r\n\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			c := ready(t)
			end(c)
			if err := <-c.done; err == nil {
				t.Error("the session ended as if it had been shut down")
			}
		})
	}
}

func TestNoJSON(t *testing.T) {
	c := ready(t)
	c.send(`{"jsonrpc":`)
	wantCode(t, c.receive(), codeParse)
	c.send(`[1]`)
	wantCode(t, c.receive(), codeInvalidRequest)
	if r := c.ask("shutdown", `null`); r.Error != nil {
		t.Error(r.Error)
	}
}

// What is typed is followed: each version gets its own diagnostics, places count UTF-16.
func TestEditing(t *testing.T) {
	c := ready(t)
	const uri = "untitled:Untitled-1"
	c.open(uri, "probe begin {\r\n\t/* 😀 */ nosuch()\r\n}\r\n")
	got := c.diagnostics(uri, 1)
	if len(got) != 1 || got[0].Range != (span{position{1, 10}, position{1, 16}}) {
		t.Fatalf("version 1: %+v", got)
	}
	// Two changes, the second in the text that the first has made.
	c.notify("textDocument/didChange", fmt.Sprintf(`{"textDocument":{"uri":%q,"version":2},"contentChanges":[
		{"range":{"start":{"line":1,"character":10},"end":{"line":1,"character":16}},"text":"ex"},
		{"range":{"start":{"line":1,"character":12},"end":{"line":1,"character":12}},"text":"it"}]}`, uri))
	if got := c.diagnostics(uri, 2); len(got) != 0 {
		t.Fatalf("version 2: %+v", got)
	}
	c.notify("textDocument/didChange", fmt.Sprintf(`{"textDocument":{"uri":%q,"version":3},"contentChanges":[{"text":"probe begin { exot() }"}]}`, uri))
	if got := c.diagnostics(uri, 3); len(got) != 1 {
		t.Fatalf("version 3: %+v", got)
	}
	c.notify("textDocument/didClose", fmt.Sprintf(`{"textDocument":{"uri":%q}}`, uri))
	if got := c.diagnostics(uri, 0); len(got) != 0 {
		t.Fatalf("closed: %+v", got)
	}
}

// A tapset's file that is open and not saved counts as it is in the editor.
func TestUnsavedTapset(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tapset")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "a.tp")
	if err := os.WriteFile(file, []byte("function old() { return 1 }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := ready(t, dir)
	const uri = "file:///somewhere/s.tp"
	c.open(uri, "probe begin { println(young()); exit() }")
	if got := c.diagnostics(uri, 1); len(got) != 1 {
		t.Fatalf("as stored: %+v", got)
	}
	c.open(uriOf(file), "function young() { return nosuch() }\n")
	if got := c.diagnostics(uriOf(file), 1); len(got) != 1 || !strings.Contains(got[0].Message, "nosuch") {
		t.Fatalf("the tapset's file: %+v", got)
	}
	got := c.diagnostics(uri, 1)
	if len(got) != 1 || !strings.Contains(got[0].Message, "nosuch") {
		t.Fatalf("the script: %+v", got)
	}
	c.notify("textDocument/didChange", fmt.Sprintf(`{"textDocument":{"uri":%q,"version":2},"contentChanges":[{"text":"function young() { return 2 }"}]}`, uriOf(file)))
	for len(got) > 0 {
		got = c.diagnostics(uri, 1)
	}
}

// A request that was cancelled before its turn gets no other answer.
func TestCancel(t *testing.T) {
	c := ready(t)
	c.open("file:///a.tp", "probe syscall.* { println(argstr) }\n")
	first := c.request("textDocument/hover", `{"textDocument":{"uri":"file:///a.tp"},"position":{"line":0,"character":1}}`)
	second := c.request("textDocument/hover", `{"textDocument":{"uri":"file:///a.tp"},"position":{"line":0,"character":1}}`)
	c.notify("$/cancelRequest", fmt.Sprintf(`{"id":%d}`, second))
	c.notify("$/cancelRequest", `{"id":"nobody's"}`)
	seen := 0
	for seen < 2 {
		r := c.receive()
		switch string(r.ID) {
		case fmt.Sprint(first):
			seen++
			if r.Error != nil {
				t.Errorf("the first: %v", r.Error)
			}
		case fmt.Sprint(second):
			seen++
			wantCode(t, r, codeCancelled)
		}
	}
}

func TestLargeText(t *testing.T) {
	c := ready(t)
	c.open("file:///large.tp", "probe begin { exit() }\n"+strings.Repeat("# a line\n", maxText/8))
	if got := c.diagnostics("file:///large.tp", 1); len(got) != 1 || got[0].Severity != severityWarning {
		t.Errorf("got %+v", got)
	}
	wantCode(t, c.ask("textDocument/formatting", `{"textDocument":{"uri":"file:///large.tp"}}`), codeFailed)
}

func TestPipeClosed(t *testing.T) {
	in := strings.NewReader("")
	if err := Run(t.Context(), in, io.Discard, Options{}); !errors.Is(err, ErrNoShutdown) {
		t.Errorf("got %v", err)
	}
}
