package lsp

import (
	"strings"

	"tapir/cmd/internal/assist"
	"tapir/lang/syntax"
)

// A spot is where in a text a place is, told by its lexemes alone, so that it is known also
// while the text is broken.
type spot struct {
	// head is the keyword of the declaration that the place is in, or "".
	head string
	// first is the index of that keyword among the lexemes.
	first int
	// points is the text between the keyword and the block; of a probe.
	points string
	// point is the probe point that is being written, if inPoint is set, and pointOff where
	// it begins.
	inPoint  bool
	point    string
	pointOff int
	// inBlock is set if the place is behind the declaration's {.
	inBlock bool
	// inText is set if it is in a comment, and in a string outside of a probe point.
	inText bool
}

// spotAt finds out where a place is.
func (v *view) spotAt(off int) spot {
	s := spot{first: -1}
	depth := 0
	start := 0 // of the probe point
	for i, l := range v.lexemes() {
		if l.Off >= off {
			break
		}
		if l.End() > off || l.End() == off && (l.Kind == syntax.LexComment || unclosed(l)) {
			s.inText = s.inText || l.Kind == syntax.LexComment || l.Kind == syntax.LexString && s.inBlock
			if l.Kind != syntax.LexOp {
				continue
			}
		}
		switch {
		case l.Kind == syntax.LexKeyword && depth == 0 && isHead(l.Text) && !behindDot(v.lexemes(), i):
			s = spot{head: l.Text, first: i}
			start = l.End()
		case l.Kind == syntax.LexOp && l.Text == "{":
			if s.head != "" && depth == 0 && !braceOfPoint(v.lexemes(), i) {
				s.inBlock = true
				s.points = v.body[v.lexemes()[s.first].End():l.Off]
			}
			depth++
		case l.Kind == syntax.LexOp && l.Text == "}":
			depth = max(0, depth-1)
			if depth == 0 && s.inBlock {
				s = spot{first: -1}
			}
		case l.Kind == syntax.LexOp && depth == 0 && (l.Text == "," || l.Text == "=" || l.Text == "+="):
			start = l.End()
		}
	}
	if s.head == "probe" && !s.inBlock && start < off {
		s.point = strings.TrimLeft(v.body[start:off], " \t\r\n")
		s.pointOff = off - len(s.point)
		s.inPoint = s.pointOff > v.lexemes()[s.first].End()
	}
	return s
}

// unclosed reports whether a string goes on behind its end: there is no quote.
func unclosed(l syntax.Lexeme) bool {
	return l.Kind == syntax.LexString && (len(l.Text) < 2 || l.Text[len(l.Text)-1] != '"')
}

// isHead reports whether a keyword begins a declaration.
func isHead(word string) bool {
	return word == "probe" || word == "function" || word == "global" || word == "private"
}

func behindDot(list []syntax.Lexeme, i int) bool {
	return i > 0 && (list[i-1].Text == "." || list[i-1].Text == "->")
}

// braceOfPoint reports whether a { opens a group within a probe point: a.{b,c}.
func braceOfPoint(list []syntax.Lexeme, i int) bool {
	return i > 0 && list[i-1].Text == "." && list[i-1].End() == list[i].Off
}

// variables are those of the probe that the place is in.
func (q *query) variables() []assist.Variable {
	s := q.spotAt(q.at)
	if s.head != "probe" || !s.inBlock {
		return nil
	}
	points := s.points
	if i := strings.LastIndexAny(points, "="); i >= 0 && !strings.Contains(points, "if") {
		points = points[i+1:] // an alias's own points
	}
	point, _, _ := strings.Cut(points, ",")
	return q.desk.knowledge(q.folders).VariablesOf(strings.TrimSpace(point))
}
