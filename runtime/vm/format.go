package vm

import "tapir/compiler/bytecode"

// form says which code a segment runs.
type form uint8

const (
	literal  form = iota
	decimal       // %d, perhaps with a width
	plain         // %s, perhaps with a width
	number        // any other conversion of a number
	text          // any other conversion of a string
	char          // %c
	raw           // %b
	dump          // %m and %M: bytes of memory
	starText      // a string with a * in its conversion
	starInt       // a number with one
)

// format is a print call, each of its segments with the code that it needs.
type format struct{ segments []segment }

type segment struct {
	form    form
	literal string
	spec    bytecode.Segment
}

// compileFormat chooses each segment's code. Without escape, strings are printed
// as they are.
func compileFormat(f bytecode.Format, escape bool) format {
	var c format
	for _, s := range f.Segments {
		if !escape {
			s.Escape = bytecode.Plain
		}
		c.segments = append(c.segments, segment{form: formOf(s), literal: s.Literal, spec: s})
	}
	return c
}

func formOf(s bytecode.Segment) form {
	simple := s.Flag == 0 && s.Prec < 0 && s.Escape == bytecode.Plain
	star := s.WidthArg || s.PrecArg
	switch {
	case s.Verb == 0:
		return literal
	case s.Verb == 'm' || s.Verb == 'M':
		return dump
	case s.Verb == 's' && star:
		return starText
	case star:
		return starInt
	case s.Verb == 's' && simple:
		return plain
	case s.Verb == 's':
		return text
	case s.Verb == 'd' && simple:
		return decimal
	}
	return formOfNumber(s.Verb)
}

func formOfNumber(verb byte) form {
	switch verb {
	case 'c':
		return char
	case 'b':
		return raw
	}
	return number
}

// print writes the text of a print call.
func (m *Machine) print(f *format, ints []int64, texts []string) {
	m.buf = m.appendFormat(m.buf[:0], f, ints, texts)
	m.write(m.buf)
}

// write hands text to the output, whose failure is the session's to notice.
func (m *Machine) write(b []byte) {
	if len(b) > 0 {
		_, _ = m.out.Write(b)
	}
}

// sprint is the text as a string: cut at a NUL, and at a string's length.
func (m *Machine) sprint(f *format, ints []int64, texts []string) string {
	m.buf = m.appendFormat(m.buf[:0], f, ints, texts)
	return m.keep(m.buf)
}

// keep is b as a string of the language.
func (m *Machine) keep(b []byte) string {
	b = b[:min(len(b), m.maxLen)]
	for i, c := range b {
		if c == 0 {
			b = b[:i]
			break
		}
	}
	return m.arena.keep(b)
}

func (m *Machine) appendFormat(dst []byte, f *format, ints []int64, texts []string) []byte {
	for n := range f.segments {
		s := &f.segments[n]
		switch s.form {
		case literal:
			dst = append(dst, s.literal...)
		case decimal:
			dst = appendDecimal(dst, ints[0], s.spec.Width)
			ints = ints[1:]
		case plain:
			t := texts[0]
			texts = texts[1:]
			dst = appendSpaces(dst, s.spec.Width-len(t))
			dst = append(dst, t...)
		case text:
			dst = appendText(dst, texts[0], &s.spec)
			texts = texts[1:]
		case starText:
			spec, used := resolve(s.spec, ints)
			ints = ints[used:]
			dst = appendText(dst, texts[0], &spec)
			texts = texts[1:]
		case dump:
			spec, used := resolve(s.spec, ints)
			ints = ints[used:]
			dst = appendDump(dst, texts[0], &spec)
			texts = texts[1:]
		case starInt:
			spec, used := resolve(s.spec, ints)
			dst = appendConversion(dst, ints[used], &spec)
			ints = ints[used+1:]
		default:
			dst = appendConversion(dst, ints[0], &s.spec)
			ints = ints[1:]
		}
	}
	return dst
}

// maxWidth bounds what a * may ask for.
const maxWidth = 8192

// resolve takes a segment's * numbers from its arguments. A negative width is
// none, a negative precision too.
func resolve(s bytecode.Segment, ints []int64) (bytecode.Segment, int) {
	used := 0
	if s.WidthArg {
		s.Width = int(min(max(ints[used], 0), maxWidth))
		used++
	}
	if s.PrecArg {
		s.Prec = int(min(max(ints[used], -1), maxWidth))
		used++
	}
	return s, used
}

func appendConversion(dst []byte, v int64, s *bytecode.Segment) []byte {
	switch s.Verb {
	case 'c':
		return appendChar(dst, byte(v), s)
	case 'b':
		return appendBinary(dst, v, s)
	}
	return appendNumber(dst, v, s)
}
