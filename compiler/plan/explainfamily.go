package plan

import (
	"fmt"
	"strings"

	"tapir/bpf/layout"
	"tapir/lang/builtin"
)

// shownMembers is how many of a family's points are named.
const shownMembers = 4

// family explains the members of a family that stem from one probe of the script.
func (e *explainer) family(group []*Probe) {
	first, f := group[0], group[0].Family
	var spellings []string
	for _, p := range group[:min(len(group), shownMembers)] {
		spellings = append(spellings, p.IR.Spelling)
	}
	more := ""
	if n := len(group) - shownMembers; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	e.heading("probe %s%s  (%s)", strings.Join(spellings, ", "), more, place(e.plan.IR.Sources, first.IR.Pos))
	n := first.naming()
	e.section("attach", fmt.Sprintf("%s, one handler for %d calls", familyPlace(f.Kind), len(f.Probes)))
	e.section("filter", filterText(first, n))
	e.section("params", e.params(group)...)
	if f.Update != nil {
		e.section("kernel", "of "+first.IR.Spelling+":")
		e.section("", updateLines(first, n)...)
		e.section("event", "none")
		return
	}
	e.section("event", familyLines(f, n)...)
	e.section("VM", "of "+first.IR.Spelling+":")
	e.section("", body(n.copier("").Block(e.plan.Shown(first.Body)))...)
	e.section("where", n.meanings(first)...)
	e.section("why", e.why(group[:1])...)
}

// familyPlace is by what the kernel starts the handler of a family.
func familyPlace(kind builtin.PointKind) string {
	switch {
	case kind == builtin.SyscallExit:
		return "raw tracepoint sys_exit"
	case kind.IsSyscall():
		return "raw tracepoint sys_enter"
	case kind.IsUser() && kind.IsReturn():
		return "uretprobes"
	case kind.IsUser():
		return "uprobes"
	case kind.IsReturn():
		return "kretprobes"
	}
	return "kprobes"
}

// familyLines lists the fields of a family's record.
func familyLines(f *Family, n *naming) []string {
	var rows [][]string
	row := func(text string, size, tail int) {
		cells := []string{text, bytesText(size), ""}
		if tail > 0 {
			cells[2] = fmt.Sprintf("+ up to %d", tail)
		}
		rows = append(rows, cells)
	}
	for _, c := range f.Common {
		row(n.expr(c.Value), c.Kind.Size(), 0)
	}
	if f.Args > 0 {
		row(fmt.Sprintf("the first %d arguments", f.Args), f.Args*layout.Word.Size(), 0)
	}
	for i, most := range f.Reads {
		row(fmt.Sprintf("memory that the call's argument points to, %d of %d", i+1, len(f.Reads)), layout.Memory.Size(), most)
	}
	if f.Entry != nil {
		row("what was kept at the entry", layout.Memory.Size(), f.Entry.Record.Max)
	}
	row(fmt.Sprintf("with the header of %d", layout.HeaderSize), f.Record.Fixed, 0)
	if f.Record.Max > f.Record.Fixed {
		rows[len(rows)-1][2] = fmt.Sprintf("up to %d", f.Record.Max)
	}
	return table(rows)
}
