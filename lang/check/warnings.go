package check

import (
	"slices"
	"strings"

	"tapir/lang/builtin"
)

// warn reports variables that are read though nothing assigns them: mostly a
// misspelt name.
func (c *checker) warn() {
	for _, g := range c.prog.Globals {
		in := c.info(g)
		if g.Script && !in.written && in.read.Span.IsValid() {
			c.warning(codeNeverAssigned, g.Decl.Token(), "never-assigned global variable '%s'%s", g.Name,
				similarNote(similar(g.Name, c.assigned(nil))))
		}
	}
	for _, b := range c.bodies {
		for _, l := range b.order {
			if in := c.info(l); !in.written && in.read.Span.IsValid() {
				c.neverAssigned(b, l)
			}
		}
	}
}

func (c *checker) neverAssigned(b *body, l *Local) {
	near := similar(l.Name, c.assigned(b))
	d := c.warning(codeNeverAssigned, c.info(l).read, "never-assigned local variable '%s'%s", l.Name, similarNote(near))
	fn := builtin.Lookup(l.Name)
	switch {
	case fn != nil && !fn.Tapset && len(fn.Params) == fn.Optional:
		d.WithHint("'" + l.Name + "' is a function: write " + l.Name + "()")
	case b.probe != nil && b.probe.Point.Kind.IsEvent():
		if vars := c.offered(b); len(vars) > 0 {
			d.WithHint(b.probe.Spelling + " has " + strings.Join(vars, ", "))
		}
	}
}

// assigned is the names that are assigned somewhere: a body's locals, or with
// none the globals, which a body sees too.
func (c *checker) assigned(b *body) []string {
	var names []string
	for _, g := range c.prog.Globals {
		if c.info(g).written {
			names = append(names, g.Name)
		}
	}
	if b == nil {
		return names
	}
	for name, l := range b.locals {
		if c.info(l).written {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// offered is the variables that the aliases of a probe assign, in their order.
func (c *checker) offered(b *body) []string {
	var names []string
	for _, l := range b.order {
		if c.info(l).written && c.inLibrary(l.Tok) {
			names = append(names, l.Name)
		}
	}
	return names
}
