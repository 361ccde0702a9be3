package plan

import (
	"slices"
	"strings"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// usual is what the events of a recording carry whether or not the script asks for it.
var usual = []string{
	"gettimeofday_ns", "cpu_clock_ns", "cpu", "pid", "tid", "ppid", "execname", "pexecname",
	"uid", "euid", "gid", "egid", "pgrp", "sid", "_in_target",
}

// usualArguments is how many arguments of a system call are among that.
const usualArguments = 6

// IsUsual reports whether the text of a capture is that of one that all recordings have.
func IsUsual(text string) bool {
	name, argument, ok := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	return ok && (argument == "" && (slices.Contains(usual, name) || name == "returnval") || name == "long_arg")
}

// keepUsual adds to a probe's captures what scripts usually ask for.
func (p *planner) keepUsual(out *Probe) {
	at := ir.At{Pos: out.IR.Pos}
	for _, name := range usual {
		p.keepValue(out, &ir.Builtin{At: at, Fn: builtin.Lookup(name)})
	}
	switch out.IR.Point.Kind {
	case builtin.SyscallEnter:
		for n := range usualArguments {
			p.keepValue(out, &ir.Builtin{At: at, Fn: builtin.Lookup("long_arg"), Args: []ir.Expr{&ir.Int{At: at, Value: int64(n + 1)}}})
		}
	case builtin.SyscallExit:
		p.keepValue(out, &ir.Builtin{At: at, Fn: builtin.Lookup("returnval")})
	}
}

func (p *planner) keepValue(out *Probe, x *ir.Builtin) {
	kind := layout.Word
	if x.Fn.Result == types.String {
		kind = layout.Comm
	}
	c := p.shared(&Capture{Text: ir.ExprString(x), Kind: kind, Value: x})
	if !slices.Contains(out.Captures, c) {
		out.Captures = append(out.Captures, c)
	}
}

// sifted has the kernel test what it can of the conditions in front of a handler that
// stays whole: the VM tests them once more, and raises the error where one fails.
func (h *handler) sifted() {
	body := ir.Copier{}.Block(h.body)
	body.Stmts = slices.DeleteFunc(splice(nil, body.Stmts), isKept)
	h.filter(body.Stmts)
	h.out.Notes = nil
	h.out.Filter = slices.DeleteFunc(h.out.Filter, func(c *Condition) bool {
		for n := range ir.All(c.Expr) {
			if b, ok := n.(*ir.Builtin); ok && b.Fn.MayFault() {
				return true
			}
		}
		return false
	})
	order(h.out.Filter)
}

// isKept reports whether a statement only says what a recording keeps.
func isKept(s ir.Stmt) bool {
	e, ok := s.(*ir.Eval)
	if !ok {
		return false
	}
	x, ok := e.X.(*ir.Builtin)
	return ok && x.Fn.Name == builtin.Kept
}

// level gives all probes at one point the same captures, so that a script with other
// handlers there finds each of its own in the events of any of them.
func (p *planner) level() {
	type point struct {
		kind builtin.PointKind
		name string
	}
	at := func(pr *Probe) point { return point{pr.IR.Point.Kind, pr.IR.Point.Name} }
	captures := map[point][]*Capture{}
	add := func(to, from []*Capture) []*Capture {
		for _, c := range from {
			if !slices.Contains(to, c) {
				to = append(to, c)
			}
		}
		return to
	}
	for _, pr := range p.plan.Probes {
		if pr.SendsEvents() {
			captures[at(pr)] = add(captures[at(pr)], pr.Captures)
		}
	}
	for _, pr := range p.plan.Probes {
		if pr.SendsEvents() {
			pr.Captures = add(pr.Captures, captures[at(pr)])
			layOut(pr)
		}
	}
}

// SendsEvents reports whether records of the probe's events leave the kernel.
func (p *Probe) SendsEvents() bool {
	return p.InKernel && p.IR.Point.Kind.IsEvent() && (p.Update == nil || p.Mixed)
}

// Asks reports whether x is in what the VM runs of the probe.
func (p *Probe) Asks(x *ir.Builtin) bool {
	for n := range reach(p.Body) {
		if n == ir.Node(x) {
			return true
		}
	}
	return false
}
