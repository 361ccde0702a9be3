package fuse

import (
	"bytes"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// request is a message as the kernel sends it.
func request(op uint32, node uint64, body []byte) []byte {
	b := make([]byte, inHeader)
	order.PutUint32(b, uint32(inHeader+len(body)))
	order.PutUint32(b[4:], op)
	order.PutUint64(b[8:], 99)
	order.PutUint64(b[16:], node)
	return append(b, body...)
}

func TestParse(t *testing.T) {
	m, ok := parse(request(opLookup, 7, []byte("name\x00")))
	if !ok || m.op != opLookup || m.node != 7 || m.unique != 99 || string(m.body) != "name\x00" {
		t.Errorf("parse = %+v, %v", m, ok)
	}
	for _, bad := range [][]byte{nil, make([]byte, inHeader-1), request(opLookup, 1, []byte("x"))[:inHeader]} {
		if _, ok := parse(bad); ok {
			t.Errorf("parse took %d bytes for a request", len(bad))
		}
	}
}

func TestWritten(t *testing.T) {
	body := make([]byte, writeHead)
	order.PutUint32(body[16:], 3)
	m := message{body: append(slices.Clone(body), "abcd"...)}
	if got := m.written(); string(got) != "abc" {
		t.Errorf("written = %q, want abc", got)
	}
	m.body = append(body, "ab"...) // fewer than it says
	if got := m.written(); got != nil {
		t.Errorf("written of a cut request = %q", got)
	}
}

func TestTree(t *testing.T) {
	nodes := makeTree([]File{{Path: "a/b/x", Mode: 0o400, Read: true}, {Path: "y", Mode: 0o222}, {Path: "a/z"}})
	a := child(nodes, 1, "a")
	b := child(nodes, a, "b")
	x := child(nodes, b, "x")
	if x == 0 || nodes[x-1].mode != unix.S_IFREG|0o400 || !nodes[x-1].read || nodes[x-1].write || nodes[x-1].file != 0 {
		t.Fatalf("a/b/x is %d of %+v", x, nodes)
	}
	if n := child(nodes, a, "z"); n == 0 || nodes[n-1].file != 2 || nodes[n-1].parent != a {
		t.Errorf("a/z is %d", n)
	}
	if child(nodes, 1, "x") != 0 || child(nodes, x, "x") != 0 || len(nodes) != 6 {
		t.Errorf("there is more than was asked for: %d nodes", len(nodes))
	}
}

func TestListInParts(t *testing.T) {
	s := &Server{nodes: makeTree([]File{{Path: "one"}, {Path: "two"}, {Path: "three"}})}
	var names []string
	for next := uint64(0); ; {
		body := make([]byte, readHead)
		order.PutUint64(body[8:], next)
		order.PutUint32(body[16:], 70) // two entries
		m := message{node: 1, body: body}
		b := s.list(&m, s.nodes[0])
		if len(b) == 0 {
			break
		}
		for len(b) > 0 {
			n := int(order.Uint32(b[16:]))
			names = append(names, string(b[24:24+n]))
			next = order.Uint64(b[8:])
			b = b[(24+n+7)&^7:]
		}
	}
	if want := []string{".", "..", "one", "two", "three"}; !slices.Equal(names, want) {
		t.Errorf("list = %q, want %q", names, want)
	}
}

func TestPart(t *testing.T) {
	text := []byte("0123456789")
	for _, tt := range []struct {
		offset uint64
		size   uint32
		want   string
	}{{0, 4, "0123"}, {8, 4, "89"}, {10, 4, ""}, {1 << 63, 4, ""}, {0, 1 << 31, "0123456789"}} {
		if got := part(text, tt.offset, tt.size); string(got) != tt.want {
			t.Errorf("part(%d, %d) = %q, want %q", tt.offset, tt.size, got, tt.want)
		}
	}
}

// FuzzDispatch holds that no bytes of the device make the server read beyond them. Its
// device is a pipe, into which the replies go.
func FuzzDispatch(f *testing.F) {
	for _, op := range []uint32{opLookup, opGetattr, opSetattr, opOpen, opRead, opWrite, opStatfs, opRelease, opInit, opReaddir, opInterrupt, 1000} {
		f.Add(request(op, 1, nil))
		f.Add(request(op, 2, bytes.Repeat([]byte{1, 0, 0, 0}, 12)))
	}
	s := discarding(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, ok := parse(b); ok {
			s.dispatch(&m)
		}
		for r := s.Next(); r != nil; r = s.Next() {
			r.Refuse()
		}
	})
}
