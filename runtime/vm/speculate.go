package vm

// speculations are the texts that wait for commit or discard, by number. A text
// that is gone leaves its buffer for a later one.
type speculations struct {
	last  int64
	texts map[int64][]byte
	spare [][]byte
}

// maxSpeculation bounds the text of one speculation, in bytes; what exceeds it
// is dropped, as SystemTap drops what does not fit its buffers.
const maxSpeculation = 1 << 20

// speculation has the functions of output that may yet be taken back.
var speculation = table{
	"speculation": {long: func(m *Machine) int64 { return m.speculative.begin() }},
	"speculate":   {act: speculate},
	"commit":      {act: func(m *Machine) { m.write(m.speculative.end(m.args.ints[0])) }},
	"discard":     {act: func(m *Machine) { m.speculative.end(m.args.ints[0]) }},
}

// speculate adds to a text. Where what is shown must be harmless, that is seen to
// now: later nobody knows what in it was traced.
func speculate(m *Machine) {
	text := m.args.texts[0]
	if m.escape {
		m.buf = appendVisible(m.buf[:0], text, true)
		text = view(m.buf)
	}
	m.speculative.add(m.args.ints[0], text)
}

// begin gives a new number. Only what is then said under it takes memory.
func (s *speculations) begin() int64 {
	s.last++
	return s.last
}

// add appends to a text. A number that begin did not give, or whose text is gone,
// begins one, too.
func (s *speculations) add(id int64, text string) {
	b, ok := s.texts[id]
	if n := len(s.spare); !ok && n > 0 {
		b, s.spare = s.spare[n-1][:0], s.spare[:n-1]
	}
	if len(b)+len(text) > maxSpeculation {
		return
	}
	if s.texts == nil {
		s.texts = map[int64][]byte{}
	}
	s.texts[id] = append(b, text...)
}

// end takes a text away; it is valid until the next add.
func (s *speculations) end(id int64) []byte {
	b, ok := s.texts[id]
	if !ok {
		return nil
	}
	delete(s.texts, id)
	s.spare = append(s.spare, b)
	return b
}
