package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"tapir/lang/builtin"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

// bindFunctions binds the functions of the scripts, reached or not, in order of
// declaration, and then what they and the probes reach of the library.
func (c *checker) bindFunctions(files []*syntax.File) {
	for _, f := range files {
		for _, d := range f.Decls {
			if d, ok := d.(*syntax.FuncDecl); ok && d.Embedded == nil {
				c.bindFunction(c.bodyOf[c.function(d)])
			}
		}
	}
	probes := len(c.prog.Probes)
	for i, j := 0, 0; i < len(c.functionBodies) || j < len(c.brought); { // binding can reach more of them
		if i < len(c.functionBodies) {
			c.bindFunction(c.functionBodies[i])
			i++
			continue
		}
		c.expand(c.brought[j])
		j++
	}
	c.tapsetFirst(probes)
}

// tapsetFirst puts the tapset's own probes, which are among those from the n-th
// on, in front of the script's: what they set up is there when those begin.
func (c *checker) tapsetFirst(n int) {
	if len(c.prog.Probes) == n {
		return
	}
	slices.SortStableFunc(c.prog.Probes, func(p, q *Probe) int {
		return cmp.Compare(truth(!c.inLibrary(p.Decl.Token())), truth(!c.inLibrary(q.Decl.Token())))
	})
}

func (c *checker) bindFunction(b *body) {
	if b.bound {
		return
	}
	b.bound = true
	c.lower(b)
	c.bind(b)
}

// function is the Func of a declaration; its body is queued at the first use.
func (c *checker) function(d *syntax.FuncDecl) *Func {
	if f := c.funcs[d]; f != nil {
		return f
	}
	// The passes change the tree; the library's is for others too.
	f := &Func{Name: d.Name, Decl: d, Result: kindOf(d.Result), Body: syntax.CloneBlock(d.Body)}
	c.funcs[d] = f
	c.bring(d.Token())
	c.info(f).kindTok = d.Token()
	b := &body{block: f.Body, fn: f, locals: make(map[string]*Local)}
	for _, p := range d.Params {
		l := &Local{Name: p.Name, Type: types.Type{Kind: kindOf(p.Type)}, Tok: p.Token()}
		c.info(l).kindTok = p.Token()
		c.info(l).written = true
		f.Params = append(f.Params, l)
		b.locals[c.localKey(p.Name, l.Tok)] = l
	}
	c.bodyOf[f] = b
	c.functionBodies = append(c.functionBodies, b)
	return f
}

func kindOf(t syntax.TypeName) types.Kind {
	switch t {
	case syntax.LongType:
		return types.Long
	case syntax.StringType:
		return types.String
	}
	return types.Unknown
}

// use says what a statement or expression does with a variable.
type use uint8

const (
	read use = 1 << iota
	write
)

// bind resolves the names of a body.
func (c *checker) bind(b *body) {
	for _, cond := range b.conds {
		c.condition(b, cond)
	}
	c.bindStmt(b, b.block)
}

// bindExprs binds expressions that are read; nil ones are absent parts.
func (c *checker) bindExprs(b *body, list ...syntax.Expr) {
	for _, x := range list {
		if x != nil {
			c.bindExpr(b, x, read)
		}
	}
}

