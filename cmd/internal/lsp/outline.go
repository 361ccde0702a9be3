package lsp

import (
	"strings"

	"tapir/cmd/internal/assist"
	"tapir/lang/format"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// formatting lays the document out in the usual way.
func (q *query) formatting() (any, error) {
	formatted, ds := format.Source(q.name(), q.body)
	if ds != nil && ds.HasErrors() {
		return nil, refuse("the text is no script: " + ds.List[0].Message)
	}
	edits := []textEdit{}
	if formatted != q.body {
		edits = append(edits, smallest(q.text, formatted))
	}
	return edits, nil
}

// smallest is the edit that makes another text of one, without the lines at its beginning
// and end that stay.
func smallest(t *text, to string) textEdit {
	from := t.body
	start := 0
	for i := 0; i < min(len(from), len(to)) && from[i] == to[i]; i++ {
		if from[i] == '\n' {
			start = i + 1
		}
	}
	end := 0 // from behind
	for i := 1; i <= min(len(from), len(to))-start && from[len(from)-i] == to[len(to)-i]; i++ {
		if i < len(from)-start && from[len(from)-i-1] == '\n' && i < len(to)-start && to[len(to)-i-1] == '\n' {
			end = i
		}
	}
	return textEdit{t.span(start, len(from)-end), to[start : len(to)-end]}
}

// symbols are the document's declarations.
func (q *query) symbols() (any, error) {
	list := []documentSymbol{}
	r := q.tree()
	add := func(name, detail string, kind int, whole, part source.Span) {
		start, end, ok := r.here(whole)
		first, last, inside := r.here(part)
		if !ok || name == "" {
			return // a macro has made it
		}
		if !inside || first < start || last > end {
			first, last = start, min(start+1, end)
		}
		list = append(list, documentSymbol{name, detail, kind, q.span(start, end), q.span(first, last)})
	}
	for _, d := range r.file.Decls {
		switch d := d.(type) {
		case *syntax.GlobalDecl:
			for _, g := range d.Vars {
				add(g.Name, "global"+q.globalType(g.Name), symbolVariable, g.Tok.Span, g.Tok.Span)
			}
		case *syntax.FuncDecl:
			add(d.Name, assist.Signature(d), symbolFunction, d.Span().Union(d.Tok.Span), d.Tok.Span)
		case *syntax.ProbeDecl:
			add(heading(d), "", symbolEvent, d.Span().Union(d.Tok.Span), d.Tok.Span)
		}
	}
	return list, nil
}

// heading is a probe, or the aliases that it defines, without its body.
func heading(d *syntax.ProbeDecl) string {
	points := d.Points
	if len(d.Aliases) > 0 {
		points = d.Aliases
	}
	var names []string
	for _, p := range points {
		names = append(names, syntax.PointString(p))
	}
	return "probe " + strings.Join(names, ", ")
}
