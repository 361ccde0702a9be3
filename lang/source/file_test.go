package source

import "testing"

func TestPositions(t *testing.T) {
	set := &Set{}
	a := set.Add("a", "one\ntwo\n")
	b := set.Add("b", "")
	c := set.Add("c", "x @m y")
	tests := []struct {
		pos       Pos
		file      *File
		line, col int
	}{
		{a.Base, a, 1, 1},
		{a.Base + 3, a, 1, 4},
		{a.Base + 4, a, 2, 1},
		{a.Base + 8, a, 3, 1},
		{b.Base, b, 1, 1},
		{c.Base + 2, c, 1, 3},
		{c.Base + 6, c, 1, 7},
	}
	for _, test := range tests {
		got := set.Position(test.pos)
		if got.File != test.file || got.Line != test.line || got.Col != test.col {
			t.Errorf("Position(%d) = %s:%d:%d, want %s:%d:%d", test.pos, got.File.Name, got.Line, got.Col, test.file.Name, test.line, test.col)
		}
	}
	if set.FileOf(0) != nil || set.Position(0).File != nil || set.Text(Span{}) != "" {
		t.Error("no position is somewhere")
	}
	if got := a.Line(2); got != "two" {
		t.Errorf("line 2 is %q", got)
	}
	if got := a.Line(9); got != "" {
		t.Errorf("line 9 is %q", got)
	}
}

func TestExpansionPositions(t *testing.T) {
	set := &Set{}
	f := set.Add("f", "ab\ncd ef")
	outer := set.AddExpansion(Span{f.Base + 3, f.Base + 8}, Token{})
	inner := set.AddExpansion(Span{outer.Base + 3, outer.Base + 5}, Token{})
	if inner.Text != "ef" {
		t.Errorf("text %q", inner.Text)
	}
	if got := set.Position(inner.Base + 1); got.File != f || got.Line != 2 || got.Col != 5 {
		t.Errorf("got %s:%d:%d, want f:2:5", got.File.Name, got.Line, got.Col)
	}
}

func TestUnion(t *testing.T) {
	tests := []struct{ a, b, want Span }{
		{Span{}, Span{}, Span{}},
		{Span{}, Span{2, 3}, Span{2, 3}},
		{Span{2, 3}, Span{}, Span{2, 3}},
		{Span{5, 6}, Span{2, 3}, Span{2, 6}},
	}
	for _, test := range tests {
		if got := test.a.Union(test.b); got != test.want {
			t.Errorf("%v.Union(%v) = %v, want %v", test.a, test.b, got, test.want)
		}
	}
}