// bindExpr binds e, of which the value is used as u says.
func (c *checker) bindExpr(b *body, e syntax.Expr, u use) {
	switch e := e.(type) {
	case *syntax.IntLit, *syntax.StringLit:
	case *syntax.Ident:
		c.bindVariable(b, e, u)
	case *syntax.Index:
		if slices.Contains(e.Keys, nil) {
			c.error(codeArray, e.Token(), "an element needs all its indices; * is for in, delete and foreach")
		}
		switch x := e.X.(type) {
		case *syntax.Ident:
			c.bindArray(b, x, len(e.Keys), u)
		case *syntax.HistOp:
			c.bindBucket(b, e, x)
		default:
			c.unsupported(e.X.Token(), "elements of what is no array")
		}
		c.bindExprs(b, e.Keys...)
	case *syntax.Call:
		c.bindCall(b, e)
		c.bindExprs(b, e.Args...)
	case *syntax.Unary:
		c.bindExpr(b, e.X, read)
	case *syntax.Binary:
		c.bindExprs(b, e.X, e.Y)
	case *syntax.Ternary:
		c.bindExprs(b, e.Cond, e.X, e.Y)
	case *syntax.Assign:
		c.bindExpr(b, e.R, read)
		c.bindAssigned(b, e, u)
	case *syntax.IncDec:
		if !isPlace(e.X) {
			c.error(codeLvalue, e.Token(), "expecting lvalue for %s", stepName(e.Op)).Other = []source.Token{e.X.Token()}
			return
		}
		c.bindExpr(b, e.X, u|write)
	case *syntax.In:
		c.bindExprs(b, e.Keys...)
		if array, ok := e.Array.(*syntax.Ident); ok {
			c.bindArray(b, array, len(e.Keys), read)
		} else {
			c.error(codeHistogram, e.Array.Token(), "a histogram has no elements to look for")
		}
	case *syntax.Print:
		c.bindPrint(b, e)
	case *syntax.Regex:
		c.bindExpr(b, e.X, read)
		c.pattern(e)
	case *syntax.StatOp:
		c.bindExpr(b, e.Stat, read)
		c.statParams(e)
	case *syntax.HistOp:
		c.error(codeHistogram, e.Token(), "base histogram operator where expression expected")
	case *syntax.AtOp:
		if e.Name == atEntry {
			c.bindExprs(b, e.Args...)
		}
	case *syntax.Target, *syntax.Autocast, *syntax.EmbeddedExpr:
		// What @defined guards may go away; inference refuses the rest.
	default:
		panic(fmt.Sprintf("check: unexpected expression %T", e))
	}
}

// bindPrint binds the arguments of a print call, of which one alone may be a
// histogram.
func (c *checker) bindPrint(b *body, e *syntax.Print) {
	if h := printedHistogram(e); h != nil {
		c.bindExpr(b, h.Stat, read)
		return
	}
	c.bindExprs(b, e.Args...)
}

// printedHistogram is the histogram that a print call shows, or nil.
func printedHistogram(e *syntax.Print) *syntax.HistOp {
	const plain = syntax.PrintToString | syntax.PrintNewline
	if len(e.Args) != 1 || e.Kind&^plain != 0 {
		return nil
	}
	h, _ := e.Args[0].(*syntax.HistOp)
	return h
}

// bindAssigned binds the left side of an assignment. The old value of `x += 1`
// counts as read only if the new one is used.
func (c *checker) bindAssigned(b *body, e *syntax.Assign, u use) {
	switch {
	case !isPlace(e.L):
		c.error(codeLvalue, e.Token(), "Expecting lvalue for assignment").Other = []source.Token{e.L.Token()}
	case e.Op == "=", e.Op == "<<<":
		c.bindExpr(b, e.L, write)
	default:
		c.bindExpr(b, e.L, u|write)
	}
}

func isPlace(e syntax.Expr) bool {
	switch e := e.(type) {
	case *syntax.Ident, *syntax.Target:
		return true
	case *syntax.Index:
		_, bucket := e.X.(*syntax.HistOp)
		return !bucket && !slices.Contains(e.Keys, nil)
	}
	return false
}

func stepName(op string) string {
	if op == "--" {
		return "decrement"
	}
	return "increment"
}

// localKey is the name by which a body has a variable: see checker.arrays.
func (c *checker) localKey(name string, tok source.Token) string {
	if c.arrays[name] && c.inLibrary(tok) {
		return "tapset " + name
	}
	return name
}

// bindVariable binds a name that stands for a scalar: a local that is there
// already, a global, or else a new local.
func (c *checker) bindVariable(b *body, e *syntax.Ident, u use) {
	key := c.localKey(e.Name, e.Token())
	if l := b.locals[key]; l != nil {
		c.prog.Uses[e] = l
		c.note(l, e.Token(), u)
		return
	}
	if g := c.global(e.Name, e.Token()); g != nil && key == e.Name {
		c.prog.Uses[e] = g
		c.arity(g, 0, e.Token())
		c.note(g, e.Token(), u)
		return
	}
	l := &Local{Name: e.Name, Tok: e.Token()}
	b.locals[key] = l
	b.order = append(b.order, l)
	c.prog.Uses[e] = l
	c.note(l, e.Token(), u)
}

// bindArray binds a name that is used with n keys; n is 0 where the statement
// does not tell (delete a).
func (c *checker) bindArray(b *body, e *syntax.Ident, n int, u use) *Global {
	g := c.global(e.Name, e.Token())
	if g == nil || b.locals[e.Name] != nil {
		d := c.error(codeArray, e.Token(), "unresolved arity-%d global array %s, missing global declaration?", n, e.Name)
		if near := c.similar(e.Name, c.globalNames); len(near) > 0 {
			d.WithHint("did you mean '" + near[0] + "'?")
		}
		return nil
	}
	c.prog.Uses[e] = g
	if n > 0 {
		c.arity(g, n, e.Token())
	}
	c.note(g, e.Token(), u)
	return g
}

