package ir

import (
	"slices"

	"tapir/lang/check"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

// Unsupported is the code of messages about constructs that are checked but
// cannot be run.
const Unsupported source.Code = "unsupported"

// Build makes the typed tree of a checked program: names become objects, the
// print family becomes formats, constants are folded unless that is an error
// that the running script must raise. The program is nil if there are errors.
func Build(in *check.Program) (*Program, *source.Diagnostics) {
	b := &builder{
		in:      in,
		out:     &Program{Sources: in.Sources},
		diags:   &source.Diagnostics{},
		globals: map[*check.Global]*Global{},
		funcs:   map[*check.Func]*Func{},
		locals:  map[*check.Local]*Local{},
	}
	for _, g := range in.Globals {
		b.global(g)
	}
	for _, f := range in.Funcs {
		b.declare(f)
	}
	for _, f := range in.Funcs {
		b.define(f)
		b.funcs[f].Next = b.funcs[f.Next] // nil for nil
	}
	for _, p := range in.Probes {
		b.probe(p)
	}
	if b.diags.HasErrors() {
		return nil, b.diags
	}
	return b.out, b.diags
}

type builder struct {
	in      *check.Program
	out     *Program
	diags   *source.Diagnostics
	globals map[*check.Global]*Global
	funcs   map[*check.Func]*Func
	locals  map[*check.Local]*Local
	// scope is where the function or probe at hand keeps its variables.
	scope *[]*Local
	// inFunc is set in functions, where next has another meaning.
	inFunc bool
}

func (b *builder) global(g *check.Global) {
	h := &Global{
		Name: g.Name, Type: g.Type, Index: len(b.out.Globals),
		Limit: g.Limit, Wrap: g.Wrap, Script: g.Script,
		Histogram: g.Histogram, Shift: g.Shift, Variance: g.Variance,
	}
	if g.Decl != nil {
		h.Pos = g.Decl.Token().Span
	}
	if g.Init != nil {
		h.Init = b.expr(g.Init)
	}
	b.globals[g] = h
	b.out.Globals = append(b.out.Globals, h)
}

func (b *builder) declare(f *check.Func) {
	g := &Func{Name: f.Name, Index: len(b.out.Funcs), Params: len(f.Params), Result: f.Result}
	if g.Result == types.Unknown {
		g.Result = types.Void
	}
	if f.Decl != nil {
		g.Pos = f.Decl.Token().Span
	}
	g.Locals = b.declareLocals(slices.Concat(f.Params, f.Locals))
	b.funcs[f] = g
	b.out.Funcs = append(b.out.Funcs, g)
}

func (b *builder) declareLocals(ls []*check.Local) []*Local {
	var out []*Local
	for _, l := range ls {
		m := &Local{Name: l.Name, Type: l.Type, Index: len(out)}
		if m.Type.Kind == types.Unknown {
			m.Type = types.TLong // never used as anything
		}
		b.locals[l] = m
		out = append(out, m)
	}
	return out
}

// temp adds a variable that the script can't name.
func (b *builder) temp(name string, t types.Type) *Local {
	l := &Local{Name: name, Type: t, Index: len(*b.scope)}
	*b.scope = append(*b.scope, l)
	return l
}

func (b *builder) define(f *check.Func) {
	g := b.funcs[f]
	g.Body = &Block{}
	switch {
	case f.Decl != nil && f.Decl.Embedded != nil:
		b.unsupported(f.Decl, "functions in embedded C")
	case f.Body != nil:
		b.scope, b.inFunc = &g.Locals, true
		g.Body = b.block(f.Body)
	}
}

func (b *builder) probe(p *check.Probe) {
	q := &Probe{
		Index: len(b.out.Probes), Spelling: p.Spelling, Point: p.Point,
		Locals: b.declareLocals(p.Locals), Pos: pointPos(p),
	}
	b.scope, b.inFunc = &q.Locals, false
	for _, c := range p.Conds {
		q.Conds = append(q.Conds, b.expr(c))
	}
	q.Body = b.block(p.Body)
	b.out.Probes = append(b.out.Probes, q)
}

// pointPos is where the probe's point stands in the script.
func pointPos(p *check.Probe) source.Span {
	if p.Decl == nil {
		return source.Span{}
	}
	for _, pt := range p.Decl.Points {
		for _, e := range pt.Expand() {
			bare := &syntax.ProbePoint{Components: e.Components}
			if syntax.PointString(bare) == p.Spelling {
				return pt.Span()
			}
		}
	}
	if len(p.Decl.Points) > 0 {
		return p.Decl.Points[0].Span()
	}
	return p.Decl.Span()
}

func (b *builder) unsupported(n syntax.Node, what string) {
	b.diags.Add(&source.Diagnostic{
		Severity: source.SemanticError,
		Code:     Unsupported,
		Message:  what + " are not supported by this version",
		Token:    n.Token(),
	})
}

func at(n syntax.Node) At { return At{Pos: n.Span(), Tok: n.Token().Span} }
