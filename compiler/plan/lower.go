package plan

import (
	"fmt"

	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// Bounds of a handler that runs in the kernel.
const (
	maxWhole      = 600 // nodes, those of functions counted at every call
	maxWholeDepth = 8   // calls within calls
	maxVariables  = 24  // of the handler and its functions; they are on the stack
)

// kernelForm is a part of the handler as the kernel would run it: texts are replaced
// by what they stand for, and so are those that functions are passed.
func (h *handler) kernelForm(stmts []ir.Stmt) *ir.Block {
	all := &ir.Block{At: h.body.At, Stmts: stmts}
	counted := loops(all)
	var c ir.Copier
	pass := passer{handler: h, copier: &c}
	c.Replace = func(x ir.Expr) (ir.Expr, bool) {
		if x.Type().Kind != types.String || counted && calls(x) {
			return pass.call(x)
		}
		x = h.closedForm(x, h.defs)
		return ir.Fold(ir.Copier{Replace: h.pointText}.Expr(x)), true
	}
	b := c.Block(all)
	if counted {
		h.idle(b)
		return b
	}
	h.sink(b)
	dropDead(h.effects, b)
	return b
}

// pointText is a text that every event of the probe has in common: what its point is
// called.
func (h *handler) pointText(x ir.Expr) (ir.Expr, bool) {
	b, ok := x.(*ir.Builtin)
	if !ok || b.Fn.Class != builtin.Pure || len(b.Args) > 0 {
		return nil, false
	}
	p := h.out.IR
	name := p.Point.Name + p.Point.Mark
	switch b.Fn.Name {
	case "pp":
		return &ir.Str{At: b.At, Value: name}, true
	case "pn":
		return &ir.Str{At: b.At, Value: p.Spelling}, true
	case "ppfunc":
		return &ir.Str{At: b.At, Value: builtin.ProbedFunction(name)}, true
	}
	return nil, false
}

// lowering finds what keeps a handler from running in the kernel as a whole.
type lowering struct {
	*planner
	open  map[*ir.Func]bool
	size  int
	loops int // around the code at hand
}

// handler is "" if the kernel can run b, else the reason why not.
func (l lowering) handler(b *ir.Block) string {
	l.open = map[*ir.Func]bool{}
	if reason := (&l).block(b); reason != "" {
		return reason
	}
	for n := range reach(b) {
		if mayFault(n) && !isText(n) {
			return fmt.Sprintf("the read at %s may fail", l.at(n.Span()))
		}
	}
	if variables(b) > maxVariables {
		return "it has too many variables"
	}
	return ""
}

// mayFault reports whether n itself reads memory, and it is an error if it can't.
func mayFault(n ir.Node) bool {
	x, ok := n.(*ir.Builtin)
	if !ok || !x.Fn.MayFault() {
		return false
	}
	r, text := TextReadOf(x)
	return !text || r.Instead == nil
}

// isText reports whether n reads a text that the kernel can have; if it can't be read,
// the kernel's handler tells.
func isText(n ir.Node) bool {
	x, ok := n.(ir.Expr)
	if ok {
		_, ok = TextReadOf(x)
	}
	return ok
}

// variables counts those that are live at the same time at most.
func variables(b *ir.Block) int {
	n, deepest := len(mentions(b)), 0
	for m := range ir.All(b) {
		switch m := m.(type) {
		case *ir.Call:
			deepest = max(deepest, len(m.Args)+1+variables(m.Func.Body))
		case *ir.Loop:
			n += loopVariables
		}
	}
	return n + deepest
}

func (l *lowering) block(b *ir.Block) string {
	if b == nil {
		return ""
	}
	for _, s := range b.Stmts {
		if reason := l.stmt(s); reason != "" {
			return reason
		}
	}
	return ""
}

func (l *lowering) stmt(s ir.Stmt) string {
	if l.size++; l.size > maxWhole {
		return "it is too long"
	}
	switch s := s.(type) {
	case *ir.Next, *ir.Break, *ir.Continue:
		return ""
	case *ir.Loop:
		return l.loop(s)
	case *ir.Return:
		if s.X == nil {
			return ""
		}
		return l.long(s.X)
	case *ir.Block:
		return l.block(s)
	case *ir.Eval:
		return l.effect(s.X)
	case *ir.If:
		if reason := l.cond(s.Cond); reason != "" {
			return reason
		}
		if reason := l.block(s.Then); reason != "" {
			return reason
		}
		return l.block(s.Else)
	case *ir.Delete:
		return l.keys(s.Global, s.Keys)
	case *ir.Try:
		return "the try at " + l.at(s.Span())
	}
	return l.describe(s)
}

// effect checks an expression whose value is not used.
func (l *lowering) effect(x ir.Expr) string {
	switch x := x.(type) {
	case *ir.Assign:
		if x.Value.Type().Kind == types.String {
			return l.store(x)
		}
		return l.update(x.Left, x.Value)
	case *ir.Step:
		return l.update(x.Left, nil)
	case *ir.StatAdd:
		return l.update(x.Left, x.Value)
	case *ir.Call:
		return l.call(x)
	}
	return l.long(x)
}

// store checks the assignment of a text to an element.
func (l *lowering) store(x *ir.Assign) string {
	e, ok := x.Left.(*ir.Elem)
	if !ok || x.Op != ir.OpNone {
		return fmt.Sprintf("the text at %s", l.at(x.Value.Span()))
	}
	if reason := l.update(e, nil); reason != "" {
		return reason
	}
	return l.text(x.Value, "the text")
}

// text checks a text that is a key or is kept; what says what it is.
func (l *lowering) text(x ir.Expr, what string) string {
	for range ir.All(x) {
		l.size++
	}
	if reason := l.computable().text(x, keyed); reason != "" {
		return fmt.Sprintf("%s at %s: %s", what, l.at(x.Span()), reason)
	}
	return ""
}

func (l *lowering) update(p ir.Place, value ir.Expr) string {
	if e, ok := p.(*ir.Elem); ok {
		if reason := l.keys(e.Global, e.Keys); reason != "" {
			return reason
		}
	}
	if value == nil {
		return ""
	}
	return l.long(value)
}

// keys checks those of an element that is changed or looked at.
func (l *lowering) keys(g *ir.Global, keys []ir.Expr) string {
	for i, k := range keys {
		switch {
		case k == nil:
			return fmt.Sprintf("the kernel can't look for any key ('*') in '%s'", g.Name)
		case g.Type.Keys[i] != types.String:
			if reason := l.long(k); reason != "" {
				return reason
			}
		default:
			if reason := l.text(k, "the key"); reason != "" {
				return reason
			}
		}
	}
	return ""
}

// cond checks a condition of an if or a loop, which may step variables.
func (l *lowering) cond(x ir.Expr) string {
	c := l.computable()
	c.steps = true
	return l.check(c, x)
}

// long checks an expression whose value is a number.
func (l *lowering) long(x ir.Expr) string { return l.check(l.computable(), x) }

func (l *lowering) check(c computable, x ir.Expr) string {
	for range ir.All(x) {
		l.size++
	}
	if l.size > maxWhole {
		return "it is too long"
	}
	return c.long(x)
}

// computable says what a handler can compute that runs in the kernel as a whole.
func (l *lowering) computable() computable {
	return computable{
		fixed: func(g *ir.Global) string {
			if g.Type.Kind == types.String {
				return l.fixed(g)
			}
			return ""
		},
		local: func(v *ir.Local) string {
			if v.Type.Kind != types.Long {
				return fmt.Sprintf("'%s' is a text that only the VM has", v.Name)
			}
			return ""
		},
		call:     l.call,
		entry:    l.entryReason,
		asked:    l.effects.matches,
		automata: l.known,
		names:    l.onlyNames(),
		short:    l.mode == Names,
		whole:    true,
		resident: func(g *ir.Global, keys []ir.Expr) (string, bool) { return l.keys(g, keys), l.fixed(g) != "" },
	}
}

// call checks a call, which is replaced by its function's body.
func (l *lowering) call(x *ir.Call) string {
	f := x.Func
	switch {
	case l.open[f]:
		return fmt.Sprintf("%s() calls itself", f.Name)
	case passesOn(f):
		return fmt.Sprintf("%s() passes calls on", f.Name)
	case f.Result == types.String:
		return fmt.Sprintf("%s() makes a text", f.Name)
	case len(l.open) >= maxWholeDepth:
		return fmt.Sprintf("%s() is called from too deep", f.Name)
	}
	for _, a := range x.Args {
		if a.Type().Kind != types.Long {
			return fmt.Sprintf("%s() is passed a text", f.Name)
		}
		if reason := l.long(a); reason != "" {
			return reason
		}
	}
	l.open[f] = true
	defer delete(l.open, f)
	return l.block(f.Body)
}
