package ir

import "tapir/lang/builtin"

// dumpMemory makes the address of each %m and %M in f into a call that reads the
// bytes there, since that must happen in the kernel; the precision says how many.
func dumpMemory(f *Format) {
	args := f.Args
	var out []Expr
	for i := range f.Parts {
		p := &f.Parts[i]
		n := numArgs(*p)
		if n > len(args) {
			return // wrong number of arguments, reported by the checker
		}
		own := args[:n]
		args = args[n:]
		if p.Verb == 'm' || p.Verb == 'M' {
			own = dumped(p, own)
		}
		out = append(out, own...)
	}
	f.Args = out
}

// dumped is p's arguments with the address made into the bytes. A precision that
// is an argument goes into the call.
func dumped(p *builtin.FormatPart, args []Expr) []Expr {
	name := "_kernel_memory"
	if p.Flag == '#' {
		name, p.Flag = "_user_memory", 0
	}
	last := len(args) - 1
	x := args[last]
	pos := At{Pos: x.Span(), Tok: x.Token()}
	call := &Builtin{At: pos, Fn: builtin.Lookup(name)}
	var n Expr = &Int{At: pos, Value: int64(max(p.Prec, 1))}
	if p.PrecArg {
		last--
		n = atLeastOne(args[last], pos)
	}
	p.Prec, p.PrecArg = -1, false
	if v, ok := n.(*Int); ok {
		call.Fn = fixedDump(call.Fn, v.Value)
	}
	call.Args = []Expr{x, n}
	return append(args[:last:last], call)
}

// atLeastOne is x, or 1 if that is less.
func atLeastOne(x Expr, at At) Expr {
	if v, ok := x.(*Int); ok {
		return &Int{At: at, Value: max(v.Value, 1)}
	}
	return &Cond{At: at, C: &Binary{At: at, Op: OpGt, X: x, Y: &Int{At: at}}, X: Copier{}.Expr(x), Y: &Int{At: at, Value: 1}}
}

// fixedDump is f for a number of bytes that is known.
func fixedDump(f *builtin.Func, n int64) *builtin.Func {
	fixed, read := *f, *f.Read
	read.Size = int(min(n, builtin.PageSize))
	read.Max = read.Size
	fixed.Read = &read
	return &fixed
}
