package check

import (
	"slices"
	"strings"

	"tapir/lang/builtin"
)

// warn reports variables that are read though nothing assigns them: mostly a
// misspelt name.
func (o *optimizer) warn(order []*body) {
	for _, b := range order {
		for _, l := range b.order {
			if o.vars[l] == read {
				o.neverAssigned(b, l)
			}
		}
	}
	for _, g := range o.prog.Globals {
		switch {
		case !g.Script || g.Init != nil:
		case o.vars[g] == read:
			near := o.similar(g.Name, func() []string { return o.assigned(nil) })
			// SystemTap suggests the name itself first.
			o.warning(codeNeverAssigned, g.Decl.Token(), "never-assigned global variable '%s'%s", g.Name,
				similarNote(append([]string{g.Name}, near...)))
		case o.vars[g] == 0 && o.options.Verbose:
			o.warning(codeUnused, g.Decl.Token(), "Eliding unused variable '%s'", g.Name)
		}
	}
	if o.options.Verbose {
		o.warnUnused()
	}
}

// warnUnused reports functions of the script that nothing calls.
func (o *optimizer) warnUnused() {
	for _, b := range o.functionBodies {
		if !slices.Contains(o.prog.Funcs, b.fn) {
			o.warning(codeUnused, b.fn.Decl.Token(), "Eliding unused function '%s'", b.fn.Name)
		}
	}
}

func (o *optimizer) neverAssigned(b *body, l *Local) {
	near := o.similar(l.Name, func() []string { return o.assigned(b) })
	d := o.checker.warning(codeNeverAssigned, l.Tok, "never-assigned local variable '%s'%s", l.Name, similarNote(near))
	fn := builtin.Lookup(l.Name)
	switch {
	case fn != nil && !fn.Tapset && len(fn.Params) == fn.Optional:
		d.WithHint("'" + l.Name + "' is a function: write " + l.Name + "()")
	case b.probe != nil && b.probe.Point.Kind.IsEvent():
		if vars := o.offered(b); len(vars) > 0 {
			d.WithHint(b.probe.Spelling + " has " + strings.Join(vars, ", "))
		}
	}
}

// assigned is the names that are assigned somewhere: a body's locals, or with
// none the globals, which a body sees too.
func (o *optimizer) assigned(b *body) []string {
	var names []string
	for _, g := range o.prog.Globals {
		if o.vars[g]&write != 0 || g.Init != nil {
			names = append(names, g.Name)
		}
	}
	if b == nil {
		return names
	}
	for name, l := range b.locals {
		if o.vars[l]&write != 0 {
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
