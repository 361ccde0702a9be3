package check

import (
	"strings"

	"tapir/lang/source"
)

// maxSimilar is how many names a message suggests.
const maxSimilar = 5

// similar is the names that name may be a slip of, the likeliest first. Of a
// single letter everything would be a slip.
func similar(name string, names []string) []string {
	if len(name) < 2 {
		return nil
	}
	return source.Similar(name, names, maxSimilar)
}

// similarNote is " (similar: a, b)" or nothing.
func similarNote(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return " (similar: " + strings.Join(list, ", ") + ")"
}
