package callframe

// Row says where a frame ends and what lies there, at one address of the code. Registers
// other than the two that frames are found by are not followed.
type Row struct {
	ByBase    bool  // the frame's end is told from the base pointer, not the stack pointer
	End       int64 // what is to be added to that
	Return    int64 // where the address to return to lies, from the end
	Outermost bool  // there is no caller
	Base      int64 // where the caller's base pointer lies, from the end
	BaseSaved bool  // it does lie there; else it is as it was
}

// The registers' numbers.
const (
	basePointer   = 6
	stackPointer  = 7
	returnAddress = 16
)

// state is a row in the making.
type state struct {
	Row
	register   uint64 // that the end is told from
	defined    bool   // the end is told
	expression bool   // the end is told in a way that is not followed
	unknown    bool   // a register that Row has is kept in such a way
}

// maxRemembered is how many rows are put aside at most.
const maxRemembered = 16

// Row is what is known about the frame of the code at an address.
func (t *Table) Row(address uint64) (Row, bool) {
	s, ok := t.stateAt(address)
	if !ok {
		return Row{}, false
	}
	followed := !s.defined || s.register == basePointer || s.register == stackPointer
	return s.Row, followed && !s.expression && !s.unknown
}

// End says from which register, by its number in DWARF, and how far from it the frame of
// the code at an address ends.
func (t *Table) End(address uint64) (register uint64, offset int64, ok bool) {
	s, ok := t.stateAt(address)
	return s.register, s.Row.End, ok && s.defined && !s.expression
}

// stateAt is all that is known at an address.
func (t *Table) stateAt(address uint64) (state, bool) {
	e := t.find(address)
	if e == nil {
		return state{}, false
	}
	m := machine{entry: e, limit: ^uint64(0), place: e.begin}
	if !m.run(e.common.code) {
		return state{}, false
	}
	m.initial, m.limit = m.state, address
	ok := m.run(e.code)
	return m.state, ok
}

// machine runs the code of an entry.
type machine struct {
	state
	*entry
	initial    state
	remembered []state
	place      uint64 // the address that the code is about
	limit      uint64 // the last one of interest
}

// run runs code up to what is about the limit, and reports whether it was understood.
func (m *machine) run(code []byte) bool {
	r := &reader{data: code}
	for !r.done() {
		op := r.u8()
		arg := uint64(op & 0x3f)
		switch op & 0xc0 {
		case 0x40:
			m.place += arg * m.common.codeFactor
		case 0x80:
			m.saved(arg, int64(r.uleb())*m.common.dataFactor)
		case 0xc0:
			m.restore(arg)
		default:
			if !m.extended(op, r) {
				return false
			}
		}
		if m.place > m.limit {
			return true
		}
	}
	return !r.bad
}

// extended runs an operation whose arguments follow it.
func (m *machine) extended(op byte, r *reader) bool {
	factor := m.common.dataFactor
	switch op {
	case 0x00: // nothing
	case 0x02:
		m.place += uint64(r.u8()) * m.common.codeFactor
	case 0x03:
		m.place += uint64(r.u16()) * m.common.codeFactor
	case 0x04:
		m.place += uint64(r.u32()) * m.common.codeFactor
	case 0x05:
		register := r.uleb()
		m.saved(register, int64(r.uleb())*factor)
	case 0x06:
		m.restore(r.uleb())
	case 0x07:
		m.undefined(r.uleb())
	case 0x08:
		m.same(r.uleb())
	case 0x0a:
		if len(m.remembered) == maxRemembered {
			return false
		}
		m.remembered = append(m.remembered, m.state)
	case 0x0b:
		if len(m.remembered) == 0 {
			return false
		}
		m.state = m.remembered[len(m.remembered)-1]
		m.remembered = m.remembered[:len(m.remembered)-1]
	case 0x11:
		register := r.uleb()
		m.saved(register, r.sleb()*factor)
	case 0x2e:
		r.uleb()
	default:
		return m.define(op, r)
	}
	return true
}

// define runs an operation about the frame's end, or one that is not followed.
func (m *machine) define(op byte, r *reader) bool {
	switch op {
	case 0x0c:
		m.by(r.uleb())
		m.End = int64(r.uleb())
	case 0x0d:
		m.by(r.uleb())
	case 0x0e:
		m.End = int64(r.uleb())
	case 0x12:
		m.by(r.uleb())
		m.End = r.sleb() * m.common.dataFactor
	case 0x13:
		m.End = r.sleb() * m.common.dataFactor
	case 0x0f: // an expression
		m.expression = true
		r.skip(r.uleb())
	case 0x10, 0x16: // an expression for a register
		m.lost(r.uleb())
		r.skip(r.uleb())
	case 0x09, 0x14, 0x15:
		m.lost(r.uleb())
		r.uleb()
	case 0x2d: // the windows of other processors' registers
	case 0x2f:
		m.lost(r.uleb())
		r.uleb()
	default:
		return false
	}
	return true
}

func (m *machine) by(register uint64) {
	m.register, m.defined, m.expression = register, true, false
	m.ByBase = register == basePointer
}

func (m *machine) saved(register uint64, offset int64) {
	switch register {
	case basePointer:
		m.Base, m.BaseSaved = offset, true
	case returnAddress:
		m.Return, m.Outermost = offset, false
	}
}

func (m *machine) same(register uint64) {
	if register == basePointer {
		m.BaseSaved = false
	}
}

func (m *machine) undefined(register uint64) {
	switch register {
	case basePointer:
		m.BaseSaved = false
	case returnAddress:
		m.Outermost = true
	}
}

// lost notes that a register is kept in a way that is not followed.
func (m *machine) lost(register uint64) {
	if register == basePointer || register == returnAddress || register == stackPointer {
		m.unknown = true
	}
}

func (m *machine) restore(register uint64) {
	switch register {
	case basePointer:
		m.Base, m.BaseSaved = m.initial.Base, m.initial.BaseSaved
	case returnAddress:
		m.Return, m.Outermost = m.initial.Return, m.initial.Outermost
	}
}
