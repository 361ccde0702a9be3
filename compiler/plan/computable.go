package plan

import (
	"cmp"
	"errors"
	"fmt"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// Param is the parameter that mirrors g, or nil.
func (p *Plan) Param(g *ir.Global) *Param {
	for _, q := range p.Params {
		if q.Global == g {
			return q
		}
	}
	return nil
}

// Computable is nil if the kernel can compute x, a long without locals, with the
// plan's parameters; else it says what is in the way. It holds for every filter,
// and for the addresses and lengths of captures.
//
// The kernel has: literals; arithmetic, comparison and logic on longs, of which
// division and modulo only by literals other than 0 and -1, and shifts only by
// literals from 0 to 63; Cond; In and Elem on array parameters, whose string keys
// are task names; long parameters; the comparison of a task's name with a literal,
// a parameter or another one for (in)equality, and of a string in memory with a
// literal, as MemoryText has it; comparisons and matches of texts that strings.go tells
// of; Context, Argument and Session functions but get_cycles; and Memory functions that
// read 1, 2, 4 or 8 bytes as a long.
func (p *Plan) Computable(x ir.Expr) error {
	c := computable{fixed: func(g *ir.Global) string {
		if p.Param(g) == nil {
			return fmt.Sprintf("'%s' is no parameter", g.Name)
		}
		return ""
	}}
	if reason := c.long(x); reason != "" {
		return errors.New(reason)
	}
	return nil
}

// IsTaskName reports whether x is a call of execname() or its like, whose results
// are at most 15 bytes.
func IsTaskName(x ir.Expr) bool {
	b, ok := x.(*ir.Builtin)
	return ok && b.Fn.Class == builtin.Context && b.Fn.Result == types.String
}

// computable decides what the kernel can compute, given which globals are fixed.
type computable struct {
	fixed func(*ir.Global) string  // "" or the reason why not
	local func(l *ir.Local) string // why a variable's value is not known; may be nil
	call  func(c *ir.Call) string  // why a call was not inlined; may be nil
	// entry says why a value is not known when the call begins; may be nil.
	entry func(x *ir.AtEntry) string
	// asked is set if the script may ask what was matched, which only the VM knows.
	asked bool
	// whole is set for handlers that run in the kernel as a whole. They may divide
	// and shift by anything; resident says of a global that may live in the kernel
	// what is wrong with such keys.
	whole    bool
	steps    bool     // the expression may set variables
	automata automata // may be nil
	short    bool     // texts may be cut to as little as shortText
	// names says why of texts only the names of tasks and literals will do, if it is so.
	names    string
	resident func(g *ir.Global, keys []ir.Expr) (reason string, ok bool)
}

// shortText is the fewest bytes that a script's texts are cut to while the kernel
// compares any.
const shortText = 63

// longest is a bound of literals that are not cut.
func (c computable) longest() int {
	if c.short {
		return shortText
	}
	return layout.TextSize
}

// long is "" if the kernel can compute x as a long, else the reason why not.
func (c computable) long(x ir.Expr) string {
	switch x := x.(type) {
	case *ir.Int:
		return ""
	case *ir.GlobalRef:
		if reason := c.fixed(x.Global); reason != "" {
			return reason
		}
		if x.Global.Type.Kind != types.Long {
			return fmt.Sprintf("'%s' is a string", x.Global.Name)
		}
		return ""
	case *ir.Elem:
		if x.Global.Type.Kind != types.Long {
			return fmt.Sprintf("the elements of '%s' are strings", x.Global.Name)
		}
		return c.element(x.Global, x.Keys)
	case *ir.In:
		return c.element(x.Global, x.Keys)
	case *ir.Unary:
		return c.long(x.X)
	case *ir.Binary:
		return c.binary(x)
	case *ir.Logical:
		return c.longs(x.X, x.Y)
	case *ir.Cond:
		return c.longs(x.C, x.X, x.Y)
	case *ir.Builtin:
		return c.builtin(x)
	case *ir.AtEntry:
		return c.atEntry(x)
	case *ir.Step:
		if c.steps && isLocal(x.Left) {
			return ""
		}
	case *ir.Assign:
		if c.steps && isLocal(x.Left) && x.Op == ir.OpNone {
			return c.long(x.Value)
		}
	}
	return c.other(x)
}

func isLocal(p ir.Place) bool {
	r, ok := p.(*ir.LocalRef)
	return ok && r.Local.Type.Kind == types.Long
}

// atEntry allows numbers that the kernel can compute when the call begins.
func (c computable) atEntry(x *ir.AtEntry) string {
	if x.Type().Kind != types.Long {
		return "texts from the call's entry are compared in the VM"
	}
	if c.entry != nil {
		if reason := c.entry(x); reason != "" {
			return reason
		}
	}
	then := computable{fixed: c.fixed, asked: c.asked, automata: c.automata, names: "texts from the call's entry are compared in the VM"}
	return then.long(x.X)
}

func (c computable) longs(xs ...ir.Expr) string {
	for _, x := range xs {
		if reason := c.long(x); reason != "" {
			return reason
		}
	}
	return ""
}

// other gives the reason for what the kernel never computes.
func (c computable) other(x ir.Expr) string {
	switch x := x.(type) {
	case *ir.LocalRef:
		if c.local != nil {
			return c.local(x.Local)
		}
		return fmt.Sprintf("'%s' is a variable of the handler", x.Local.Name)
	case *ir.Assign, *ir.Step, *ir.StatAdd:
		return "it assigns"
	case *ir.StatOp, *ir.HistBucket:
		return "statistics are kept in the VM"
	case *ir.Regex:
		return c.regex(x)
	case *ir.Call:
		if c.call != nil {
			return c.call(x)
		}
		return fmt.Sprintf("%s() is called in the VM", x.Func.Name)
	}
	return "texts are made in the VM"
}

// regex allows texts that the kernel has to be matched.
func (c computable) regex(x *ir.Regex) string {
	if c.asked {
		return "matched() may ask for the match"
	}
	if r, ok := TextReadOf(x.X); ok && x.Loose {
		return c.long(r.Addr)
	}
	return c.match(x.X, x.Pattern)
}

// element allows keys that are longs, or task names where the array has strings.
func (c computable) element(g *ir.Global, keys []ir.Expr) string {
	if c.resident != nil {
		if reason, ok := c.resident(g, keys); ok {
			return reason
		}
	}
	if reason := c.fixed(g); reason != "" {
		return reason
	}
	for i, k := range keys {
		switch {
		case k == nil:
			return fmt.Sprintf("the kernel can't look for any key ('*') in '%s'", g.Name)
		case g.Type.Keys[i] == types.String && !IsTaskName(k):
			return fmt.Sprintf("of strings, the kernel looks only for task names in '%s'", g.Name)
		case g.Type.Keys[i] == types.String:
		default:
			if reason := c.long(k); reason != "" {
				return reason
			}
		}
	}
	return ""
}

func (c computable) binary(x *ir.Binary) string {
	if x.X.Type().Kind == types.String {
		return c.strings(x)
	}
	if c.whole {
		return c.longs(x.X, x.Y)
	}
	v, literal := x.Y.(*ir.Int)
	switch x.Op {
	case ir.OpDiv, ir.OpMod:
		if !literal || v.Value == 0 || v.Value == -1 {
			return "the kernel divides only by literals"
		}
	case ir.OpShl, ir.OpShr, ir.OpUshr:
		if !literal || v.Value < 0 || v.Value > 63 {
			return "the kernel shifts only by literals from 0 to 63"
		}
	}
	return c.longs(x.X, x.Y)
}

// strings allows a task's name compared with a fixed global, and texts that the kernel
// has compared with each other, or their beginnings with a literal.
func (c computable) strings(x *ir.Binary) string {
	if x.Op != ir.OpEq && x.Op != ir.OpNe {
		if x.Op == ir.OpConcat {
			return c.stringReason(x)
		}
		return cmp.Or(c.text(x.X, compared), c.text(x.Y, compared), "the kernel compares strings only by == and !=")
	}
	if addr, text, ok := MemoryText(x); ok && len(text) < c.longest() {
		return c.long(addr)
	}
	if text, expr, _, ok := TextMatch(x); ok {
		return c.match(text, expr)
	}
	for _, side := range []struct{ name, other ir.Expr }{{x.X, x.Y}, {x.Y, x.X}} {
		if g, ok := side.other.(*ir.GlobalRef); ok && IsTaskName(side.name) {
			return c.fixed(g.Global)
		}
	}
	return cmp.Or(c.text(x.X, compared), c.text(x.Y, compared))
}

// stringReason prefers what the script can change to what it can't.
func (c computable) stringReason(x *ir.Binary) string {
	for n := range ir.All(x) {
		switch n := n.(type) {
		case *ir.LocalRef:
			return c.other(n)
		case *ir.GlobalRef:
			if reason := c.fixed(n.Global); reason != "" {
				return reason
			}
		case *ir.Elem:
			if reason := c.fixed(n.Global); reason != "" {
				return reason
			}
		case *ir.Builtin:
			if n.Fn.Class == builtin.Memory || n.Fn.Class == builtin.Pure {
				return fmt.Sprintf("%s() is computed in the VM", n.Fn.Name)
			}
		}
	}
	return "of strings, the kernel compares only task names"
}

func (c computable) builtin(x *ir.Builtin) string {
	switch {
	case x.Fn.Name == "get_cycles":
		return "the kernel offers no cycle counter"
	case x.Fn.Name == "isinstr":
		text, expr, _, ok := TextMatch(x)
		if !ok {
			return fmt.Sprintf("the kernel looks only for literals of at most %d bytes in texts", layout.TextSize-1)
		}
		return c.match(text, expr)
	case x.Fn.Result != types.Long:
		return fmt.Sprintf("%s() is a string", x.Fn.Name)
	}
	switch x.Fn.Class {
	case builtin.Context, builtin.Session:
		return ""
	case builtin.Argument:
		for _, a := range x.Args {
			if _, ok := a.(*ir.Int); !ok {
				return fmt.Sprintf("the number in %s() is no literal", x.Fn.Name)
			}
		}
		return ""
	case builtin.Memory:
		if !isWordRead(x.Fn) {
			return fmt.Sprintf("%s() is computed in the VM", x.Fn.Name)
		}
		return c.long(x.Args[0])
	}
	return fmt.Sprintf("%s() is computed in the VM", x.Fn.Name)
}

// isWordRead reports whether f reads a number of the traced program's memory.
func isWordRead(f *builtin.Func) bool {
	if f.Read == nil || f.Result != types.Long || len(f.Params) != 1 {
		return false
	}
	switch f.Read.Size {
	case 1, 2, 4, 8:
		return true
	}
	return false
}
