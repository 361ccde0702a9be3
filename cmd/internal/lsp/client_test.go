package lsp

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"testing"

	"tapir/bpf/target"
)

// A client speaks to a server over a pair of pipes, as an editor does.
type client struct {
	t    *testing.T
	in   io.WriteCloser
	out  *bufio.Reader
	next int
	done chan error
	// told are the diagnostics that came before the answer that was waited for.
	told []publishParams
}

func start(t *testing.T, folders ...string) *client {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	serverIn, in := io.Pipe()
	out, serverOut := io.Pipe()
	c := &client{t: t, in: in, out: bufio.NewReader(out), done: make(chan error, 1)}
	o := Options{Kernel: target.Fixed(), Folders: func(string, []string) []string { return folders }}
	go func() {
		err := Run(t.Context(), serverIn, serverOut, o)
		serverOut.CloseWithError(io.EOF)
		serverIn.Close()
		c.done <- err
	}()
	t.Cleanup(func() { in.Close(); _, _ = io.Copy(io.Discard, out) })
	return c
}

// ready is a client whose server is initialized.
func ready(t *testing.T, folders ...string) *client {
	t.Helper()
	c := start(t, folders...)
	c.ask("initialize", `{"capabilities":{"textDocument":{"publishDiagnostics":{"relatedInformation":true}}}}`)
	c.notify("initialized", `{}`)
	return c
}

func (c *client) send(body string) {
	c.t.Helper()
	if err := writeFrame(c.in, []byte(body)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) notify(method, params string) {
	c.t.Helper()
	c.send(fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":%s}`, method, params))
}

type reply struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *rpcError       `json:"error"`
}

func (c *client) receive() reply {
	c.t.Helper()
	body, err := readFrame(c.out)
	if err != nil {
		c.t.Fatal(err)
	}
	var r reply
	if err := json.Unmarshal(body, &r); err != nil {
		c.t.Fatalf("%v: %s", err, body)
	}
	return r
}

// request sends a request and returns its number.
func (c *client) request(method, params string) int {
	c.t.Helper()
	c.next++
	c.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, c.next, method, params))
	return c.next
}

// ask sends a request and waits for its answer.
func (c *client) ask(method, params string) reply {
	c.t.Helper()
	id := c.request(method, params)
	for {
		r := c.receive()
		if r.Method != "" {
			c.keep(r)
			continue
		}
		if string(r.ID) == fmt.Sprint(id) {
			return r
		}
	}
}

func (c *client) keep(r reply) {
	c.t.Helper()
	if r.Method != "textDocument/publishDiagnostics" {
		return
	}
	var p publishParams
	if err := json.Unmarshal(r.Params, &p); err != nil {
		c.t.Fatal(err)
	}
	c.told = append(c.told, p)
}

// diagnostics waits for those of a version of a document.
func (c *client) diagnostics(uri string, version int) []diagnostic {
	c.t.Helper()
	for {
		for i, p := range c.told {
			if p.URI == uri && p.Version == version {
				c.told = append(c.told[:i:i], c.told[i+1:]...)
				return p.Diagnostics
			}
		}
		c.keep(c.receive())
	}
}

func (c *client) open(uri, text string) {
	c.t.Helper()
	body, _ := json.Marshal(text)
	c.notify("textDocument/didOpen", fmt.Sprintf(`{"textDocument":{"uri":%q,"languageId":"tapir","version":1,"text":%s}}`, uri, body))
}
