package syntax

import (
	"io"
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"tapir/lang/source"
)

// The grammar of declarations. It is predictive: the next token decides. Probe
// points, blocks and literals are rules written by hand (probe.go,
// statement.go, expression.go), which participle calls where these structs
// name them; built here, they would cost the start of every run 2 ms.
type (
	declaration struct {
		Private  *privateDecl  `parser:"  @@"`
		Global   *globalDecl   `parser:"| @@"`
		Function *functionDecl `parser:"| @@"`
		Probe    *probeDecl    `parser:"| @@"`
		Embedded *lexer.Token  `parser:"| @Embedded"`
	}

	privateDecl struct {
		Keyword  lexer.Token   `parser:"@'private':Keyword"`
		Global   *globalDecl   `parser:"( @@"`
		Function *functionDecl `parser:"| @@"`
		Vars     []*variable   `parser:"| @@ (',':Op @@)* ';':Op? )"`
	}

	globalDecl struct {
		Keyword lexer.Token `parser:"@'global':Keyword"`
		Vars    []*variable `parser:"@@ (',':Op @@)* ';':Op?"`
	}

	variable struct {
		Name lexer.Token  `parser:"@Ident"`
		Wrap lexer.Token  `parser:"@'%':Op?"`
		Size *sizeLiteral `parser:"('[':Op @@ ']':Op)?"`
		Init literal      `parser:"('=':Op @@)?"`
	}

	functionDecl struct {
		Keyword  lexer.Token   `parser:"@'function':Keyword"`
		Name     lexer.Token   `parser:"@(Ident | 'string':Keyword | 'long':Keyword)"`
		Result   lexer.Token   `parser:"(':':Op @('string':Keyword | 'long':Keyword))?"`
		Params   []*parameter  `parser:"'(':Op (@@ (',':Op @@)*)? ')':Op"`
		Priority *sizeLiteral  `parser:"(':':Op @@)?"`
		Body     functionBlock `parser:"@@"`
	}

	parameter struct {
		Name lexer.Token `parser:"@Ident"`
		Type lexer.Token `parser:"(':':Op @('string':Keyword | 'long':Keyword))?"`
	}

	probeDecl struct {
		Keyword lexer.Token `parser:"@'probe':Keyword"`
		Head    *probeHead  `parser:"@@"`
		Body    probeBlock  `parser:"@@"`
		Comma   lexer.Token `parser:"(@',':Op"`
		After   probeBlock  `parser:" @@)?"`
	}
)

// The hand-written rules' results, as participle tells them apart by type.
type (
	literal       interface{ Expr } // IntLit or StringLit
	functionBlock interface{ Node } // Block or EmbeddedCode; may return
	probeBlock    interface{ Node } // Block
)

// declarations is the parser of one declaration. Building it takes a third of a
// millisecond, so it waits for the first text.
var declarations = sync.OnceValue(func() *participle.Parser[declaration] {
	return participle.MustBuild[declaration](grammarOptions()...)
})

func grammarOptions() []participle.Option {
	return []participle.Option{
		participle.Lexer(definition{}),
		participle.UseLookahead(0),
		participle.ParseTypeWith(rule(func(p *parser) literal { return p.literal() })),
		participle.ParseTypeWith(rule(func(p *parser) functionBlock { return p.functionBlock() })),
		participle.ParseTypeWith(rule(func(p *parser) probeBlock { return p.block() })),
	}
}

// rule makes a rule written by hand fit for participle.
func rule[T any](parse func(*parser) T) func(*lexer.PeekingLexer) (T, error) {
	return func(lex *lexer.PeekingLexer) (result T, err error) {
		p := &parser{lex: lex}
		defer p.catch(&err)
		return parse(p), nil
	}
}

// sizeLiteral is a number where nothing else may stand.
type sizeLiteral struct{ *IntLit }

// Parse is the rule.
func (s *sizeLiteral) Parse(lex *lexer.PeekingLexer) (err error) {
	p := &parser{lex: lex}
	defer p.catch(&err)
	s.IntLit = p.signedNumber()
	return nil
}

// Parse is the rule.
func (h *probeHead) Parse(lex *lexer.PeekingLexer) (err error) {
	p := &parser{lex: lex}
	defer p.catch(&err)
	p.probeHead(h)
	return nil
}

// definition lets participle know the tokens. Texts are scanned and
// preprocessed by a unit; Lex is for texts that need neither.
type definition struct{}

// Symbols names the types of token.
func (definition) Symbols() map[string]lexer.TokenType {
	symbols := make(map[string]lexer.TokenType, len(tokenTypes))
	for _, t := range tokenTypes {
		symbols[t.name] = t.typ
	}
	return symbols
}

// Lex scans all that r has.
func (definition) Lex(filename string, r io.Reader) (lexer.Lexer, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	u := newUnit(&source.Set{}, filename, string(text), Options{})
	return &tokenLexer{u.scan()}, nil
}
