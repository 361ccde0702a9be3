package syntax

import (
	"fmt"
	"maps"
	"slices"

	"github.com/alecthomas/participle/v2/lexer"
)

// maxPrintArgs is the number of arguments that one print may have.
const maxPrintArgs = 32

// printKinds are the names of the print family.
var printKinds = map[string]PrintKind{
	"print":      0,
	"println":    PrintNewline,
	"printf":     PrintFormatted,
	"printd":     PrintDelimited,
	"printdln":   PrintDelimited | PrintNewline,
	"sprint":     PrintToString,
	"sprintln":   PrintToString | PrintNewline,
	"sprintf":    PrintToString | PrintFormatted,
	"sprintd":    PrintToString | PrintDelimited,
	"sprintdln":  PrintToString | PrintDelimited | PrintNewline,
	"print_char": PrintChar,
}

// PrintFunctions are the names of the print family, sorted.
func PrintFunctions() []string { return slices.Sorted(maps.Keys(printKinds)) }

// print reads a call of the print family, whose name t is consumed.
func (p *parser) print(t *lexer.Token, kind PrintKind) Expr {
	p.expect("(")
	x := &Print{Kind: kind}
	switch {
	case kind&PrintFormatted != 0:
		x.Format = p.stringLit(true)
		if message := checkFormat(x.Format.Value); message != "" {
			panic(&problem{message: message, token: *p.peek(), code: "print-format"})
		}
		if p.accept(",") {
			x.Args = p.moreArguments(nil)
		} else {
			p.closePrint()
		}
	case kind&PrintDelimited != 0:
		x.Format = p.stringLit(false)
		p.expect(",")
		first := p.expr() // the delimiter must have something to stand between
		p.expect(",")
		x.Args = p.moreArguments([]Expr{first})
	case kind == PrintChar:
		x.Args = []Expr{p.expr()}
		p.expect(")")
	case kind&PrintNewline != 0 && isOp(p.peek(), ")"):
		x.Args = []Expr{&StringLit{Base: p.base(p.peek(), p.peek())}} // println() ends the line
		p.next()
	default:
		x.Args = p.moreArguments(nil)
	}
	x.Base = p.base(t, t)
	if len(x.Args) > maxPrintArgs {
		p.fail(t, fmt.Sprintf("too many arguments to print (%d)", len(x.Args)))
	}
	return x
}

func (p *parser) closePrint() {
	if !p.accept(")") {
		p.fail(p.peek(), "expected ',' or ')'")
	}
}

// checkFormat says what is wrong with a format's conversions, or "".
func checkFormat(format string) string {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		if i++; i == len(format) {
			return "trailing incomplete print format conversion"
		}
		if format[i] == '%' {
			continue
		}
		i = skipConversion(format, i)
		if i == len(format) {
			return "trailing incomplete print format conversion"
		}
		if !isConversion(format[i]) {
			return "invalid or missing conversion specifier"
		}
	}
	return ""
}

// skipConversion passes over flag, width, precision and size to the verb.
func skipConversion(format string, i int) int {
	at := func(set string) bool {
		for j := range len(set) {
			if i < len(format) && format[i] == set[j] {
				i++
				return true
			}
		}
		return false
	}
	digits := func() {
		if !at("*") {
			for at("0123456789") {
			}
		}
	}
	at("0+- #")
	digits()
	if at(".") {
		digits()
	}
	at("l")
	return i
}

func isConversion(c byte) bool {
	switch c {
	case 'd', 'i', 'u', 'x', 'X', 'o', 'p', 'c', 's', 'b', 'm', 'M':
		return true
	}
	return false
}
