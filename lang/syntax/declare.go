package syntax

import (
	"github.com/alecthomas/participle/v2/lexer"

	"tapir/lang/source"
)

// build makes the tree's declaration of what the grammar read, and checks what
// the grammar cannot say.
func (u *unit) build(d *declaration, extent source.Span) (Decl, error) {
	switch {
	case d.Private != nil:
		return u.buildPrivate(d.Private, extent)
	case d.Global != nil:
		return u.buildGlobals(d.Global.Keyword, d.Global.Vars, extent, false)
	case d.Function != nil:
		return u.buildFunction(d.Function, extent, false)
	case d.Probe != nil:
		return u.buildProbe(d.Probe, extent)
	}
	base := Base{Tok: sourceToken(d.Embedded), Range: extent}
	return &EmbeddedDecl{Base: base, Code: &EmbeddedCode{Base: base, Text: d.Embedded.Value}}, nil
}

func (u *unit) buildPrivate(d *privateDecl, extent source.Span) (Decl, error) {
	switch {
	case d.Function != nil:
		return u.buildFunction(d.Function, extent, true)
	case d.Global != nil:
		return u.buildGlobals(d.Global.Keyword, d.Global.Vars, extent, true)
	}
	return u.buildGlobals(d.Keyword, d.Vars, extent, true)
}

func (u *unit) buildGlobals(keyword lexer.Token, vars []*variable, extent source.Span, private bool) (Decl, error) {
	g := &GlobalDecl{Base: Base{sourceToken(&keyword), extent}, Private: private}
	for _, v := range vars {
		if u.globals[v.Name.Value] {
			return nil, &problem{message: "duplicate global name", token: v.Name, code: "duplicate-global"}
		}
		u.globals[v.Name.Value] = true
		gv := &GlobalVar{Base: Base{sourceToken(&v.Name), spanOf(&v.Name)}, Name: v.Name.Value, Wrap: v.Wrap.Type != 0}
		if gv.Wrap {
			gv.Range = gv.Range.Union(spanOf(&v.Wrap))
		}
		if v.Size != nil {
			if !smallNumber(v.Size.IntLit) {
				return nil, expected(tokenAt(v.Size.Tok, tokNumber), "array size out of range")
			}
			gv.Size = v.Size.IntLit
			gv.Range = gv.Range.Union(v.Size.Range)
		}
		if v.Init != nil {
			if v.Size != nil {
				return nil, expected(&v.Name, "only scalar globals can be initialized")
			}
			gv.Init = v.Init
			gv.Range = gv.Range.Union(v.Init.Span())
		}
		g.Vars = append(g.Vars, gv)
	}
	return g, nil
}

// tokenAt is the parser's form of a token of the tree.
func tokenAt(t source.Token, typ lexer.TokenType) *lexer.Token {
	return &lexer.Token{Type: typ, Value: t.Text, Pos: lexer.Position{Offset: int(t.Span.Start), Line: int(t.Span.End)}}
}

func (u *unit) buildFunction(d *functionDecl, extent source.Span, private bool) (Decl, error) {
	f := &FuncDecl{
		Base: Base{sourceToken(&d.Name), extent}, Private: private,
		Name: d.Name.Value, Result: typeNames[d.Result.Value], Priority: 1,
	}
	seen := map[string]bool{}
	for _, p := range d.Params {
		if seen[p.Name.Value] {
			return nil, &problem{message: "duplicate parameter names", token: p.Name, code: "duplicate-parameter"}
		}
		seen[p.Name.Value] = true
		param := &Param{Base: Base{sourceToken(&p.Name), spanOf(&p.Name)}, Name: p.Name.Value, Type: typeNames[p.Type.Value]}
		if param.Type != NoType {
			param.Range = param.Range.Union(spanOf(&p.Type))
		}
		f.Params = append(f.Params, param)
	}
	if d.Priority != nil {
		if f.Priority = d.Priority.Value; !smallNumber(d.Priority.IntLit) {
			return nil, expected(tokenAt(d.Priority.Tok, tokNumber), "function priority must be between 1 and 2147483647")
		}
	}
	switch body := d.Body.(type) {
	case *Block:
		f.Body = body
	case *EmbeddedCode:
		f.Embedded = body
	}
	return f, nil
}

var typeNames = map[string]TypeName{"": NoType, "long": LongType, "string": StringType}

func (u *unit) buildProbe(d *probeDecl, extent source.Span) (Decl, error) {
	p := &ProbeDecl{
		Base:    Base{sourceToken(&d.Keyword), extent},
		Aliases: d.Head.Aliases, Epilogue: d.Head.Epilogue, Points: d.Head.Points,
		Body: d.Body.(*Block),
	}
	if d.After != nil {
		if len(p.Aliases) == 0 || p.Epilogue {
			return nil, notDeclaration(&d.Comma)
		}
		p.After = d.After.(*Block)
	}
	return p, nil
}
