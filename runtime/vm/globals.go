package vm

import (
	"iter"
	"strconv"

	"tapir/compiler/bytecode"
	"tapir/lang/types"
)

// Value is a number or a string of the language, as its type says.
type Value struct {
	Kind types.Kind
	Long int64
	Text string
	stat *stat // if that is what it is
}

// Long is the value of a scalar global of type long.
func (m *Machine) Long(global int) int64 { return m.globals[global].long }

// String is the value of a scalar global of type string.
func (m *Machine) String(global int) string { return string(m.globals[global].text) }

// Array goes through an array global's elements in their order: keys, value. The
// keys are valid until the next element.
func (m *Machine) Array(global int) iter.Seq2[[]Value, Value] {
	return func(yield func([]Value, Value) bool) {
		a := m.globals[global].array
		kind := m.prog.Globals[global].Type.Kind
		var keys []Value
		for e := a.first; e != none; e = a.elems[e].next {
			keys = a.appendKeys(keys[:0], e)
			el := &a.elems[e]
			v := Value{Kind: kind, Long: el.long, Text: string(el.text)}
			if a.form != nil {
				v.stat = &a.stats[e]
			}
			if !yield(keys, v) {
				return
			}
		}
	}
}

func (a *array) appendKeys(dst []Value, e int32) []Value {
	ints, texts := a.intKeys(e), a.textKeys(e)
	for _, kind := range a.kinds {
		if kind == types.String {
			dst = append(dst, Value{Kind: kind, Text: string(texts[0])})
			texts = texts[1:]
		} else {
			dst = append(dst, Value{Kind: kind, Long: ints[0]})
			ints = ints[1:]
		}
	}
	return dst
}

// Display prints the globals that are written but never read, as the session
// does when all else is done: arrays by falling value.
func (m *Machine) Display() {
	for _, g := range m.prog.Display {
		name := m.prog.Globals[g].Name
		if a := m.globals[g].array; a != nil {
			m.displayArray(g, name, a)
			continue
		}
		v := Value{Kind: m.prog.Globals[g].Type.Kind, Long: m.Long(g), Text: m.String(g)}
		if v.Kind == types.Stats {
			v.stat = &m.globals[g].scalar
		}
		m.displayLine(name, nil, v)
	}
}

func (m *Machine) displayArray(g int, name string, a *array) {
	a.sort(&bytecode.Loop{Descending: true}, 0)
	for keys, v := range m.Array(g) {
		m.displayLine(name, keys, v)
	}
}

func (m *Machine) displayLine(name string, keys []Value, v Value) {
	b := append(m.buf[:0], name...)
	for i, k := range keys {
		sep := byte(',')
		if i == 0 {
			sep = '['
		}
		b = append(b, sep)
		b = m.appendValue(b, k)
	}
	if len(keys) > 0 {
		b = append(b, ']')
	}
	if v.stat != nil {
		b = append(b, ' ')
		b = appendStat(b, v.stat)
	} else {
		b = append(b, '=')
		b = m.appendValue(b, v)
	}
	b = append(b, '\n')
	m.buf = b
	m.write(b)
}

// appendStat is what is shown of a statistic.
func appendStat(dst []byte, s *stat) []byte {
	if s.count == 0 {
		return append(dst, "@count=0x0"...)
	}
	for i, part := range [...]struct {
		name  string
		value int64
	}{{"@count=", s.count}, {"@min=", s.min}, {"@max=", s.max}, {"@sum=", s.sum}, {"@avg=", s.sum / s.count}} {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = strconv.AppendInt(append(dst, part.name...), part.value, 10)
	}
	return dst
}

func (m *Machine) appendValue(dst []byte, v Value) []byte {
	if v.Kind != types.String {
		return strconv.AppendInt(dst, v.Long, 10)
	}
	dst = append(dst, '"')
	if m.escape {
		dst = appendVisible(dst, v.Text, true)
	} else {
		dst = append(dst, v.Text...)
	}
	return append(dst, '"')
}
