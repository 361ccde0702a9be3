package target

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tapir/lang/check"
)

var _ check.Variables = (*Kernel)(nil)

func TestDataSymbol(t *testing.T) {
	for line, want := range map[string]variable{
		"ffffffff83407a00 D jiffies_64":       {"jiffies_64", 0xffffffff83407a00},
		"ffffffffc0000000 b counter\t[dummy]": {"counter", 0xffffffffc0000000},
		"0000000000000000 D hidden":           {"hidden", 0},
		"ffffffff816b8230 T vfs_read":         {},
		"ffffffff83407a00 DD two":             {},
		"fffffffffffffffffffff D too_long":    {},
		"word D name":                         {},
		"ffffffff83407a00 D":                  {},
	} {
		got, ok := dataSymbol(bytes.Fields([]byte(line)))
		if ok != (want.name != "") || ok && got != want {
			t.Errorf("%s: got %+v, %v, want %+v", line, got, ok, want)
		}
	}
}

func TestFindVariable(t *testing.T) {
	list := []variable{{"hidden", 0}, {"own", 0x1a0}, {"there", 0xffffffff83407a00}, {"twice", 1 << 63}, {"twice", 1<<63 + 8}}
	for i := range fewVariables {
		list = append(list, variable{fmt.Sprintf("z%d", i), 1 << 63})
	}
	slices.SortStableFunc(list, func(a, b variable) int { return strings.Compare(a.name, b.name) })
	for name, want := range map[string]string{
		"there": "", "hidden": "kptr_restrict", "own": "each CPU has a variable 'own'", "twice": "several variables 'twice'", "none": "no variable 'none'",
	} {
		address, err := findVariable(list, name)
		if want == "" && (err != nil || address != 0xffffffff83407a00) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %#x, %v", name, address, err)
		}
	}
	if _, err := findVariable(list[:3], "none"); err != errNoVariables {
		t.Errorf("in a list of sections: got %v", err)
	}
}
