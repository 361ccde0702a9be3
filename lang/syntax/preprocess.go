package syntax

import (
	"fmt"

	"github.com/alecthomas/participle/v2/lexer"

	"tapir/lang/source"
)

// The preprocessor works on tokens. It is two filters in one pull: expand
// replaces macros, run takes the conditionals out of what expand gives. A
// branch that is not taken is skipped unexpanded.

// The bounds of preprocessing, which a script reaches only by mistake. Those
// marked with a + come on top of what the text itself has.
const (
	maxMacroDepth = 64
	maxExpansion  = 1 << 18 // + tokens
	maxFrames     = 1 << 16 // + macros and arguments expanded
	maxCopied     = 1 << 26 // bytes of text that expansions register
)

// Macros are definitions that several texts share.
type Macros struct{ byName map[string]*macro }

type macro struct {
	name    string
	params  []string
	body    []lexer.Token
	library bool // the body sees library macros only
}

// A frame is a run of tokens being read: the text, a macro's body, an argument.
type frame struct {
	toks  []lexer.Token
	next  int
	shift int         // from where the tokens were written to their expansion
	scope *invocation // whose parameters the tokens may name
}

// An invocation binds a macro's parameters to unexpanded tokens, which are to
// be read in the scope of the invocation's place.
type invocation struct {
	macro *macro
	args  [][]lexer.Token
	scope *invocation
}

type preprocessor struct {
	unit   *unit
	macros map[string]*macro
	frames []frame
	open   []lexer.Token // the %( of the conditionals whose taken branch is being read
	out    []lexer.Token
	size   int // tokens of the text
	pushed int
	copied int
	failed bool
}

func newPreprocessor(u *unit, toks []lexer.Token) *preprocessor {
	return &preprocessor{
		unit:   u,
		macros: map[string]*macro{},
		frames: []frame{{toks: toks}},
		size:   len(toks),
		out:    make([]lexer.Token, 0, len(toks)),
	}
}

// concernsPreprocessor reports whether t may be something for it to do.
func concernsPreprocessor(t lexer.Token) bool {
	return t.Type == tokOp && (t.Value == "%(" || t.Value[0] == '@' && !atOperators[t.Value[1:]].known)
}

func (p *preprocessor) run() []lexer.Token {
	for !p.failed {
		t := p.expand()
		switch {
		case t.EOF():
			for _, open := range p.open {
				p.incomplete(&open)
			}
			return append(p.out, t)
		case len(p.out) > maxExpansion+p.size:
			p.tooLarge(&t)
		case isOp(&t, "%("):
			p.conditional(&t)
		case len(p.open) > 0 && isOp(&t, "%:"):
			p.skip(&p.open[len(p.open)-1], false)
			p.open = p.open[:len(p.open)-1]
		case len(p.open) > 0 && isOp(&t, "%)"):
			p.open = p.open[:len(p.open)-1]
		default:
			p.out = append(p.out, t)
		}
	}
	return append(p.out, p.end())
}

// end is the text's last token.
func (p *preprocessor) end() lexer.Token {
	toks := p.frames[0].toks
	return toks[len(toks)-1]
}

// conditional decides on `%( condition %? … %: … %)`, whose %( is t.
func (p *preprocessor) conditional(t *lexer.Token) {
	var cond []lexer.Token
	for {
		c := p.expand()
		if c.EOF() {
			p.incomplete(t)
			return
		}
		if isOp(&c, "%?") {
			break
		}
		if isOp(&c, "%)") || isOp(&c, "%:") || isOp(&c, "%(") {
			p.fail(&c, "expected '%?' marker for conditional", false)
			return
		}
		cond = append(cond, c)
		if c.Type == tokBroken {
			p.out = append(p.out, c)
			p.skip(t, false)
			return
		}
	}
	ok, err := p.unit.condition(t, cond)
	if err != nil {
		p.out = append(p.out, p.unit.breakWith(*t, p.unit.diagnostic(err, false)))
		p.skip(t, false)
		return
	}
	if ok || p.skip(t, true) {
		p.open = append(p.open, *t)
	}
}

