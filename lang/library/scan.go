package library

import (
	"iter"
	"strings"
)

// declaration is a name at a file's top level and the keyword that declares it:
// probe (an alias), function or global.
type declaration struct {
	keyword, name string
}

// declarations finds the names that a text declares without parsing it: it
// knows comments, strings, embedded C and braces, and takes the branches of
// conditionals for text like any other.
func declarations(text string) iter.Seq[declaration] {
	return func(yield func(declaration) bool) {
		s := scanner{text: text}
		for {
			word := s.next()
			switch {
			case word == "":
				return
			case s.depth > 0:
			case word == "probe":
				for _, name := range s.aliases() {
					if !yield(declaration{word, name}) {
						return
					}
				}
			case word == "function":
				if !yield(declaration{word, s.next()}) {
					return
				}
			case word == "global":
				for _, name := range s.names() {
					if !yield(declaration{word, name}) {
						return
					}
				}
			}
		}
	}
}

type scanner struct {
	text  string
	pos   int
	depth int // of braces
}

// next is the next word, string literal or punctuation, "" at the end. Braces
// are counted on the way.
func (s *scanner) next() string {
	s.skip()
	if s.pos >= len(s.text) {
		return ""
	}
	start := s.pos
	switch c := s.text[s.pos]; {
	case isName(c):
		for s.pos < len(s.text) && isName(s.text[s.pos]) {
			s.pos++
		}
	case c == '"':
		s.pos++
		for s.pos < len(s.text) && s.text[s.pos] != '"' && s.text[s.pos] != '\n' {
			if s.text[s.pos] == '\\' {
				s.pos++
			}
			s.pos++
		}
		s.pos = min(s.pos+1, len(s.text))
	default:
		s.pos++
		switch c {
		case '{':
			s.depth++
		case '}':
			s.depth--
		}
	}
	return s.text[start:s.pos]
}

// peek is what next would return.
func (s *scanner) peek() string {
	saved := *s
	word := s.next()
	*s = saved
	return word
}

// skip passes over white space, comments and embedded C.
func (s *scanner) skip() {
	for s.pos < len(s.text) {
		rest := s.text[s.pos:]
		switch {
		case strings.IndexByte(" \t\r\n\v\f", rest[0]) >= 0:
			s.pos++
		case rest[0] == '#', strings.HasPrefix(rest, "//"):
			s.past("\n", 1)
		case strings.HasPrefix(rest, "/*"):
			s.past("*/", 2)
		case strings.HasPrefix(rest, "%{"):
			s.past("%}", 2)
		default:
			return
		}
	}
}

// past goes behind the next end, looked for from n bytes on.
func (s *scanner) past(end string, n int) {
	i := strings.Index(s.text[min(s.pos+n, len(s.text)):], end)
	if i < 0 {
		s.pos = len(s.text)
		return
	}
	s.pos = min(s.pos+n+i+len(end), len(s.text))
}

// aliases is the names before the = of `probe a = b += points`; none for a probe
// that is no alias.
func (s *scanner) aliases() []string {
	var names []string
	for {
		saved := *s
		var name strings.Builder
		word := s.next()
		for ; word != "" && (isName(word[0]) || word == "." || word == "*"); word = s.next() {
			name.WriteString(word)
		}
		if word == "+" && s.pos < len(s.text) && s.text[s.pos] == '=' {
			word = s.next()
		}
		if word != "=" {
			*s = saved
			return names
		}
		names = append(names, name.String())
	}
}

// names is the variables of a global declaration.
func (s *scanner) names() []string {
	var names []string
	for {
		names = append(names, s.next())
		if s.peek() == "%" {
			s.next()
		}
		if s.peek() == "[" {
			for word := s.next(); word != "" && word != "]"; word = s.next() {
			}
		}
		if s.peek() == "=" {
			s.next()
			for s.peek() == "-" {
				s.next()
			}
			s.next()
			for strings.HasPrefix(s.peek(), `"`) {
				s.next()
			}
		}
		if s.peek() != "," {
			return names
		}
		s.next()
	}
}

func isName(c byte) bool {
	return c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
