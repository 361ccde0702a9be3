package cli

import (
	"slices"

	"tapir/lang/source"
)

// The lines that end a run which did not get past a pass, as SystemTap ends it.
const (
	parseFailed     = "Pass 1: parse failed.  [man error::pass1]"
	analyseFailed   = "Pass 2: analysis failed.  [man error::pass2]"
	translateFailed = "Pass 3: translation failed.  [man error::pass3]"
	runFailed       = "Pass 5: run failed.  [man error::pass5]"
)

// later are the codes of the mistakes that SystemTap finds only when it translates.
var later = []source.Code{"outside-loop", "print-type"}

// passOf is the line about the pass that errors ended.
func passOf(list []*source.Diagnostic) string {
	line := translateFailed
	for _, d := range list {
		switch {
		case d.Severity == source.ParseError:
			return parseFailed
		case d.Severity == source.SemanticError && !slices.Contains(later, d.Code):
			line = analyseFailed
		}
	}
	return line
}
