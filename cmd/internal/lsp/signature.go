package lsp

import (
	"strings"

	"tapir/cmd/internal/assist"
	"tapir/lang/builtin"
	"tapir/lang/doc"
	"tapir/lang/syntax"
)

// signatureHelp is how the function is called whose arguments the place is among.
func (q *query) signatureHelp() (any, error) {
	name, argument := q.callAt()
	if name == "" {
		return nil, nil
	}
	var list []signature
	about := ""
	if found := doc.Lookup(name); len(found) > 0 {
		about = found[0].Summary
	}
	for _, d := range q.functions(name) {
		list = append(list, signatureOf(assist.Signature(d), about))
	}
	if b := builtin.Lookup(name); b != nil && len(list) == 0 {
		list = append(list, signatureOf(assist.BuiltinSignature(b), b.Doc))
	}
	if len(list) == 0 {
		return nil, nil
	}
	help := signatureHelp{Signatures: list, ActiveParameter: argument}
	for i, s := range list {
		if argument < len(s.Parameters) {
			help.ActiveSignature = i
			break
		}
	}
	return &help, nil
}

// signatureOf takes `htons:long (val:long)` apart.
func signatureOf(form, about string) signature {
	s := signature{Label: form, Documentation: about, Parameters: []parameter{}}
	_, rest, _ := strings.Cut(form, "(")
	for p := range strings.SplitSeq(strings.TrimSuffix(rest, ")"), ", ") {
		if p != "" {
			s.Parameters = append(s.Parameters, parameter{p})
		}
	}
	return s
}

// callAt is the function whose parenthesis is open at the place, and which argument the
// place is in, from 0.
func (q *query) callAt() (name string, argument int) {
	list := q.lexemes()
	n := 0
	for n < len(list) && list[n].End() <= q.at {
		n++
	}
	if n < len(list) && list[n].Off < q.at && list[n].Kind == syntax.LexComment {
		return "", 0
	}
	depth := 0
	for i := n - 1; i >= 0; i-- {
		switch list[i].Text {
		case ")", "]":
			depth++
		case "[":
			depth--
		case "(":
			if depth > 0 {
				depth--
				continue
			}
			if depth == 0 && i > 0 && list[i-1].Kind == syntax.LexIdent {
				return list[i-1].Text, argument
			}
			argument = 0
		case ",":
			if depth == 0 {
				argument++
			}
		case ";", "{", "}":
			return "", 0
		}
		if depth < 0 {
			depth, argument = 0, 0 // the place is in an index of an argument
		}
	}
	return "", 0
}
