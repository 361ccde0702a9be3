package lsp

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"

	"tapir/lang/builtin"
	"tapir/lang/syntax"
)

// A use is a place in a document where a name stands.
type use struct {
	doc        *document
	start, end int
	decl       bool
}

// references are the places that mean what stands at the place.
func (q *query) references() (any, error) {
	p, err := params[struct {
		Context struct {
			Declaration bool `json:"includeDeclaration"`
		} `json:"context"`
	}](q.m)
	if err != nil {
		return nil, err
	}
	list := []location{}
	m := q.mentionAt(q.at)
	if m == nil {
		return list, nil
	}
	uses, err := q.uses(m)
	if err != nil {
		return nil, err
	}
	for _, u := range uses {
		if p.Context.Declaration || !u.decl {
			list = append(list, location{u.doc.uri, u.doc.span(u.start, u.end)})
		}
	}
	return list, nil
}

// uses are all places that a name stands at, in the document and, if others see it, in
// those around it.
func (q *query) uses(m *mention) ([]use, error) {
	uses := q.usesIn(m.name)
	home, err := q.home(m)
	if err != nil || home == "" {
		return uses, err
	}
	docs, err := q.desk.neighbours(home)
	if err != nil {
		return nil, err
	}
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(m.text) + `\b`)
	for _, doc := range docs {
		if q.ctx.Err() != nil {
			return nil, q.ctx.Err()
		}
		if doc.uri == q.uri || !word.MatchString(doc.body) {
			continue
		}
		v := q.desk.view(doc)
		at, err := v.home(m)
		if err != nil {
			return nil, err
		}
		if at == home {
			uses = append(uses, v.usesIn(m.name)...)
		}
	}
	return uses, nil
}

// usesIn are the places in one document.
func (v *view) usesIn(n name) (list []use) {
	r := v.tree()
	for _, m := range v.names() {
		if m.name != n {
			continue
		}
		if start, end, ok := r.here(m.tok.Span); ok {
			list = append(list, use{v.document, start, end, m.decl})
		}
	}
	slices.SortFunc(list, func(a, b use) int { return cmp.Compare(a.start, b.start) })
	return slices.CompactFunc(list, func(a, b use) bool { return a.start == b.start })
}

// home is the file that declares a name for several documents, as this one sees it; "" if
// it is the document's own, or tapir's.
func (v *view) home(m *mention) (string, error) {
	if m.kind == local {
		return "", nil
	}
	tokens := v.declared(m.name)
	if len(tokens) == 0 {
		return "", nil
	}
	f, _, _ := v.tree().written(tokens[0].Span)
	switch {
	case f == nil || f.Library:
		return "", nil
	case f == v.tree().file.Source && !v.library():
		return "", nil
	case f == v.tree().file.Source:
		return v.path, nil
	}
	return f.Name, nil
}

// prepareRename says whether what stands at the place can have another name.
func (q *query) prepareRename() (any, error) {
	m, err := q.renamed()
	if err != nil {
		return nil, err
	}
	start, end, _ := q.tree().here(m.tok.Span)
	return q.span(start, end), nil
}

// renamed is the name at the place, if it can have another one.
func (q *query) renamed() (*mention, error) {
	m := q.mentionAt(q.at)
	if m == nil {
		return nil, refuse("there is no name here")
	}
	if q.tree().diags.HasErrors() {
		return nil, refuse("the script has parse errors, so not all places are known where the name stands")
	}
	tokens := q.declared(m.name)
	switch {
	case m.kind == alias:
		return nil, refuse("probe points can't be renamed")
	case m.kind == local && q.fromAlias(m):
		return nil, refuse(fmt.Sprintf("the probe point sets %s, which has this name for all scripts", m.text))
	case m.kind == local:
		return m, nil
	case len(tokens) == 0:
		if builtin.Lookup(m.text) != nil || slices.Contains(syntax.PrintFunctions(), m.text) {
			return nil, refuse(m.text + " is built in")
		}
		return nil, refuse("nothing declares " + m.text)
	}
	if f, _, _ := q.tree().written(tokens[0].Span); f == nil || f.Library {
		return nil, refuse(m.text + " is the tapset's")
	}
	return m, nil
}

