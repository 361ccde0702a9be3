package user

import (
	"fmt"

	"tapir/compiler/bytecode"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// loop is a loop around the code being made.
type loop struct {
	brk, cont *label
	foreach   bool
	tries     int // try statements around the loop
}

func (b *body) block(s *ir.Block) {
	if s == nil {
		return
	}
	for _, s := range s.Stmts {
		b.stmt(s)
	}
}

// stmt makes the code of a statement.
func (b *body) stmt(s ir.Stmt) {
	m := b.mark()
	defer b.release(m)
	if s, ok := s.(*ir.Block); ok {
		b.block(s)
		return
	}
	switch made(s) {
	case "":
		b.charge(s.Token(), b.actions.Before[s])
	case builtin.Kept:
		if !takesStack(s) {
			return
		}
	}
	switch s := s.(type) {
	case *ir.Eval:
		b.effect(s.X)
	case *ir.Print:
		b.print(s)
	case *ir.If:
		b.ifStmt(s)
	case *ir.Loop:
		b.loop(s)
	case *ir.Foreach:
		b.foreach(s)
	case *ir.Return:
		b.result(s.X)
	case *ir.Next:
		b.emit(bytecode.Instr{Op: bytecode.Halt})
	case *ir.Break:
		b.leave(func(l *loop) *label { return l.brk })
	case *ir.Continue:
		b.leave(func(l *loop) *label { return l.cont })
	case *ir.Delete:
		b.deleteStmt(s)
	case *ir.Try:
		b.try(s)
	case *ir.NextFunc:
		b.nextFunc(s)
	case *ir.PrintHist:
		b.printHist(s)
	default:
		panic(fmt.Sprintf("user: unexpected statement %T", s))
	}
}

// effect evaluates x for what it does.
func (b *body) effect(x ir.Expr) {
	switch x := x.(type) {
	case *ir.Assign:
		b.assign(x, nil)
	case *ir.Step:
		b.step(x, nil)
	case *ir.StatAdd:
		b.statAdd(x, nil)
	case *ir.Call:
		b.call(x)
	case *ir.Builtin:
		if _, ok := effects[x.Fn.Name]; ok || x.Fn.Result == types.Void {
			b.act(x)
			return
		}
		b.value(x)
	default:
		b.value(x)
	}
}

// value evaluates x of either kind and gives its register.
func (b *body) value(x ir.Expr) uint8 {
	if isText(x) {
		return b.text(x)
	}
	return b.long(x)
}

func (b *body) ifStmt(s *ir.If) {
	otherwise, end := &label{}, &label{}
	b.branch(s.Cond, false, otherwise)
	b.block(s.Then)
	if s.Else != nil {
		b.jump(bytecode.Instr{Op: bytecode.Jump}, end)
	}
	b.bind(otherwise)
	b.block(s.Else)
	b.bind(end)
}

// loop puts the test behind the body, so that a time round takes one jump.
func (b *body) loop(s *ir.Loop) {
	l := &loop{brk: &label{}, cont: &label{}, tries: b.tries}
	top, test := &label{}, &label{}
	if s.Cond != nil {
		b.jump(bytecode.Instr{Op: bytecode.Jump}, test)
	}
	b.bind(top)
	b.charge(s.Body.Token(), b.actions.Turns[s])
	b.loops = append(b.loops, l)
	b.block(s.Body)
	b.loops = b.loops[:len(b.loops)-1]
	b.bind(l.cont)
	if s.Post != nil {
		m := b.mark()
		b.effect(s.Post)
		b.release(m)
	}
	b.bind(test)
	if s.Cond == nil {
		b.jump(bytecode.Instr{Op: bytecode.Jump}, top)
	} else {
		b.branch(s.Cond, true, top)
	}
	b.bind(l.brk)
}

func (b *body) foreach(s *ir.Foreach) {
	spec := bytecode.Loop{
		Value: -1, Sort: s.Sort, Descending: s.Descending, Aggregate: statKinds[s.Aggregate],
		Limit: s.Limit != nil, Sliced: s.Slice != nil,
	}
	for _, k := range s.Keys {
		spec.Keys = append(spec.Keys, b.local(k))
	}
	if s.Value != nil {
		spec.Value = int(b.local(s.Value))
	}
	start := bytecode.Instr{Op: bytecode.Foreach}
	if s.Hist != nil {
		spec.Hist, spec.Sort = true, -1
		start = b.statistic(bytecode.Foreach, s.Hist)
		spec.Global = int(start.Imm)
	} else {
		spec.Global = s.Global.Index
	}
	if s.Slice != nil {
		start.B, start.C = b.pattern(s.Slice, s.Span()) // in use until the loop ends
	}
	if s.Limit != nil {
		start.A = b.long(s.Limit)
	}
	b.c.prog.Loops = append(b.c.prog.Loops, spec)
	start.Imm = int32(len(b.c.prog.Loops) - 1)
	b.emitAt(s.Token(), start)

	l := &loop{brk: &label{}, cont: &label{}, foreach: true, tries: b.tries}
	end := &label{}
	b.bind(l.cont)
	b.jump(bytecode.Instr{Op: bytecode.Each}, end)
	b.charge(s.Body.Token(), b.actions.Turns[s])
	b.loops = append(b.loops, l)
	b.block(s.Body)
	b.loops = b.loops[:len(b.loops)-1]
	b.jump(bytecode.Instr{Op: bytecode.Jump}, l.cont)
	if len(l.brk.refs) > 0 {
		b.bind(l.brk)
		b.emit(bytecode.Instr{Op: bytecode.EndEach})
	}
	b.bind(end)
}

// leave jumps to a label of the innermost loop.
func (b *body) leave(where func(*loop) *label) {
	if len(b.loops) == 0 {
		panic("user: break or continue outside a loop")
	}
	l := b.loops[len(b.loops)-1]
	for range b.tries - l.tries {
		b.emit(bytecode.Instr{Op: bytecode.EndTry})
	}
	b.jump(bytecode.Instr{Op: bytecode.Jump}, where(l))
}

// result leaves a function with the value x, or with 0 or "" if x is nil.
func (b *body) result(x ir.Expr) {
	if b.fn == nil {
		panic("user: return outside a function")
	}
	m := b.mark()
	switch b.fn.Result {
	case types.String:
		if x == nil {
			b.loadText(0, "")
		} else {
			b.textTo(x, 0)
		}
	case types.Long:
		if x == nil {
			b.loadInt(0, 0)
		} else {
			b.longTo(x, 0)
		}
	default:
		if x != nil {
			b.effect(x)
		}
	}
	b.release(m)
	b.emit(bytecode.Instr{Op: bytecode.Return})
}

func (b *body) deleteStmt(s *ir.Delete) {
	switch {
	case s.Keys == nil:
		b.emit(bytecode.Instr{Op: bytecode.Clear, Imm: int32(s.Global.Index)})
	case wild(s.Keys):
		ib, tb := b.pattern(s.Keys, s.Span())
		b.emit(bytecode.Instr{Op: bytecode.DeleteMatch, B: ib, C: tb, Imm: int32(s.Global.Index)})
	default:
		ib, tb := b.operands(s.Keys, s.Span())
		b.emit(bytecode.Instr{Op: bytecode.Delete, B: ib, C: tb, Imm: int32(s.Global.Index)})
	}
}

// made is the function that a statement calls which is none of the script's; "" if it is
// one of them.
func made(s ir.Stmt) string {
	if !ir.IsTelling(s) {
		return ""
	}
	return s.(*ir.Eval).X.(*ir.Builtin).Fn.Name
}

// takesStack reports whether a statement itself asks for a stack.
func takesStack(s ir.Stmt) bool {
	for n := range ir.All(s) {
		if x, ok := n.(*ir.Builtin); ok && x.Fn.Read != nil && x.Fn.Read.Stack {
			return true
		}
	}
	return false
}
