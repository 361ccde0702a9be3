package vm

import (
	"strings"
	"testing"

	"tapir/compiler/bytecode"
	"tapir/lang/types"
)

// TestFits: a statistic goes on only where all that is asked of it was kept.
func TestFits(t *testing.T) {
	stats := types.Type{Kind: types.Stats}
	log, linear := &types.Histogram{}, &types.Histogram{Linear: true, High: 100, Width: 10}
	same := &types.Histogram{Linear: true, High: 100, Width: 10}
	for _, tt := range []struct {
		name     string
		had, has bytecode.Stat
		values   int64
		want     string
	}{
		{"nothing asked", bytecode.Stat{Histogram: log}, bytecode.Stat{}, 1, ""},
		{"the same histogram", bytecode.Stat{Histogram: linear}, bytecode.Stat{Histogram: same}, 1, ""},
		{"a histogram", bytecode.Stat{}, bytecode.Stat{Histogram: log}, 1, "before its histogram"},
		{"another histogram", bytecode.Stat{Histogram: log}, bytecode.Stat{Histogram: linear}, 1, "before its histogram"},
		{"no values", bytecode.Stat{}, bytecode.Stat{Histogram: log, Variance: true}, 0, ""},
		{"a variance", bytecode.Stat{}, bytecode.Stat{Variance: true}, 1, "before its variance"},
		{"another variance", bytecode.Stat{Variance: true}, bytecode.Stat{Variance: true, Shift: 4}, 1, "before its variance"},
	} {
		value := Value{Kind: types.Stats, stat: &stat{count: tt.values}}
		for _, g := range []Global{
			{Type: stats, form: tt.had, Value: value},
			{Type: stats, form: tt.had, Elements: []Element{{}, {Value: value}}},
		} {
			got := ""
			if err := g.Fits(&bytecode.Global{Type: stats, Stat: tt.has}); err != nil {
				got = err.Error()
			}
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
			}
		}
	}
}
