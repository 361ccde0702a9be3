package syntax

import "github.com/alecthomas/participle/v2/lexer"

// The levels of precedence, loosest first.
const (
	levelNone = iota
	levelAssign
	levelTernary
	levelOr
	levelAnd
	levelBitOr
	levelBitXor
	levelBitAnd
	levelIn
	levelCompare
	levelShift
	levelConcat
	levelAdd
	levelMultiply
	levelUnary
	levelIncDec
	levelValue
)

// assignOps bind to the right and need no table of levels.
var assignOps = map[string]bool{
	"=": true, "<<<": true, "+=": true, "-=": true, "*=": true, "/=": true, "%=": true,
	"<<=": true, ">>=": true, "&=": true, "^=": true, "|=": true, ".=": true,
}

// binaryLevels has the operators between two operands. All group to the left,
// but `in` and the matches do not combine with their own level.
var binaryLevels = map[string]int{
	"||": levelOr, "&&": levelAnd, "|": levelBitOr, "^": levelBitXor, "&": levelBitAnd,
	"in": levelIn,
	"<":  levelCompare, ">": levelCompare, "<=": levelCompare, ">=": levelCompare,
	"==": levelCompare, "!=": levelCompare, "=~": levelCompare, "!~": levelCompare,
	"<<": levelShift, ">>": levelShift, ">>>": levelShift,
	".": levelConcat, "+": levelAdd, "-": levelAdd,
	"*": levelMultiply, "/": levelMultiply, "%": levelMultiply,
}

// binaryLevel is the level of t as a binary operator, or levelNone.
func binaryLevel(t *lexer.Token) int {
	if t.Type == tokOp || isKeyword(t, "in") {
		return binaryLevels[t.Value]
	}
	return levelNone
}

func isMatch(op string) bool { return op == "=~" || op == "!~" }

// expr reads a whole expression.
func (p *parser) expr() Expr {
	p.nest()
	left := p.ternary()
	if t := p.peek(); t.Type == tokOp && assignOps[t.Value] {
		p.next()
		right := p.expr()
		left = &Assign{Base: p.baseOf(t, left, right), Op: t.Value, L: left, R: right}
	}
	p.depth--
	return left
}

func (p *parser) ternary() Expr {
	cond := p.binary(levelOr)
	t := p.peek()
	if !isOp(t, "?") {
		return cond
	}
	p.next()
	p.nest()
	x := p.expr()
	p.expect(":")
	var y Expr
	if t.Pos.Filename == looseTernary {
		y = p.expr()
	} else {
		y = p.ternary()
	}
	p.depth--
	return &Ternary{Base: p.baseOf(t, cond, y), Cond: cond, X: x, Y: y}
}

// binary reads operators of level min and up. A chain of them nests to the
// left in the tree, so its length counts as depth.
func (p *parser) binary(min int) Expr {
	left := p.operand(min)
	top, compared := levelMultiply, false
	for depth := p.depth; ; p.depth++ {
		t := p.peek()
		level := binaryLevel(t)
		if level == levelNone || level < min || level > top || compared && isMatch(t.Value) {
			p.depth = depth
			return left
		}
		if p.depth >= maxDepth {
			p.fail(t, "nested too deeply")
		}
		p.next()
		switch {
		case t.Value == "in":
			array := p.indexable()
			left = &In{Base: p.baseOf(t, left, array), Keys: []Expr{left}, Array: array}
			top = levelIn - 1
		case isMatch(t.Value):
			pattern := p.stringLit(false)
			left = &Regex{Base: p.baseOf(t, left, pattern), X: left, Negate: t.Value == "!~", Pattern: pattern}
			top = levelIn
		default:
			right := p.binary(level + 1)
			left = &Binary{Base: p.baseOf(t, left, right), Op: t.Value, X: left, Y: right}
			compared = level == levelCompare
		}
	}
}

// operand is a unary expression or, where a level allows it, `[a, *] in b`.
func (p *parser) operand(min int) Expr {
	if min > levelIn || !p.at("[") {
		return p.unary()
	}
	start := p.next()
	keys := p.keys()
	in := p.expectKeyword("in")
	array := p.indexable()
	return &In{Base: p.base(in, start), Keys: keys, Array: array}
}

func (p *parser) unary() Expr {
	t := p.peek()
	if t.Type != tokOp || len(t.Value) != 1 || t.Value != "+" && t.Value != "-" && t.Value != "!" && t.Value != "~" {
		return p.incDec()
	}
	p.nest()
	p.next()
	x := p.unary()
	p.depth--
	return &Unary{Base: p.base(t, t), Op: t.Value, X: x}
}

func (p *parser) incDec() Expr {
	start := p.peek()
	if isOp(start, "++") || isOp(start, "--") {
		p.next()
		x := p.access()
		return &IncDec{Base: p.base(start, start), Op: start.Value, X: x}
	}
	x := p.access()
	if t := p.peek(); isOp(t, "++") || isOp(t, "--") {
		p.next()
		return &IncDec{Base: p.base(t, start), Op: t.Value, Post: true, X: x}
	}
	return x
}
