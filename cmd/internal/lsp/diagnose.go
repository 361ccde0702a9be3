package lsp

import (
	"fmt"
	"maps"
	"slices"

	"tapir/lang/source"
)

// maxDiagnostics is how many a document is told at most.
const maxDiagnostics = 200

// diagnose tells the diagnostics of the documents that are due.
func (d *desk) diagnose(j *job) {
	for _, uri := range slices.Sorted(maps.Keys(j.due)) {
		doc := d.docs[uri]
		if doc == nil || j.ctx.Err() != nil {
			continue
		}
		d.out.notify("textDocument/publishDiagnostics", publishParams{URI: uri, Version: doc.version, Diagnostics: d.diagnostics(doc)})
	}
}

// diagnostics is what is wrong with a document. A mistake of ours is told as one.
func (d *desk) diagnostics(doc *document) (list []diagnostic) {
	list = []diagnostic{}
	defer func() {
		if r := recover(); r != nil {
			list = append(list, diagnostic{Severity: severityError, Source: "tapir", Message: fmt.Sprintf("the check failed: %v", r)})
		}
	}()
	if doc.large() {
		return append(list, diagnostic{Severity: severityWarning, Source: "tapir", Message: fmt.Sprintf("the text has more than %d bytes and is not checked", maxText)})
	}
	v := d.view(doc)
	r := v.placement()
	told := slices.DeleteFunc(slices.Clone(r.diags.List), func(one *source.Diagnostic) bool { return v.elsewhere(r, one) })
	for _, one := range told {
		if len(list) == maxDiagnostics {
			list = append(list, diagnostic{Severity: severityWarning, Source: "tapir", Message: fmt.Sprintf("%d more messages are not shown", len(told)-maxDiagnostics)})
			break
		}
		list = append(list, v.diagnostic(r, one))
	}
	return list
}

const (
	severityError   = 1
	severityWarning = 2
)

// diagnostic is one of the checker's, with what belongs to it.
func (v *view) diagnostic(r *reading, one *source.Diagnostic) diagnostic {
	out := diagnostic{Severity: severityError, Code: string(one.Code), Source: "tapir", Message: one.Message}
	if one.Severity == source.Warning {
		out.Severity = severityWarning
	}
	if one.Token.Text != "" && !one.Plain {
		out.Message += ": " + one.Token.Describe()
	}
	start, end, ok := r.here(one.Token.Span)
	if !ok {
		v.tell(&out, r, one.Token.Span, "here")
		start, end = v.caller(r, one)
	}
	out.Range = v.span(start, end)
	for _, t := range one.Other {
		v.tell(&out, r, t.Span, "see "+t.Describe())
	}
	if one.Hint != "" {
		if v.desk.related {
			out.Related = append(out.Related, related{location{v.uri, out.Range}, "help: " + one.Hint})
		} else {
			out.Message += "\nhelp: " + one.Hint
		}
	}
	for _, c := range one.Causes {
		v.cause(&out, r, c, 0)
	}
	return out
}

// elsewhere reports whether a message is a warning about another file, where it is told
// when that is open.
func (v *view) elsewhere(r *reading, one *source.Diagnostic) bool {
	f, _, _ := r.written(one.Token.Span)
	return one.Severity == source.Warning && f != nil && f != r.file.Source
}

// caller is the place in the document that led to a message about another file, or its
// beginning.
func (v *view) caller(r *reading, one *source.Diagnostic) (start, end int) {
	f := r.set.FileOf(one.Token.Span.Start)
	for f != nil && f.Expansion != nil {
		if start, end, ok := r.here(f.Expansion.Call.Span); ok {
			return start, end
		}
		f = r.set.FileOf(f.Expansion.Call.Span.Start)
	}
	for _, c := range one.Causes {
		if start, end, ok := r.here(c.Token.Span); ok {
			return start, end
		}
	}
	return 0, 0
}

// maxCauses bounds how deep causes of causes are told.
const maxCauses = 5

func (v *view) cause(out *diagnostic, r *reading, c *source.Diagnostic, depth int) {
	text := c.Message
	if c.Hint != "" {
		text += "; help: " + c.Hint
	}
	v.tell(out, r, c.Token.Span, text)
	if depth < maxCauses {
		for _, next := range c.Causes {
			v.cause(out, r, next, depth+1)
		}
	}
}

// tell adds what belongs to a message, at its place, or as words if the client shows no
// places, or there is none.
func (v *view) tell(out *diagnostic, r *reading, sp source.Span, text string) {
	where := v.locate(r, sp)
	if v.desk.related && where != nil {
		out.Related = append(out.Related, related{*where, text})
		return
	}
	if p := r.set.Position(sp.Start); p.File != nil {
		text = fmt.Sprintf("%s:%d:%d: %s", p.File.Name, p.Line, p.Col, text)
	}
	out.Message += "\n" + text
}
