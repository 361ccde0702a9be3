package pattern

// NewQuotedAutomaton makes an automaton of strings that are to be put in quotes: it ends
// in No only if the expression does not match the quoted form of the string, or, negated,
// if it does. In Yes it ends where that can't be told byte by byte: at bytes that are no
// ASCII. The escape of a byte is what escape gives.
func NewQuotedAutomaton(text string, negate bool, escape func(c byte) string) (*Automaton, error) {
	a, err := NewAutomaton(text)
	if err != nil {
		return nil, err
	}
	q := quoting{of: a, negate: negate, numbers: map[uint16]uint16{}, class: map[string]uint8{"": 0}, members: []string{""}}
	out := &Automaton{}
	for c := 1; c < 256; c++ {
		form := ""
		if c < 0x80 {
			form = escape(byte(c))
		}
		out.Class[c] = q.classOf(form)
	}
	out.Classes = len(q.members)
	for range Start {
		q.states = append(q.states, 0)
	}
	q.state(a.Step(Start, '"'))
	for i := 0; i < len(q.states); i++ {
		out.Next = append(out.Next, q.row(i))
	}
	return out, nil
}

// quoting makes states of another automaton those of a new one.
type quoting struct {
	of      *Automaton
	negate  bool
	numbers map[uint16]uint16 // new states, by the other's
	states  []uint16          // and the other way
	class   map[string]uint8  // by the escape
	members []string
}

// classOf is the class of bytes with an escape; that of those which can't be told is
// behind that of the NUL.
func (q *quoting) classOf(form string) uint8 {
	if form == "" {
		form = unknown
	}
	n, ok := q.class[form]
	if !ok {
		n = uint8(len(q.members))
		q.class[form] = n
		q.members = append(q.members, form)
	}
	return n
}

// unknown stands for the escape of a byte that depends on others.
const unknown = "\x00"

// state is the new number of a state.
func (q *quoting) state(s uint16) uint16 {
	n, ok := q.numbers[s]
	if !ok {
		n = uint16(len(q.states))
		q.numbers[s] = n
		q.states = append(q.states, s)
	}
	return n
}

func (q *quoting) row(i int) []uint16 {
	row := make([]uint16, len(q.members))
	for c, form := range q.members {
		switch {
		case i == Yes:
			row[c] = Yes
		case i == No:
			row[c] = No
		case c == 0:
			row[c] = q.verdict(q.of.Step(q.of.Step(q.states[i], '"'), 0) == Yes)
		case form == unknown:
			row[c] = Yes
		default:
			row[c] = q.after(q.states[i], form)
		}
	}
	return row
}

// after is the new state behind some bytes.
func (q *quoting) after(s uint16, form string) uint16 {
	for _, c := range []byte(form) {
		s = q.of.Step(s, c)
	}
	if s == Yes {
		return q.verdict(true)
	}
	return q.state(s)
}

func (q *quoting) verdict(matches bool) uint16 {
	if matches != q.negate {
		return Yes
	}
	return No
}
