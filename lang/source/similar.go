package source

import (
	"cmp"
	"slices"
	"strings"
)

// Similar gives at most most of the candidates that name may be a slip of, the
// likeliest first. A slip is a missing, added or wrong letter, two letters
// exchanged, or the wrong case; a third of the letters may be wrong.
func Similar(name string, candidates []string, most int) []string {
	type match struct {
		name     string
		distance int
	}
	var matches []match
	limit := max(1, (len(name)+1)/3)
	for _, c := range candidates {
		if c == name {
			continue
		}
		if d := distance(name, c, limit); d <= limit {
			matches = append(matches, match{c, d})
		}
	}
	slices.SortFunc(matches, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name))
	})
	matches = slices.Compact(matches)
	names := make([]string, 0, min(most, len(matches)))
	for _, m := range matches[:min(most, len(matches))] {
		names = append(names, m.name)
	}
	return names
}

// distance is the number of slips between two names, or something above limit
// if there are more. A difference in case alone counts as one.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	if strings.EqualFold(a, b) {
		return 1
	}
	// before, last and row are rows of the table of distances between prefixes;
	// exchanges look two rows back.
	a, b = strings.ToLower(a), strings.ToLower(b)
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(last[j]+change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
