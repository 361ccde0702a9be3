package scripts

import (
	"fmt"
	"io/fs"
	"iter"
	"strconv"
	"strings"
	"sync"
)

// Flag is one entry of a flag set or an enumeration.
type Flag struct {
	Text  string
	Value int64
}

// FlagSet is the list of a name in tapset/flags*.tbl, in print order. The slice
// is shared: it must not be changed.
func FlagSet(name string) ([]Flag, bool) {
	set, ok := flagSets()[name]
	return set, ok
}

// FlagSets goes through all lists by name, in no order.
func FlagSets() iter.Seq2[string, []Flag] {
	return func(yield func(string, []Flag) bool) {
		for name, set := range flagSets() {
			if !yield(name, set) {
				return
			}
		}
	}
}

var flagSets = sync.OnceValue(func() map[string][]Flag {
	sets := make(map[string][]Flag)
	names, err := fs.Glob(files, "tapset/flags*.tbl")
	if err != nil {
		panic(err) // the pattern is constant and valid
	}
	for _, name := range names {
		if err := parseFlags(sets, read(name)); err != nil {
			panic(fmt.Sprintf("scripts: %s: %v", name, err)) // embedded, and tested
		}
	}
	return sets
})

// parseFlags adds the lists of a table to sets.
func parseFlags(sets map[string][]Flag, text string) error {
	name := ""
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		switch {
		case len(f) == 0:
			continue
		case len(f) != 2:
			return fmt.Errorf("line %d: expected a name and a value", n)
		case f[0] == "set":
			name = f[1]
			if _, dup := sets[name]; dup {
				return fmt.Errorf("line %d: set %s again", n, name)
			}
			sets[name] = nil
			continue
		case name == "":
			return fmt.Errorf("line %d: entry before the first set", n)
		}
		v, err := strconv.ParseInt(f[1], 0, 64)
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		sets[name] = append(sets[name], Flag{Text: f[0], Value: v})
	}
	return nil
}
