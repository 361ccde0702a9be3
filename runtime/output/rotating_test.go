package output

import (
	"os"
	"path/filepath"
	"testing"
)

func TestRotating(t *testing.T) {
	tests := []struct {
		name   string
		size   int64
		keep   int
		writes []string
		files  map[string]string
	}{
		{name: "one file", size: 100, writes: []string{"a\n", "b\n"}, files: map[string]string{"f.0": "a\nb\n"}},
		{name: "lines stay whole", size: 5, writes: []string{"abc\nde\nf\n"}, files: map[string]string{"f.0": "abc\n", "f.1": "de\nf\n"}},
		{name: "a long line", size: 3, writes: []string{"abcdefg\n"}, files: map[string]string{"f.0": "abc", "f.1": "def", "f.2": "g\n"}},
		{name: "old files go", size: 2, keep: 2, writes: []string{"a\n", "b\n", "c\n", "d\n"}, files: map[string]string{"f.2": "c\n", "f.3": "d\n"}},
		{name: "exactly full", size: 4, writes: []string{"abc\n", "d\n"}, files: map[string]string{"f.0": "abc\n", "f.1": "d\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			r, err := NewRotating(filepath.Join(dir, "f"), tt.size, tt.keep)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range tt.writes {
				if n, err := r.Write([]byte(w)); n != len(w) || err != nil {
					t.Fatalf("Write(%q) = %d, %v", w, n, err)
				}
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			if len(entries) != len(tt.files) {
				t.Errorf("got the files %v, want %v", entries, tt.files)
			}
			for name, want := range tt.files {
				if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
					t.Errorf("%s has %q, %v; want %q", name, got, err, want)
				}
			}
		})
	}
}

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"plain\ttext\n": "plain\ttext\n", "\x1b[31mred": `\033[31mred`, "Grüße": "Grüße", "\u009b1m": "\xc2" + `\2331m`, "\x7f": `\177`,
	} {
		if got := Visible(text); got != want {
			t.Errorf("Visible(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestSwitch(t *testing.T) {
	prefix := filepath.Join(t.TempDir(), "f")
	r, err := NewRotating(prefix, 100, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"a\n", "b\n", "c\n"} {
		if _, err := r.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := r.Switch(); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{".2": "c\n", ".3": ""} {
		if got, err := os.ReadFile(prefix + name); err != nil || string(got) != want {
			t.Errorf("%s has %q, %v; want %q", name, got, err, want)
		}
	}
	if _, err := os.Stat(prefix + ".1"); !os.IsNotExist(err) {
		t.Errorf("the file before is still there: %v", err)
	}
}
