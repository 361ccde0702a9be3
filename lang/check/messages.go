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
	codeBadVar         source.Code = "bad-variable"
	codeEventOnly      source.Code = "event-only"
	codeWrap           source.Code = "wrap"
	codeHistogram      source.Code = "histogram"
	codeHistograms     source.Code = "histogram-types"
	codeBuckets        source.Code = "histogram-buckets"
	codeShift          source.Code = "bit-shift"
	codeRegex          source.Code = "regex"
	codePrintType      source.Code = "print-type"
	codeInvalidType    source.Code = "invalid-type"
	codeInferred       source.Code = "inferred-type"
	codeIndexType      source.Code = "index-type"
	codeSides          source.Code = "sides"
	codeStep           source.Code = "lvalue-step"
	codeLocal          source.Code = "stat-local"
	codeForeachCall    source.Code = "foreach-call"
	codeElidedAssign   source.Code = "elided-assignment"
	codeElidedExpr     source.Code = "elided-expression"
	codeElidedFunction source.Code = "side-effect-free-function"
	codeElidedProbe    source.Code = "elided-probe"
	codeUnused         source.Code = "unused"
	codeUnreached      source.Code = "unreached"
	codeBarred         source.Code = "unprobable-functions"
	codeWatched        source.Code = "partly-watched"
	codeShadowed       source.Code = "unreached-overload"
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

// repeat adds what was reported with d's words n times more: SystemTap comes across
// some mistakes more than once, shows the first and counts the rest.
func (c *checker) repeat(d *source.Diagnostic, n int) {
	first := c.reported[report{d.Token.Span.Start, d.Message}]
	key := report{d.Token.Span.Start, "again: " + d.Message}
	if first == nil || c.reported[key] != nil {
		return
	}
	c.reported[key] = first
	for range n {
		c.diags.Add(first)
	}
}

// lateError adds an error that is of interest only if there is no other,
// as often as SystemTap comes across it.
func (c *checker) lateError(times int, code source.Code, tok source.Token, format string, args ...any) {
	d := because(tok, format, args...)
	d.Code = code
	if key := (report{tok.Span.Start, d.Message}); c.reported[key] == nil {
		c.reported[key] = d
		for range times {
			c.late.Add(d)
		}
	}
}

func (c *checker) add(d *source.Diagnostic) *source.Diagnostic {
	key := report{d.Token.Span.Start, d.Message}
	if c.reported[key] != nil {
		return d
	}
	c.reported[key] = d
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
