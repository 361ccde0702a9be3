package plan

import (
	"fmt"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/source"
	"tapir/lang/types"
)

// switches gives each place in the script that has probes in the kernel a switch, which
// is the first condition of their filters.
func (p *planner) switches() {
	at := map[source.Span]*Param{}
	for _, probe := range p.plan.Probes {
		if !probe.IR.Point.Kind.IsEvent() {
			continue
		}
		q := at[probe.IR.Pos]
		if q == nil {
			q = p.newSwitch(len(at))
			at[probe.IR.Pos] = q
		}
		probe.Switch = q
		on := &Condition{Expr: &ir.GlobalRef{Global: q.Global}, Pos: probe.IR.Pos}
		probe.Filter = append([]*Condition{on}, probe.Filter...)
	}
}

// newSwitch makes a parameter that no global of the script stands behind.
func (p *planner) newSwitch(n int) *Param {
	q := &Param{
		Global: &ir.Global{Name: fmt.Sprintf("switch %d", n+1), Type: types.TLong, Index: -1},
		Kind:   SwitchParam, Offset: p.plan.StateSize, Source: "tapir",
	}
	p.plan.StateSize += layout.LongParamSize
	p.plan.Params = append(p.plan.Params, q)
	return q
}
