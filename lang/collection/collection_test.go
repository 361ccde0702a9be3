package collection

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestBuiltin holds that the built-in scripts say of themselves what they have to.
func TestBuiltin(t *testing.T) {
	c := Builtin()
	if len(c.Scripts) < 10 {
		t.Fatalf("%d scripts", len(c.Scripts))
	}
	seen := map[string]string{}
	for _, s := range c.Scripts {
		if other := seen[s.Name]; other != "" {
			t.Errorf("%s and %s have one name", s.FullName(), other)
		}
		seen[s.Name] = s.FullName()
		h := s.Header()
		if h == nil {
			t.Errorf("%s has no header", s.FullName())
			continue
		}
		for _, p := range h.Problems {
			t.Errorf("%s: %v", s.FullName(), p)
		}
	}
}

// folder makes a folder with files, all with the same text.
func folder(t *testing.T, text string, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, f)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func names(scripts []*Script) string {
	var list []string
	for _, s := range scripts {
		list = append(list, s.FullName())
	}
	return strings.Join(list, " ")
}

func TestOpen(t *testing.T) {
	dir := folder(t, "# title: t\n", "a.tp", "io/b.stp", "io/deep/c.tp", "io/b.txtar", "io/b.two.txtar", "io/bb.txtar",
		"tapset/f.tp", "io/tapset/g.tp", ".git/h.tp", "testdata/i.tp", "_old/j.tp", "README", "x\x1b[m.tp")
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.tp"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.tp", filepath.Join(dir, "link.tp")); err != nil {
		t.Fatal(err)
	}
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := names(c.Scripts), "a io/b io/deep/c link"; got != want {
		t.Errorf("scripts %q, want %q", got, want)
	}
	tests, err := c.Scripts[1].Tests()
	if err != nil || len(tests) != 2 || tests[0].Name != "io/b" || tests[1].Name != "io/b.two" {
		t.Errorf("tests %+v, %v", tests, err)
	}
	if c.Tapset() != filepath.Join(dir, "tapset") {
		t.Errorf("tapset %q", c.Tapset())
	}
	if _, err := Open(filepath.Join(dir, "a.tp")); err == nil {
		t.Error("a file is a collection")
	}
}

func TestFind(t *testing.T) {
	one, err := Open(folder(t, "", "io/a.tp", "net/a.tp", "net/tcp/b.tp"))
	if err != nil {
		t.Fatal(err)
	}
	two, err := Open(folder(t, "", "io/a.tp", "c.tp"))
	if err != nil {
		t.Fatal(err)
	}
	list := []*Collection{one, two}
	for _, tt := range []struct{ name, want string }{
		{"a", "io/a net/a io/a"}, {"io/a", "io/a io/a"}, {"c", "c"}, {"tcp/b", "net/tcp/b"}, {"d", ""}, {"o/a", ""},
	} {
		if got := names(Find(list, tt.name)); got != tt.want {
			t.Errorf("Find(%s) = %q, want %q", tt.name, got, tt.want)
		}
	}
	builtin := []*Collection{Builtin()}
	if got := Similar(builtin, "disk_latencey"); len(got) != 1 || got[0] != "disk_latency" {
		t.Errorf("Similar = %q", got)
	}
}

func TestMetaBeside(t *testing.T) {
	dir := folder(t, "title: Meta\nkeywords: a\n", "a.meta")
	if err := os.WriteFile(filepath.Join(dir, "a.stp"), []byte("probe begin {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if h := c.Scripts[0].Header(); h == nil || h.Title != "Meta" {
		t.Errorf("header %+v", h)
	}
}

// TestPipeBeside holds that what lies beside a script is not waited for.
func TestPipeBeside(t *testing.T) {
	dir := folder(t, "probe begin { exit() }\n", "a.tp")
	if err := syscall.Mkfifo(filepath.Join(dir, "a.meta"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Open(dir)
	if err != nil || len(c.Scripts) != 1 {
		t.Fatalf("%v, %v", c, err)
	}
	if h := c.Scripts[0].Header(); h != nil {
		t.Errorf("the header is %+v", h)
	}
	if h := HeaderOf(filepath.Join(dir, "a.tp"), "probe begin { exit() }\n"); h != nil {
		t.Errorf("the header is %+v", h)
	}
}

func TestTapsetOf(t *testing.T) {
	dir := folder(t, "", "tapset/f.tp", "io/a.tp", "io/deep/b.tp")
	tapset := filepath.Join(dir, "tapset")
	if got := TapsetOf(filepath.Join(dir, "io/a.tp")); got != tapset {
		t.Errorf("got %q", got)
	}
	if got := TapsetOf(filepath.Join(dir, "io/deep/b.tp")); got != "" {
		t.Errorf("two folders up, without a checkout: %q", got)
	}
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := TapsetOf(filepath.Join(dir, "io/deep/b.tp")); got != tapset {
		t.Errorf("within a checkout: %q", got)
	}
	if err := os.Chmod(tapset, 0o777); err != nil {
		t.Fatal(err)
	}
	if got := TapsetOf(filepath.Join(dir, "io/a.tp")); got != "" {
		t.Errorf("a folder that anybody may write to: %q", got)
	}
}

func TestStrange(t *testing.T) {
	file := filepath.Join(folder(t, "", "a.tp"), "a.tp")
	uid := os.Getuid()
	for _, tt := range []struct {
		mode os.FileMode
		uid  int
		want string
	}{
		{0o644, uid, ""}, {0o600, uid, ""}, {0o646, uid, "anybody may write to it"},
	} {
		if err := os.Chmod(file, tt.mode); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := Strange(info, tt.uid); got != tt.want {
			t.Errorf("%o: %q, want %q", tt.mode, got, tt.want)
		}
	}
	if uid != 0 {
		t.Skip("only root can give files away")
	}
	if err := os.Chown(file, 65534, 65533); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		mode os.FileMode
		uid  int
		want string
	}{
		{0o644, 0, "it belongs to the user 65534"}, {0o644, 65534, ""}, {0o664, 65534, "the group 65533 may write to it"},
	} {
		if err := os.Chmod(file, tt.mode); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := Strange(info, tt.uid); got != tt.want {
			t.Errorf("%o, user %d: %q, want %q", tt.mode, tt.uid, got, tt.want)
		}
	}
}

func TestExtract(t *testing.T) {
	dir := t.TempDir()
	if err := Extract(dir); err != nil {
		t.Fatal(err)
	}
	c, err := Open(dir)
	if err != nil || names(c.Scripts) != names(Builtin().Scripts) || c.Tapset() != "" {
		t.Errorf("%v: %q", err, names(c.Scripts))
	}
	if _, err := os.Stat(filepath.Join(dir, "tapset")); err == nil {
		t.Error("the tapset is in it")
	}
}
