package ir

import (
	"tapir/lang/builtin"
	"tapir/lang/source"
	"tapir/lang/syntax"
	"tapir/lang/types"
)

// histogram is what x prints if that is the picture of a histogram.
func histogram(x *syntax.Print) (*syntax.HistOp, bool) {
	if len(x.Args) != 1 || x.Kind&(syntax.PrintFormatted|syntax.PrintDelimited|syntax.PrintChar) != 0 {
		return nil, false
	}
	h, ok := x.Args[0].(*syntax.HistOp)
	return h, ok
}

// print is a call of print or its like as a statement.
func (b *builder) print(out []Stmt, x *syntax.Print) []Stmt {
	h, ok := histogram(x)
	if !ok {
		return append(out, &Print{at(x), b.format(x)})
	}
	if stat, ok := b.stat(h.Stat); ok {
		out = append(out, &PrintHist{at(x), stat})
	}
	return out
}

// sprint is a call of the print family as a value.
func (b *builder) sprint(x *syntax.Print) Expr {
	if x.Kind&syntax.PrintToString == 0 {
		b.unsupported(x, "print functions as values")
		return b.placeholder(x)
	}
	h, ok := histogram(x)
	if !ok {
		return Simplify(&Sprint{at(x), b.format(x), x.Kind&syntax.PrintOrError != 0})
	}
	if stat, ok := b.stat(h.Stat); ok {
		return &HistText{at(x), stat}
	}
	return b.placeholder(x)
}

// format makes one form of print, println, printd, printf and print_char.
func (b *builder) format(x *syntax.Print) *Format {
	f := &Format{}
	for _, a := range x.Args {
		if _, ok := a.(*syntax.HistOp); ok {
			b.unsupported(a, "histograms among other values")
			return f
		}
		f.Args = append(f.Args, b.expr(a))
	}
	if x.Kind&syntax.PrintFormatted != 0 {
		parts, err := builtin.ParseFormat(x.Format.Value)
		if err != nil {
			b.diags.Add(&source.Diagnostic{
				Severity: source.ParseError,
				Code:     "format",
				Message:  err.Error(),
				Token:    x.Format.Token(),
			})
		}
		f.Parts = parts
		dumpMemory(f)
		return FoldFormat(f)
	}
	for i, a := range f.Args {
		if i > 0 && x.Kind&syntax.PrintDelimited != 0 && x.Format != nil {
			f.Parts = append(f.Parts, literal(x.Format.Value))
		}
		f.Parts = append(f.Parts, conversion(x.Kind, a))
	}
	if x.Kind&syntax.PrintNewline != 0 {
		f.Parts = append(f.Parts, literal("\n"))
	}
	return FoldFormat(f)
}

func literal(s string) builtin.FormatPart {
	return builtin.FormatPart{Literal: s, Width: -1, Prec: -1}
}

// conversion shows a value of x's type as it is.
func conversion(kind syntax.PrintKind, x Expr) builtin.FormatPart {
	p := builtin.FormatPart{Verb: 'd', Width: -1, Prec: -1}
	switch {
	case kind&syntax.PrintChar != 0:
		p.Verb = 'c'
	case x.Type().Kind == types.String:
		p.Verb = 's'
	}
	return p
}
