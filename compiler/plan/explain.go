package plan

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/source"
	"tapir/lang/types"
)

// ExplainOptions say how Explain writes.
type ExplainOptions struct {
	Color bool // headings in bold
	// Only, if not nil, says which probes are explained; then the globals are left out.
	Only func(*ir.Probe) bool
}

// Explain tells a person what runs where, and why: for each probe of the script
// the attach points, the filter, what an event carries and what is left for the
// VM; then where the globals live.
func (p *Plan) Explain(w io.Writer, o ExplainOptions) error {
	e := explainer{plan: p, o: o}
	for _, group := range p.groups() {
		if o.Only != nil && !o.Only(group[0].IR) {
			continue
		}
		if e.text.Len() > 0 {
			e.text.WriteByte('\n')
		}
		e.probe(group)
	}
	if o.Only == nil {
		e.globals()
	}
	if _, err := io.WriteString(w, e.text.String()); err != nil {
		return fmt.Errorf("explain: %w", err)
	}
	return nil
}

// groups puts together the probes that one point of the script stands for.
func (p *Plan) groups() [][]*Probe {
	var groups [][]*Probe
	families := map[placed]int{} // which group has the first member
	for i, pr := range p.Probes {
		if pr.Family != nil {
			at := placed{pr.Family, pr.IR.Pos}
			if g, ok := families[at]; ok {
				groups[g] = append(groups[g], pr)
				continue
			}
			families[at] = len(groups)
		}
		if i > 0 && pr.Family == nil && p.Probes[i-1].Family == nil &&
			pr.IR.Spelling == p.Probes[i-1].IR.Spelling && pr.IR.Pos == p.Probes[i-1].IR.Pos {
			groups[len(groups)-1] = append(groups[len(groups)-1], pr)
			continue
		}
		groups = append(groups, []*Probe{pr})
	}
	return groups
}

// placed is the members of a family that one place in the script stands for.
type placed struct {
	family *Family
	pos    source.Span
}

type explainer struct {
	plan *Plan
	o    ExplainOptions
	text strings.Builder
}

// labelWidth is the width of the column that says what a line is about.
const labelWidth = 8

// maxLines is how many lines of a handler are shown.
const maxLines = 12

func (e *explainer) heading(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if e.o.Color {
		text = "\x1b[1m" + text + "\x1b[m"
	}
	e.text.WriteString(text + "\n")
}

// section writes lines beside a label.
func (e *explainer) section(label string, lines ...string) {
	for i, l := range lines {
		if i > 0 {
			label = ""
		}
		e.text.WriteString(strings.TrimRight(fmt.Sprintf("  %-*s%s", labelWidth, label, l), " ") + "\n")
	}
}

func (e *explainer) probe(group []*Probe) {
	first := group[0]
	if first.Family != nil {
		e.family(group)
		return
	}
	e.heading("probe %s  (%s)", first.IR.Spelling, place(e.plan.IR.Sources, first.IR.Pos))
	if !first.IR.Point.Kind.IsEvent() {
		e.section("runs", whenHere(first.IR))
		e.section("VM", body(e.plan.Shown(first.Body))...)
		return
	}
	if first.IR.Point.Kind == builtin.Counter {
		e.counter(first)
		return
	}
	names := make(map[*Probe]*naming, len(group))
	for _, p := range group {
		names[p] = p.naming()
	}
	e.section("attach", attachLines(group)...)
	e.section("filter", perPoint(group, func(p *Probe) []string { return []string{filterText(p, names[p])} })...)
	e.section("params", e.params(group)...)
	e.section("kernel", perPoint(group, func(p *Probe) []string { return updateLines(p, names[p]) })...)
	e.section("sent if", perPoint(group, func(p *Probe) []string { return lateLines(p, names[p]) })...)
	e.section("event", perPoint(group, func(p *Probe) []string { return eventLines(p, names[p]) })...)
	e.section("VM", perPoint(group, func(p *Probe) []string {
		if p.Update != nil && !p.Mixed {
			return nil
		}
		return body(names[p].copier("").Block(e.plan.Shown(p.Body)))
	})...)
	e.section("where", perPoint(group, func(p *Probe) []string { return names[p].meanings(p) })...)
	e.section("why", e.why(group)...)
}

// counter explains a counter.
func (e *explainer) counter(p *Probe) {
	event := p.IR.Point.Perf
	e.section("attach", fmt.Sprintf("performance event of each CPU, type %d, config %#x", event.Type, event.Config), "raw tracepoint sched_switch")
	e.section("filter", filterText(p, p.naming()))
	e.section("kernel", "adds what the CPU has counted to the thread that leaves it, for @perf")
	e.section("event", "none")
}