// globalNames is the globals of the scripts and those of the library that were met.
func (c *checker) globalNames() []string {
	if c.names.globals == nil {
		c.names.globals = slices.Sorted(maps.Keys(c.globals))
	}
	return c.names.globals
}

func (c *checker) note(o Object, tok source.Token, u use) {
	in := c.info(o)
	if u&read != 0 && !in.read.Span.IsValid() {
		in.read = tok
	}
	in.written = in.written || u&write != 0
}

// arity notes that a global is used with n keys.
func (c *checker) arity(g *Global, n int, tok source.Token) {
	in := c.info(g)
	switch {
	case in.arity < 0:
		in.arity, in.arityTok = n, tok
		in.keys = make([]types.Kind, n)
		in.keyToks = make([]source.Token, n)
	case in.arity != n:
		c.error(codeArity, tok, "inconsistent arity (%d vs %d)", in.arity, n).Because(
			because(in.arityTok, "arity %d first inferred here", in.arity))
	}
}

// bindCall binds a call: a function of the script goes before one of the
// library, and that before a built-in one.
func (c *checker) bindCall(b *body, e *syntax.Call) {
	decls := c.candidates(e)
	fits := slices.DeleteFunc(slices.Clone(decls), func(d *syntax.FuncDecl) bool { return len(d.Params) != len(e.Args) })
	if slices.ContainsFunc(fits, private) { // what only this file sees, it means
		fits = slices.DeleteFunc(fits, func(d *syntax.FuncDecl) bool { return !private(d) })
	}
	if len(fits) > 0 {
		c.prog.Uses[e] = c.chain(fits)
		return
	}
	var other *syntax.FuncDecl
	if len(decls) > 0 {
		other = decls[0]
	}
	fn := builtin.Lookup(e.Name)
	if fn != nil && fn.Tapset && !e.Made && !c.inLibrary(e.Token()) {
		fn = nil
	}
	switch {
	case fn != nil && fn.Accepts(len(e.Args)):
		c.prog.Uses[e] = &Builtin{fn}
	case other != nil:
		d := c.error(codeArguments, e.Token(), "arity mismatch found (function '%s' takes %d args)", e.Name, len(other.Params))
		if !c.inLibrary(other.Token()) {
			d.Other = []source.Token{other.Token()}
		}
	case fn != nil:
		c.error(codeArguments, e.Token(), "arity mismatch found (function '%s' takes %s args)", e.Name, argCount(fn))
	default:
		c.error(codeFunction, e.Token(), "unresolved function %s%s", e.Name, similarNote(c.similar(e.Name, c.functionNames)))
	}
}

func private(d *syntax.FuncDecl) bool { return d.Private }

func argCount(f *builtin.Func) string {
	n := len(f.Params)
	if f.Optional == 0 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d to %d", n-f.Optional, n)
}

// candidates is the functions that a call can mean, the first match wins: by
// priority, then in order of declaration.
func (c *checker) candidates(e *syntax.Call) []*syntax.FuncDecl {
	visible := func(d *syntax.FuncDecl) bool {
		return d.Embedded == nil && (!d.Private || c.fileOf(d.Token()) == c.fileOf(e.Token()))
	}
	var list []*syntax.FuncDecl
	add := func(decls []*syntax.FuncDecl) {
		from := len(list)
		for _, d := range decls {
			if visible(d) {
				list = append(list, d)
			}
		}
		slices.SortStableFunc(list[from:], func(a, b *syntax.FuncDecl) int { return cmp.Compare(a.Priority, b.Priority) })
	}
	add(c.functions[e.Name])
	if c.lib != nil {
		add(c.lib.Function(e.Name))
	}
	return list
}

// functionNames is every function that a script can call.
func (c *checker) functionNames() []string {
	if c.names.functions != nil {
		return c.names.functions
	}
	names := slices.Collect(maps.Keys(c.functions))
	if c.lib != nil {
		names = append(names, c.lib.FunctionNames()...)
	}
	for _, f := range builtin.Functions {
		if !f.Tapset {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	c.names.functions = slices.Compact(names)
	return c.names.functions
}
