package vm

import (
	"strings"

	"tapir/runtime/decode"
)

// textFunctions work on strings.
var textFunctions = table{
	"strpos":      {long: func(m *Machine) int64 { return int64(strings.Index(m.args.texts[0], m.args.texts[1])) }},
	"stringat":    {long: byteAt},
	"str_replace": {append: replaced},
	"isdigit":     {long: func(m *Machine) int64 { return truth(startsWithDigit(m.args.texts[0])) }},
	"tokenize":    {text: tokenize},
	"text_str": {append: func(m *Machine, dst []byte) []byte {
		return decode.AppendEscaped(dst, m.args.texts[0], m.maxLen)
	}},
	"text_strn": {append: escapedPart},
	"string_quoted": {append: func(m *Machine, dst []byte) []byte {
		return decode.AppendQuoted(dst, []byte(m.args.texts[0]), m.maxLen)
	}},
}

func startsWithDigit(s string) bool { return s != "" && '0' <= s[0] && s[0] <= '9' }

// byteAt is a byte of a string as a number.
func byteAt(m *Machine) int64 {
	s, at := m.args.texts[0], m.args.ints[0]
	if at < 0 || at >= int64(len(s)) {
		m.fault = "Position out of bounds"
		return 0
	}
	return int64(s[at])
}

// replaced appends a string with all that matches exchanged, from the left. No
// text occurs nowhere. What a string can't hold is not made.
func replaced(m *Machine, dst []byte) []byte {
	s, from, to := m.args.texts[0], m.args.texts[1], m.args.texts[2]
	if from == "" {
		return append(dst, s...)
	}
	for len(dst) < m.maxLen {
		before, after, found := strings.Cut(s, from)
		dst = append(dst, before...)
		if !found {
			break
		}
		dst = append(dst, to...)
		s = after
	}
	return dst
}

// escapedPart appends a string in at most as many bytes as the second argument
// says, quoted or not.
func escapedPart(m *Machine, dst []byte) []byte {
	s, limit, quoted := m.args.texts[0], m.args.ints[0], m.args.ints[1] != 0
	n := m.maxLen
	if 0 < limit && limit < int64(n) {
		n = int(limit)
	}
	if quoted {
		return decode.AppendQuoted(dst, []byte(s), n)
	}
	return decode.AppendEscaped(dst, s, n)
}

// tokens is the string that tokenize takes apart, and what is left of it.
type tokens struct {
	text []byte
	rest []byte // nil: no text, or all of it is taken
}

// tokenize is the next piece that is not empty. A string other than "" begins
// anew.
func tokenize(m *Machine) string {
	t := &m.library.tokens
	input, delimiters := m.args.texts[0], m.args.texts[1]
	if input != "" {
		t.text = append(t.text[:0], input...)
		t.rest = t.text
	}
	for t.rest != nil {
		piece := t.rest
		if i := indexAny(t.rest, delimiters); i >= 0 {
			piece, t.rest = t.rest[:i], t.rest[i+1:]
		} else {
			t.rest = nil
		}
		if len(piece) > 0 {
			return m.arena.keep(piece)
		}
	}
	return ""
}

// indexAny is where the first of some bytes is in b, or -1. Package bytes knows
// only characters.
func indexAny(b []byte, set string) int {
	for i, c := range b {
		if strings.IndexByte(set, c) >= 0 {
			return i
		}
	}
	return -1
}
