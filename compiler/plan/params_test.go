package plan_test

import (
	"slices"
	"testing"

	"tapir/bpf/layout"
	"tapir/compiler/plan"
)

func TestParams(t *testing.T) {
	const text = `global n = 7, who, a, unused = 1, names_of_programs, out
probe begin { who = "cat"; a[1, "x"] = 1; names_of_programs["x"] = 1 }
probe kernel.syscall("read") {
	if (int_arg(1) == n && execname() == who && [n, execname()] in a && pexecname() in names_of_programs)
		print(user_int(out + n))
}
`
	p := planned(t, "t.tp", text, plan.Auto)
	for i, want := range []struct {
		name   string
		kind   plan.ParamKind
		offset int
		mapped string
		key    layout.ArrayKey
		source string
	}{
		{"n", plan.LongParam, 80, "", nil, "initialiser at 1:8"},
		{"who", plan.CommParam, 88, "", nil, "begin at 2:7"},
		{"a", plan.ArrayParam, 0, "a_2", layout.ArrayKey{layout.Word, layout.Comm}, "begin at 2:7"},
		{"names_of_programs", plan.ArrayParam, 0, "names_of_prog_4", layout.ArrayKey{layout.Comm}, "begin at 2:7"},
		{"out", plan.LongParam, 120, "", nil, "never set"},
	} {
		if i >= len(p.Params) {
			t.Fatalf("got %d parameters, want %s", len(p.Params), want.name)
		}
		got := p.Params[i]
		if got.Global.Name != want.name || got.Kind != want.kind || got.Offset != want.offset ||
			got.Map != want.mapped || !slices.Equal(got.Key, want.key) || got.Source != want.source {
			t.Errorf("got %s %+v, want %+v", got.Global.Name, got, want)
		}
	}
	if len(p.Params) != 5 || p.StateSize != 128 {
		t.Errorf("got %d parameters in %d bytes, want 5 in 128", len(p.Params), p.StateSize)
	}
}