// fromAlias reports whether a local has its value from an alias, or gives it to those that
// use one.
func (q *query) fromAlias(m *mention) bool {
	if d, ok := m.owner.(*syntax.ProbeDecl); ok && len(d.Aliases) > 0 {
		return true
	}
	for _, v := range q.variables() {
		if v.Name == m.text {
			return true
		}
	}
	r, _ := q.aliasVariable(m)
	return r != nil
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// rename gives what stands at the place another name.
func (q *query) rename() (any, error) {
	p, err := params[struct {
		NewName string `json:"newName"`
	}](q.m)
	if err != nil {
		return nil, err
	}
	m, err := q.renamed()
	if err != nil {
		return nil, err
	}
	switch {
	case !identifier.MatchString(p.NewName):
		return nil, refuse(fmt.Sprintf("%q is no name", p.NewName))
	case slices.Contains(syntax.Keywords(), p.NewName):
		return nil, refuse(p.NewName + " is a word of the language")
	case builtin.Lookup(p.NewName) != nil, slices.Contains(syntax.PrintFunctions(), p.NewName):
		return nil, refuse(p.NewName + " is built in")
	case len(q.tree().lib.Function(p.NewName)) > 0 || q.tree().lib.Global(p.NewName) != nil:
		return nil, refuse(p.NewName + " is declared in the tapset or a folder of scripts")
	}
	uses, err := q.uses(m)
	if err != nil {
		return nil, err
	}
	changes := map[string][]textEdit{}
	seen := map[string]bool{}
	for _, u := range uses {
		if !seen[u.doc.uri] {
			seen[u.doc.uri] = true
			if err := q.desk.view(u.doc).mayRename(m, p.NewName); err != nil {
				return nil, err
			}
		}
		changes[u.doc.uri] = append(changes[u.doc.uri], textEdit{u.doc.span(u.start, u.end), p.NewName})
	}
	return &workspaceEdit{changes}, nil
}

// mayRename refuses a new name that a document has already, and names whose places the tree
// does not show.
func (v *view) mayRename(m *mention, to string) error {
	r := v.tree()
	if r.diags.HasErrors() {
		return refuse(filepath.Base(v.name()) + " has parse errors, so not all places are known where the name stands")
	}
	covered := map[int]bool{}
	for _, other := range v.names() {
		start, _, ok := r.here(other.tok.Span)
		if ok {
			covered[start] = true
		}
		if other.text == to && (m.kind != local || other.kind != local || other.owner == m.owner) {
			return refuse(fmt.Sprintf("%s has the name %s already", filepath.Base(v.name()), to))
		}
		if f, _, _ := r.written(other.tok.Span); !ok && other.name == m.name && f != nil {
			return refuse(fmt.Sprintf("%s is used by a macro in %s", m.text, f.Name))
		}
	}
	if v.setSomewhere(to) {
		return refuse(fmt.Sprintf("a probe point in %s sets %s", filepath.Base(v.name()), to))
	}
	depth := 0
	for _, l := range v.lexemes() {
		switch {
		case l.Text == "%(":
			depth++
		case l.Text == "%)":
			depth--
		case l.Kind == syntax.LexIdent && l.Text == m.text && depth > 0 && !covered[l.Off]:
			return refuse(fmt.Sprintf("%s stands in line %d in a conditional's other branch, or in a macro that is not used", m.text, v.position(l.Off).Line+1))
		}
	}
	return nil
}

// setSomewhere reports whether any probe of a document has a variable of a name, be it from
// an alias.
func (v *view) setSomewhere(name string) bool {
	p := v.types().program
	if p == nil {
		return false
	}
	for _, probe := range p.Probes {
		for _, l := range probe.Locals {
			if _, _, here := v.types().here(l.Tok.Span); l.Name == name && !here {
				return true
			}
		}
	}
	return false
}
