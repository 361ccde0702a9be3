package lsp

import (
	"slices"
	"strings"

	"tapir/cmd/internal/assist"
	"tapir/lang/builtin"
	"tapir/lang/doc"
	"tapir/lang/syntax"
)

// maxItems is how many completions are told; with more, the client asks again.
const maxItems = 500

// completion is what can stand at the place.
func (q *query) completion() (any, error) {
	s := q.spotAt(q.at)
	c := &completer{q: q, seen: map[string]bool{}}
	switch {
	case s.inPoint:
		c.word, c.start = s.point, s.pointOff
		c.points()
	case s.inText:
	case s.inBlock:
		c.ofWord()
		c.body(s)
	default:
		c.ofWord()
		for _, w := range []string{"probe", "function", "global", "private"} {
			c.add(w, kindKeyword, "", "")
		}
	}
	slices.SortStableFunc(c.items, func(a, b completionItem) int { return strings.Compare(a.Label, b.Label) })
	list := completionList{Items: c.items}
	if list.Items == nil {
		list.Items = []completionItem{}
	}
	if len(list.Items) > maxItems {
		list.Items, list.IsIncomplete = list.Items[:maxItems], true
	}
	return list, nil
}

// A completer gathers completions of the word before the place.
type completer struct {
	q     *query
	word  string
	start int
	items []completionItem
	seen  map[string]bool
}

// ofWord takes the word before the place, with its $ or @.
func (c *completer) ofWord() {
	body, i := c.q.body, c.q.at
	for i > 0 && isWord(body[i-1]) {
		i--
	}
	c.word, c.start = body[i:c.q.at], i
}

func isWord(b byte) bool {
	return b == '_' || b == '$' || b == '@' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

func (c *completer) add(label string, kind int, detail, about string) {
	if !strings.HasPrefix(label, c.word) || c.seen[label] {
		return
	}
	c.seen[label] = true
	c.items = append(c.items, completionItem{
		Label: label, Kind: kind, Detail: detail, Documentation: about,
		TextEdit: &textEdit{c.q.span(c.start, c.q.at), label},
	})
}

// points offers probe points, each up to its next dot.
func (c *completer) points() {
	for _, d := range c.q.tree().file.Decls {
		if d, ok := d.(*syntax.ProbeDecl); ok {
			for _, p := range d.Aliases {
				c.add(syntax.PointString(p), kindEvent, "alias of this script", "")
			}
		}
	}
	for _, p := range c.q.desk.knowledge(c.q.folders).Points(c.word) {
		about := ""
		if found := doc.Lookup(p); len(found) > 0 {
			about = found[0].Summary
		}
		c.add(p, kindEvent, "", about)
	}
}

// body offers what can stand in a handler or a function.
func (c *completer) body(s spot) {
	for _, v := range c.q.variables() {
		c.add(v.Name, kindVariable, v.Type, "")
	}
	c.locals(s)
	for _, d := range c.q.tree().file.Decls {
		switch d := d.(type) {
		case *syntax.GlobalDecl:
			for _, g := range d.Vars {
				c.add(g.Name, kindVariable, "global"+c.q.globalType(g.Name), "")
			}
		case *syntax.FuncDecl:
			c.add(d.Name, kindFunction, assist.Signature(d), "")
		}
	}
	for _, e := range doc.All() {
		switch e.Kind {
		case doc.Function:
			c.add(e.Name, kindFunction, e.Form, e.Summary)
		case doc.Macro:
			c.add("@"+strings.TrimPrefix(e.Name, "@"), kindConstant, e.Form, e.Summary)
		}
	}
	lib := c.q.tree().lib
	for _, name := range lib.FunctionNames() {
		if strings.HasPrefix(name, "_") || c.seen[name] || !strings.HasPrefix(name, c.word) {
			continue
		}
		for _, d := range lib.Function(name) {
			c.add(name, kindFunction, assist.Signature(d), "")
		}
	}
	for i := range builtin.Functions {
		if b := &builtin.Functions[i]; !strings.HasPrefix(b.Name, "_") {
			c.add(b.Name, kindFunction, assist.BuiltinSignature(b), b.Doc)
		}
	}
	for _, w := range syntax.Keywords() {
		c.add(w, kindKeyword, "", "")
	}
	for _, w := range syntax.AtOperators() {
		c.add(w, kindKeyword, "", "")
	}
	for _, w := range syntax.PrintFunctions() {
		c.add(w, kindFunction, "", "")
	}
}

// locals offers the other names in the same declaration, with the types that the checker
// knows.
func (c *completer) locals(s spot) {
	list := c.q.lexemes()
	depth := 0
	for i := s.first + 1; i < len(list); i++ {
		l := list[i]
		switch {
		case l.Text == "{":
			depth++
		case l.Text == "}":
			if depth--; depth <= 0 {
				return
			}
		case l.Kind == syntax.LexKeyword && depth == 0 && isHead(l.Text):
			return
		case l.Kind == syntax.LexIdent && depth > 0 && l.End() != c.q.at && !behindDot(list, i) && l.Text[0] != '$':
			if i+1 < len(list) && list[i+1].Text == "(" {
				continue
			}
			f := c.q.facts()[l.Off]
			c.add(l.Text, kindVariable, strings.TrimPrefix(typed(f.typ), ":"), "")
		case l.Kind == syntax.LexIdent && s.head == "function" && depth == 0 && i > s.first+1:
			c.add(l.Text, kindVariable, "parameter", "")
		}
	}
}
