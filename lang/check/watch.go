package check

import (
	"fmt"
	"slices"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// Variables is what a Target may know besides: where the kernel's variables lie.
type Variables interface {
	// Variable is where a variable of the kernel lies, and how many bytes it has; 0 if
	// that is not known. The error says why there is no such place.
	Variable(name string) (address uint64, size int, err error)
	// VariableNames are the names of those that are known.
	VariableNames() []string
}

// Watched is memory of the kernel whose use makes a Watch fire.
type Watched struct {
	Address uint64
	Length  int  // 1, 2, 4 or 8 bytes
	Reads   bool // not only what is written
}

// maxWatched is how many watchpoints a processor can have at the same time.
const maxWatched = 4

// watchForms are what may follow kernel.data(…).
var watchForms = []string{"write", "rw", "length.write", "length.rw"}

// resolveWatch finds the handler of kernel.data(ADDRESS or "NAME"); ok is false if the
// point is another one.
func (c *checker) resolveWatch(comps []*syntax.Component, e expansion) (hs []handler, fail *failure, ok bool) {
	if len(comps) < 2 || comps[0].Name != "kernel" || comps[0].Arg != nil || comps[1].Name != "data" {
		return nil, nil, false
	}
	w, cause := c.watched(comps[1], comps[2:])
	if cause != nil {
		return nil, &failure{about: comps[0].Token(), cause: cause}, true
	}
	name := spell(comps)
	if _, ok := comps[1].Arg.(*syntax.IntLit); ok {
		name = fmt.Sprintf("kernel.data(%#x).%s", w.Address, spell(comps[2:]))
	}
	point := Point{Kind: builtin.Watch, Name: name, Watched: w}
	return []handler{{point: point, spelling: name, layers: e.layers, conds: e.conds}}, nil, true
}

// watched is what kernel.data(…) and its tail mean.
func (c *checker) watched(data *syntax.Component, tail []*syntax.Component) (*Watched, *source.Diagnostic) {
	if len(tail) == 0 {
		return nil, because(data.Token(), "probe point truncated (follow: length rw write)")
	}
	last := tail[len(tail)-1]
	names := make([]string, len(tail))
	for i, comp := range tail {
		names[i] = comp.Name
	}
	if !slices.Contains(watchForms, strings.Join(names, ".")) || last.Arg != nil {
		return nil, because(last.Token(), "probe point mismatch: kernel.data is followed by .write or .rw, with .length(n) before it if need be")
	}
	w := &Watched{Reads: last.Name == "rw"}
	var cause *source.Diagnostic
	switch arg := data.Arg.(type) {
	case *syntax.IntLit:
		w.Address, w.Length = uint64(arg.Value), 1
	case *syntax.StringLit:
		cause = c.findVariable(w, arg)
	default:
		cause = because(data.Token(), `say which: kernel.data("NAME") or kernel.data(ADDRESS)`)
	}
	if cause == nil && len(tail) > 1 {
		cause = w.setLength(tail[0])
	}
	if cause == nil && w.Address%uint64(w.Length) != 0 {
		cause = because(data.Token(), "a watchpoint of %d bytes must be at a multiple of that: %#x is none", w.Length, w.Address)
	}
	if cause == nil {
		cause = c.countWatched(data, *w)
	}
	return w, cause
}

// setLength takes over .length(n), rounded up to what a processor can watch.
func (w *Watched) setLength(comp *syntax.Component) *source.Diagnostic {
	n, ok := comp.Arg.(*syntax.IntLit)
	if !ok || n.Value < 1 || n.Value > 8 {
		return because(comp.Token(), "a watchpoint has 1 to 8 bytes: length(8)")
	}
	for w.Length = 1; w.Length < int(n.Value); {
		w.Length *= 2
	}
	return nil
}

// findVariable takes over where a variable of the kernel lies. As much of it is watched
// as can be; of a variable whose size nobody knows, its first byte, which an access to
// all of it touches.
func (c *checker) findVariable(w *Watched, name *syntax.StringLit) *source.Diagnostic {
	target, ok := c.target.(Variables)
	if !ok {
		return plain("the kernel's variables are not known here")
	}
	address, size, err := target.Variable(name.Value)
	if err != nil {
		note := ""
		if near := c.similar(name.Value, target.VariableNames); len(near) > 0 {
			note = " (similar variables: " + strings.Join(near, ", ") + ")"
		}
		return because(name.Token(), "%s%s", err, note)
	}
	w.Address = address
	for w.Length = 1; w.Length < min(size, 8) && address%uint64(2*w.Length) == 0 && 2*w.Length <= size; {
		w.Length *= 2
	}
	if size > w.Length {
		c.warning(codeWatched, name.Token(), "'%s' has %d bytes, of which the first %d are watched", name.Value, size, w.Length)
	}
	return nil
}

// countWatched notes a watchpoint, of which a processor has few.
func (c *checker) countWatched(data *syntax.Component, w Watched) *source.Diagnostic {
	if slices.Contains(c.watching, w) {
		return nil
	}
	if len(c.watching) == maxWatched {
		return because(data.Token(), "too many watchpoints: the processor has registers for %d", maxWatched)
	}
	c.watching = append(c.watching, w)
	return nil
}
