package check

import (
	"slices"
	"strconv"
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// expand makes the probes of a script's file and binds the names in them.
func (c *checker) expand(f *syntax.File) {
	for _, d := range f.Decls {
		p, ok := d.(*syntax.ProbeDecl)
		if !ok || len(p.Aliases) > 0 {
			continue
		}
		for _, h := range c.resolvePoints(p.Points, expansion{}) {
			c.addProbe(p, h)
		}
	}
}

// handler is where a probe comes out: a point, and the aliases on the way to it.
type handler struct {
	point    Point
	spelling string
	layers   []*syntax.ProbeDecl // aliases, the outermost first
	conds    []syntax.Expr
	guards   []syntax.Expr // without which the body does not run
}

// flat is a probe point without brace groups.
type flat struct {
	components []*syntax.Component
	optional   bool
	sufficient bool
	conds      []syntax.Expr
}

// expansion is the way on which a point was met.
type expansion struct {
	layers []*syntax.ProbeDecl
	suffix []*syntax.Component // to append to the points of an alias
	conds  []syntax.Expr
	// optional is set if it, or an alias on the way, is marked ? or !.
	optional bool
}

// resolvePoints resolves the points of a script's declaration and reports those
// that come to nothing.
func (c *checker) resolvePoints(points []*syntax.ProbePoint, e expansion) []handler {
	handlers, failures := c.tryPoints(points, e)
	for _, f := range failures {
		if f.hint != "" {
			f.cause.Hint = f.hint
		}
		c.error(codePoint, f.about, "while resolving probe point").Because(f.cause)
	}
	return handlers
}

// failure is a point that could not be resolved.
type failure struct {
	about source.Token // the point's first component
	cause *source.Diagnostic
	hint  string
}

// tryPoints resolves points one after another. A point marked ! that comes to
// something ends the list.
func (c *checker) tryPoints(points []*syntax.ProbePoint, e expansion) (handlers []handler, failures []failure) {
	for _, p := range points {
		flats := flatten(p)
		if len(flats) > maxFlat {
			cause := plain("too many probe points: the braces stand for more than %d", maxFlat)
			failures = append(failures, failure{about: firstName(p), cause: cause})
			continue
		}
		for _, f := range flats {
			f.components = append(f.components, e.suffix...)
			inner := e
			inner.optional = e.optional || f.optional
			hs, fail := c.resolve(f, inner)
			if fail != nil && !f.optional {
				failures = append(failures, *fail)
			}
			f.mark(hs)
			handlers = append(handlers, hs...)
			if f.sufficient && len(hs) > 0 {
				return handlers, failures
			}
		}
	}
	return handlers, failures
}

// mark notes on the points that f came to how it is marked itself.
func (f *flat) mark(hs []handler) {
	for i := range hs {
		switch p := &hs[i].point; {
		case f.sufficient:
			p.Mark = "!"
		case f.optional && p.Mark == "":
			p.Mark = "?"
		}
	}
}

// maxFlat bounds the points that one point's brace groups stand for.
const maxFlat = 4096

// firstName is the token that begins a point.
func firstName(p *syntax.ProbePoint) source.Token {
	for p.Components[0].Group != nil {
		p = p.Components[0].Group[0]
	}
	return p.Components[0].Token()
}

// flatten multiplies out the brace groups of a point. It stops when there are
// more than maxFlat.
func flatten(p *syntax.ProbePoint) []flat {
	flats := []flat{{optional: p.Optional || p.Sufficient, sufficient: p.Sufficient}}
	if p.Cond != nil {
		flats[0].conds = []syntax.Expr{p.Cond}
	}
	for _, comp := range p.Components {
		if comp.Group == nil {
			for i := range flats {
				flats[i].components = append(flats[i].components, comp)
			}
			continue
		}
		var next []flat
		for _, f := range flats {
			for _, alt := range comp.Group {
				for _, a := range flatten(alt) {
					if len(next) > maxFlat {
						return next
					}
					next = append(next, flat{
						components: concat(f.components, a.components),
						optional:   f.optional || a.optional,
						sufficient: f.sufficient || a.sufficient,
						conds:      concat(f.conds, a.conds),
					})
				}
			}
		}
		flats = next
	}
	return flats
}

// concat joins slices into a new one, so that no two share their ends.
func concat[T any](a, b []T) []T {
	return append(append(make([]T, 0, len(a)+len(b)), a...), b...)
}

// The bounds of what aliases stand for, which scripts reach only by mistake: points
// looked at, and aliases within aliases.
const (
	maxResolved = 1 << 18
	maxLayers   = 256
)

// resolve finds the handlers of one point: a primitive one, or those of aliases.
func (c *checker) resolve(f flat, e expansion) ([]handler, *failure) {
	comps := f.components
	about := comps[0].Token()
	switch c.resolved++; {
	case c.resolved > maxResolved:
		return nil, &failure{about: about, cause: plain("too many probe points")}
	case len(e.layers) > maxLayers:
		return nil, &failure{about: about, cause: plain("aliases nested too deeply")}
	}
	e.conds = concat(e.conds, f.conds)
	if hs, fail, ok := c.resolveFlavour(f, e); ok {
		return hs, fail
	}
	if hs, fail, ok := c.resolveFunctions(comps, e); ok {
		return hs, fail
	}
	if hs, fail, ok := c.resolvePerf(comps, e); ok {
		return hs, fail
	}
	if hs, fail, ok := c.resolveWatch(comps, e); ok {
		return hs, fail
	}
	if isProcess(comps) {
		return c.resolveProcess(comps, e)
	}
	if isWild(comps) {
		return c.resolveWild(f, e)
	}
	if named := c.namedPoints(comps); named != nil {
		return c.resolveEach(named, e)
	}
	point, cause := c.primitive(comps)
	if cause != nil {
		return nil, &failure{about: about, cause: cause}
	}
	if point != nil {
		return []handler{{point: *point, spelling: spell(comps), layers: e.layers, conds: e.conds}}, nil
	}
	if hs, fail, ok := c.resolveAlias(comps, e); ok {
		return hs, fail
	}
	cause, hint := c.mismatch(comps, "")
	return nil, &failure{about, cause, hint}
}

// flavours are other names of syscall: in SystemTap they say by what means.
var flavours = []string{"nd_syscall", "dw_syscall"}

// resolveFlavour resolves a point that begins with one of the flavours, unless that
// is an alias by itself.
func (c *checker) resolveFlavour(f flat, e expansion) (hs []handler, fail *failure, ok bool) {
	first := f.components[0]
	if !slices.Contains(flavours, first.Name) || first.Arg != nil || len(f.components) < 2 || len(c.aliasDecls(f.components)) > 0 {
		return nil, nil, false
	}
	f.components = concat([]*syntax.Component{{Base: first.Base, Name: "syscall"}}, f.components[1:])
	hs, fail = c.resolve(flat{components: f.components}, e)
	for i := range hs {
		if rest, ok := strings.CutPrefix(hs[i].spelling, "syscall."); ok {
			hs[i].spelling = first.Name + "." + rest
		}
	}
	return hs, fail, true
}

// resolveAlias expands the alias that the longest beginning of comps names; the
// rest is appended to its points.
func (c *checker) resolveAlias(comps []*syntax.Component, e expansion) (hs []handler, fail *failure, ok bool) {
	for n := len(comps); n > 0; n-- {
		decls := c.aliasDecls(comps[:n])
		if len(decls) == 0 {
			continue
		}
		var failures []failure
		var circular *failure
		for _, d := range decls {
			if slices.Contains(e.layers, d) {
				circular = &failure{about: comps[0].Token(), cause: because(d.Token(), "alias is made of itself")}
				continue
			}
			got, failed := c.tryPoints(d.Points, expansion{
				layers: concat(e.layers, []*syntax.ProbeDecl{d}),
				suffix: comps[n:],
				conds:  e.conds,

				optional: e.optional,
			})
			hs = append(hs, got...)
			failures = append(failures, failed...)
		}
		for i := range hs {
			hs[i].spelling = spell(comps)
		}
		switch {
		case len(hs) > 0:
			return hs, nil, true
		case n < len(comps) && comps[0].Name != "perf":
			continue // the suffix fits nowhere; the mismatch says so better
		case len(failures) > 0:
			return nil, c.throughAlias(comps, failures[0]), true
		case circular != nil:
			return nil, circular, true
		}
		return nil, &failure{about: comps[0].Token(), cause: plain("no match")}, true
	}
	return nil, nil, false
}

// throughAlias is the failure of a point that an alias stands for, told about
// the point that names the alias.
func (c *checker) throughAlias(comps []*syntax.Component, inner failure) *failure {
	if c.inLibrary(inner.about) {
		// Where the tapset wrote it down helps nobody.
		return &failure{comps[0].Token(), inner.cause, inner.hint}
	}
	cause := because(inner.about, "while resolving probe point")
	return &failure{comps[0].Token(), cause.Because(inner.cause), inner.hint}
}

// aliasDecls is the definitions of the alias that comps name; the script's and
// the library's count alike.
func (c *checker) aliasDecls(comps []*syntax.Component) []*syntax.ProbeDecl {
	for _, comp := range comps {
		if comp.Arg != nil {
			return nil
		}
	}
	name := library.PointName(&syntax.ProbePoint{Components: comps})
	decls := c.aliases[name]
	if c.lib != nil {
		decls = concat(decls, c.lib.Alias(name))
	}
	return decls
}

// spell writes a point as scripts do.
func spell(comps []*syntax.Component) string {
	var b strings.Builder
	for i, comp := range comps {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(comp.Name)
		switch arg := comp.Arg.(type) {
		case *syntax.IntLit:
			b.WriteString("(" + strconv.FormatInt(arg.Value, 10) + ")")
		case *syntax.StringLit:
			b.WriteString("(" + strconv.Quote(arg.Value) + ")")
		}
	}
	return b.String()
}

// addProbe makes the probe of a handler: one body of the aliases' prologues (the
// innermost first), the script's block and the epilogues (in reverse), which
// share a scope.
func (c *checker) addProbe(d *syntax.ProbeDecl, h handler) {
	var stmts []syntax.Stmt
	add := func(b *syntax.Block) {
		if b != nil {
			stmts = append(stmts, syntax.CloneBlock(b).Stmts...)
		}
	}
	for _, g := range h.guards {
		stmts = append(stmts, unlessNext(syntax.CloneExpr(g)))
	}
	if h.point.Kind == builtin.Counter {
		c.addBody(d, h, stmts)
		return
	}
	for i := len(h.layers) - 1; i >= 0; i-- {
		if layer := h.layers[i]; !layer.Epilogue {
			add(layer.Body)
		}
	}
	stmts = append(stmts, c.kept(&h.point, stmts)...)
	add(d.Body)
	for _, layer := range h.layers {
		if layer.Epilogue {
			add(layer.Body)
		}
		add(layer.After)
	}
	c.addBody(d, h, stmts)
}

// addBody makes the probe of a handler whose body is known.
func (c *checker) addBody(d *syntax.ProbeDecl, h handler, stmts []syntax.Stmt) {
	conds := make([]syntax.Expr, len(h.conds))
	for i, x := range h.conds {
		conds[i] = syntax.CloneExpr(x)
	}
	p := &Probe{
		Decl:     d,
		Point:    h.point,
		Spelling: h.spelling,
		Body:     &syntax.Block{Base: d.Body.Base, Stmts: stmts},
		Conds:    conds,
	}
	c.prog.Probes = append(c.prog.Probes, p)
	b := &body{block: p.Body, conds: p.Conds, probe: p, locals: make(map[string]*Local)}
	c.bodies = append(c.bodies, b)
	c.lower(b)
	c.bind(b)
}

// unlessNext leaves the handler unless a condition holds.
func unlessNext(x syntax.Expr) syntax.Stmt {
	b := baseOf(x)
	return &syntax.IfStmt{Base: b, Cond: &syntax.Unary{Base: b, Op: "!", X: x}, Then: &syntax.NextStmt{Base: b}}
}
