package syntax

import (
	"errors"
	"strings"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"tapir/lang/source"
)

// A problem is why a declaration could not be parsed: the message and the token
// at which the parser stood.
type problem struct {
	message string
	token   lexer.Token
	code    source.Code
	hint    string
}

func (p *problem) Error() string { return p.message }

// The rules that many messages report.
const (
	codeSyntax       source.Code = "syntax"
	codePreprocessor source.Code = "preprocessor"
	codeLiteral      source.Code = "literal"
	codeIncomplete   source.Code = "incomplete" // the text ends too early
)

func expected(t *lexer.Token, message string) *problem {
	return &problem{message: message, token: *t, code: codeSyntax}
}

// Incomplete reports whether Parse failed only because its text ended within a
// declaration or a conditional, so that more text may make it right.
func Incomplete(ds *source.Diagnostics) bool {
	for _, d := range ds.List {
		if d.Severity == source.ParseError {
			return !d.Plain && (d.Code == codeIncomplete || d.Token.Kind == source.EOF)
		}
	}
	return false
}

// report adds the diagnostic for a problem. A broken token brings its own.
func (u *unit) report(err error) {
	var p *problem
	if !errors.As(err, &p) {
		panic("syntax: parser failed without a place: " + err.Error())
	}
	if p.token.Type == tokBroken {
		u.diags.Add(u.broken[p.token.Pos.Column])
		return
	}
	u.diags.Add(&source.Diagnostic{
		Severity: source.ParseError, Code: p.code, Message: p.message,
		Token: sourceToken(&p.token), Hint: p.hint,
	})
}

// grammarMessages says what the grammar's rules expect, by the first thing that
// participle says it expected.
var grammarMessages = []struct{ expects, message string }{
	{"<ident>", "expected identifier"},
	{`"("`, "expected '('"},
	{`")"`, "expected ',' or ')'"},
	{`"]"`, "expected ']'"},
	{`"string"`, "expected 'string' or 'long'"},
	{"GlobalDecl", "expected 'global', 'function' or identifier"},
	{"Variable", "expected identifier"},
	{"Parameter", "expected identifier"},
}

const expectedDeclaration = "expected 'probe', 'global', 'private', 'function', or '%{'"

// notDeclaration is the problem with a token that should begin a declaration.
func notDeclaration(t *lexer.Token) *problem {
	p := expected(t, expectedDeclaration)
	if t.Type == tokIdent {
		p.hint = didYouMean(source.Similar(t.Value, declarationWords, 1))
	}
	return p
}

func didYouMean(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "did you mean '" + names[0] + "'?"
}

// grammarError makes a problem of what participle reports. Errors of the
// hand-written rules pass through it unchanged.
func grammarError(err error) error {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	var unexpected *participle.UnexpectedTokenError
	if !errors.As(err, &unexpected) {
		panic("syntax: grammar failed: " + err.Error())
	}
	t := &unexpected.Unexpected
	_, wanted, ok := strings.Cut(unexpected.Message(), " (expected ")
	if !ok {
		return notDeclaration(t)
	}
	wanted = strings.TrimLeft(wanted, "(")
	for _, m := range grammarMessages {
		if strings.HasPrefix(wanted, m.expects) {
			return expected(t, m.message)
		}
	}
	return expected(t, "expected "+strings.TrimRight(strings.ReplaceAll(wanted, `"`, "'"), ")"))
}

// diagnostic is the message for a problem that the preprocessor found.
func (u *unit) diagnostic(err error, at bool) *source.Diagnostic {
	var p *problem
	if !errors.As(err, &p) {
		panic("syntax: preprocessor failed without a place: " + err.Error())
	}
	code := p.code
	if code == codeSyntax {
		code = codePreprocessor
	}
	return &source.Diagnostic{
		Severity: source.ParseError, Code: code, Message: p.message,
		Token: sourceToken(&p.token), At: at,
	}
}
