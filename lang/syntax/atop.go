package syntax

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"tapir/lang/source"
)

// An atOperator says how an @word is used.
type atOperator struct {
	known bool
	min   int // arguments, for those that become an AtOp
	max   int
	// strings has a bit for each argument that must be a literal string.
	strings uint
	selects bool // what follows is a path into the operator's own type
	stat    bool // a statistic's extractor
	params  int  // further literals that it may take
}

// atOperators are the words that the language knows behind an @.
var atOperators = map[string]atOperator{
	"cast":       {known: true, min: 2, max: 3, strings: 1<<1 | 1<<2, selects: true},
	"var":        {known: true, min: 1, max: 2, strings: 1<<0 | 1<<1, selects: true},
	"defined":    {known: true, min: 1, max: 1},
	"probewrite": {known: true, min: 1, max: 1},
	"entry":      {known: true, min: 1, max: 1},
	"perf":       {known: true, min: 1, max: 1, strings: 1 << 0},
	"const":      {known: true, min: 1, max: 1, strings: 1 << 0},
	"enum":       {known: true, min: 1, max: 1, strings: 1 << 0},
	"enumname":   {known: true, min: 1, max: 3, strings: 1<<1 | 1<<2},
	"kregister":  {known: true, min: 1, max: 1},
	"uregister":  {known: true, min: 1, max: 1},
	"kderef":     {known: true, min: 2, max: 2},
	"uderef":     {known: true, min: 2, max: 2},

	"count":       {known: true, stat: true},
	"sum":         {known: true, stat: true},
	"min":         {known: true, stat: true},
	"max":         {known: true, stat: true},
	"avg":         {known: true, stat: true},
	"variance":    {known: true, stat: true, params: 1},
	"hist_log":    {known: true, stat: true},
	"hist_linear": {known: true, stat: true, params: 3},
}

// AtOperators are the words behind an @ that the language knows, with it, sorted.
func AtOperators() []string {
	var names []string
	for name := range atOperators {
		names = append(names, "@"+name)
	}
	slices.Sort(names)
	return names
}

func isHistogram(t *lexer.Token) bool {
	return isOp(t, "@hist_log") || isOp(t, "@hist_linear")
}

func (p *parser) atOperator(t *lexer.Token) Expr {
	name := t.Value[1:]
	op := atOperators[name]
	switch {
	case !op.known:
		panic(&problem{
			message: "unknown operator " + t.Value, token: *t, code: "unknown-operator",
			hint: didYouMean(source.Similar(t.Value, AtOperators(), 1)),
		})
	case isHistogram(t):
		h := p.histogram(t)
		if !p.accept("[") {
			return h
		}
		keys := p.keys()
		return &Index{Base: p.base(t, t), X: h, Keys: keys}
	case op.stat:
		p.next()
		p.expect("(")
		x := p.expr()
		params := p.params(0, op.params)
		return &StatOp{Base: p.base(t, t), Name: name, Stat: x, Params: params}
	}
	p.next()
	p.expect("(")
	a := &AtOp{Name: name}
	for i := range op.max {
		if i >= op.min && !p.at(",") {
			break
		}
		if i > 0 {
			p.expect(",")
		}
		if op.strings&(1<<i) != 0 {
			a.Args = append(a.Args, p.stringLit(false))
		} else {
			a.Args = append(a.Args, p.expr())
		}
	}
	p.expect(")")
	a.Base = p.base(t, t)
	return a
}

// histogram reads `@hist_linear(x, low, high, width)` or `@hist_log(x)`.
func (p *parser) histogram(t *lexer.Token) *HistOp {
	p.next()
	p.expect("(")
	h := &HistOp{Name: strings.TrimPrefix(t.Value, "@"), Stat: p.expr()}
	n := atOperators[h.Name].params
	h.Params = p.params(n, n)
	h.Base = p.base(t, t)
	return h
}

// params reads between min and max further numbers, and the parenthesis.
func (p *parser) params(min, max int) []Expr {
	var params []Expr
	for len(params) < min || len(params) < max && p.at(",") {
		p.expect(",")
		params = append(params, p.signedNumber())
	}
	p.expect(")")
	return params
}