// whenHere says when a probe runs that needs no kernel.
func whenHere(p *ir.Probe) string {
	switch p.Point.Kind {
	case builtin.Begin:
		return "in the VM, before the other probes are attached"
	case builtin.End:
		return "in the VM, after the last event"
	case builtin.Error:
		return "in the VM, instead of the end probes, after an error"
	case builtin.Timer:
		return fmt.Sprintf("in the VM, by a timer of %s", interval(p.Point.Interval))
	case builtin.FileRead:
		return fmt.Sprintf("in the VM, whenever the session's file %q is read", p.Point.File.Path)
	case builtin.FileWrite:
		return fmt.Sprintf("in the VM, whenever the session's file %q is written to", p.Point.File.Path)
	case builtin.InputChar:
		return "in the VM, for each character of standard input"
	case builtin.InputLine:
		return "in the VM, for each line of standard input"
	}
	return "never"
}

// interval is a time in its largest unit that divides it.
func interval(ns int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}} {
		if ns%u.size == 0 {
			return fmt.Sprintf("%d %s", ns/u.size, u.name)
		}
	}
	return fmt.Sprintf("%d ns", ns)
}

func attachLines(group []*Probe) []string {
	if p := group[0].IR.Point; p.Kind.Interrupts() {
		return []string{eventLine(p)}
	}
	if group[0].IR.Point.Kind.IsFunction() {
		return functionLines(group)
	}
	if t := group[0].IR.Point.Trace; t != nil {
		return []string{"raw tracepoint " + t.Name}
	}
	if group[0].IR.Point.User != nil {
		return userLines(group)
	}
	var calls []string
	for _, p := range group {
		if p.IR.Point.Number == builtin.AnyCall {
			calls = append(calls, "every call")
			continue
		}
		calls = append(calls, fmt.Sprintf("%s (%d)", p.IR.Point.Syscall, p.IR.Point.Number))
	}
	where := "sys_enter"
	if group[0].IR.Point.Kind == builtin.SyscallExit {
		where = "sys_exit"
	}
	return []string{fmt.Sprintf("raw tracepoint %s, %s", where, strings.Join(calls, ", "))}
}

// eventLine says what makes a profile or watchpoint fire.
func eventLine(p check.Point) string {
	switch e, w := p.Perf, p.Watched; {
	case e != nil:
		return fmt.Sprintf("performance event of each CPU, type %d, config %#x, %s", e.Type, e.Config, e)
	case w != nil && w.Reads:
		return fmt.Sprintf("watchpoint on each CPU, %s at %#x, read or written", counted(w.Length), w.Address)
	case w != nil:
		return fmt.Sprintf("watchpoint on each CPU, %s at %#x, written", counted(w.Length), w.Address)
	}
	return fmt.Sprintf("clock of each CPU, every %s", interval(p.Interval))
}

