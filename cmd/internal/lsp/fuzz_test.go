package lsp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"tapir/bpf/target"
)

func FuzzFrame(f *testing.F) {
	for _, s := range []string{
		"Content-Length: 2\r\n\r\n{}", "content-length:2\n\n{}Content-Length: 0\r\n\r\n", "Content-Length: 2\r\n", "\r\n",
		"Content-Type: x\r\nContent-Length: 1\r\n\r\n1", "Content-Length: 67108865\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		r := bufio.NewReader(bytes.NewReader(in))
		for {
			body, err := readFrame(r)
			if err != nil {
				return
			}
			var b bytes.Buffer
			if err := writeFrame(&b, body); err != nil {
				t.Fatal(err)
			}
			again, err := readFrame(bufio.NewReader(&b))
			if err != nil || !bytes.Equal(again, body) {
				t.Fatalf("%q came back as %q, %v", body, again, err)
			}
		}
	})
}

func FuzzPosition(f *testing.F) {
	f.Add("a\r\nb😀c\rd\n\n", uint32(1), uint32(2))
	f.Add("\xff\xfe😀", uint32(0), uint32(9))
	f.Fuzz(func(t *testing.T, body string, line, character uint32) {
		x := newText(body)
		off := x.offset(position{line, character})
		if off < 0 || off > len(body) {
			t.Fatalf("offset %d of %d", off, len(body))
		}
		p := x.position(off)
		if again := x.offset(p); again != off {
			t.Fatalf("%v is at %d, and that at %v, which is at %d", position{line, character}, off, p, again)
		}
		for i := range len(body) + 1 {
			if utf8.ValidString(body[:i]) && !strings.HasSuffix(body[:i], "\r") && x.offset(x.position(i)) != i && utf8.ValidString(body) {
				t.Fatalf("byte %d is at %v, which is byte %d", i, x.position(i), x.offset(x.position(i)))
			}
		}
	})
}

// FuzzSession asks everything at a place of any text.
func FuzzSession(f *testing.F) {
	f.Add("probe syscall.open { x = foo(1, $a->b) %( kernel_v > \"3\" %? y %) }", 30)
	f.Add("@define M(x) %( @x + 1 %)\nglobal g\nfunction f(a) { foreach ([i+] in g) delete g[i] }\nprobe a.b = end { v = @M(2) }", 60)
	f.Add("probe begin { try { \"", 20)
	f.Add("probe process(\"/bin/x\").function(\"f", 33)
	f.Fuzz(func(t *testing.T, body string, at int) {
		if len(body) > 4096 {
			return
		}
		w := &writer{w: io.Discard}
		d := newDesk(&Options{Kernel: target.Fixed(), Folders: func(string, []string) []string { return nil }}, w)
		doc := &document{"untitled:x", "", 1, newText(body)}
		d.docs = map[string]*document{doc.uri: doc}
		if at < 0 || at > len(body) {
			at = len(body)
		}
		for method, ask := range answers {
			q := &query{ctx: context.Background(), m: &message{Method: method, Params: []byte(`{"newName":"xyz"}`)}, view: d.view(doc), at: at}
			if _, err := ask(q); err != nil {
				if e, ok := errors.AsType[*rpcError](err); !ok || e.Code != codeFailed {
					t.Errorf("%s: %v", method, err)
				}
			}
		}
		for _, one := range d.diagnostics(doc) {
			if strings.HasPrefix(one.Message, "the check failed") {
				t.Error(one.Message)
			}
		}
	})
}
