package attach

import (
	"slices"
	"testing"
)

func TestParseCPUs(t *testing.T) {
	tests := map[string][]int{
		"0": {0}, "0-3": {0, 1, 2, 3}, "0,2-3,8": {0, 2, 3, 8},
		"": nil, "x": nil, "0-": nil, "-1": nil, "99999": nil,
	}
	for list, want := range tests {
		got, err := parseCPUs(list)
		if !slices.Equal(got, want) || (err != nil) != (want == nil) {
			t.Errorf("parseCPUs(%q) = %v, %v; want %v", list, got, err, want)
		}
	}
}
