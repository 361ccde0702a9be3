package check

import (
	"fmt"
	"slices"
	"strings"

	"tapir/lang/ctype"
	"tapir/lang/syntax"
)

// Data is what a Target may know besides: the kernel's types, and what its
// tracepoints hand to their listeners.
type Data interface {
	// Type is a type by its name, with or without struct or union before it, or nil.
	Type(name string) *ctype.Type
	// Tracepoint is the parameters of a tracepoint.
	Tracepoint(name string) (params []ctype.Param, ok bool)
	// Tracepoints are the names of all tracepoints, sorted.
	Tracepoints() []string
}

// What a body says about the kernel's data, `$task->comm`, `@cast(p, "file")->f_pos`,
// `p->pid`, is replaced before its names are bound by calls that read memory at
// addresses made of the types' offsets: kernel_int32(pointer_arg(2) + 1232). What
// can't be replaced stays as it is, since @defined may guard it, and is refused later
// for the reason that was found here.

// lowering replaces the kernel's data in one body.
type lowering struct {
	*checker
	data   Data
	params []ctype.Param // of the probe; nil in a function
	probe  *Probe        // nil in a function
	types  map[syntax.Expr]*ctype.Type
	asking []string               // functions whose results are being looked at, from the outermost on
	vars   map[string]*ctype.Type // what variables point to
	// inEntry is set within @entry.
	inEntry bool
	// asked is set within @defined.
	asked bool
}

// lower replaces the kernel's data in a body.
func (c *checker) lower(b *body) {
	data, ok := c.target.(Data)
	if !ok && b.probe != nil && b.probe.Point.Kind.HasValue() { // what $value is, is known everywhere
		data, ok = noData{}, true
	}
	if !ok || !mentionsData(b) {
		return
	}
	l := &lowering{checker: c, data: data, probe: b.probe, types: map[syntax.Expr]*ctype.Type{}, vars: map[string]*ctype.Type{}}
	if b.probe != nil && b.probe.Point.Trace != nil {
		l.params = b.probe.Point.Trace.Params
	}
	r := rewriter(l.expr)
	r.stmt(b.block)
	r.exprs(b.conds)
}

// noData is a kernel of which nothing is known.
type noData struct{}

func (noData) Type(string) *ctype.Type                 { return nil }
func (noData) Tracepoint(string) ([]ctype.Param, bool) { return nil, false }
func (noData) Tracepoints() []string                   { return nil }

// mentionsData reports whether there is anything to lower in a body.
func mentionsData(b *body) bool {
	found := false
	look := func(n syntax.Node) bool {
		switch n.(type) {
		case *syntax.Target, *syntax.Autocast, *syntax.AtOp:
			found = true
		}
		return !found
	}
	syntax.Walk(b.block, look)
	for _, cond := range b.conds {
		syntax.Walk(cond, look)
	}
	return found
}

// expr replaces e, whose parts have been replaced already.
func (l *lowering) expr(e syntax.Expr) syntax.Expr {
	switch e := e.(type) {
	case *syntax.Target:
		return l.replace(e, e.Path, func() (value, error) { return l.variable(e) })
	case *syntax.Autocast:
		return l.replace(e, e.Path, func() (value, error) { return l.autocast(e) })
	case *syntax.AtOp:
		return l.operator(e)
	case *syntax.Assign:
		l.assign(e)
		return l.answer(e)
	}
	return e
}

// assign notes that a variable points to something.
func (l *lowering) assign(e *syntax.Assign) {
	t := l.typeOf(e.R)
	name, ok := e.L.(*syntax.Ident)
	if !ok {
		if x, isElem := e.L.(*syntax.Index); isElem {
			name, ok = x.X.(*syntax.Ident)
		}
	}
	if ok && e.Op == "=" && t != nil {
		l.vars[name.Name] = t
	}
}

// typeOf is the type of a value, if it is known to be a pointer into the kernel.
func (l *lowering) typeOf(e syntax.Expr) *ctype.Type {
	if t, ok := l.types[e]; ok {
		return t
	}
	switch e := e.(type) {
	case *syntax.Ident:
		return l.vars[e.Name]
	case *syntax.Index:
		if name, ok := e.X.(*syntax.Ident); ok {
			return l.vars[name.Name]
		}
	case *syntax.Ternary:
		if t := l.typeOf(e.X); t != nil {
			return t
		}
		return l.typeOf(e.Y)
	case *syntax.Call:
		return l.resultOf(e.Name)
	case *syntax.AtOp:
		if e.Name == atEntry && len(e.Args) == 1 {
			return l.typeOf(e.Args[0])
		}
	}
	return nil
}

// resultOf is the type of what a function gives back, if it says so by a @cast.
func (l *lowering) resultOf(name string) *ctype.Type {
	if slices.Contains(l.asking, name) {
		return nil // by itself it doesn't say
	}
	decls := l.functions[name]
	if len(decls) == 0 && l.lib != nil {
		decls = l.lib.Function(name)
	}
	for _, d := range decls {
		if d.Body == nil {
			continue
		}
		inner := &lowering{checker: l.checker, data: l.data, asking: append(slices.Clone(l.asking), name), types: map[syntax.Expr]*ctype.Type{}, vars: map[string]*ctype.Type{}}
		var found *ctype.Type
		syntax.Walk(d.Body, func(n syntax.Node) bool {
			if r, ok := n.(*syntax.ReturnStmt); ok && found == nil {
				if op, ok := r.X.(*syntax.AtOp); ok {
					found = inner.typeOf(inner.operator(syntax.CloneExpr(op).(*syntax.AtOp)))
				}
			}
			return found == nil
		})
		if found != nil {
			return found
		}
	}
	return nil
}

