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
	if h := printedHistogram(e); h != nil {
		c.inferHistogram(h)
	} else {
		c.inferPrinted(e.Args, wants)
	}
	if e.Kind&syntax.PrintToString != 0 {
		return c.found(e, types.String, want)
	}
	return types.Void
}

// inferPrinted infers what is printed as numbers and strings of the kinds wanted.
func (c *checker) inferPrinted(args []syntax.Expr, wants []types.Kind) {
	for i, arg := range args {
		k := c.infer(arg, wants[i])
		switch {
		case c.final && (k == types.Unknown || k == types.Void):
			if d := c.unresolved(arg); d != nil {
				c.repeat(d, c.encounters(arg))
			}
		case k == types.Stats && wants[i] == types.Unknown:
			c.lateError(2, codePrintType, arg.Token(), "print format actual argument evaluation type unsupported")
		case wants[i] != types.Unknown && k != wants[i] && isLiteral(arg):
			c.repeat(c.wrongKind(arg, k, wants[i]), 1)
		}
	}
}

// encounters is how often SystemTap comes across a printed value without a type
// after the first time.
func (c *checker) encounters(arg syntax.Expr) int {
	switch c.prog.Uses[arg].(type) {
	case *Local:
		return 2
	case *Global:
		return 3
	}
	return 1
}

func isLiteral(e syntax.Expr) bool {
	switch e.(type) {
	case *syntax.IntLit, *syntax.StringLit:
		return true
	}
	return false
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
		kinds = append(kinds, p.ArgKind())
	}
	return kinds, true
}
