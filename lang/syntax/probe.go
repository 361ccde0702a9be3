package syntax

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// probeHead is what stands between `probe` and the block.
type probeHead struct {
	Aliases  []*ProbePoint
	Epilogue bool
	Points   []*ProbePoint
}

// probeHead reads `a = b = points`: whether a point is a name being defined
// shows only behind it.
func (p *parser) probeHead(h *probeHead) {
	for {
		h.Points = p.points()
		t := p.peek()
		if !isOp(t, "=") && !isOp(t, "+=") {
			break
		}
		if len(h.Points) > 1 {
			p.fail(t, "expected '{'")
		}
		if name := h.Points[0]; name.Optional || name.Cond != nil || hasGroup(name) {
			p.fail(t, "probe point alias name cannot be optional nor sufficient")
		}
		h.Aliases = append(h.Aliases, h.Points[0])
		h.Epilogue = t.Value == "+="
		p.next()
	}
	if !p.at("{") {
		p.fail(p.peek(), "expected one of '. , ( ? ! { = +='")
	}
}

func hasGroup(point *ProbePoint) bool {
	for _, c := range point.Components {
		if c.Group != nil {
			return true
		}
	}
	return false
}

func (p *parser) points() []*ProbePoint {
	points := []*ProbePoint{p.point()}
	for p.accept(",") {
		points = append(points, p.point())
	}
	return points
}

func (p *parser) point() *ProbePoint {
	p.nest()
	start := p.peek()
	point := &ProbePoint{}
	for {
		point.Components = append(point.Components, p.component())
		if !p.at(".") {
			break
		}
		if c := point.Components[len(point.Components)-1]; hasSuffix(c.Group) {
			p.fail(p.peek(), "'?', '!' or condition must only be specified in suffix")
		}
		p.next()
	}
	switch {
	case p.accept("?"):
		point.Optional = true
	case p.accept("!"):
		point.Optional, point.Sufficient = true, true
	}
	if isKeyword(p.peek(), "if") {
		p.next()
		p.expect("(")
		point.Cond = p.expr()
		p.expect(")")
	}
	point.Base = p.base(start, start)
	point.Tok = point.Components[0].Tok
	if alternatives(point) > maxAlternatives {
		p.fail(start, "too many alternatives in probe point")
	}
	p.depth--
	return point
}

// maxAlternatives bounds what Expand makes of one point.
const maxAlternatives = 1 << 14

// alternatives is the number of points that Expand makes of one.
func alternatives(point *ProbePoint) int {
	product := 1
	for _, c := range point.Components {
		if c.Group == nil {
			continue
		}
		sum := 0
		for _, a := range c.Group {
			sum += alternatives(a)
		}
		product = min(product*sum, maxAlternatives+1)
	}
	return product
}

// hasSuffix reports whether any point of a group has more than components.
func hasSuffix(group []*ProbePoint) bool {
	for _, point := range group {
		if point.Optional || point.Cond != nil || hasSuffix(point.Components[len(point.Components)-1].Group) {
			return true
		}
	}
	return false
}

func (p *parser) component() *Component {
	start := p.peek()
	c := &Component{}
	if p.accept("{") {
		c.Group = p.points()
		p.expect("}")
		c.Base = p.base(start, start)
		return c
	}
	if !isNamePart(start) {
		p.fail(start, "expected identifier or '*'")
	}
	c.Name = p.componentName()
	c.Base = p.base(start, start)
	c.Tok.Text, c.Tok.Span = c.Name, c.Range
	if p.accept("(") {
		c.Arg = p.literal()
		p.expect(")")
		c.Range = spanFrom(p.lex, start)
	}
	return c
}

// componentName joins the words and stars that touch: `sys_*open`.
func (p *parser) componentName() string {
	first := p.next()
	if t := p.peek(); !glued(t) || !isNamePart(t) {
		return first.Value
	}
	var name strings.Builder
	name.WriteString(first.Value)
	for t := p.peek(); glued(t) && (isNamePart(t) || t.Type == tokNumber); t = p.peek() {
		name.WriteString(t.Value)
		p.next()
	}
	return name.String()
}

func isNamePart(t *lexer.Token) bool {
	return t.Type == tokIdent || t.Type == tokKeyword || isOp(t, "*")
}

// Expand gives the points that brace groups stand for: `a.{b,c.d}.e` is `a.b.e`
// and `a.c.d.e`. The components of the results are shared with p.
func (p *ProbePoint) Expand() []*ProbePoint {
	results := []*ProbePoint{{
		Base: p.Base, Optional: p.Optional, Sufficient: p.Sufficient, Cond: p.Cond,
	}}
	for _, c := range p.Components {
		if c.Group == nil {
			for _, r := range results {
				r.Components = append(r.Components, c)
			}
			continue
		}
		var product []*ProbePoint
		for _, r := range results {
			for _, alternative := range c.Group {
				for _, a := range alternative.Expand() {
					product = append(product, joined(r, a))
				}
			}
		}
		results = product
	}
	return results
}

// joined is the point with the components of a and then those of b.
func joined(a, b *ProbePoint) *ProbePoint {
	point := *a
	point.Components = append(append([]*Component{}, a.Components...), b.Components...)
	point.Tok = point.Components[0].Tok
	point.Optional = a.Optional || b.Optional
	point.Sufficient = a.Sufficient || b.Sufficient
	switch {
	case point.Cond == nil:
		point.Cond = b.Cond
	case b.Cond != nil:
		point.Cond = &Binary{Base: Base{b.Cond.Token(), b.Cond.Span()}, Op: "&&", X: b.Cond, Y: a.Cond}
	}
	return &point
}