// skip passes over the rest of a branch of the conditional that begins at t:
// to its end or, with alternative, to its %: if there is one, which it reports.
func (p *preprocessor) skip(t *lexer.Token, alternative bool) bool {
	for depth := 0; ; {
		s := p.raw()
		switch {
		case s.EOF():
			p.incomplete(t)
			return false
		case isOp(&s, "%("):
			depth++
		case isOp(&s, "%)"):
			if depth == 0 {
				return false
			}
			depth--
		case isOp(&s, "%:") && depth == 0 && alternative:
			return true
		}
	}
}

func (p *preprocessor) incomplete(t *lexer.Token) {
	p.failWith(t, "incomplete conditional at end of file", true, codeIncomplete)
}

// fail puts a broken token into the output, with a message about t.
func (p *preprocessor) fail(t *lexer.Token, message string, at bool) {
	p.failWith(t, message, at, codePreprocessor)
}

func (p *preprocessor) failWith(t *lexer.Token, message string, at bool, code source.Code) {
	problem := &problem{message: message, token: *t, code: code}
	p.out = append(p.out, p.unit.breakWith(*t, p.unit.diagnostic(problem, at)))
}

// raw is the next token as it was written. Only the text itself has an EOF.
func (p *preprocessor) raw() lexer.Token {
	for {
		if t, ok := p.take(); ok {
			return t
		}
		p.frames = p.frames[:len(p.frames)-1]
	}
}

// take is the next token of the topmost frame; the text's EOF stays there.
func (p *preprocessor) take() (lexer.Token, bool) {
	f := &p.frames[len(p.frames)-1]
	if f.next == len(f.toks) {
		return lexer.Token{}, false
	}
	t := f.toks[f.next]
	if t.EOF() {
		return t, true
	}
	f.next++
	t.Pos.Offset += f.shift
	t.Pos.Line += f.shift
	return t, true
}

// expand is the next token that is no part of a macro's definition or call.
func (p *preprocessor) expand() lexer.Token {
	for {
		t := p.raw()
		if t.Type != tokOp || t.Value[0] != '@' {
			return t
		}
		scope := p.frames[len(p.frames)-1].scope
		name := t.Value[1:]
		switch arg, m := scope.argument(name), p.lookup(name, scope); {
		case name == "define":
			p.define(&t)
		case arg.ok:
			p.push(&t, frame{toks: arg.toks, scope: scope.scope})
		case m != nil:
			p.invoke(&t, m)
		default:
			return t
		}
		if p.failed {
			return p.end()
		}
	}
}

type argument struct {
	toks []lexer.Token
	ok   bool
}

func (i *invocation) argument(name string) argument {
	if i != nil {
		for n, param := range i.macro.params {
			if param == name {
				return argument{i.args[n], true}
			}
		}
	}
	return argument{}
}

func (p *preprocessor) lookup(name string, scope *invocation) *macro {
	if m := p.macros[name]; m != nil && (scope == nil || !scope.macro.library) {
		return m
	}
	if p.unit.o.Macros != nil {
		return p.unit.o.Macros.byName[name]
	}
	return nil
}

func (p *preprocessor) push(t *lexer.Token, f frame) {
	if p.pushed++; p.pushed > maxFrames+p.size {
		p.tooLarge(t)
		return
	}
	if len(p.frames) == maxMacroDepth {
		p.fail(t, "macros nested too deeply", true)
		p.failed = true
		return
	}
	p.frames = append(p.frames, f)
}

// tooLarge ends preprocessing at t.
func (p *preprocessor) tooLarge(t *lexer.Token) {
	p.fail(t, "macro expansion too large", true)
	p.failed = true
}

// invoke begins to read the expansion of m, called by t.
func (p *preprocessor) invoke(t *lexer.Token, m *macro) {
	call := &invocation{macro: m, scope: p.frames[len(p.frames)-1].scope}
	if len(m.params) > 0 {
		var ok bool
		if call.args, ok = p.arguments(t, m); !ok {
			return
		}
	}
	if len(m.body) == 0 {
		return
	}
	body := source.Span{Start: spanOf(&m.body[0]).Start, End: spanOf(&m.body[len(m.body)-1]).End}
	p.copied += int(body.End - body.Start)
	if p.copied > maxCopied {
		p.tooLarge(t)
		return
	}
	f := p.unit.set.AddExpansion(body, sourceToken(t))
	p.push(t, frame{toks: m.body, shift: int(f.Base) - int(body.Start), scope: call})
}

