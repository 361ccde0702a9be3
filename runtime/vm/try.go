package vm

import "tapir/compiler/bytecode"

// handler is a catch that is in force, and what was running when its try began.
type handler struct {
	pc            int // of the catch
	message       uint8
	base          frame
	frames, loops int
}

func (m *Machine) startTry(in *bytecode.Instr) {
	m.tries = append(m.tries, handler{
		pc: int(in.Imm), message: in.A, base: m.base,
		frames: len(m.frames), loops: len(m.loops),
	})
}

// catch gives an error to the innermost handler, and where to go on; false if
// there is none, or the error cannot be caught.
func (m *Machine) catch(err *RuntimeError) (pc int, ok bool) {
	n := len(m.tries) - 1
	if n < 0 || err.final {
		return 0, false
	}
	h := m.tries[n]
	m.tries = m.tries[:n]
	m.base, m.frames, m.loops = h.base, m.frames[:h.frames], m.loops[:h.loops]
	m.texts[m.base.texts+int(h.message)] = err.Msg[:min(len(err.Msg), m.maxLen)]
	return h.pc, true
}

// pass gives the frame of the running function to f, with the arguments where
// they are. Whatever loops and handlers it was in are over.
func (m *Machine) pass(f *bytecode.Func) {
	m.loops, m.tries = m.loops[:m.base.loops], m.tries[:m.base.tries]
	m.base.size = f.Frame.Texts.Size
	m.clearLocals(f)
}
