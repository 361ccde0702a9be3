package lsp

import (
	"cmp"
	"fmt"
	"strings"

	"tapir/cmd/internal/assist"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// hover describes what stands at a place: of a probe, also what of it runs where.
func (q *query) hover() (any, error) {
	l, ok := q.lexemeAt()
	if !ok || l.Kind == syntax.LexComment {
		return nil, nil
	}
	var parts []string
	rng := q.span(l.Off, l.End())
	if d, p := q.probeAt(); d != nil {
		if p != nil {
			parts = append(parts, q.describe(library.PointName(p)))
			start, end, _ := q.tree().here(p.Span())
			rng = q.span(start, end)
		}
		parts = append(parts, fenced(q.explain(d)))
	} else {
		parts = q.describeName(l)
	}
	value := joined(parts)
	if value == "" {
		return nil, nil
	}
	return &hover{Contents: markup{"markdown", value}, Range: rng}, nil
}

// joined puts what there is into paragraphs.
func joined(parts []string) string {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	return strings.Join(some, "\n\n")
}

// fenced is text as it is.
func fenced(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	return "```\n" + strings.ReplaceAll(text, "```", "` ` `") + "\n```"
}

// describe is what the reference has about a name.
func (q *query) describe(name string) string {
	return fenced(q.desk.knowledge(q.folders).Describe(name))
}

// describeName is what is known of a lexeme within a body.
func (q *query) describeName(l syntax.Lexeme) []string {
	switch {
	case l.Kind == syntax.LexKeyword:
		return nil
	case l.Kind == syntax.LexOp && strings.HasPrefix(l.Text, "@"):
		return []string{q.describe(l.Text)}
	case l.Kind == syntax.LexIdent && strings.HasPrefix(l.Text, "$"):
		return []string{q.describeTarget(l)}
	case l.Kind != syntax.LexIdent:
		return nil
	}
	m := q.mentionAt(l.Off)
	if m == nil {
		return nil
	}
	f := q.facts()[l.Off]
	switch m.kind {
	case function:
		return q.describeFunction(m.text)
	case alias:
		return []string{q.describe(m.text)}
	case global:
		return []string{fenced("global " + m.text + q.globalType(m.text)), q.comment(q.declared(m.name))}
	}
	what := "variable"
	if m.param {
		what = "parameter"
	}
	return []string{fenced(what + " " + m.text + typed(cmp.Or(f.typ, localType(f.object))))}
}

func typed(t string) string {
	if t == "" || t == "unknown" {
		return ""
	}
	return ":" + t
}

func localType(o check.Object) string {
	if l, ok := o.(*check.Local); ok {
		return l.Type.String()
	}
	return ""
}

// globalType is the type of a global behind a colon, or "".
func (v *view) globalType(name string) string {
	if p := v.types().program; p != nil {
		for _, g := range p.Globals {
			if g.Name == name {
				return typed(g.Type.String())
			}
		}
	}
	return ""
}

// describeTarget is a variable of the probed code with its type.
func (q *query) describeTarget(l syntax.Lexeme) string {
	for _, w := range q.variables() {
		if w.Name == strings.TrimRight(l.Text, "$") || w.Name == l.Text {
			return fenced(w.Name + ": " + w.Type)
		}
	}
	if t := q.facts()[l.Off].typ; t != "" {
		return fenced(l.Text + typed(t))
	}
	return ""
}

// describeFunction is the reference's word, or the declaration with the comment above it.
func (q *query) describeFunction(text string) []string {
	found := q.functions(text)
	declared := q.declared(name{kind: function, text: text})
	r := q.tree()
	if len(found) > 0 && len(declared) > 0 {
		if f, _, _ := r.written(declared[0].Span); f != nil && !f.Library {
			var lines []string
			for _, d := range found {
				lines = append(lines, "function "+assist.Signature(d))
			}
			return []string{fenced(strings.Join(lines, "\n")), q.comment(declared)}
		}
	}
	return []string{q.describe(text)}
}

// functions are those of a name that are written in the language.
func (v *view) functions(name string) (list []*syntax.FuncDecl) {
	r := v.tree()
	for _, d := range r.file.Decls {
		if d, ok := d.(*syntax.FuncDecl); ok && d.Name == name {
			list = append(list, d)
		}
	}
	if len(list) == 0 {
		list = r.lib.Function(name)
	}
	return list
}

// comment is the comment right above a declaration.
func (v *view) comment(tokens []source.Token) string {
	if len(tokens) == 0 {
		return ""
	}
	r := v.tree()
	f, start, _ := r.written(tokens[0].Span)
	if f == nil {
		return ""
	}
	n := 1 + strings.Count(f.Text[:start], "\n")
	var lines []string
	for n--; n > 0; n-- {
		line := strings.TrimSpace(f.Line(n))
		text, ok := strings.CutPrefix(line, "#")
		if !ok {
			text, ok = strings.CutPrefix(line, "//")
		}
		if !ok {
			break
		}
		lines = append([]string{strings.TrimSpace(text)}, lines...)
	}
	return strings.Join(lines, "\n")
}

// lexemeAt is what stands at the place, or ends there.
func (q *query) lexemeAt() (syntax.Lexeme, bool) {
	list := q.lexemes()
	for i, l := range list {
		if q.at < l.Off {
			break
		}
		if q.at < l.End() || q.at == l.End() && (l.Kind == syntax.LexIdent || l.Kind == syntax.LexKeyword) && (i+1 == len(list) || list[i+1].Off > q.at || list[i+1].Kind == syntax.LexOp) {
			return l, true
		}
	}
	return syntax.Lexeme{}, false
}

// lexemes are the document's.
func (v *view) lexemes() []syntax.Lexeme {
	if v.pieces == nil {
		v.pieces = syntax.Lexemes(v.body)
	}
	return v.pieces
}

// probeAt is the probe whose keyword or points the place is in, and the point.
func (q *query) probeAt() (*syntax.ProbeDecl, *syntax.ProbePoint) {
	r := q.tree()
	in := func(sp source.Span) bool {
		start, end, ok := r.here(sp)
		return ok && start <= q.at && q.at <= end
	}
	for _, d := range r.file.Decls {
		d, ok := d.(*syntax.ProbeDecl)
		if !ok {
			continue
		}
		for _, p := range d.Points {
			bare := p.Span()
			if p.Cond != nil {
				bare.End = p.Cond.Span().Start
			}
			if in(bare) {
				return d, p
			}
		}
		if in(d.Tok.Span) {
			return d, nil
		}
	}
	return nil, nil
}

// explain is what of a probe runs where; "" if the script has mistakes.
func (v *view) explain(d *syntax.ProbeDecl) string {
	r := v.placement()
	if v.code == nil {
		return ""
	}
	first, last, _ := v.tree().here(d.Span())
	var b strings.Builder
	err := v.code.Plan.Explain(&b, plan.ExplainOptions{Only: func(p *ir.Probe) bool {
		start, _, ok := r.here(p.Pos)
		return ok && first <= start && start < last
	}})
	if err != nil {
		return fmt.Sprint(err)
	}
	return b.String()
}
