package exe

import (
	"testing"

	"tapir/lang/ctype"
)

// manyOf is the parts of a struct with many members of a type.
type manyOf struct{ t *ctype.Type }

func (m manyOf) Elem() *ctype.Type   { return m.t }
func (m manyOf) Names() []ctype.Name { return nil }
func (m manyOf) Members() []ctype.Member {
	list := make([]ctype.Member, 100)
	for i := range list {
		list[i].Type = m.t
	}
	return list
}

// TestManyParts holds that structs of damaged debug information, whose parts have many
// parts that have no size, do not keep anyone busy.
func TestManyParts(t *testing.T) {
	s := &ctype.Type{Kind: ctype.Struct, Name: "struct none"}
	for range maxFlat {
		s = &ctype.Type{Kind: ctype.Struct, Name: "struct many", Size: 8, Parts: manyOf{s}}
	}
	if c := classify(s); c != (class{words: 1}) {
		t.Errorf("it is handed over as %+v", c)
	}
	parts := maxParts
	if n, ok := goWords(s, 0, &parts); ok {
		t.Errorf("it takes %d registers", n)
	}
}
