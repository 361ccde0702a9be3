package lsp

import (
	"strings"

	"tapir/lang/builtin"
	"tapir/lang/syntax"
)

// The kinds of token and what may be said of them, in the order of their numbers.
var (
	tokenTypes = [...]string{"keyword", "comment", "string", "number", "operator", "function", "variable",
		"parameter", "macro", "event"}
	tokenModifiers = [...]string{"declaration", "defaultLibrary", "static"}
)

const (
	tokenKeyword = iota
	tokenComment
	tokenString
	tokenNumber
	tokenOperator
	tokenFunction
	tokenVariable
	tokenParameter
	tokenMacro
	tokenEvent
)

const (
	modDeclaration = 1 << iota
	modLibrary
	modStatic // globals
)

// tokens tells what each piece of the text is.
func (q *query) tokens() (any, error) {
	r := q.tree()
	at := map[int]mention{}
	var points [][2]int
	for _, m := range q.names() {
		start, end, ok := r.here(m.tok.Span)
		switch {
		case !ok:
		case m.kind == alias:
			points = append(points, [2]int{start, end})
		default:
			at[start] = m
		}
	}
	enc := encoder{text: q.text, data: []uint32{}}
	for _, l := range q.lexemes() {
		for len(points) > 0 && points[0][1] <= l.Off {
			points = points[1:]
		}
		inPoint := len(points) > 0 && points[0][0] <= l.Off
		typ, mods := q.token(l, at, inPoint)
		if typ >= 0 {
			enc.add(l, typ, mods)
		}
	}
	return semanticTokens{enc.data}, nil
}

func (q *query) token(l syntax.Lexeme, at map[int]mention, inPoint bool) (typ, mods int) {
	switch l.Kind {
	case syntax.LexComment:
		return tokenComment, 0
	case syntax.LexString:
		return tokenString, 0
	case syntax.LexNumber:
		return tokenNumber, 0
	case syntax.LexArgument:
		return tokenParameter, modLibrary
	case syntax.LexEmbedded:
		return tokenMacro, 0
	case syntax.LexOp:
		switch {
		case syntax.IsAtOperator(l.Text):
			return tokenKeyword, 0
		case strings.HasPrefix(l.Text, "@") && len(l.Text) > 1:
			return tokenMacro, 0
		}
		return tokenOperator, 0
	case syntax.LexKeyword, syntax.LexIdent:
		if inPoint {
			return tokenEvent, 0
		}
		if l.Kind == syntax.LexKeyword {
			return tokenKeyword, 0
		}
		return identToken(l, at)
	}
	return -1, 0
}

func identToken(l syntax.Lexeme, at map[int]mention) (typ, mods int) {
	m, ok := at[l.Off]
	switch {
	case l.Text[0] == '$':
		return tokenParameter, modLibrary
	case !ok && syntaxFunction(l.Text):
		return tokenFunction, modLibrary
	case !ok:
		return -1, 0
	}
	if m.decl {
		mods |= modDeclaration
	}
	switch {
	case m.kind == function:
		if builtin.Lookup(l.Text) != nil {
			mods |= modLibrary
		}
		return tokenFunction, mods
	case m.param:
		return tokenParameter, mods
	case m.kind == global:
		mods |= modStatic
	}
	return tokenVariable, mods
}

// syntaxFunction reports whether a name is one of the print family's.
func syntaxFunction(name string) bool {
	for _, f := range syntax.PrintFunctions() {
		if f == name {
			return true
		}
	}
	return false
}

// An encoder writes tokens in the protocol's way: five numbers each, places relative to
// the token before, none over a line's end.
type encoder struct {
	*text
	data []uint32
	last position
}

func (e *encoder) add(l syntax.Lexeme, typ, mods int) {
	first, last := e.position(l.Off), e.position(l.End())
	for n := first.Line; n <= last.Line; n++ {
		start, end := e.line(int(n))
		from, to := e.position(max(start, l.Off)), e.position(min(end, l.End()))
		if to.Character <= from.Character {
			continue
		}
		column := from.Character
		if n == e.last.Line {
			column -= e.last.Character
		}
		e.data = append(e.data, n-e.last.Line, column, to.Character-from.Character, uint32(typ), uint32(mods))
		e.last = from
	}
}
