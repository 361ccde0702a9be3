package plan

import "tapir/compiler/ir"

// Handlers that the kernel runs as a whole and that stem from one probe with a
// wildcard differ in what `name` stands for. That is a literal, and where it is a
// key, one handler can take it from the family's table.

// KeyTexts are the literals among the keys in b, in order.
func KeyTexts(b *ir.Block) []*ir.Str {
	var list []*ir.Str
	for n := range ir.All(b) {
		for _, k := range keysOf(n) {
			if s, ok := k.(*ir.Str); ok {
				list = append(list, s)
			}
		}
	}
	return list
}

func keysOf(n ir.Node) []ir.Expr {
	switch n := n.(type) {
	case *ir.Elem:
		return n.Keys
	case *ir.In:
		return n.Keys
	case *ir.Delete:
		return n.Keys
	}
	return nil
}

// withoutTexts is b as text with the literals among its keys left out.
func withoutTexts(b *ir.Block) string {
	key := map[*ir.Str]bool{}
	for _, s := range KeyTexts(b) {
		key[s] = true
	}
	c := ir.Copier{Replace: func(x ir.Expr) (ir.Expr, bool) {
		s, ok := x.(*ir.Str)
		if !ok || !key[s] {
			return nil, false
		}
		return &ir.Str{}, true
	}}
	return ir.StmtString(c.Block(b))
}

// numberTexts fills in a family's Texts and Sizes.
func (p *planner) numberTexts(f *Family) {
	if f.Update == nil {
		return
	}
	f.Texts = map[*ir.Str]int{}
	for n := range ir.All(f.Update) {
		for i, k := range keysOf(n) {
			s, ok := k.(*ir.Str)
			r := p.plan.Resident(mentioned(n))
			if !ok || r == nil {
				continue
			}
			f.Texts[s] = len(f.Sizes)
			f.Sizes = append(f.Sizes, r.Key[i].Size)
			f.Quoted = append(f.Quoted, r.Key[i].Quoted)
		}
	}
}
