package plan

import (
	"tapir/compiler/ir"
	"tapir/lang/builtin"
)

// here plans a probe that fires in tapir itself: begin, end, error or a timer. What it
// wants to know of the kernel's data is taken by a program that runs when the probe
// does, on tapir's own thread, and travels in a record as that of an event.
func (p *planner) here(out *Probe) {
	body := ir.Copier{}.Block(out.IR.Body)
	body.Stmts = splice(nil, body.Stmts)
	out.Body = body
	defs := p.definitions(body)
	p.connect(body, defs)
	p.checkHere(out)
	for n := range reach(body) {
		x, ok := n.(*ir.Builtin)
		if !ok || !asksKernel(x) && p.plan.words[x] == nil {
			continue
		}
		m := p.moments[x]
		if m.reason != "" {
			if !canBeLate(x) {
				p.refuseAddress(x, m)
			}
			p.plan.Late[x] = true
			continue
		}
		out.InKernel = true
		p.plan.CaptureOf[x] = p.carry(out, m.capture)
	}
	layOut(out)
}

// canBeLate reports whether x may as well be read when the code comes to it: the probe
// is at no event that will be over then.
func canBeLate(x *ir.Builtin) bool {
	return x.Fn.Class == builtin.Memory && x.Fn.Read != nil && !x.Fn.Read.Path && !x.Fn.Read.Task && !x.Fn.Read.Vector
}

// asksKernel reports whether only the kernel can answer x.
func asksKernel(x *ir.Builtin) bool {
	return x.Fn.Name == "_current_task" || x.Fn.Class == builtin.Memory && x.Fn.Read.Space == builtin.Kernel && !x.Fn.Read.Stack
}