// arguments reads `(a, b)`, which must lie wholly where the call stands.
func (p *preprocessor) arguments(call *lexer.Token, m *macro) ([][]lexer.Token, bool) {
	open, ok := p.take()
	if !ok || !isOp(&open, "(") {
		p.fail(call, fmt.Sprintf("expected '(' in invocation of macro '@%s' taking %d parameter%s", m.name, len(m.params), plural(len(m.params))), true)
		return nil, false
	}
	args := [][]lexer.Token{nil}
	for depth := 0; ; {
		t, ok := p.take()
		switch {
		case !ok || t.EOF():
			p.failWith(call, "could not find end of macro invocation", true, codeIncomplete)
			return nil, false
		case isOp(&t, "(") || isOp(&t, "["):
			depth++
		case depth == 0 && isOp(&t, ")"):
			if len(args) < len(m.params) {
				p.fail(&t, fmt.Sprintf("too few parameters for macro '@%s' (expected %d)", m.name, len(m.params)), true)
				return nil, false
			}
			return args, true
		case isOp(&t, ")") || isOp(&t, "]"):
			depth--
		case depth == 0 && isOp(&t, ","):
			if len(args) == len(m.params) {
				p.fail(&t, fmt.Sprintf("too many parameters for macro '@%s' (expected %d)", m.name, len(m.params)), true)
				return nil, false
			}
			args = append(args, nil)
			continue
		}
		args[len(args)-1] = append(args[len(args)-1], t)
	}
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// define reads `NAME(p, q) %( body %)` behind the @define at t.
func (p *preprocessor) define(t *lexer.Token) {
	if len(p.frames) > 1 {
		p.fail(t, "attempt to define a macro within a macro", true)
		return
	}
	m, bad, message := p.definition()
	switch {
	case message != "":
		code := codePreprocessor
		if bad.EOF() || isOp(&bad, "%(") {
			code = codeIncomplete // the text ends within the definition
		}
		p.failWith(&bad, message, false, code)
		return
	case p.macros[m.name] != nil:
		p.fail(&bad, fmt.Sprintf("attempt to redefine macro '@%s' in the same file", m.name), true)
		return
	case atOperators[m.name].known:
		p.unit.diags.Add(&source.Diagnostic{
			Severity: source.Warning, Code: "macro-hides-operator", Token: sourceToken(&bad),
			Message: fmt.Sprintf("macro redefines built-in operator '@%s'", m.name),
		})
	}
	p.macros[m.name] = m
}

// definition reads a definition and returns its name's token too, or a message
// and the token that it is about.
func (p *preprocessor) definition() (*macro, lexer.Token, string) {
	name, _ := p.take()
	if name.Type != tokIdent && name.Type != tokKeyword {
		return nil, name, "expected identifier"
	}
	m := &macro{name: name.Value}
	t, _ := p.take()
	if isOp(&t, "(") {
		for {
			param, _ := p.take()
			if param.Type != tokIdent && param.Type != tokKeyword {
				return nil, param, "expected identifier"
			}
			m.params = append(m.params, param.Value)
			if t, _ = p.take(); isOp(&t, ")") {
				break
			}
			if !isOp(&t, ",") {
				return nil, t, "expected ',' or ')'"
			}
		}
		t, _ = p.take()
	}
	if !isOp(&t, "%(") {
		return nil, t, "expected '%('"
	}
	open := t
	for depth := 0; ; {
		t, _ = p.take()
		switch {
		case t.EOF():
			return nil, open, "incomplete macro definition at end of file"
		case isOp(&t, "%("):
			depth++
		case isOp(&t, "%)"):
			if depth == 0 {
				return m, name, ""
			}
			depth--
		}
		m.body = append(m.body, t)
	}
}
