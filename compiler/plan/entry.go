package plan

import (
	"fmt"
	"iter"
	"slices"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/source"
)

// Entry is what a probe of a return keeps from the call's entry, for @entry. The
// kernel captures it when the call begins, as the record of an event that is not
// sent; when the call returns, that record is a field of memory in the return's own.
type Entry struct {
	Captures []*Capture
	Record   layout.Record
	// Field is where the return's record has the entry's.
	Field layout.Field
}

// NoEntry is the code of what @entry can't be of.
const NoEntry source.Code = "not-at-entry"

// entry makes the argument of an @entry, which it changes, what the VM computes from
// the entry's captures when the call returns.
func (p *planner) entry(x *ir.AtEntry) {
	x.X = p.closedForm(x.X, nil)
	if reason := p.notAtEntry(x.X); reason != "" {
		p.refuseAt(source.Token{Kind: source.Operator, Text: "@entry", Span: x.Token()}, NoEntry, "@entry(…) can't be known when the call begins: "+reason,
			"@entry takes what the call and the kernel know at that moment: arguments, pid() and its like, times, strings of the program")
		return
	}
	ir.Walk(x.X, func(n ir.Node) bool {
		b, ok := n.(*ir.Builtin)
		if !ok {
			return true
		}
		p.moment(b, nil)
		if m, ok := p.moments[b]; ok && m.capture != nil {
			m.capture.AtEntry = true
			m.capture.Text = EntryText(&ir.AtEntry{X: b})
			if m.capture.Kind == layout.Memory {
				m.capture.Text = "@entry(" + memoryText(m.capture, ir.ExprString) + ")"
			}
			p.moments[b] = m
		}
		return true
	})
}

// notAtEntry is "" if x, in closed form, is made of what is known when the call
// begins; else the reason why not.
func (p *planner) notAtEntry(x ir.Expr) string {
	if p.effects.of(x)&visible != 0 {
		return p.describe(x)
	}
	return p.changeable(x, nil, p.asksInCall)
}

// entryReason says why the argument of an @entry is not known when the call begins.
func (p *planner) entryReason(x *ir.AtEntry) string { return p.notAtEntry(x.X) }

// EntryText names the value of an @entry among a probe's captures.
func EntryText(x *ir.AtEntry) string { return "@entry(" + ir.ExprString(x.X) + ")" }

// entryWords adds to a probe's captures the numbers from the call's entry that the
// kernel itself computes with when the call returns.
func (p *planner) entryWords(out *Probe) {
	for x := range out.EntryWords() {
		c := p.shared(&Capture{Text: EntryText(x), Kind: layout.Word, Value: ir.Copier{}.Expr(x.X), AtEntry: true})
		if !slices.Contains(out.Captures, c) {
			out.Captures = append(out.Captures, c)
		}
	}
}

// EntryWords are the values from the call's entry that the kernel computes with when
// the call returns.
func (p *Probe) EntryWords() iter.Seq[*ir.AtEntry] {
	return func(yield func(*ir.AtEntry) bool) {
		for _, n := range p.kernelNodes(false) {
			for n := range reach(n) {
				if x, ok := n.(*ir.AtEntry); ok && !yield(x) {
					return
				}
			}
		}
	}
}

// kernelNodes is all that the kernel runs of the probe when it fires, or, with entry,
// when the call begins as well.
func (p *Probe) kernelNodes(entry bool) []ir.Node {
	var nodes []ir.Node
	for _, c := range slices.Concat(p.Filter, p.Late) {
		nodes = append(nodes, c.Expr)
	}
	for _, c := range p.Captures {
		if c.AtEntry && !entry {
			continue
		}
		for _, x := range c.Exprs() {
			nodes = append(nodes, x)
		}
	}
	if p.Update != nil {
		nodes = append(nodes, p.Update)
	}
	return nodes
}

// asksInCall allows calls of functions that ask nothing about the moment.
func (p *planner) asksInCall(c *ir.Call) string {
	for n := range reach(c) {
		b, ok := n.(*ir.Builtin)
		if ok && (b.Fn.Class == builtin.Context || b.Fn.Class == builtin.Argument || b.Fn.Class == builtin.Memory) {
			return fmt.Sprintf("%s() asks for %s(), and runs in the VM", c.Func.Name, b.Fn.Name)
		}
	}
	return ""
}

// layOut gives the captures of a probe their places in its record, and those of the
// call's entry theirs in that one's.
func layOut(p *Probe) {
	var now, then []*Capture
	for _, c := range p.Captures {
		if c.AtEntry {
			then = append(then, c)
		} else {
			now = append(now, c)
		}
	}
	kinds, sizes := shapes(now)
	if len(then) == 0 {
		p.Record = p.withFaults(layout.NewRecord(kinds, sizes))
		return
	}
	p.Entry = newEntry(then)
	r := p.withFaults(layout.NewRecord(append(kinds, layout.Memory), append(sizes, p.Entry.Record.Max)))
	p.Entry.Field = r.Fields[len(now)]
	p.place(r, now)
}

// newEntry lays out a record for what is captured at the entry.
func newEntry(captures []*Capture) *Entry {
	return &Entry{Captures: captures, Record: layout.NewRecord(shapes(captures))}
}

// place makes r the probe's record, which has the fields of now; those of the entry
// are in the entry's record.
func (p *Probe) place(r layout.Record, now []*Capture) {
	fields := make([]layout.Field, 0, len(p.Captures))
	for _, c := range p.Captures {
		if c.AtEntry {
			fields = append(fields, p.Entry.Record.Fields[slices.Index(p.Entry.Captures, c)])
		} else {
			fields = append(fields, r.Fields[slices.Index(now, c)])
		}
	}
	r.Fields = fields
	p.Record = r
}

// shapes is the kinds of captures, and the most bytes of those that are memory.
func shapes(captures []*Capture) (kinds []layout.FieldKind, sizes []int) {
	for _, c := range captures {
		size := 0
		if c.Kind == layout.Memory {
			size = readMax(c.Read)
		}
		kinds = append(kinds, c.Kind)
		sizes = append(sizes, size)
	}
	return kinds, sizes
}

// readMax is the most bytes that a read can give.
func readMax(r *builtin.Read) int {
	if r.Size > 0 {
		return r.Size
	}
	return r.Max
}
