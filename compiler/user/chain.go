package user

import (
	"tapir/compiler/bytecode"
	"tapir/compiler/ir"
	"tapir/lang/types"
)

const msgExhausted = "all functions exhausted"

// keepParams copies those parameters of f that its body assigns to, if it passes
// its call on: the next function gets what the caller gave.
func (b *body) keepParams(f *ir.Func) {
	if f.Next == nil || !passesOn(f.Body) {
		return
	}
	changed := assigned(f.Body)
	b.kept = map[*ir.Local]uint8{}
	for _, p := range f.Locals[:f.Params] {
		if changed[p] {
			t := b.temp(p.Type.Kind, f.Pos)
			b.copyOut(p.Type.Kind, b.local(p), &t)
			b.kept[p] = t
		}
	}
}

func passesOn(n ir.Node) bool {
	for n := range ir.All(n) {
		if _, ok := n.(*ir.NextFunc); ok {
			return true
		}
	}
	return false
}

// assigned has the variables that anything in n changes.
func assigned(n ir.Node) map[*ir.Local]bool {
	set := map[*ir.Local]bool{}
	place := func(p ir.Place) {
		if r, ok := p.(*ir.LocalRef); ok {
			set[r.Local] = true
		}
	}
	for n := range ir.All(n) {
		switch n := n.(type) {
		case *ir.Assign:
			place(n.Left)
		case *ir.Step:
			place(n.Left)
		case *ir.Foreach:
			for _, k := range n.Keys {
				set[k] = true
			}
			set[n.Value] = true
		case *ir.Try:
			set[n.Var] = true
		}
	}
	return set
}

// nextFunc hands the call to the function behind this one, which takes over the
// frame: a chain is one level of calls, as long as it may be.
func (b *body) nextFunc(s *ir.NextFunc) {
	next := b.fn.Next
	if next == nil {
		b.emitAt(s.Token(), bytecode.Instr{Op: bytecode.Fail, Imm: b.c.strings.add(msgExhausted)})
		return
	}
	for i, p := range b.fn.Locals[:b.fn.Params] {
		if next.Locals[i].Type.Kind != p.Type.Kind {
			b.c.fail(s.Span(), "function '%s' has parameters of other types in its next definition", next.Name)
			return
		}
		if t, ok := b.kept[p]; ok {
			reg := b.local(p)
			b.copyOut(p.Type.Kind, t, &reg)
		}
	}
	b.emitAt(s.Token(), bytecode.Instr{Op: bytecode.Tail, Imm: int32(b.c.funcIndex(next))})
}

// try leaves its handler in force as long as its body runs. What jumps out of the
// body ends it, see leave; returning and next need not.
func (b *body) try(s *ir.Try) {
	handler, end := &label{}, &label{}
	in := bytecode.Instr{Op: bytecode.Try}
	if s.Var != nil {
		in.A = b.local(s.Var)
	} else {
		in.A = b.temp(types.String, s.Span())
	}
	b.jump(in, handler)
	b.tries++
	b.block(s.Body)
	b.tries--
	b.emit(bytecode.Instr{Op: bytecode.EndTry})
	b.jump(bytecode.Instr{Op: bytecode.Jump}, end)
	b.bind(handler)
	b.block(s.Handler)
	b.bind(end)
}
