package plan

import (
	"fmt"

	"tapir/lang/source"
)

// Sent is the code of a probe whose events leave the kernel.
const Sent source.Code = "sent"

// RequireKernel reports the probes of the script whose events leave the kernel.
func (p *Plan) RequireKernel() *source.Diagnostics {
	ds := &source.Diagnostics{}
	said := map[source.Span]bool{}
	for _, pr := range p.Probes {
		if !pr.InKernel || pr.Update != nil && !pr.Mixed || pr.Never() || said[pr.IR.Pos] {
			continue
		}
		said[pr.IR.Pos] = true
		why := pr.Sends
		if why == "" {
			why = "the script does not fit into the kernel as a whole, or -D sets limits that are not kept there"
		}
		d := &source.Diagnostic{
			Severity: source.SemanticError, Code: Sent,
			Message: fmt.Sprintf("probe %s sends its events: %s", pr.IR.Spelling, why),
			Hint:    "count, sum and remember in event probes, and print in timer and end probes; explain says where everything is",
		}
		if p.IR.Sources != nil && pr.IR.Pos.IsValid() {
			d.Token = p.IR.Sources.TokenAt(pr.IR.Pos.Start)
		}
		ds.Add(d)
	}
	return ds
}
