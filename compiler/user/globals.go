package user

import (
	"tapir/compiler/ir"
	"tapir/compiler/plan"
)

// unread lists the script's globals that are written somewhere and whose value
// is used nowhere. `g++` and `g += 1` as statements use none.
func unread(p *ir.Program) []int {
	u := uses{read: map[*ir.Global]bool{}, written: map[*ir.Global]bool{}}
	for _, f := range p.Funcs {
		u.node(f.Body)
	}
	for _, pr := range p.Probes {
		for _, c := range pr.Conds {
			u.node(c)
		}
		u.node(pr.Body)
	}
	var list []int
	for _, g := range p.Globals {
		if g.Script && u.written[g] && !u.read[g] {
			list = append(list, g.Index)
		}
	}
	return list
}

type uses struct{ read, written map[*ir.Global]bool }

// node looks at n, an expression whose value is used or a statement.
func (u uses) node(n ir.Node) {
	switch n := n.(type) {
	case *ir.GlobalRef:
		u.read[n.Global] = true
	case *ir.Elem:
		u.read[n.Global] = true
	case *ir.In:
		u.read[n.Global] = true
	case *ir.Foreach:
		if n.Global != nil {
			u.read[n.Global] = true
		}
	case *ir.Delete:
		u.written[n.Global] = true
	case *ir.Eval:
		u.effect(n.X)
		return
	case *ir.Loop:
		if n.Cond != nil {
			u.node(n.Cond)
		}
		u.node(n.Body)
		if n.Post != nil {
			u.effect(n.Post)
		}
		return
	case *ir.Assign:
		u.place(n.Left, n.Op != ir.OpNone)
		u.node(n.Value)
		return
	case *ir.Step:
		u.place(n.Left, true)
		return
	case *ir.StatAdd:
		u.place(n.Left, false)
		u.node(n.Value)
		return
	}
	for c := range ir.Children(n) {
		u.node(c)
	}
}

// effect looks at an expression whose value is not used.
func (u uses) effect(x ir.Expr) {
	switch x := x.(type) {
	case *ir.Assign:
		u.place(x.Left, false)
		u.node(x.Value)
	case *ir.Step:
		u.place(x.Left, false)
	default:
		u.node(x)
	}
}

func (u uses) place(p ir.Place, read bool) {
	var g *ir.Global
	switch p := p.(type) {
	case *ir.GlobalRef:
		g = p.Global
	case *ir.Elem:
		g = p.Global
		for _, k := range p.Keys {
			u.node(k)
		}
	default:
		return
	}
	u.written[g] = true
	if read {
		u.read[g] = true
	}
}

// nesting is how deep calls of functions can be nested: the longest chain of
// calls, and recursionDepth more if any of them comes back.
func nesting(p *plan.Plan) int {
	n := calls{depth: map[*ir.Func]int{}, open: map[*ir.Func]bool{}}
	deepest := 0
	for _, pr := range p.Probes {
		deepest = max(deepest, n.below(pr.Body))
	}
	if n.recursive {
		deepest += recursionDepth
	}
	return deepest
}

type calls struct {
	depth     map[*ir.Func]int
	open      map[*ir.Func]bool
	recursive bool
}

func (n *calls) below(node ir.Node) int {
	deepest := 0
	for x := range ir.All(node) {
		if c, ok := x.(*ir.Call); ok {
			deepest = max(deepest, n.of(c.Func))
		}
	}
	return deepest
}

func (n *calls) of(f *ir.Func) int {
	if n.open[f] {
		n.recursive = true
		return 0
	}
	if d, ok := n.depth[f]; ok {
		return d
	}
	n.open[f] = true
	d := 1 + n.below(f.Body)
	if f.Next != nil && passesOn(f.Body) { // in the place of f, not within
		d = max(d, n.of(f.Next))
	}
	n.open[f] = false
	n.depth[f] = d
	return d
}
