package target

import (
	"bytes"
	"testing"

	"tapir/lang/builtin"
	"tapir/lang/check"
)

var _ check.Functions = (*Kernel)(nil)

func TestFunctionSymbol(t *testing.T) {
	for line, want := range map[string]symbol{
		"ffffffff816b8230 T vfs_read":                 {name: "vfs_read", global: true},
		"ffffffff816b8230 t do_nanosleep":             {name: "do_nanosleep"},
		"0000000000000000 W weak_one":                 {name: "weak_one", global: true},
		"ffffffffc0000000 t dummy_xmit\t[dummy]":      {module: "dummy", name: "dummy_xmit"},
		"ffffffff81000000 D some_data":                {},
		"ffffffff81000000 t vfs_read.cold":            {},
		"ffffffff81000000 T __pfx_vfs_read":           {},
		"ffffffffc0000000 t bpf_prog_1234_name [bpf]": {},
		"ffffffff81000000":                            {},
	} {
		got, ok := functionSymbol(bytes.Fields([]byte(line)))
		if ok != (want.name != "") || ok && got != want {
			t.Errorf("%s: got %+v, %v, want %+v", line, got, ok, want)
		}
	}
}

func TestMatchFunctions(t *testing.T) {
	f := &functions{
		symbols: []symbol{{"", "vfs_open", true}, {"", "vfs_read", true}, {"", "vfs_secret", false}, {"", "vfs_static", false}, {"ext4", "vfs_read", false}},
		probed:  map[[2]string]bool{{"", "vfs_open"}: true, {"", "vfs_read"}: true, {"", "vfs_secret"}: true, {"ext4", "vfs_read"}: true},
		barred:  map[string]bool{"vfs_secret": true},
	}
	for _, test := range []struct {
		q             check.FunctionQuery
		found, barred int
	}{
		{check.FunctionQuery{Name: "vfs_read"}, 1, 0},
		{check.FunctionQuery{Name: "vfs_*"}, 2, 2},
		{check.FunctionQuery{Name: "vfs_*", Global: true}, 2, 0},
		{check.FunctionQuery{Name: "vfs_*", Module: "ext*"}, 1, 0},
		{check.FunctionQuery{Name: "*read", Module: "*"}, 2, 0},
		{check.FunctionQuery{Name: "vfs_secret"}, 0, 1},
		{check.FunctionQuery{Name: "nosuch"}, 0, 0},
	} {
		found, barred := f.match(test.q)
		if len(found) != test.found || barred != test.barred {
			t.Errorf("%+v: found %v, %d barred; want %d, %d", test.q, found, barred, test.found, test.barred)
		}
	}
}

// TestMeans holds how functions are probed, by what the kernel has.
func TestMeans(t *testing.T) {
	all := Probing{Trampolines: true, Breakpoints: true, Many: true}
	for _, test := range []struct {
		p    Probing
		fits bool
		many int
		want builtin.Means
	}{
		{all, true, 1, builtin.Trampoline},
		{all, true, fewFunctions + 1, builtin.Breakpoint},
		{all, false, 1, builtin.Breakpoint},
		{Probing{Breakpoints: true}, true, 1, builtin.Breakpoint},
		{Probing{Trampolines: true}, true, 100, builtin.Trampoline},
		{Probing{}, true, 1, builtin.Trampoline},
		{Probing{}, true, 100, builtin.Breakpoint},
	} {
		k := &Kernel{probing: func() Probing { return test.p }}
		if got := k.means(test.fits, test.many); got != test.want {
			t.Errorf("%+v, fits %v, %d functions: got %d, want %d", test.p, test.fits, test.many, got, test.want)
		}
	}
}

// TestSignatures reads functions that every kernel has.
func TestSignatures(t *testing.T) {
	types := liveTypes(t)
	s, ok := types.function("vfs_read")
	if !ok || len(s.params) != 4 || s.params[2].Name != "count" || s.params[0].Type.String() != "struct file*" || !s.trampoline() {
		t.Errorf("vfs_read: %+v, %v", s, ok)
	}
	if s, ok := types.function("_printk"); ok && (!s.variadic || s.trampoline()) {
		t.Errorf("_printk: %+v", s)
	}
	if _, ok := types.function("nosuch_function"); ok {
		t.Error("nosuch_function is there")
	}
}

// TestLiveFunctions asks the running kernel.
func TestLiveFunctions(t *testing.T) {
	k, err := Live()
	if err != nil {
		t.Fatal(err)
	}
	if found, _ := k.Functions(check.FunctionQuery{Name: "vfs_read"}); len(found) != 1 || !found[0].Typed {
		t.Errorf("vfs_read: %+v", found)
	}
	if found, _ := k.Functions(check.FunctionQuery{Name: "vfs_*"}); len(found) < 20 {
		t.Errorf("vfs_*: %d functions", len(found))
	}
	if found, _ := k.Functions(check.FunctionQuery{Name: "vfs_raed"}); len(found) > 0 {
		t.Errorf("vfs_raed: %+v", found)
	}
}
