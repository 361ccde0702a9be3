package user

import (
	"strconv"

	"tapir/compiler/bytecode"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/source"
)

var noPos source.Span

func (b *body) print(s *ir.Print) {
	in := b.format(s.Format, s.Span(), true)
	in.Op = bytecode.Print
	b.emitAt(s.Token(), in)
}

func (b *body) sprint(x *ir.Sprint, dst uint8) {
	text := func() {
		in := b.format(x.Format, x.Span(), false)
		in.Op, in.C = bytecode.Sprint, dst
		b.emitAt(x.Token(), in)
	}
	if !x.OrError {
		text()
		return
	}
	failed, end := &label{}, &label{}
	b.jump(bytecode.Instr{Op: bytecode.Try, A: dst}, failed)
	text()
	b.emit(bytecode.Instr{Op: bytecode.EndTry})
	b.jump(bytecode.Instr{Op: bytecode.Jump}, end)
	b.bind(failed)
	b.loadText(dst, unreadable)
	b.bind(end)
}

// unreadable is shown in place of what can't be read, as SystemTap does.
const unreadable = "ERROR"

// format evaluates the arguments of a print call and enters its segments. Only
// what is shown may be escaped: the value of sprint is the same everywhere.
func (b *body) format(f *ir.Format, pos source.Span, shown bool) bytecode.Instr {
	segments, args := b.segments(f, pos, shown)
	in := bytecode.Instr{Imm: int32(len(b.c.prog.Formats))}
	b.c.prog.Formats = append(b.c.prog.Formats, bytecode.Format{Segments: segments})
	in.A, in.B = b.operands(args, pos)
	return in
}

// segments merges what is known already into literals and gives the arguments
// that are left.
func (b *body) segments(f *ir.Format, pos source.Span, shown bool) (segments []bytecode.Segment, args []ir.Expr) {
	rest := f.Args
	take := func() ir.Expr {
		x := rest[0]
		rest = rest[1:]
		return x
	}
	for _, p := range f.Parts {
		if p.Verb == 0 {
			segments = appendLiteral(segments, p.Literal)
			continue
		}
		s := bytecode.Segment{FormatPart: p}
		if p.WidthArg {
			args = append(args, take())
		}
		if p.PrecArg {
			args = append(args, take())
		}
		x := take()
		if text, ok := known(p, x); ok {
			segments = appendLiteral(segments, text)
			continue
		}
		if shown {
			s.Escape = b.c.taint.escape(p.Verb, x)
		}
		segments = append(segments, s)
		args = append(args, x)
	}
	return segments, args
}

// known is the text of a plain conversion of a literal.
func known(p builtin.FormatPart, x ir.Expr) (string, bool) {
	if p.Flag != 0 || p.Width >= 0 || p.Prec >= 0 || p.WidthArg || p.PrecArg {
		return "", false
	}
	switch x := x.(type) {
	case *ir.Str:
		return cString(x.Value), p.Verb == 's'
	case *ir.Int:
		return strconv.FormatInt(x.Value, 10), p.Verb == 'd'
	}
	return "", false
}

func appendLiteral(segments []bytecode.Segment, text string) []bytecode.Segment {
	if text == "" {
		return segments
	}
	if n := len(segments); n > 0 && segments[n-1].Verb == 0 {
		segments[n-1].Literal += text
		return segments
	}
	return append(segments, bytecode.Segment{FormatPart: builtin.FormatPart{Literal: text, Width: -1, Prec: -1}})
}
