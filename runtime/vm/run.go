package vm

import (
	"strings"

	"tapir/compiler/bytecode"
)

// run runs a handler to its end, or to an error that nothing in it catches.
func (m *Machine) run(p *bytecode.Probe) *RuntimeError {
	m.actions = m.allowance(p)
	m.base = frame{size: p.Frame.Texts.Size}
	m.high = m.base.size
	clear(m.ints[:p.Frame.Ints.Locals])
	for pc := p.Entry; ; {
		err := m.execute(pc)
		if err == nil {
			return nil
		}
		var ok bool
		if pc, ok = m.catch(err); !ok {
			return err
		}
	}
}

// execute is the machine's loop: from pc to the handler's end, or to an error. i
// and s are the frame's registers.
//
// It is one function because a switch whose cases work on local variables is
// what makes it fast: closures that call each other took twice as long. What
// changes seldom is in the machine and not in a variable, which would be saved
// on the stack at every instruction.
func (m *Machine) execute(pc int) *RuntimeError {
	code := m.prog.Code
	i, s := m.registers()
	for {
		in := &code[pc]
		pc++
		switch in.Op {
		case bytecode.Halt:
			return nil
		case bytecode.Return:
			pc = m.leave()
			i, s = m.registers()
		case bytecode.Call:
			f := &m.prog.Funcs[in.Imm]
			if !m.enter(f, in, pc) {
				return m.failAt(f.Pos, msgNesting)
			}
			i, s = m.registers()
			pc = f.Entry
		case bytecode.Jump:
			pc = int(in.Imm)
		case bytecode.Actions:
			if m.actions -= int64(in.Imm); m.actions <= 0 {
				err := m.fail(pc, msgActions)
				err.final = true
				return err
			}
			if m.arena.crowded {
				m.arena.collect(m.texts[:m.base.texts+m.base.size])
			}
		case bytecode.ExitRun:
			m.exiting = true
		case bytecode.Raise:
			return m.fail(pc, strings.Clone(s[in.A]))
		case bytecode.WarnText:
			if m.warn != nil {
				m.warn(strings.Clone(s[in.A]))
			}

		case bytecode.Abort:
			m.exiting = true
			return nil
		case bytecode.Fail:
			return m.fail(pc, m.strings[in.Imm])
		case bytecode.Tail:
			f := &m.prog.Funcs[in.Imm]
			m.pass(f)
			i, s = m.registers()
			pc = f.Entry
		case bytecode.Try:
			m.startTry(in)
		case bytecode.EndTry:
			m.tries = m.tries[:len(m.tries)-1]

		case bytecode.LoadInt:
			i[in.A] = int64(in.Imm)
		case bytecode.LoadConst:
			i[in.A] = m.prog.Constants[in.Imm]
		case bytecode.MoveInt:
			i[in.A] = i[in.B]
		case bytecode.LoadText:
			s[in.A] = m.strings[in.Imm]
		case bytecode.MoveText:
			s[in.A] = s[in.B]
		case bytecode.LoadLong:
			i[in.A] = m.word(int(in.Imm))
			if m.fault != "" {
				return m.raiseRead(pc)
			}
		case bytecode.LoadName:
			s[in.A] = m.name(int(in.Imm))
		case bytecode.LoadPid:
			i[in.A] = m.target

		case bytecode.Add:
			i[in.A] = i[in.B] + i[in.C]
		case bytecode.Sub:
			i[in.A] = i[in.B] - i[in.C]
		case bytecode.Mul:
			i[in.A] = i[in.B] * i[in.C]
		case bytecode.Div:
			if i[in.C] == 0 {
				return m.fail(pc, msgDivision)
			}
			i[in.A] = i[in.B] / i[in.C]
		case bytecode.Mod:
			if i[in.C] == 0 {
				return m.fail(pc, msgDivision)
			}
			i[in.A] = i[in.B] % i[in.C]
		case bytecode.And:
			i[in.A] = i[in.B] & i[in.C]
		case bytecode.Or:
			i[in.A] = i[in.B] | i[in.C]
		case bytecode.Xor:
			i[in.A] = i[in.B] ^ i[in.C]
		case bytecode.Shl:
			i[in.A] = i[in.B] << (uint64(i[in.C]) & 63)
		case bytecode.Shr:
			i[in.A] = i[in.B] >> (uint64(i[in.C]) & 63)
		case bytecode.Ushr:
			i[in.A] = int64(uint64(i[in.B]) >> (uint64(i[in.C]) & 63))
		case bytecode.AddConst:
			i[in.A] = i[in.B] + int64(in.Imm)
		case bytecode.Neg:
			i[in.A] = -i[in.B]
		case bytecode.Not:
			i[in.A] = truth(i[in.B] == 0)
		case bytecode.Compl:
			i[in.A] = ^i[in.B]
		case bytecode.Concat:
			s[in.A] = m.concat(s[in.B], s[in.C])

		case bytecode.Eq:
			i[in.A] = truth(i[in.B] == i[in.C])
		case bytecode.Ne:
			i[in.A] = truth(i[in.B] != i[in.C])
		case bytecode.Lt:
			i[in.A] = truth(i[in.B] < i[in.C])
		case bytecode.Le:
			i[in.A] = truth(i[in.B] <= i[in.C])
		case bytecode.TextEq:
			i[in.A] = truth(s[in.B] == s[in.C])
		case bytecode.TextNe:
			i[in.A] = truth(s[in.B] != s[in.C])
		case bytecode.TextLt:
			i[in.A] = truth(s[in.B] < s[in.C])
		case bytecode.TextLe:
			i[in.A] = truth(s[in.B] <= s[in.C])

		case bytecode.JumpZero:
			if i[in.A] == 0 {
				pc = int(in.Imm)
			}
		case bytecode.JumpNonzero:
			if i[in.A] != 0 {
				pc = int(in.Imm)
			}
		case bytecode.JumpEq:
			if i[in.A] == i[in.B] {
				pc = int(in.Imm)
			}
		case bytecode.JumpNe:
			if i[in.A] != i[in.B] {
				pc = int(in.Imm)
			}
		case bytecode.JumpLt:
			if i[in.A] < i[in.B] {
				pc = int(in.Imm)
			}
		case bytecode.JumpLe:
			if i[in.A] <= i[in.B] {
				pc = int(in.Imm)
			}
		case bytecode.JumpEqTo:
			if i[in.A] == in.Short() {
				pc = int(in.Imm)
			}
		case bytecode.JumpNeTo:
			if i[in.A] != in.Short() {
				pc = int(in.Imm)
			}
		case bytecode.JumpLtTo:
			if i[in.A] < in.Short() {
				pc = int(in.Imm)
			}
		case bytecode.JumpLeTo:
			if i[in.A] <= in.Short() {
				pc = int(in.Imm)
			}
		case bytecode.JumpGtTo:
			if i[in.A] > in.Short() {
				pc = int(in.Imm)
			}
		case bytecode.JumpGeTo:
			if i[in.A] >= in.Short() {
				pc = int(in.Imm)
			}
		case bytecode.JumpTextEq:
			if s[in.A] == s[in.B] {
				pc = int(in.Imm)
			}
		case bytecode.JumpTextNe:
			if s[in.A] != s[in.B] {
				pc = int(in.Imm)
			}
		case bytecode.JumpTextLt:
			if s[in.A] < s[in.B] {
				pc = int(in.Imm)
			}
		case bytecode.JumpTextLe:
			if s[in.A] <= s[in.B] {
				pc = int(in.Imm)
			}

		case bytecode.GetLong:
			i[in.A] = m.globals[in.Imm].long
		case bytecode.SetLong:
			m.globals[in.Imm].long = i[in.A]
		case bytecode.AddLong:
			g := &m.globals[in.Imm]
			g.long += i[in.B]
			i[in.A] = g.long
		case bytecode.GetText:
			s[in.A] = m.arena.keep(m.globals[in.Imm].text)
		case bytecode.SetText:
			g := &m.globals[in.Imm]
			g.text = append(g.text[:0], s[in.A]...)
		case bytecode.Clear:
			m.globals[in.Imm].clear()

		case bytecode.ElemLong:
			i[in.A] = m.globals[in.Imm].array.long(i[in.B:], s[in.C:])
		case bytecode.ElemText:
			s[in.A] = m.arena.keep(m.globals[in.Imm].array.text(i[in.B:], s[in.C:]))
		case bytecode.StoreLong:
			e := m.globals[in.Imm].array.make(i[in.B:], s[in.C:])
			if e == nil {
				return m.full(pc, int(in.Imm))
			}
			e.long = i[in.A]
		case bytecode.StoreText:
			e := m.globals[in.Imm].array.make(i[in.B:], s[in.C:])
			if e == nil {
				return m.full(pc, int(in.Imm))
			}
			e.text = append(e.text[:0], s[in.A]...)
		case bytecode.AddElem:
			e := m.globals[in.Imm].array.make(i[in.B:], s[in.C:])
			if e == nil {
				return m.full(pc, int(in.Imm))
			}
			e.long += i[in.A]
			i[in.A] = e.long
		case bytecode.Has:
			i[in.A] = truth(m.globals[in.Imm].array.has(i[in.B:], s[in.C:]))
		case bytecode.HasMatch:
			i[in.A] = truth(m.globals[in.Imm].array.hasMatch(i[in.B:], s[in.C:]))
		case bytecode.Delete:
			m.globals[in.Imm].array.delete(i[in.B:], s[in.C:])
		case bytecode.DeleteMatch:
			m.globals[in.Imm].array.deleteMatch(i[in.B:], s[in.C:])

		case bytecode.AddStat:
			g := &m.globals[in.Imm]
			g.form.add(&g.scalar, i[in.A])
		case bytecode.AddStatElem:
			g := &m.globals[in.Imm]
			e := g.array.place(i[in.B:], s[in.C:])
			if e == none {
				return m.full(pc, int(in.Imm))
			}
			g.form.add(&g.array.stats[e], i[in.A])
		case bytecode.GetStat:
			v, ok := m.askStat(int(in.Imm), i[in.B:], s[in.C:])
			if !ok {
				return m.fail(pc, msgEmpty)
			}
			i[in.A] = v
		case bytecode.GetBucket:
			v, msg := m.bucketCount(int(in.Imm), i[in.A], i[in.B:], s[in.C:])
			if msg != "" {
				return m.fail(pc, msg)
			}
			i[in.A] = v
		case bytecode.HistText:
			if !m.drawHistogram(int(in.Imm), i[in.B:], s[in.C:]) {
				return m.fail(pc, msgEmpty)
			}
			s[in.A] = m.keep(m.buf)
		case bytecode.PrintHist:
			if !m.drawHistogram(int(in.Imm), i[in.B:], s[in.C:]) {
				return m.fail(pc, msgEmpty)
			}
			m.write(m.buf)
		case bytecode.Match:
			i[in.A] = truth(m.matches(int(in.Imm), s[in.B]))

		case bytecode.Foreach:
			if !m.startLoop(in, i, s) {
				return m.fail(pc, msgEmpty)
			}
		case bytecode.Each:
			if !m.nextElement(i, s) {
				m.loops = m.loops[:len(m.loops)-1]
				pc = int(in.Imm)
			}
		case bytecode.EndEach:
			m.loops = m.loops[:len(m.loops)-1]

		case bytecode.CallLong:
			m.setArgs(int(in.Imm), i[in.A:], s[in.B:])
			i[in.C] = m.calls[in.Imm].long(m)
			if m.fault != "" {
				return m.raiseFault(pc)
			}
		case bytecode.CallText:
			m.setArgs(int(in.Imm), i[in.A:], s[in.B:])
			s[in.C] = m.calls[in.Imm].string(m)
			if m.fault != "" {
				return m.raiseFault(pc)
			}
		case bytecode.Print:
			m.print(&m.formats[in.Imm], i[in.A:], s[in.B:])
		case bytecode.Sprint:
			s[in.C] = m.sprint(&m.formats[in.Imm], i[in.A:], s[in.B:])
		default:
			panic("vm: no operation " + in.Op.String())
		}
	}
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// concat joins two strings and cuts the result to a string's length.
func (m *Machine) concat(s, t string) string {
	if s == "" {
		return t
	}
	t = t[:min(len(t), m.maxLen-len(s))]
	if t == "" {
		return s
	}
	return m.arena.concat(s, t)
}

func (v *variable) clear() {
	if v.array != nil {
		v.array.clear()
		return
	}
	v.long, v.text = 0, v.text[:0]
	v.scalar.reset()
}
