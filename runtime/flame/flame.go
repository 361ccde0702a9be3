// Package flame shows counted stacks: as folded lines, which other programs read, and
// as a flame graph. Both are functions of a list of Stack.
package flame

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Stack is calls, the outermost one first, and how much was counted there.
type Stack struct {
	Frames []string
	Count  int64
}

// Folded writes a line for each stack: its frames with semicolons between them, a blank
// and the count. Equal stacks are added up; those that come to nothing are left out.
func Folded(w io.Writer, stacks []Stack) error {
	sums := map[string]int64{}
	for _, s := range stacks {
		sums[fold(s.Frames)] += s.Count
	}
	lines := make([]string, 0, len(sums))
	for line, n := range sums {
		if n > 0 && line != "" {
			lines = append(lines, fmt.Sprintf("%s %d\n", line, n))
		}
	}
	slices.Sort(lines)
	b := bufio.NewWriter(w)
	for _, line := range lines {
		_, _ = b.WriteString(line) // Flush tells
	}
	return b.Flush()
}

// fold joins frames. What separates them can't be in their names.
func fold(frames []string) string {
	var b strings.Builder
	for i, f := range frames {
		if i > 0 {
			b.WriteByte(';')
		}
		for _, c := range f {
			if c == ';' || c < ' ' {
				c = '_'
			}
			b.WriteRune(c)
		}
	}
	return b.String()
}

// node is a call within another one.
type node struct {
	name   string
	count  int64 // with all that it calls
	byName map[string]*node
}

func (n *node) child(name string) *node {
	if c := n.byName[name]; c != nil {
		return c
	}
	if n.byName == nil {
		n.byName = map[string]*node{}
	}
	c := &node{name: name}
	n.byName[name] = c
	return c
}

// sorted are the calls by name: those of one function so lie beside each other.
func (n *node) sorted() []*node {
	list := make([]*node, 0, len(n.byName))
	for _, c := range n.byName {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b *node) int { return cmp.Compare(a.name, b.name) })
	return list
}

// tree puts stacks together.
func tree(stacks []Stack) *node {
	root := &node{name: "all"}
	for _, s := range stacks {
		if s.Count <= 0 || len(s.Frames) == 0 {
			continue
		}
		at := root
		at.count += s.Count
		for _, f := range s.Frames {
			at = at.child(f)
			at.count += s.Count
		}
	}
	return root
}
