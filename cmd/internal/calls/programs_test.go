package calls

import (
	"maps"
	"slices"
	"strings"
)

// programs are the programs that are traced, by subject.
func programs() []program {
	return []program{
		{"open", openCalls},
	}
}

// joined is a set in words.
func joined(set map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(set)), " ")
}
