package shell

import (
	"fmt"
	"slices"
	"strings"

	"tapir/lang/source"
	"tapir/lang/syntax"
)

// workspace is what a person has entered: declarations, and numbered probes.
type workspace struct {
	decls []*declaration
	cells []*cell
	last  int // the number of the newest probe
}

// declaration is a global, a function or an alias.
type declaration struct {
	names []string
	kind  string // "global", "function", "alias"
	text  string
	made  bool // by the shell, for a name that was used

	strange string // as of a Text
}

// cell is a probe with its number.
type cell struct {
	number  int
	text    string
	on      bool
	started bool   // its begin probes have run
	strange string // as of a Text
}

func (c *cell) name() string { return fmt.Sprintf("probe %d", c.number) }

// texts are the parts of the whole program.
func (w *workspace) texts() []Text {
	var list []Text
	for _, d := range w.decls {
		list = append(list, Text{d.kind + " " + strings.Join(d.names, ","), d.text, d.strange})
	}
	for _, c := range w.cells {
		list = append(list, Text{c.name(), c.text, c.strange})
	}
	return list
}

// cell is the probe with a number, or nil.
func (w *workspace) cell(number int) *cell {
	for _, c := range w.cells {
		if c.number == number {
			return c
		}
	}
	return nil
}

// cellAt is the probe that a place of the program is in, or nil.
func (w *workspace) cellAt(p *program, at source.Span) *cell {
	f := p.sources.FileOf(at.Start)
	if f == nil {
		return nil
	}
	for _, c := range w.cells {
		if c.name() == f.Name {
			return c
		}
	}
	return nil
}

// declared is the declaration of a name as a kind of thing, or nil.
func (w *workspace) declared(kind, name string) *declaration {
	for _, d := range w.decls {
		if d.kind == kind && slices.Contains(d.names, name) {
			return d
		}
	}
	return nil
}

// clone is a workspace to try something with.
func (w *workspace) clone() *workspace {
	c := &workspace{decls: slices.Clone(w.decls), last: w.last}
	for _, x := range w.cells {
		y := *x
		c.cells = append(c.cells, &y)
	}
	return c
}

// script is the workspace as a script of its own, in which globals that statements alone
// have set begin with their values.
func (w *workspace) script(values map[string]string) string {
	var b strings.Builder
	for _, d := range w.decls {
		if v, ok := values[d.names[0]]; ok && d.kind == "global" && len(d.names) == 1 {
			b.WriteString("global " + d.names[0] + " = " + v + "\n")
			continue
		}
		b.WriteString(strings.TrimSpace(d.text) + "\n")
	}
	for _, c := range w.cells {
		b.WriteByte('\n')
		if !c.on {
			b.WriteString("# off: " + strings.ReplaceAll(strings.TrimSpace(c.text), "\n", "\n# ") + "\n")
			continue
		}
		b.WriteString(strings.TrimSpace(c.text) + "\n")
	}
	return b.String()
}

// add takes the declarations of an input in. A function that there is already is replaced.
// It gives the new probes.
func (w *workspace) add(in input) ([]*cell, error) {
	var added []*cell
	pieces := pieces(in.file, in.body)
	for i, d := range in.file.Decls {
		switch d := d.(type) {
		case *syntax.GlobalDecl:
			var names []string
			for _, v := range d.Vars {
				if old := w.declared("global", v.Name); old != nil && !old.made {
					return nil, fmt.Errorf("there is a global '%s' already; `vars` lists them", v.Name)
				} else if old != nil {
					w.drop(old)
				}
				names = append(names, v.Name)
			}
			w.decls = append(w.decls, &declaration{names: names, kind: "global", text: pieces[i], strange: in.strange})
		case *syntax.FuncDecl:
			if old := w.declared("function", d.Name); old != nil {
				w.drop(old)
			}
			w.decls = append(w.decls, &declaration{names: []string{d.Name}, kind: "function", text: pieces[i], strange: in.strange})
		case *syntax.ProbeDecl:
			if len(d.Aliases) > 0 {
				w.decls = append(w.decls, &declaration{names: aliasNames(d), kind: "alias", text: pieces[i], strange: in.strange})
				continue
			}
			w.last++
			c := &cell{number: w.last, text: pieces[i], on: true, strange: in.strange}
			w.cells = append(w.cells, c)
			added = append(added, c)
		default:
			return nil, fmt.Errorf("the shell takes no code in C")
		}
	}
	return added, nil
}

func aliasNames(d *syntax.ProbeDecl) []string {
	var names []string
	for _, a := range d.Aliases {
		names = append(names, syntax.PointString(a))
	}
	return names
}

// drop forgets a declaration.
func (w *workspace) drop(old *declaration) {
	w.decls = slices.DeleteFunc(w.decls, func(d *declaration) bool { return d == old })
}

// remove forgets a probe.
func (w *workspace) remove(number int) {
	w.cells = slices.DeleteFunc(w.cells, func(c *cell) bool { return c.number == number })
}

// pieces are a text's parts that belong to its declarations, comments before them
// included.
func pieces(f *syntax.File, body string) []string {
	list := make([]string, len(f.Decls))
	from := 0
	for i, d := range f.Decls {
		end := len(body)
		if i+1 < len(f.Decls) {
			end = min(max(endOf(f, d), from), len(body))
		}
		list[i] = strings.TrimSpace(body[from:end])
		from = end
	}
	return list
}

// endOf is where a declaration's own text ends, as an offset in the file.
func endOf(f *syntax.File, d syntax.Decl) int { return int(d.Span().End - f.Source.Base) }

// implied are the globals that a text uses and nobody declares: arrays and statistics,
// and, in statements, variables that are set.
func (w *workspace) implied(f *syntax.File, statement bool) []string {
	known := map[string]bool{}
	var names []string
	note := func(x syntax.Expr) {
		id, ok := x.(*syntax.Ident)
		if ok && !known[id.Name] && w.declared("global", id.Name) == nil {
			known[id.Name] = true
			names = append(names, id.Name)
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *syntax.GlobalDecl:
			for _, v := range d.Vars {
				known[v.Name] = true
			}
		case *syntax.FuncDecl, *syntax.ProbeDecl:
			syntax.Walk(d, func(n syntax.Node) bool {
				use(n, statement, note)
				return true
			})
		}
	}
	return names
}

// use tells note what a node uses as a global.
func use(n syntax.Node, statement bool, note func(syntax.Expr)) {
	switch n := n.(type) {
	case *syntax.Index:
		note(n.X)
	case *syntax.In:
		note(n.Array)
	case *syntax.ForeachStmt:
		note(n.Array)
	case *syntax.StatOp:
		note(n.Stat)
	case *syntax.HistOp:
		note(n.Stat)
	case *syntax.Assign:
		if statement || n.Op == "<<<" {
			note(n.L)
		}
	case *syntax.IncDec:
		if statement {
			note(n.X)
		}
	}
}

// imply declares names as globals.
func (w *workspace) imply(names []string) {
	for _, name := range names {
		w.decls = append(w.decls, &declaration{names: []string{name}, kind: "global", text: "global " + name, made: true})
	}
}
