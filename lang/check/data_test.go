package check_test

import (
	"slices"
	"strings"
	"testing"

	"tapir/lang/check"
	"tapir/lang/ctype"
	"tapir/lang/syntax"
)

// world is a machine with a few types and tracepoints.
type world struct{ machine }

// made is the parts of a type that is written down here.
type made struct {
	elem    *ctype.Type
	members []ctype.Member
}

func (m made) Elem() *ctype.Type       { return m.elem }
func (m made) Members() []ctype.Member { return m.members }
func (made) Names() []ctype.Name       { return nil }

var (
	cInt    = &ctype.Type{Kind: ctype.Int, Name: "int", Size: 4, Signed: true}
	cUlong  = &ctype.Type{Kind: ctype.Int, Name: "long unsigned int", Size: 8}
	cChar   = &ctype.Type{Kind: ctype.Int, Name: "char", Size: 1, Signed: true, Char: true}
	cShort  = &ctype.Type{Kind: ctype.Int, Name: "short unsigned int", Size: 2}
	cName   = &ctype.Type{Kind: ctype.Array, Size: 16, Len: 16, Parts: made{elem: cChar}}
	cPair   = &ctype.Type{Kind: ctype.Struct, Name: "struct pair", Size: 8, Parts: made{members: []ctype.Member{{Name: "a", Type: cInt}, {Name: "b", Type: cInt, Offset: 32}}}}
	cPairs  = &ctype.Type{Kind: ctype.Array, Size: 24, Len: 3, Parts: made{elem: cPair}}
	cThing  = thing()
	cThingP = &ctype.Type{Kind: ctype.Pointer, Size: 8, Parts: made{elem: cThing}}
)

func thing() *ctype.Type {
	t := &ctype.Type{Kind: ctype.Struct, Name: "struct thing", Size: 100}
	union := &ctype.Type{Kind: ctype.Union, Size: 8, Parts: made{members: []ctype.Member{{Name: "inner", Type: cUlong}, {Name: "half", Type: cInt}}}}
	t.Parts = made{members: []ctype.Member{
		{Name: "id", Type: cInt, Offset: 64},
		{Name: "next", Type: &ctype.Type{Kind: ctype.Pointer, Size: 8, Parts: made{elem: t}}, Offset: 128},
		{Name: "name", Type: cName, Offset: 192},
		{Name: "pairs", Type: cPairs, Offset: 320},
		{Name: "low", Type: cInt, Offset: 514, Bits: 3},
		{Name: "high", Type: cShort, Offset: 517, Bits: 5},
		{Type: union, Offset: 576},
	}}
	return t
}

func (world) Type(name string) *ctype.Type {
	switch strings.TrimPrefix(name, "struct ") {
	case "thing":
		return cThing
	case "pair":
		return cPair
	}
	return nil
}

func (world) Tracepoint(name string) ([]ctype.Param, bool) {
	if name != "happened" {
		return nil, false
	}
	return []ctype.Param{{Name: "what", Type: cThingP}, {Name: "n", Type: cInt}, {Name: "big", Type: cUlong}, {Name: "c", Type: cChar}}, true
}

func (world) Tracepoints() []string { return []string{"happened", "happening"} }

// TestData holds what the kernel's data is replaced by.
func TestData(t *testing.T) {
	const what = "pointer_arg(1)"
	for text, want := range map[string]string{
		"$n":                      "int_arg(2)",
		"$big":                    "long_arg(3)",
		"$c":                      "long_arg(4) << 56 >> 56",
		"$what":                   what,
		"$what->id":               "kernel_int32(" + what + " + 8)",
		"&$what->id":              what + " + 8",
		"$what->next->next->id":   "kernel_int32(kernel_uint64(kernel_uint64(" + what + " + 16) + 16) + 8)",
		"$what->name":             what + " + 24",
		"$what->name[1]":          "kernel_int8(" + what + " + 25)",
		"$what->pairs[2]->b":      "kernel_int32(" + what + " + 60)",
		"$what->pairs[$n]->a":     "kernel_int32(" + what + " + 40 + int_arg(2) * 8)",
		"$what->low":              "kernel_uint32(" + what + " + 64) << 59 >> 61",
		"$what->high":             "kernel_uint16(" + what + " + 64) >> 5 & 31",
		"$what->inner":            "kernel_uint64(" + what + " + 72)",
		"$what->half":             "kernel_int32(" + what + " + 72)",
		`@cast($big, "pair")->b`:  "kernel_int32(long_arg(3) + 4)",
		"@kderef(2, $big)":        "kernel_uint16(long_arg(3))",
		"@defined($what->id)":     "1",
		"@defined($what->no)":     "0",
		"@defined($no) ? $no : 7": "7",
		`$$name`:                  `"happened"`,
		`$$vars`:                  `sprintf("what=%#x n=%#x big=%#x c=%#x", ` + what + `, int_arg(2), long_arg(3), long_arg(4) << 56 >> 56)`,
		`$what->pairs[0]$`:        `sprintf("{.a=%i, .b=%i}", kernel_int32(` + what + ` + 40), kernel_int32(` + what + ` + 44))`,
	} {
		r := checkData(t, "probe kernel.trace(\"happened\") { println("+text+") }", check.Options{Unoptimized: true})
		if len(r.diags.List) > 0 {
			t.Errorf("%s:\n%s", text, rendered(r.set, r.diags))
			continue
		}
		complete(t, r.prog)
		p := r.prog.Probes[0].Body.Stmts[0].(*syntax.ExprStmt).X.(*syntax.Print)
		if got := syntax.ExprString(p.Args[0]); strings.NewReplacer("(", "", ")", "").Replace(got) != strings.NewReplacer("(", "", ")", "").Replace(want) {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// TestPointers holds through what pointers stay pointers.
func TestPointers(t *testing.T) {
	r := checkData(t, `
global kept
function first() { return @cast(0x1000, "thing") }
probe kernel.trace("sys:happened") {
	t = $what
	kept[1] = t->next
	u = first()
	println(t->id, kept[1]->id, u->next->id, (t->next ? t->next : t)->id)
}`, check.Options{})
	if r.diags.HasErrors() {
		t.Error(rendered(r.set, r.diags))
	}
}

func TestDataErrors(t *testing.T) {
	for text, want := range map[string]string{
		"$wat":                   "unable to find tracepoint variable '$wat' (alternatives: $what)",
		"$what->idd":             "unable to find member 'idd' for struct thing (alternatives: id",
		"$n->x":                  "'int' is no pointer",
		"$what->id->x":           "'int' has no members",
		"$what->pairs[0]":        "'struct pair' is not a number",
		"&$what->low":            "a bit field has no address",
		`@cast($n, "nosuch")->x`: "the kernel's BTF has no type 'nosuch'",
		"$$nosuch":               "unknown variable '$$nosuch'",
	} {
		r := checkData(t, "probe kernel.trace(\"happened\") { println("+text+") }", check.Options{})
		if !slices.ContainsFunc(shownAll(r), func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("%s: got %q, want %s", text, shownAll(r), want)
		}
	}
	r := checkData(t, `probe kernel.trace("hapened") { println(1) }`, check.Options{})
	if got := rendered(r.set, r.diags); !strings.Contains(got, "no match: this kernel has no tracepoint 'hapened' (similar tracepoints: happened") {
		t.Errorf("got %s", got)
	}
}

func shownAll(r run) []string {
	var list []string
	for _, d := range r.diags.List {
		list = append(list, d.Message)
	}
	return list
}

func checkData(t *testing.T, text string, o check.Options) run {
	t.Helper()
	return checkOn(t, world{x86}, text, "", o)
}
