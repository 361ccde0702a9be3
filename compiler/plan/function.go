package plan

import (
	"fmt"
	"strings"

	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/check"
)

// sharesProgram reports whether the probe is at a function whose handler is in one
// program with those of others.
func sharesProgram(p *Probe) bool {
	f := p.IR.Point.Function
	return f != nil && f.Means == builtin.Breakpoint
}

// atReturn copies the handler of a function's return. One that a trampoline calls still
// has the function's arguments, so that they need not be kept at the entry. What is read
// through anything else of the entry is read there too.
func atReturn(p *ir.Probe) ir.Copier {
	f := p.Point.Function
	if f == nil || p.Point.Kind != builtin.FunctionReturn {
		return ir.Copier{}
	}
	var c ir.Copier
	c.Replace = func(x ir.Expr) (ir.Expr, bool) {
		switch x := x.(type) {
		case *ir.AtEntry:
			if f.Means == builtin.Trampoline && onlyArguments(x.X) {
				return ir.Copier{}.Expr(x.X), true
			}
		case *ir.Builtin:
			if x.Fn.Class == builtin.Memory {
				return readAtEntry(x, c), true
			}
		}
		return nil, false
	}
	return c
}

// readAtEntry copies a read of memory by c; if its arguments ask for what was at the
// entry, the whole of it becomes a matter of the entry, unless it depends on the result.
func readAtEntry(x *ir.Builtin, c ir.Copier) ir.Expr {
	y := *x
	y.Args = make([]ir.Expr, len(x.Args))
	kept, result := false, false
	for i, a := range x.Args {
		y.Args[i] = c.Expr(a)
		for n := range ir.All(y.Args[i]) {
			b, call := n.(*ir.Builtin)
			_, entry := n.(*ir.AtEntry)
			kept, result = kept || entry, result || call && b.Fn.Name == "returnval"
		}
	}
	if !kept || result {
		return &y
	}
	bare := ir.Copier{Replace: func(x ir.Expr) (ir.Expr, bool) {
		if e, ok := x.(*ir.AtEntry); ok {
			return ir.Copier{}.Expr(e.X), true
		}
		return nil, false
	}}
	for i, a := range y.Args {
		y.Args[i] = bare.Expr(a)
	}
	return &ir.AtEntry{At: x.At, X: &y}
}

// onlyArguments reports whether x is made of the call's arguments and what never
// changes.
func onlyArguments(x ir.Expr) bool {
	for n := range ir.All(x) {
		switch n := n.(type) {
		case *ir.Int, *ir.Str, *ir.Unary, *ir.Binary, *ir.Logical, *ir.Cond:
		case *ir.Builtin:
			if n.Fn.Class != builtin.Argument || len(n.Args) == 0 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// shownFunctions is how many names of functions explain lists.
const shownFunctions = 8

// functionLines says how the functions of a group are probed.
func functionLines(group []*Probe) []string {
	var lines []string
	for _, means := range []builtin.Means{builtin.Trampoline, builtin.Breakpoint} {
		var names []string
		for _, p := range group {
			if f := p.IR.Point.Function; f.Means == means {
				names = append(names, functionName(f))
			}
		}
		if len(names) == 0 {
			continue
		}
		names = unique(names)
		more := ""
		if n := len(names) - shownFunctions; n > 1 {
			names, more = names[:shownFunctions], fmt.Sprintf(" and %d more", n)
		}
		lines = append(lines, meansName(group[0], means)+" "+strings.Join(names, ", ")+more)
	}
	return lines
}

// functionName is a function's name with its module.
func functionName(f *check.Function) string {
	if f.Module == "" {
		return f.Name
	}
	return f.Module + ":" + f.Name
}

// meansName is what eBPF's users call the means of a probe.
func meansName(p *Probe, m builtin.Means) string {
	names := [...][2]string{builtin.Trampoline: {"fentry", "fexit"}, builtin.Breakpoint: {"kprobe", "kretprobe"}}
	name := names[m][0]
	if p.IR.Point.Kind == builtin.FunctionReturn {
		name = names[m][1]
	}
	if m == builtin.Breakpoint && p.IR.Point.Function.Together {
		name += ".multi"
	}
	return name
}
