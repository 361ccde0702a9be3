package vm

import "tapir/compiler/bytecode"

// frame is a function that runs, or that waits for another to return.
type frame struct {
	ints, texts int // where its registers begin
	size        int // how many string registers it has
	loops       int // loops that were running when it began
	tries       int // handlers that were in force then
	pc          int // where to go on, if it waits
}

const window = bytecode.MaxRegisters

// grow makes room for frames that begin at the given registers.
func (m *Machine) grow(ints, texts int) {
	if n := ints + window; n > len(m.ints) {
		m.ints = append(m.ints, make([]int64, n)...)
	}
	if n := texts + window; n > len(m.texts) {
		m.texts = append(m.texts, make([]string, n)...)
	}
}

// registers are those of the running function. The size of the arrays spares the
// checks of bounds, as a register's number is a byte.
func (m *Machine) registers() (*[window]int64, *[window]string) {
	return (*[window]int64)(m.ints[m.base.ints:]), (*[window]string)(m.texts[m.base.texts:])
}

// enter begins f's frame, to return to pc; false if calls are nested too deep.
func (m *Machine) enter(f *bytecode.Func, in *bytecode.Instr, pc int) bool {
	m.base.pc = pc
	m.frames = append(m.frames, m.base)
	if len(m.frames) > m.limits.Nesting {
		return false
	}
	m.base = frame{
		ints: m.base.ints + int(in.A), texts: m.base.texts + int(in.B),
		size: f.Frame.Texts.Size, loops: len(m.loops), tries: len(m.tries),
	}
	m.grow(m.base.ints, m.base.texts)
	m.clearLocals(f)
	return true
}

// clearLocals makes the variables of f, which has just got its frame, 0 and "".
func (m *Machine) clearLocals(f *bytecode.Func) {
	m.high = max(m.high, m.base.texts+m.base.size)
	clear(m.ints[m.base.ints+f.Frame.Ints.Params : m.base.ints+f.Frame.Ints.Locals])
	clear(m.texts[m.base.texts+f.Frame.Texts.Params : m.base.texts+f.Frame.Texts.Locals])
}

// leave ends the frame and gives the instruction to go on at. Loops that the
// function left in their midst are over, and so are its handlers.
func (m *Machine) leave() int {
	m.loops, m.tries = m.loops[:m.base.loops], m.tries[:m.base.tries]
	m.base = m.frames[len(m.frames)-1]
	m.frames = m.frames[:len(m.frames)-1]
	return m.base.pc
}
