package plan

import (
	"slices"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// Numbers read from memory travel as the words that a handler makes of them. For
// `returnval() > 0 ? user_int(pointer_arg(2)) : 0` the kernel computes the whole,
// so that it reads only where the handler would, and the event has one field of
// fixed size instead of three, of which one has a tail. Of texts, it reads those
// that the handler would.

// wordName is the name of the function that stands for such a word; the language
// has none of it.
const wordName = "(word)"

// words puts calls that stand for words in the place of b's numbers from memory.
//
// A probe that is one of many at one place in the script does without, for the kernel
// serves those by a table, which knows reads but no expressions.
func (p *planner) words(b *ir.Block, d *definitions, many bool) {
	w := words{planner: p, defs: d, bytes: many}
	b.Stmts = w.stmts(b.Stmts)
}

type words struct {
	*planner
	defs  *definitions
	bytes bool // numbers travel as the bytes that are read
	// guards are conditions without which the code at hand does not run: those of
	// them that the kernel can compute of arguments.
	guards []ir.Expr
}

// under is w for code that runs only if x holds.
func (w words) under(x ir.Expr) words {
	c := w.closedForm(x, w.defs)
	if _, ok := c.(*ir.Int); !ok && w.simple(c) && !hasRead(c) {
		w.guards = append(w.guards[:len(w.guards):len(w.guards)], c)
	}
	return w
}

func (w words) stmts(stmts []ir.Stmt) []ir.Stmt {
	out := make([]ir.Stmt, 0, len(stmts))
	for _, s := range stmts {
		f, ok := s.(*ir.If)
		if !ok {
			out = append(out, w.copier().Stmt(s))
			continue
		}
		g := &ir.If{At: f.At, Cond: w.expr(f.Cond), Then: w.under(f.Cond).block(f.Then)}
		otherwise := w.under(ir.Negate(f.Cond))
		g.Else = otherwise.block(f.Else)
		if leaves(f.Then) {
			w = otherwise
		}
		out = append(out, g)
	}
	return out
}

func (w words) block(b *ir.Block) *ir.Block {
	if b == nil {
		return nil
	}
	return &ir.Block{At: b.At, Stmts: w.stmts(b.Stmts)}
}

func (w words) copier() ir.Copier { return ir.Copier{Replace: w.replace} }

func (w words) expr(x ir.Expr) ir.Expr { return w.copier().Expr(x) }

func (w words) replace(x ir.Expr) (ir.Expr, bool) {
	if !w.bytes && x.Type().Kind == types.Long && hasRead(x) {
		if c := w.closedForm(x, w.defs); w.simple(c) {
			return w.word(x, c), true
		}
	}
	switch x := x.(type) {
	case *ir.AtEntry:
		return ir.Copier{}.Expr(x), true
	case *ir.Call:
		if v, ok := w.readingCall(x); ok {
			return w.expr(v), true
		}
	case *ir.Builtin:
		return w.guarded(x)
	case *ir.Cond:
		return &ir.Cond{At: x.At, C: w.expr(x.C), X: w.under(x.C).expr(x.X), Y: w.under(ir.Negate(x.C)).expr(x.Y)}, true
	case *ir.Logical:
		decided := x.X
		if x.Or {
			decided = ir.Negate(x.X)
		}
		return &ir.Logical{At: x.At, Or: x.Or, X: w.expr(x.X), Y: w.under(decided).expr(x.Y)}, true
	}
	return nil, false
}

// readingCall is the value of a call of a function that reads memory: in its place, the
// conditions under which it reads are known in terms of the event.
func (w words) readingCall(c *ir.Call) (ir.Expr, bool) {
	if !slices.ContainsFunc(slices.Collect(reach(c)), isMemory) {
		return nil, false
	}
	return w.valueOf(c, ir.Copier{}.Expr(c).(*ir.Call).Args)
}

func isMemory(n ir.Node) bool {
	b, ok := n.(*ir.Builtin)
	return ok && b.Fn.Class == builtin.Memory
}

// guarded copies a call of a Memory function and notes when it is called.
func (w words) guarded(x *ir.Builtin) (ir.Expr, bool) {
	if x.Fn.Class != builtin.Memory || len(w.guards) == 0 {
		return nil, false
	}
	y := &ir.Builtin{At: x.At, Fn: x.Fn, Args: make([]ir.Expr, len(x.Args))}
	for i, a := range x.Args {
		y.Args[i] = w.expr(a)
	}
	w.planner.guards[y] = w.guard()
	return y, true
}

// guard is the guards as one expression of its own.
func (w words) guard() ir.Expr { return ir.Copier{}.Expr(conjunction(w.guards)) }

// word is a call that stands for x, whose closed form is value.
func (w words) word(x, value ir.Expr) ir.Expr {
	at := ir.At{Pos: x.Span(), Tok: x.Token()}
	if len(w.guards) > 0 {
		value = &ir.Cond{At: at, C: w.guard(), X: value, Y: &ir.Int{At: at}}
	}
	call := &ir.Builtin{
		At: at,
		Fn: &builtin.Func{Name: wordName, Class: builtin.Context, Result: types.Long},
	}
	w.plan.words[call] = x
	w.plan.Reads[call] = tokensOf(readsIn(value, nil))
	w.moments[call] = moment{capture: &Capture{Text: ir.ExprString(value), Kind: layout.Word, Value: value}}
	return call
}

// maxWord bounds the number of a word's nodes.
const maxWord = 100

// simple reports whether the kernel can compute x, in closed form, of literals,
// the probed call and memory alone. Clocks and globals stay out: what is captured
// of them once must not be read a second time.
func (w words) simple(x ir.Expr) bool {
	size := 0
	for n := range ir.All(x) {
		size++
		switch n := n.(type) {
		case *ir.Int, *ir.Unary, *ir.Binary, *ir.Logical, *ir.Cond:
		case *ir.Builtin:
			if !isArgument(n) && n.Fn.Class != builtin.Memory {
				return false
			}
		default:
			return false
		}
	}
	return size <= maxWord && w.uncomputable(x, w.defs) == ""
}

// isArgument reports whether x is a good call of an Argument function.
func isArgument(x *ir.Builtin) bool {
	if x.Fn.Class != builtin.Argument || len(x.Args) == 0 {
		return x.Fn.Class == builtin.Argument
	}
	n, ok := x.Args[0].(*ir.Int)
	if ok && isRegister(x) {
		return true
	}
	return ok && 1 <= n.Value && n.Value <= maxParams
}

// hasRead reports whether x itself, without what its variables stand for, reads a
// number from memory.
func hasRead(x ir.Expr) bool {
	found := false
	ir.Walk(x, func(n ir.Node) bool {
		if _, ok := n.(*ir.AtEntry); ok {
			return false
		}
		b, ok := n.(*ir.Builtin)
		found = found || ok && b.Fn.Class == builtin.Memory && isWordRead(b.Fn)
		return !found
	})
	return found
}

// Shown is b as a person should see it: with the numbers that the kernel computes
// from memory as the script has them.
func (p *Plan) Shown(b *ir.Block) *ir.Block { return p.shown().Block(b) }

func (p *Plan) shown() ir.Copier {
	var c ir.Copier
	c.Replace = func(x ir.Expr) (ir.Expr, bool) {
		call, ok := x.(*ir.Builtin)
		if !ok || p.words[call] == nil {
			return nil, false
		}
		return c.Expr(p.words[call]), true
	}
	return c
}