// counted is a number of bytes with its noun.
func counted(bytes int) string {
	if bytes == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// perPoint gives the lines that text makes of each probe of a group, once if they
// are the same for all, else each under its call's name.
func perPoint(group []*Probe, text func(*Probe) []string) []string {
	var lines []string
	width, same := 0, true
	for _, p := range group {
		same = same && slices.Equal(text(p), text(group[0]))
		width = max(width, len(calledName(p))+2)
	}
	if same {
		return text(group[0])
	}
	for _, p := range group {
		name := calledName(p) + ":"
		for _, l := range text(p) {
			lines = append(lines, fmt.Sprintf("%-*s%s", width, name, l))
			name = ""
		}
	}
	return lines
}

// calledName is what is called where the probe is.
func calledName(p *Probe) string {
	if f := p.IR.Point.Function; f != nil {
		return functionName(f)
	}
	if t := p.IR.Point.Trace; t != nil {
		return t.Name
	}
	return p.IR.Point.Syscall
}

func filterText(p *Probe, n *naming) string {
	becomes := "sent"
	if p.Update != nil {
		becomes = "dealt with"
	}
	if len(p.Filter) == 0 {
		return "none: every " + happening(p) + " is " + becomes
	}
	if p.Never() {
		return "0: no " + happening(p) + " is ever " + becomes
	}
	xs := make([]ir.Expr, len(p.Filter))
	for i, c := range p.Filter {
		xs[i] = c.Expr
	}
	return n.expr(conjunction(xs))
}

// happening is what makes the probe fire.
func happening(p *Probe) string {
	switch k := p.IR.Point.Kind; {
	case k == builtin.Watch:
		return "access"
	case k == builtin.Counter:
		return "change of the task"
	case k == builtin.Profile && p.IR.Point.Perf == nil:
		return "tick"
	case k == builtin.Profile:
		return "sample"
	case k == builtin.Trace:
		return "event"
	}
	return "call"
}

// params are those that the group's filters and captures read.
func (e *explainer) params(group []*Probe) []string {
	read := map[*ir.Global]bool{}
	for _, p := range group {
		for _, n := range p.kernelNodes(true) {
			for n := range reach(n) {
				if g := mentioned(n); g != nil {
					read[g] = true
				}
			}
		}
	}
	var rows [][]string
	for _, q := range e.plan.Params {
		if read[q.Global] {
			rows = append(rows, []string{q.Global.Name, q.form(), "from " + q.Source})
		}
	}
	return table(rows)
}

// form says how the kernel has the parameter.
func (q *Param) form() string {
	switch q.Kind {
	case LongParam, SwitchParam:
		return "long in the state map"
	case CommParam:
		return "task name in the state map"
	}
	keys := make([]string, len(q.Key))
	for i, k := range q.Key {
		keys[i] = types.Long.String()
		if k == layout.Comm {
			keys[i] = "task name"
		}
	}
	return fmt.Sprintf("hash map, key %s", strings.Join(keys, ", "))
}

// eventLines lists the fields of a probe's record.
func eventLines(p *Probe, n *naming) []string {
	switch {
	case p.Never():
		return nil
	case p.Update != nil && !p.Mixed:
		return []string{"none"}
	}
	rows := make([][]string, 0, len(p.Captures)+1)
	for i, c := range p.Captures {
		f := p.Record.Fields[i]
		tail, text := "", ""
		show := n.expr
		if c.AtEntry {
			show = func(x ir.Expr) string { return "@entry(" + ir.ExprString(x) + ")" }
		}
		if f.Kind == layout.Memory {
			text = memoryText(c, show)
			tail = fmt.Sprintf("+ up to %d", f.Max)
		}
		if f.Kind != layout.Memory {
			text = show(c.Value)
		}
		rows = append(rows, []string{text, bytesText(f.Kind.Size()), tail})
	}
	tail := ""
	if p.Record.Max > p.Record.Fixed {
		tail = fmt.Sprintf("up to %d", p.Record.Max)
	}
	with := fmt.Sprintf("with the header of %d", layout.HeaderSize)
	if words := p.FaultWords(); words > 0 {
		with += fmt.Sprintf(" and %d about what can't be read", 8*words)
	}
	rows = append(rows, []string{with, bytesText(p.Record.Fixed), tail})
	return table(rows)
}

func bytesText(n int) string { return fmt.Sprintf("%3d bytes", n) }

// body is a handler as text, cut to a few lines, without statements that only count.
func body(b *ir.Block) []string {
	b = &ir.Block{At: b.At, Stmts: slices.DeleteFunc(slices.Clone(b.Stmts), isIdle)}
	if len(b.Stmts) == 0 {
		return []string{"nothing"}
	}
	lines := strings.Split(strings.TrimRight(ir.StmtString(b), "\n"), "\n")
	if n := len(lines) - maxLines; n > 1 {
		lines = append(lines[:maxLines], fmt.Sprintf("… %d more lines", n))
	}
	return lines
}

// table aligns the columns of rows, of which the last is not padded.
func table(rows [][]string) []string {
	var widths []int
	for _, r := range rows {
		for i, c := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len([]rune(c)))
		}
	}
	lines := make([]string, len(rows))
	for i, r := range rows {
		var b strings.Builder
		for j, c := range r {
			if j < len(r)-1 {
				c += strings.Repeat(" ", widths[j]-len([]rune(c))+2)
			}
			b.WriteString(c)
		}
		lines[i] = strings.TrimRight(b.String(), " ")
	}
	return lines
}

// why gives the reasons for what the group leaves to the VM.
func (e *explainer) why(group []*Probe) []string {
	var lines []string
	for _, p := range group {
		for _, n := range p.Notes {
			lines = append(lines, n.Text)
		}
		lines = append(lines, e.doings(p.Body)...)
	}
	return unique(lines)
}

func unique(lines []string) []string {
	var out []string
	for _, l := range lines {
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// doings says what in a handler only the VM can do.
func (e *explainer) doings(b *ir.Block) []string {
	places := map[string][]string{}
	var kinds []string
	note := func(kind string, n ir.Node) {
		if places[kind] == nil {
			kinds = append(kinds, kind)
		}
		places[kind] = append(places[kind], place(e.plan.IR.Sources, n.Span()))
	}
	for n := range reach(b) {
		if kind := doing(n); kind != "" {
			note(kind, n)
		}
	}
	var lines []string
	for _, kind := range kinds {
		at := unique(places[kind])
		if n := len(at) - 3; n > 0 {
			at = append(at[:3], fmt.Sprintf("%d more", n))
		}
		lines = append(lines, kind+" at "+strings.Join(at, ", "))
	}
	return lines
}

func doing(n ir.Node) string {
	if g := written(n); g != nil {
		return fmt.Sprintf("writes '%s'", g.Name)
	}
	switch n := n.(type) {
	case *ir.Print, *ir.PrintHist:
		return "prints"
	case *ir.StatOp:
		return "asks a statistic"
	case *ir.HistBucket, *ir.HistText:
		return "asks a histogram"
	case *ir.Regex:
		return "matches a regular expression"
	case *ir.Try:
		return "catches errors"
	case *ir.Loop, *ir.Foreach:
		return "loops"
	case *ir.Builtin:
		if n.Fn.Class == builtin.Effect {
			return "calls " + n.Fn.Name + "()"
		}
	}
	return ""
}