// replace is what stands for e, whose value find knows; e itself if it can't be found.
func (l *lowering) replace(e syntax.Expr, path []syntax.Selector, find func() (value, error)) syntax.Expr {
	for i := range path {
		if path[i].Index != nil {
			rewriter(l.expr).expr(&path[i].Index)
		}
	}
	v, err := find()
	if err != nil {
		l.reasons[e] = err
		return e
	}
	if v.typ != nil && v.typ.Kind == ctype.Pointer {
		l.types[v.x] = v.typ
	}
	return v.x
}

// operator replaces @cast and its like, and decides @defined.
func (l *lowering) operator(e *syntax.AtOp) syntax.Expr {
	switch e.Name {
	case "cast":
		rewriter(l.expr).exprs(e.Args)
		return l.replace(e, e.Path, func() (value, error) { return l.cast(e) })
	case "var":
		return l.replace(e, e.Path, func() (value, error) { return l.global(e) })
	case "defined":
		if len(e.Args) == 1 {
			l.asked = true
			x := l.rewritten(e.Args[0])
			l.asked = false
			return number(e.Base, truth(defined(x)))
		}
	case atEntry:
		inEntry := l.inEntry
		l.inEntry = true
		rewriter(l.expr).exprs(e.Args)
		l.inEntry = inEntry
	case "perf":
		return l.perf(e)
	case "kderef", "uderef":
		rewriter(l.expr).exprs(e.Args)
		if size, ok := e.Args[0].(*syntax.IntLit); ok && (size.Value == 1 || size.Value == 2 || size.Value == 4 || size.Value == 8) {
			space := map[string]string{"kderef": "kernel", "uderef": "user"}[e.Name]
			return call(e.Base, fmt.Sprintf("%s_uint%d", space, 8*size.Value), e.Args[1])
		}
		l.reasons[e] = fmt.Errorf("the size of @%s must be 1, 2, 4 or 8", e.Name)
	}
	return e
}

func (l *lowering) rewritten(e syntax.Expr) syntax.Expr {
	rewriter(l.expr).expr(&e)
	return e
}

// variable is the value of `$name…`.
func (l *lowering) variable(e *syntax.Target) (value, error) {
	if l.probe != nil && l.probe.Point.Kind.HasValue() {
		return l.fileVariable(e)
	}
	if l.probe != nil && l.probe.Point.Function != nil {
		return l.functionVariable(e)
	}
	if u := l.user(); u != nil {
		return l.userVariable(u, e)
	}
	if l.probe != nil && l.probe.Point.Process && l.probe.Point.Kind.IsSyscall() {
		return l.processVariable(e)
	}
	if l.params == nil {
		return value{}, errNoVariables
	}
	if strings.HasPrefix(e.Name, "$$") {
		return l.summary(e)
	}
	for i, p := range l.params {
		if "$"+p.Name == e.Name {
			return l.selected(l.argument(e.Base, i+1, p.Type), e.Path, e.Address, e.Pretty)
		}
	}
	var names []string
	for _, p := range l.params {
		names = append(names, "$"+p.Name)
	}
	return value{}, unknownError{"unable to find tracepoint variable '" + e.Name + "'", e.Name, names}
}

// autocast is the value of `x->f`, where x is known to point into the kernel.
func (l *lowering) autocast(e *syntax.Autocast) (value, error) {
	t := l.typeOf(e.X)
	if t == nil {
		return value{}, errNoType
	}
	return l.selected(value{x: e.X, typ: t}, e.Path, e.Address, e.Pretty)
}

// cast is the value of `@cast(x, "type")…`.
func (l *lowering) cast(e *syntax.AtOp) (value, error) {
	name, ok := e.Args[1].(*syntax.StringLit)
	if !ok {
		return value{}, errNoType
	}
	t := l.userType(name.Value)
	if t == nil {
		t = l.data.Type(name.Value)
	}
	if t == nil {
		return value{}, fmt.Errorf("the kernel's BTF has no type '%s'", name.Value)
	}
	address := e.Address && len(e.Path) > 0 // that of the whole is what was cast
	return l.selected(value{x: e.Args[0], typ: pointerTo(t)}, e.Path, address, e.Pretty)
}

// argument is the n-th parameter of a tracepoint.
func (l *lowering) argument(b syntax.Base, n int, t *ctype.Type) value {
	arg := func(f string) syntax.Expr { return call(b, f, number(b, int64(n))) }
	switch {
	case t.Kind == ctype.Pointer:
		return value{x: arg("pointer_arg"), typ: t}
	case t.Kind != ctype.Int || t.Size == 8:
		return value{x: arg("long_arg"), typ: t}
	case t.Size == 4 && t.Signed:
		return value{x: arg("int_arg"), typ: t}
	case t.Size == 4:
		return value{x: arg("uint_arg"), typ: t}
	}
	return value{x: extracted(b, arg("long_arg"), 0, 8*t.Size, t.Signed), typ: t}
}

// pointerTo is the type of pointers to t.
func pointerTo(t *ctype.Type) *ctype.Type {
	return &ctype.Type{Kind: ctype.Pointer, Size: 8, User: t.User, Parts: pointed{t}}
}

type pointed struct{ to *ctype.Type }

func (p pointed) Elem() *ctype.Type     { return p.to }
func (pointed) Members() []ctype.Member { return nil }
func (pointed) Names() []ctype.Name     { return nil }
