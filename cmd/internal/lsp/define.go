package lsp

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"tapir/lang/check"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/scripts"
)

// definition is where what stands at the place is declared.
func (q *query) definition() (any, error) {
	list := []location{}
	if l, ok := q.lexemeAt(); ok && l.Kind == syntax.LexOp && strings.HasPrefix(l.Text, "@") {
		return append(list, q.macro(l.Text[1:])...), nil
	}
	m := q.mentionAt(q.at)
	if m == nil {
		return list, nil
	}
	r := q.tree()
	tokens := q.declared(m.name)
	if m.kind == local && len(tokens) == 0 {
		if where := q.setByAlias(m); where != nil {
			return append(list, *where), nil
		}
		for _, other := range q.names() {
			if other.name == m.name {
				tokens = append(tokens, other.tok)
				break
			}
		}
	}
	for _, t := range tokens {
		if where := q.locate(r, t.Span); where != nil {
			list = append(list, *where)
		}
	}
	return list, nil
}

// setByAlias is where the alias of a probe sets a variable; nil if none does.
func (v *view) setByAlias(m *mention) *location {
	r, tok := v.aliasVariable(m)
	if r == nil {
		return nil
	}
	return v.locate(r, tok.Span)
}

// aliasVariable is the token by which an alias sets a local of a probe; r is nil if none
// does.
func (v *view) aliasVariable(m *mention) (r *reading, tok source.Token) {
	start, _, ok := v.tree().here(m.tok.Span)
	if !ok {
		return nil, tok
	}
	r = v.types()
	l, ok := v.facts()[start].object.(*check.Local)
	if !ok {
		return nil, tok
	}
	first, last, _ := v.tree().here(m.owner.Span())
	if at, _, ok := r.here(l.Tok.Span); ok && first <= at && at < last {
		return nil, tok
	}
	return r, l.Tok
}

// macro is where a macro is defined: in the document, in the folders' files or the tapset's.
func (v *view) macro(name string) []location {
	definition := regexp.MustCompile(`@define[ \t]+` + regexp.QuoteMeta(name) + `\b`)
	if where := definition.FindStringIndex(v.body); where != nil {
		return []location{{v.uri, v.span(where[0], where[1])}}
	}
	for _, dir := range v.folders {
		if f := searchMacro(os.DirFS(dir), dir, definition); f != nil {
			where := definition.FindStringIndex(f.Text)
			path, err := filepath.Abs(f.Name)
			if err != nil {
				return nil
			}
			return []location{{uriOf(path), newText(f.Text).span(where[0], where[1])}}
		}
	}
	if f := searchMacro(scripts.Tapset(), "tapset", definition); f != nil {
		where := definition.FindStringIndex(f.Text)
		if path, err := shownFile(f); err == nil {
			return []location{{uriOf(path), newText(f.Text).span(where[0], where[1])}}
		}
	}
	return nil
}

// searchMacro is the file below a folder that has a definition, or nil.
func searchMacro(fsys fs.FS, dir string, definition *regexp.Regexp) (found *source.File) {
	_ = fs.WalkDir(fsys, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) != ".tpm" && filepath.Ext(file) != ".stpm" {
			return nil // what can't be read has no macros
		}
		info, err := fs.Stat(fsys, file)
		if err != nil || !info.Mode().IsRegular() || info.Size() > maxText {
			return nil // a pipe would be waited for
		}
		text, err := fs.ReadFile(fsys, file)
		if err == nil && definition.Match(text) {
			found = &source.File{Name: filepath.Join(dir, file), Text: string(text)}
			return fs.SkipAll
		}
		return nil
	})
	return found
}
