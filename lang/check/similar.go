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

// nameLists is what the messages suggest names from, each list made when it is
// first needed.
type nameLists struct {
	globals, functions, points []string
	parts                      [][]string // the points' components
}

// maxSuggestions bounds the messages that get suggestions: who made more mistakes
// than that does not read them all, and each costs a look at every name.
const maxSuggestions = 100

// similar is similar to a list of names that is made only when it is needed.
func (c *checker) similar(name string, names func() []string) []string {
	if len(c.diags.List) > maxSuggestions {
		return nil
	}
	return similar(name, names())
}

// similarNote is " (similar: a, b)" or nothing.
func similarNote(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return " (similar: " + strings.Join(list, ", ") + ")"
}
