package check

import (
	"maps"
	"slices"
	"strconv"

	"tapir/lang/library"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

// declare notes what a script's file declares at its top level.
func (c *checker) declare(f *syntax.File) {
	for _, d := range f.Decls {
		c.noteArrays(d)
		switch d := d.(type) {
		case *syntax.GlobalDecl:
			for _, v := range d.Vars {
				c.declareGlobal(v, d.Private, true)
			}
		case *syntax.FuncDecl:
			if d.Embedded != nil {
				c.noC(d.Embedded.Token(), "functions")
			}
			c.functions[d.Name] = append(c.functions[d.Name], d)
		case *syntax.ProbeDecl:
			for _, p := range d.Aliases {
				name := library.PointName(p)
				c.aliases[name] = append(c.aliases[name], d)
			}
		case *syntax.EmbeddedDecl:
			c.noC(d.Token(), "declarations")
		}
	}
}

// noteArrays notes the names that a declaration uses as arrays.
func (c *checker) noteArrays(d syntax.Decl) {
	note := func(x syntax.Expr) {
		if name, ok := x.(*syntax.Ident); ok {
			c.arrays[name.Name] = true
		}
	}
	syntax.Walk(d, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Index:
			note(n.X)
		case *syntax.In:
			note(n.Array)
		case *syntax.ForeachStmt:
			note(n.Array)
		}
		return true
	})
}

// declareGlobal makes a global of a declaration; script says that it is the
// user's, not the library's.
func (c *checker) declareGlobal(v *syntax.GlobalVar, private, script bool) *Global {
	scope := c.globals
	if private {
		file := c.fileOf(v.Token())
		if c.private[file] == nil {
			c.private[file] = make(map[string]*Global)
		}
		scope = c.private[file]
	}
	if other := scope[v.Name]; other != nil {
		c.error(codeDuplicate, v.Token(), "duplicate global name").Because(
			because(other.Decl.Token(), "first declared here"))
		return other
	}
	g := &Global{Name: v.Name, Decl: v, Init: v.Init, Wrap: v.Wrap, Script: script}
	if size, ok := v.Size.(*syntax.IntLit); ok {
		g.Limit = int(size.Value)
	}
	scope[v.Name] = g
	c.prog.Globals = append(c.prog.Globals, g)
	c.initialise(g)
	return g
}

// initialise takes a global's kind and arity from its initialiser.
func (c *checker) initialise(g *Global) {
	in := c.info(g)
	if t, ok := c.options.Known[g.Name]; ok && g.Script && g.Init == nil {
		g.Type.Kind, in.kindTok = t.Kind, g.Decl.Token()
		c.arity(g, len(t.Keys), g.Decl.Token())
		copy(in.keys, t.Keys)
		in.written = true
	}
	if g.Init == nil {
		return
	}
	in.arity, in.arityTok = 0, g.Decl.Token()
	in.kindTok = g.Decl.Token()
	in.written = true
	switch g.Init.(type) {
	case *syntax.IntLit:
		g.Type = types.TLong
	case *syntax.StringLit:
		g.Type = types.TString
	}
	c.prog.Types[g.Init] = g.Type
}

// override applies -G.
func (c *checker) override() {
	for _, name := range slices.Sorted(maps.Keys(c.options.Globals)) {
		g := c.globals[name]
		if g == nil {
			g = c.libraryGlobal(name)
		}
		if g == nil {
			c.error(codeOverride, source.Token{}, "-G: the script has no global variable %s%s", name,
				similarNote(similar(name, slices.Sorted(maps.Keys(c.globals)))))
			continue
		}
		g.Init = overrideValue(g, c.options.Globals[name])
		c.initialise(g)
	}
}

// overrideValue is the literal for a value of -G, at the place of the variable.
func overrideValue(g *Global, text string) syntax.Expr {
	base := g.Decl.Base
	if _, isString := g.Init.(*syntax.StringLit); !isString {
		if n, err := strconv.ParseInt(text, 0, 64); err == nil {
			return &syntax.IntLit{Base: base, Value: n}
		}
	}
	return &syntax.StringLit{Base: base, Value: text}
}

// global finds the global that a name denotes at tok, or nil: one that only its
// file sees goes before one of the script, and that before one of the library.
func (c *checker) global(name string, tok source.Token) *Global {
	file := c.fileOf(tok)
	if g := c.private[file][name]; g != nil {
		return g
	}
	if c.lib != nil {
		if v := c.lib.Private(file, name); v != nil {
			return c.declareGlobal(v, true, false)
		}
	}
	if g := c.globals[name]; g != nil {
		return g
	}
	return c.libraryGlobal(name)
}

func (c *checker) libraryGlobal(name string) *Global {
	if c.lib == nil {
		return nil
	}
	v := c.lib.Global(name)
	if v == nil {
		return nil
	}
	c.bring(v.Token())
	return c.declareGlobal(v, false, false)
}

// bring notes that the script uses something of the library at tok: the probes of
// that file come along.
func (c *checker) bring(tok source.Token) {
	if c.lib == nil {
		return
	}
	file := c.lib.File(c.fileOf(tok))
	if file == nil || slices.Contains(c.brought, file) {
		return
	}
	c.brought = append(c.brought, file)
}
