package check

import (
	"tapir/lang/builtin"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

// maxPrintArgs is how many arguments a print call can have.
const maxPrintArgs = 32

// inferPrint matches the arguments of a print call with its format. Without one,
// anything can be printed.
func (c *checker) inferPrint(e *syntax.Print, want types.Kind) types.Kind {
	wants := make([]types.Kind, len(e.Args))
	switch {
	case len(e.Args) > maxPrintArgs:
		c.error(codeFormat, e.Token(), "too many arguments to print (%d)", len(e.Args))
	case e.Kind&syntax.PrintFormatted != 0:
		kinds, ok := c.formatKinds(e)
		if !ok {
			break
		}
		if len(kinds) != len(e.Args) {
			c.error(codeFormat, e.Token(), "Wrong number of args to formatted print operator")
			break
		}
		wants = kinds
	case e.Kind&syntax.PrintChar != 0:
		if len(e.Args) != 1 {
			c.error(codeFormat, e.Token(), "Wrong number of args to print operator")
			break
		}
		wants[0] = types.Long
	}
	if c.final && e.Format != nil {
		c.prog.Types[e.Format] = types.TString
	}
	for i, arg := range e.Args {
		c.value(arg, wants[i])
	}
	if e.Kind&syntax.PrintToString != 0 {
		return c.found(e, types.String, want)
	}
	return types.Void
}

// formatKinds is the kinds of the arguments that a format asks for.
func (c *checker) formatKinds(e *syntax.Print) ([]types.Kind, bool) {
	parts, err := builtin.ParseFormat(e.Format.Value)
	if err != nil {
		c.error(codeFormat, e.Format.Token(), "%v", err)
		return nil, false
	}
	var kinds []types.Kind
	for _, p := range parts {
		if p.WidthArg {
			kinds = append(kinds, types.Long)
		}
		if p.PrecArg {
			kinds = append(kinds, types.Long)
		}
		if p.Verb == 0 {
			continue
		}
		if p.Verb == 'm' || p.Verb == 'M' {
			c.unsupported(e.Format.Token(), "memory dumps")
		}
		kinds = append(kinds, p.ArgKind())
	}
	return kinds, true
}
