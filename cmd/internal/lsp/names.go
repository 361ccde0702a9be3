package lsp

import (
	"tapir/lang/check"
	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
)

// A kind of name.
type kind uint8

const (
	global kind = iota
	function
	local
	alias
)

// A name is what mentions have in common that mean the same.
type name struct {
	kind  kind
	text  string
	owner syntax.Decl // of a local
}

// A mention is a place where a name stands.
type mention struct {
	name
	tok   source.Token
	decl  bool // it is declared there
	param bool
}

// mentions are the names in a tree, in the order of the text. Whether a name is a global of
// the script is known by its declarations; of the library's, other says.
func mentions(f *syntax.File, other func(name string) bool) []mention {
	w := &walker{globals: map[string]bool{}, other: other}
	for _, d := range f.Decls {
		if d, ok := d.(*syntax.GlobalDecl); ok {
			for _, g := range d.Vars {
				w.globals[g.Name] = true
			}
		}
	}
	for _, d := range f.Decls {
		w.decl(d)
	}
	return w.found
}

type walker struct {
	globals map[string]bool
	other   func(string) bool
	owner   syntax.Decl
	params  map[string]bool
	found   []mention
}

func (w *walker) add(k kind, text string, tok source.Token, decl bool) {
	n := name{kind: k, text: text}
	if k == local {
		n.owner = w.owner
	}
	w.found = append(w.found, mention{n, tok, decl, k == local && w.params[text]})
}

func (w *walker) decl(d syntax.Decl) {
	w.owner, w.params = d, map[string]bool{}
	switch d := d.(type) {
	case *syntax.GlobalDecl:
		for _, g := range d.Vars {
			w.add(global, g.Name, g.Tok, true)
		}
		return
	case *syntax.FuncDecl:
		w.add(function, d.Name, d.Tok, true)
		for _, p := range d.Params {
			w.params[p.Name] = true
			w.add(local, p.Name, p.Tok, true)
		}
	case *syntax.ProbeDecl:
		for _, p := range d.Aliases {
			w.point(p, true)
		}
		for _, p := range d.Points {
			w.point(p, false)
		}
	}
	syntax.Walk(d, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Ident:
			w.ident(n)
		case *syntax.Call:
			if !n.Made {
				w.add(function, n.Name, n.Tok, false)
			}
		}
		return true
	})
}

// point is a probe point, which may be an alias.
func (w *walker) point(p *syntax.ProbePoint, decl bool) {
	if len(p.Components) == 0 {
		return
	}
	tok := p.Components[0].Tok
	tok.Span = tok.Span.Union(p.Components[len(p.Components)-1].Tok.Span)
	w.add(alias, library.PointName(p), tok, decl)
}

func (w *walker) ident(n *syntax.Ident) {
	k := local
	if !w.params[n.Name] && (w.globals[n.Name] || w.other(n.Name)) {
		k = global
	}
	w.add(k, n.Name, n.Tok, false)
}

// names are the mentions in the document.
func (v *view) names() []mention {
	if v.mentioned == nil {
		r := v.tree()
		used := v.libraryGlobals()
		v.mentioned = mentions(r.file, func(name string) bool { return used[name] })
	}
	return v.mentioned
}

// libraryGlobals are the globals of the library that the document uses.
func (v *view) libraryGlobals() map[string]bool {
	used := map[string]bool{}
	if p := v.types().program; p != nil {
		for _, g := range p.Globals {
			if !g.Script {
				used[g.Name] = true
			}
		}
	}
	// What is declared in a folder is a global also where the document has mistakes.
	for _, l := range syntax.Lexemes(v.body) {
		if l.Kind == syntax.LexIdent && !used[l.Text] {
			if g := v.tree().lib.Global(l.Text); g != nil {
				if f, _, _ := v.tree().written(g.Tok.Span); f != nil && !f.Library {
					used[l.Text] = true
				}
			}
		}
	}
	return used
}

// mentionAt is the name at a place of the document, or nil.
func (v *view) mentionAt(off int) *mention {
	r := v.tree()
	var best *mention
	for i, m := range v.names() {
		start, end, ok := r.here(m.tok.Span)
		if ok && start <= off && off <= end && (best == nil || m.kind != alias) {
			best = &v.names()[i]
		}
	}
	return best
}

// declared are the declarations of a function, a global or an alias.
func (v *view) declared(n name) (tokens []source.Token) {
	r := v.tree()
	for _, m := range v.names() {
		if m.decl && m.name == n {
			tokens = append(tokens, m.tok)
		}
	}
	if len(tokens) > 0 {
		return tokens
	}
	switch n.kind {
	case function:
		for _, d := range r.lib.Function(n.text) {
			tokens = append(tokens, d.Tok)
		}
	case global:
		if g := r.lib.Global(n.text); g != nil {
			tokens = append(tokens, g.Tok)
		}
	case alias:
		for _, d := range r.lib.Alias(n.text) {
			for _, p := range d.Aliases {
				if library.PointName(p) == n.text {
					tokens = append(tokens, p.Components[0].Tok)
				}
			}
		}
	}
	return tokens
}

// fact is what the checker knows about a place.
type fact struct {
	object check.Object
	typ    string
}

// facts are the checker's, by the offset in the document at which a name begins.
func (v *view) facts() map[int]fact {
	if v.known != nil {
		return v.known
	}
	v.known = map[int]fact{}
	r := v.types()
	if r.program == nil {
		return v.known
	}
	note := func(n syntax.Node) bool {
		x, ok := n.(syntax.Expr)
		if !ok {
			return true
		}
		start, _, ok := r.here(x.Token().Span)
		if !ok {
			return true
		}
		f := v.known[start]
		if o := r.program.Uses[x]; o != nil {
			f.object = o
		}
		if t, ok := r.program.Types[x]; ok {
			if _, index := n.(*syntax.Index); !index {
				f.typ = t.String()
			}
		}
		if f != (fact{}) {
			v.known[start] = f
		}
		return true
	}
	for _, p := range r.program.Probes {
		for _, c := range p.Conds {
			syntax.Walk(c, note)
		}
		if p.Body != nil {
			syntax.Walk(p.Body, note)
		}
	}
	for _, f := range r.program.Funcs {
		if f.Body != nil {
			syntax.Walk(f.Body, note)
		}
	}
	return v.known
}
