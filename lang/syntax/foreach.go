package syntax

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// foreachStatement reads the heads by hand to the last sign: in `in a- limit 2`
// the minus is no subtraction.
func (p *parser) foreachStatement(t *lexer.Token) Stmt {
	p.next()
	p.expect("(")
	s := &ForeachStmt{Sort: -1}
	p.loopVariables(s)
	p.expectKeyword("in")
	s.Array = p.indexable()
	if p.accept("[") {
		s.Slice = p.keys()
	}
	p.sortByValue(s)
	if isKeyword(p.peek(), "limit") {
		p.next()
		s.Limit = p.expr()
	}
	p.expect(")")
	s.Body = p.statement()
	s.Base = p.base(t, t)
	return s
}

// loopVariables reads `[value =] key` or `[value =] [key, …]`.
func (p *parser) loopVariables(s *ForeachStmt) {
	if !p.at("[") {
		first := p.ident()
		sign := p.sign()
		if !p.accept("=") {
			s.Keys = []*Ident{first}
			p.sortBy(s, 1, sign)
			return
		}
		s.Value = first
		p.sortBy(s, 0, sign)
	}
	list := p.accept("[")
	for {
		s.Keys = append(s.Keys, p.ident())
		p.sortBy(s, len(s.Keys), p.sign())
		if !list {
			return
		}
		if p.accept("]") {
			return
		}
		if !p.accept(",") {
			p.fail(p.peek(), "expected ',' or ']'")
		}
	}
}

// sign is the direction of sorting that stands here, or nil.
func (p *parser) sign() *lexer.Token {
	if t := p.peek(); isOp(t, "+") || isOp(t, "-") {
		return p.next()
	}
	return nil
}

func (p *parser) sortBy(s *ForeachStmt, key int, sign *lexer.Token) {
	if sign == nil {
		return
	}
	if s.Sort >= 0 {
		p.fail(sign, "multiple sort directives")
	}
	s.Sort, s.Descending = key, sign.Value == "-"
}

// aggregates are the statistics by which a loop may sort.
var aggregates = []string{"@avg", "@min", "@max", "@count", "@sum", "@variance"}

func (p *parser) sortByValue(s *ForeachStmt) {
	if t := p.peek(); t.Type == tokOp && slices.Contains(aggregates, t.Value) {
		p.next()
		s.Aggregate = strings.TrimPrefix(t.Value, "@")
		if !p.at("+") && !p.at("-") {
			p.fail(p.peek(), "expected sort directive")
		}
	}
	p.sortBy(s, 0, p.sign())
}

// indexable is the name of an array, or a histogram.
func (p *parser) indexable() Expr {
	if t := p.peek(); isHistogram(t) {
		return p.histogram(t)
	}
	return p.ident()
}

// keys reads the rest of `[k1, *]`; a nil key is the star.
func (p *parser) keys() []Expr {
	var keys []Expr
	for {
		if p.at("*") {
			p.next()
			keys = append(keys, nil)
		} else {
			keys = append(keys, p.expr())
		}
		if p.accept("]") {
			return keys
		}
		if !p.accept(",") {
			p.fail(p.peek(), "expected ',' or ']'")
		}
	}
}
