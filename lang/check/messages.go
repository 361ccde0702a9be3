package check

import (
	"fmt"

	"tapir/lang/source"
)

// The rules that diagnostics of this package report.
const (
	codeNoProbes       source.Code = "no-probes"
	codeDuplicate      source.Code = "duplicate"
	codeOverride       source.Code = "override"
	codePoint          source.Code = "probe-point"
	codeCondition      source.Code = "probe-condition"
	codeFunction       source.Code = "unresolved-function"
	codeArguments      source.Code = "arguments"
	codeArray          source.Code = "unresolved-array"
	codeArity          source.Code = "arity"
	codeMismatch       source.Code = "type-mismatch"
	codeOperator       source.Code = "invalid-operator"
	codeUnresolvedType source.Code = "unresolved-type"
	codeLvalue         source.Code = "lvalue"
	codeLoop           source.Code = "outside-loop"
	codeDelete         source.Code = "delete-operand"
	codeForeach        source.Code = "foreach-modify"
	codeFormat         source.Code = "print-format"
	codeUnsupported    source.Code = "unsupported"
	codeNeverAssigned  source.Code = "never-assigned"
	codeTarget         source.Code = "target-variable"
	codeEventOnly      source.Code = "event-only"
	codeWrap           source.Code = "wrap"
)

// report identifies a message.
type report struct {
	pos     source.Pos
	message string
}

// error adds a semantic error about tok. What was said before is not said again;
// the diagnostic that is returned then goes nowhere.
func (c *checker) error(code source.Code, tok source.Token, format string, args ...any) *source.Diagnostic {
	return c.add(&source.Diagnostic{
		Severity: source.SemanticError,
		Code:     code,
		Message:  fmt.Sprintf(format, args...),
		Token:    tok,
	})
}

// warning adds a warning about tok unless it is the tapset's own.
func (c *checker) warning(code source.Code, tok source.Token, format string, args ...any) *source.Diagnostic {
	d := &source.Diagnostic{
		Severity: source.Warning,
		Code:     code,
		Message:  fmt.Sprintf(format, args...),
		Token:    tok,
	}
	if c.inLibrary(tok) {
		return d
	}
	return c.add(d)
}

func (c *checker) add(d *source.Diagnostic) *source.Diagnostic {
	key := report{d.Token.Span.Start, d.Message}
	if c.reported[key] {
		return d
	}
	c.reported[key] = true
	return c.diags.Add(d)
}

// because is a cause for an error.
func because(tok source.Token, format string, args ...any) *source.Diagnostic {
	return &source.Diagnostic{Severity: source.SemanticError, Message: fmt.Sprintf(format, args...), Token: tok}
}

// unsupported refuses what the language has and this version has not.
func (c *checker) unsupported(tok source.Token, what string) {
	c.error(codeUnsupported, tok, "%s are not supported by this version", what)
}
