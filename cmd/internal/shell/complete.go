package shell

import (
	"slices"
	"strings"

	"tapir/lang/syntax"
)

// completer finds how the word at the cursor may go on.
type completer struct{ s *Shell }

// Do gives the rests of the words that may stand at the cursor, and how much of them is
// there already, in runes.
func (c completer) Do(line []rune, pos int) (rests [][]rune, length int) {
	before := string(line[:pos])
	word, list := c.s.candidates(before)
	for _, name := range list {
		if rest, ok := strings.CutPrefix(name, word); ok && rest != "" {
			rests = append(rests, []rune(rest))
		}
	}
	return rests, len([]rune(word))
}

// candidates are the words that may stand at the end of a text, and the part of one that
// is there.
func (s *Shell) candidates(before string) (word string, list []string) {
	if point, ok := pointAt(before); ok {
		return point, s.knows.Points(point)
	}
	word = lastWord(before)
	if first, _ := firstWord(strings.TrimSpace(before)); first == strings.TrimSpace(before) {
		for _, c := range commandTable() {
			list = append(list, c.name)
		}
		list = append(list, declarers...)
	}
	for _, d := range s.engine.work.decls {
		list = append(list, d.names...)
	}
	if point := pointOf(before); point != "" {
		list = append(list, s.knows.Variables(point)...)
	}
	if word != "" {
		list = append(list, s.knows.Functions()...)
	}
	slices.Sort(list)
	return word, slices.Compact(list)
}

// lastWord is the name, with its $ or @, that a text ends in.
func lastWord(s string) string {
	i := len(s)
	for i > 0 && (s[i-1] == '_' || s[i-1] == '$' || s[i-1] == '@' || isAlnum(s[i-1])) {
		i--
	}
	return s[i:]
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// pointAt is the probe point that a text ends in, if it does: what follows the word probe,
// or a comma after one, and has no block yet.
func pointAt(before string) (string, bool) {
	lexemes := syntax.Lexemes(before)
	if len(lexemes) == 0 || lexemes[0].Text != "probe" || lexemes[0].End() == len(before) {
		return "", false
	}
	start := lexemes[0].End()
	for _, l := range lexemes {
		switch l.Text {
		case "{", "=":
			return "", false
		case ",", "+=":
			start = l.End()
		}
	}
	return strings.TrimLeft(before[start:], " \t"), true
}

// pointOf is the probe point whose block a text is in; "" if it is in none.
func pointOf(before string) string {
	lexemes := syntax.Lexemes(before)
	if len(lexemes) == 0 || lexemes[0].Text != "probe" {
		return ""
	}
	for _, l := range lexemes {
		if l.Text == "{" {
			point, _, _ := strings.Cut(before[lexemes[0].End():l.Off], ",")
			return strings.TrimSpace(point)
		}
	}
	return ""
}
