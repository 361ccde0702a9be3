package format

import (
	"strings"

	"tapir/lang/syntax"
)

// A token is a lexeme with the comments before it.
type token struct {
	syntax.Lexeme
	comments []comment
	lines    int // line ends between it and what comes before it, a comment or a token
	// glued: nothing stands between it and the token before.
	glued bool
	// pair is the index of the %) that ends the conditional or macro which this
	// %( or %: belongs to; 0 if there is none.
	pair int
}

// A comment is one comment before a token.
type comment struct {
	text  string
	lines int // line ends before it
}

// endsLine reports whether the comment runs to the end of its line.
func (c comment) endsLine() bool { return !strings.HasPrefix(c.text, "/*") }

// tokens cuts text; end is the place behind the last token, with the comments
// that stand there.
func tokens(text string) (toks []token, end token) {
	var comments []comment
	last := 0
	next := token{glued: true}
	for _, l := range syntax.Lexemes(text) {
		lines := strings.Count(text[last:l.Off], "\n")
		next.glued = next.glued && l.Off == last
		last = l.End()
		if l.Kind == syntax.LexComment {
			comments = append(comments, comment{strings.TrimRight(l.Text, " \t\r\n\v\f"), lines})
			next.glued = false
			continue
		}
		next.Lexeme, next.comments, next.lines = l, comments, lines
		toks = append(toks, next)
		comments, next = nil, token{glued: true}
	}
	pairConditionals(toks)
	return toks, token{comments: comments, lines: strings.Count(text[last:], "\n")}
}

// pairConditionals fills in pair.
func pairConditionals(toks []token) {
	var open [][]int // the %( and %: of each conditional that is open
	for i := range toks {
		switch {
		case toks[i].is("%("):
			open = append(open, []int{i})
		case toks[i].is("%:") && len(open) > 0:
			open[len(open)-1] = append(open[len(open)-1], i)
		case toks[i].is("%)") && len(open) > 0:
			for _, j := range open[len(open)-1] {
				toks[j].pair = i
			}
			open = open[:len(open)-1]
		}
	}
}

func (t *token) is(op string) bool { return t.Kind == syntax.LexOp && t.Text == op }

func (t *token) isWord(word string) bool { return t.Kind == syntax.LexKeyword && t.Text == word }

// breaks reports whether t begins a line.
func (t *token) breaks() bool {
	for _, c := range t.comments {
		if c.lines > 0 {
			return true
		}
	}
	return t.lines > 0
}

// commentsInline reports whether nothing between t and the token before it ends
// a line.
func (t *token) commentsInline() bool {
	for _, c := range t.comments {
		if c.lines > 0 || c.endsLine() || strings.Contains(c.text, "\n") {
			return false
		}
	}
	return len(t.comments) == 0 || t.lines == 0
}

// isMacro tells what the preprocessor puts other tokens in place of.
func (t *token) isMacro() bool {
	return t.Kind == syntax.LexOp && t.Text[0] == '@' && !syntax.IsAtOperator(t.Text)
}

// isOpaque tells what may stand for anything, or for nothing.
func (t *token) isOpaque() bool {
	return t.Kind == syntax.LexArgument || t.is("%(") || t.isMacro()
}

// dependsOnRun reports whether it takes a run's arguments and library to know
// what the tokens mean.
func dependsOnRun(toks []token) bool {
	defined := map[string]bool{"@define": true}
	for i := range toks {
		t := &toks[i]
		if t.Kind == syntax.LexArgument {
			return true
		}
		if t.isMacro() && !defined[t.Text] {
			return true
		}
		if t.Text == "@define" && i+1 < len(toks) {
			defined["@"+toks[i+1].Text] = true
			if i+2 < len(toks) && toks[i+2].is("(") {
				for j := i + 3; j < len(toks) && !toks[j].is(")"); j++ {
					defined["@"+toks[j].Text] = true
				}
			}
		}
	}
	return false
}

// closers maps a closing bracket to the one that opens.
var closers = map[string]string{")": "(", "]": "[", "}": "{", "%)": "%("}

// balanced reports whether no token is junk, and every bracket outside
// conditionals has its partner. Within a conditional a branch may open what
// another closes.
func balanced(toks []token) bool {
	var open []string
	for i := 0; i < len(toks); i++ {
		t := &toks[i]
		if t.Kind == syntax.LexJunk {
			return false
		}
		if t.Kind != syntax.LexOp {
			continue
		}
		switch t.Text {
		case "%(":
			if t.pair == 0 {
				return false
			}
			open = append(open, "%(")
		case "(", "[", "{":
			open = append(open, t.Text)
		case ")", "]", "}", "%)":
			if len(open) > 0 && open[len(open)-1] == closers[t.Text] {
				open = open[:len(open)-1]
				continue
			}
			if !within(open, "%(") {
				return false
			}
			if t.Text == "%)" {
				for open[len(open)-1] != "%(" {
					open = open[:len(open)-1]
				}
				open = open[:len(open)-1]
			}
		}
	}
	return len(open) == 0
}

func within(open []string, bracket string) bool {
	for _, b := range open {
		if b == bracket {
			return true
		}
	}
	return false
}

func withoutSpace(s string) string { return strings.Join(strings.Fields(s), "") }
