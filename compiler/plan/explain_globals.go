package plan

import (
	"cmp"
	"fmt"
	"strings"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/types"
)

// updateLines are what the kernel runs of a handler, if that is all of it.
func updateLines(p *Probe, n *naming) []string {
	if p.Update == nil || p.Never() {
		return nil
	}
	return body(n.copier("").Block(p.Update))
}

// lateLines say which events are sent when the kernel has done its part.
func lateLines(p *Probe, n *naming) []string {
	if !p.Mixed || len(p.Late) == 0 {
		return nil
	}
	xs := make([]ir.Expr, len(p.Late))
	for i, c := range p.Late {
		xs[i] = c.Expr
	}
	return []string{n.expr(conjunction(xs))}
}

// globals lists where the script's variables live.
func (e *explainer) globals() {
	var rows [][]string
	for _, g := range e.plan.IR.Globals {
		where := "VM"
		if q := e.plan.Param(g); q != nil {
			where = "VM, mirrored for the kernel: " + q.form()
		}
		if r := e.plan.Resident(g); r != nil {
			where = "kernel: " + r.form()
		}
		rows = append(rows, []string{g.Name, g.Type.String(), where, e.globalReason(g)})
	}
	if len(rows) == 0 {
		return
	}
	e.text.WriteByte('\n')
	e.heading("globals")
	for _, l := range table(rows) {
		e.text.WriteString("  " + strings.TrimRight(l, " ") + "\n")
	}
}

// globalReason says why g is where it is.
func (e *explainer) globalReason(g *ir.Global) string {
	p := planner{in: e.plan.IR, writers: findWriters(e.plan.IR)}
	if q := e.plan.Param(g); q != nil {
		return q.Source
	}
	if r := e.plan.Resident(g); r != nil {
		return r.reason()
	}
	if why := e.plan.here[g]; why != "" {
		return why
	}
	why := strings.TrimPrefix(p.fixed(g), "'"+g.Name+"' ")
	return cmp.Or(strings.TrimPrefix(why, "is "), "no filter needs it")
}

// form says how the kernel has the global.
func (r *Resident) form() string {
	what := "long"
	if r.Statistic() {
		what = "statistic"
		if h := r.Global.Histogram; h != nil {
			what = fmt.Sprintf("statistic with %d buckets", r.Words-layout.ShareBuckets)
		}
	}
	if r.Texts() {
		what = ", elements " + textForm(layout.TextSize, r.Quoted)
	} else if r.Maps[0] != "" {
		what = ""
	}
	if r.Maps[0] == "" {
		return what
	}
	keys := make([]string, len(r.Key))
	for i, k := range r.Key {
		keys[i] = types.Long.String()
		if k.Text {
			keys[i] = textForm(k.Size, k.Quoted)
		}
	}
	return fmt.Sprintf("hash map, key %s%s", strings.Join(keys, ", "), what)
}

// textForm says how the kernel has a text; the VM puts quotes around it if it is quoted.
func textForm(size int, quoted bool) string {
	text := fmt.Sprintf("text of %d bytes", size)
	if quoted {
		text += " to be quoted"
	}
	return text
}

// reason says what goes on with the global.
func (r *Resident) reason() string {
	switch {
	case r.Kind == Kept:
		return "event probes read and write it, end and error probes see what is left"
	case r.Swapped:
		return "event probes only add to it; the VM takes what they added whenever a timer, procfs or input probe looks"
	}
	return "event probes only add to it; the VM takes what they added at the end"
}
