package flame

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

var some = []Stack{
	{[]string{"main", "a", "b"}, 3},
	{[]string{"main", "a"}, 1},
	{[]string{"main", "a", "b"}, 2},
	{[]string{"main", "std::map<int, char>::at", Kernel("sys_read")}, 4},
	{[]string{"odd;name\n", "x"}, 1},
	{[]string{"never"}, 0},
	{nil, 5},
}

func TestFolded(t *testing.T) {
	var b strings.Builder
	if err := Folded(&b, some); err != nil {
		t.Fatal(err)
	}
	const want = "main;a 1\nmain;a;b 5\nmain;std::map<int, char>::at;sys_read_[k] 4\nodd_name_;x 1\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// titles are the texts that a graph shows when one points at its boxes.
func titles(t *testing.T, text string) (list []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	in := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		switch x := token.(type) {
		case xml.StartElement:
			in = x.Name.Local == "title"
		case xml.CharData:
			if in {
				list = append(list, string(x))
			}
		case xml.EndElement:
			in = false
		}
	}
}

func TestGraph(t *testing.T) {
	var b strings.Builder
	if err := Graph(&b, "a < b", some); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(titles(t, b.String()), "|")
	const want = "all: 11 (100.00 %)|main: 10 (90.91 %)|a: 6 (54.55 %)|b: 5 (45.45 %)|std::map<int, char>::at: 4 (36.36 %)|" +
		"sys_read_[k]: 4 (36.36 %)|odd;name\n: 1 (9.09 %)|x: 1 (9.09 %)"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestEmptyGraph(t *testing.T) {
	var b strings.Builder
	if err := Graph(&b, "", nil); err != nil {
		t.Fatal(err)
	}
	if got := titles(t, b.String()); len(got) != 1 {
		t.Errorf("boxes: %q", got)
	}
}

type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestErrors(t *testing.T) {
	if err := Folded(full{}, some); !errors.Is(err, errFull) {
		t.Errorf("Folded: %v", err)
	}
	if err := Graph(full{}, "", some); !errors.Is(err, errFull) {
		t.Errorf("Graph: %v", err)
	}
}

func FuzzGraph(f *testing.F) {
	f.Add("main", "\x1b<&\"", int64(3))
	f.Fuzz(func(t *testing.T, a, b string, n int64) {
		n %= 1 << 40
		var text strings.Builder
		if err := Graph(&text, a, []Stack{{[]string{a, b}, n}, {[]string{a}, 1}}); err != nil {
			t.Fatal(err)
		}
		titles(t, text.String())
		var lines strings.Builder
		if err := Folded(&lines, []Stack{{[]string{a, b}, n}}); err != nil {
			t.Fatal(err)
		}
		if n > 0 && (strings.Count(lines.String(), "\n") != 1 || !strings.HasSuffix(lines.String(), fmt.Sprintf(" %d\n", n))) {
			t.Errorf("%q", lines.String())
		}
	})
}
