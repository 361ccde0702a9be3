package builtin

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"tapir/bpf/layout"
	"tapir/lang/types"
)

func TestParseFormat(t *testing.T) {
	lit := func(s string) FormatPart { return FormatPart{Literal: s, Width: -1, Prec: -1} }
	conv := func(verb byte) FormatPart { return FormatPart{Verb: verb, Width: -1, Prec: -1} }
	tests := []struct {
		format string
		want   []FormatPart
	}{
		{"", nil},
		{"plain", []FormatPart{lit("plain")}},
		{"100%%\n", []FormatPart{lit("100%\n")}},
		{"%d%s", []FormatPart{conv('d'), conv('s')}},
		{"%i %ld %lx", []FormatPart{conv('d'), lit(" "), conv('d'), lit(" "), conv('x')}},
		{"%16s[%5d]", []FormatPart{{Verb: 's', Width: 16, Prec: -1}, lit("["), {Verb: 'd', Width: 5, Prec: -1}, lit("]")}},
		{"%-20s", []FormatPart{{Verb: 's', Flag: '-', Width: 20, Prec: -1}}},
		{"%08x", []FormatPart{{Verb: 'x', Flag: '0', Width: 8, Prec: -1}}},
		{"%#o", []FormatPart{{Verb: 'o', Flag: '#', Width: -1, Prec: -1}}},
		{"% d", []FormatPart{{Verb: 'd', Flag: ' ', Width: -1, Prec: -1}}},
		{"%.3s", []FormatPart{{Verb: 's', Width: -1, Prec: 3}}},
		{"%.s", []FormatPart{{Verb: 's', Width: -1, Prec: 0}}},
		{"%*.*s", []FormatPart{{Verb: 's', Width: -1, Prec: -1, WidthArg: true, PrecArg: true}}},
		{"%00d", []FormatPart{{Verb: 'd', Flag: '0', Width: 0, Prec: -1}}},
		{"%99999999999999999999d", []FormatPart{{Verb: 'd', Width: MaxFormatWidth, Prec: -1}}},
		{"%u%X%p%c%b%m%M", []FormatPart{conv('u'), conv('X'), conv('p'), conv('c'), conv('b'), conv('m'), conv('M')}},
	}
	for _, test := range tests {
		got, err := ParseFormat(test.format)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("ParseFormat(%q)\n got %+v, %v\nwant %+v", test.format, got, err, test.want)
		}
	}
}

func TestParseFormatErrors(t *testing.T) {
	tests := []struct {
		format string
		want   error
	}{
		{"%z", ErrNoConversion},
		{"%-+5d", ErrNoConversion},
		{"%lld", ErrNoConversion},
		{"%5%", ErrNoConversion},
		{"%é", ErrNoConversion},
		{"%", ErrTrailingFormat},
		{"a %5", ErrTrailingFormat},
		{"%-5.", ErrTrailingFormat},
		{"%l", ErrTrailingFormat},
	}
	for _, test := range tests {
		if got, err := ParseFormat(test.format); !errors.Is(err, test.want) {
			t.Errorf("ParseFormat(%q) = %+v, %v; want error %v", test.format, got, err, test.want)
		}
	}
}

func TestArgKind(t *testing.T) {
	for verb, want := range map[byte]types.Kind{'s': types.String, 'd': types.Long, 'p': types.Long, 'm': types.Long, 0: types.Unknown} {
		if got := (FormatPart{Verb: verb}).ArgKind(); got != want {
			t.Errorf("ArgKind of %q = %v, want %v", verb, got, want)
		}
	}
}

// TestFunctions holds what the passes take for granted of the table.
func TestFunctions(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Functions {
		if seen[f.Name] {
			t.Errorf("%s is there twice", f.Name)
		}
		seen[f.Name] = true
		if got := Lookup(f.Name); got == nil || got.Name != f.Name {
			t.Errorf("Lookup(%q) = %v", f.Name, got)
		}
		if f.Tapset != strings.HasPrefix(f.Name, "_") {
			t.Errorf("%s: Tapset is %v", f.Name, f.Tapset)
		}
		if (f.Read != nil) != (f.Class == Memory) {
			t.Errorf("%s: class %v, read %+v", f.Name, f.Class, f.Read)
		}
		if names := strings.Fields(f.Names); len(names) != len(f.Params) {
			t.Errorf("%s: %d parameters, names %q", f.Name, len(f.Params), names)
		}
		if f.Optional > len(f.Params) || f.Result == types.Unknown || f.Doc == "" {
			t.Errorf("%s is incomplete: %+v", f.Name, f)
		}
		if r := f.Read; r != nil {
			ways := 0
			for _, way := range []bool{r.CString, r.Vector, r.Stack, r.Size > 0, r.LenArg > 0 && !r.Path, r.Path} {
				if way {
					ways++
				}
			}
			if ways != 1 {
				t.Errorf("%s: %d ways to tell its bytes: %+v", f.Name, ways, r)
			}
			if r.Size == 0 && r.Max == 0 {
				t.Errorf("%s: no bound", f.Name)
			}
			if !r.Stack && f.Params[0] != types.Long {
				t.Errorf("%s: first parameter is a %v, not an address", f.Name, f.Params[0])
			}
		}
	}
	if Lookup("no_such_function") != nil {
		t.Error("Lookup finds what is not there")
	}
}

func TestAccepts(t *testing.T) {
	f := Lookup("user_string")
	for n, want := range []bool{false, true, true, false} {
		if got := f.Accepts(n); got != want {
			t.Errorf("user_string accepts %d arguments: %v, want %v", n, got, want)
		}
	}
}

// TestVectorSlack holds that a vector of strings of any one length fills the text
// that is made of it before it fills the record.
func TestVectorSlack(t *testing.T) {
	most := Lookup("_string_vector").Read.Max
	for n := range maxStr {
		const separators = len(`"", `)
		elements := min(maxStr/(n+separators), layout.VectorMaxElems)
		size := elements * (layout.VectorElem + (n+7)&^7)
		if size > most-2*layout.VectorElem {
			t.Errorf("%d strings of %d bytes need %d of a record that has %d", elements, n, size, most)
		}
	}
}
