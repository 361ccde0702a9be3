package symbol

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const someCompiled = "1000 20 first\n0x1040 0x10 second one\n1000 10 again\nno line\n2000 zz bad\n3000 0 empty\nffffffffffffffff 10 over\n4000 8 esc\x1bape\n5000 10\n6000 10 not whole"

func TestParseCompiled(t *testing.T) {
	var got []string
	for _, f := range parseCompiled([]byte(someCompiled), 100) {
		got = append(got, fmt.Sprintf("%x+%x %s", f.offset, f.size, f.name))
	}
	if want := "1000+10 again, 1040+10 second one, 4000+8 esc?ape"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if n := len(parseCompiled([]byte(someCompiled), 1)); n != 1 {
		t.Errorf("with room for one: got %d", n)
	}
}

func FuzzParseCompiled(f *testing.F) {
	f.Add([]byte(someCompiled))
	f.Fuzz(func(t *testing.T, text []byte) {
		list := parseCompiled(text, 1000)
		for i, x := range list {
			if x.size == 0 || x.offset+x.size < x.offset || strings.ContainsFunc(x.name, isControl) || i > 0 && list[i-1].offset >= x.offset {
				t.Errorf("odd function %+v", x)
			}
		}
	})
}

// TestCompiled reads what this process tells of itself, while it is a file, and is its
// own.
func TestCompiled(t *testing.T) {
	path := fmt.Sprintf("/tmp/perf-%d.map", os.Getpid())
	put := func(text string) {
		t.Helper()
		_ = os.Remove(path)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Remove(path) })
	const address, second = 0x1008, int64(1e9)
	s := New(nil)
	find := func(at int64) string { return string(s.User(os.Getpid(), address, at).AppendData(nil, address)) }
	if got := find(second); got != "0x1008" {
		t.Errorf("without a file: got %s", got)
	}
	put("2000 10 other\n")
	if got := find(2 * second); got != "0x1008" {
		t.Errorf("before it is told: got %s", got)
	}
	put("2000 10 other\n1000 10 here\n")
	if got, want := find(3*second), "here+0x8/0x10 ["+path+"]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	s = New(nil)
	target := filepath.Join(t.TempDir(), "target")
	if err := os.WriteFile(target, []byte("1000 10 here\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(path)
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
	if got := find(second); got != "0x1008" {
		t.Errorf("through a link: got %s", got)
	}
	s = New(nil)
	_ = os.Remove(path)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := find(second); got != "0x1008" {
		t.Errorf("from a pipe: got %s", got)
	}
	if os.Geteuid() != 0 {
		return
	}
	s = New(nil)
	put("1000 10 here\n")
	if err := os.Chown(path, 12345, -1); err != nil {
		t.Fatal(err)
	}
	if got := find(second); got != "0x1008" {
		t.Errorf("of another user: got %s", got)
	}
}
