package plan

import (
	"math"
	"slices"
	"strings"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/builtin"
)

// A Family is event probes, each at a call of its own, that one handler in the
// kernel serves: they have their filter in common, and their events differ only in
// what of the call's arguments they carry. A probe with a wildcard comes to one:
// `syscall.*` in some 380 handlers would be more than the verifier takes.
type Family struct {
	Kind   builtin.PointKind
	Probes []int // in Plan.Probes, ascending
	Filter []*Condition
	// Common are the captures that do not depend on which call it is. The record
	// has their fields first.
	Common []*Capture
	// Entry, if not nil, is what all members keep from the call's entry.
	Entry *Entry
	// Args is how many of the call's arguments travel, as they are in the registers.
	// Their fields follow.
	Args int
	// Reads bounds the bytes of each field of memory, which come last.
	Reads []int
	// Record is what the members' own records are parts of.
	Record layout.Record
	// Update is that of the first member. The others' differ from it in the literals
	// among their keys: Texts numbers those of it, and Sizes are the bytes that they
	// take in a key.
	Update *ir.Block
	Texts  map[*ir.Str]int
	Sizes  []int
	Quoted []bool // see layout.KeyPart
}

// minFamily is the least number of members: few handlers are faster by themselves.
const minFamily = 12

// maxReads is how many fields of memory a member's event may have.
const maxReads = 6

// families finds the probes that can share a handler, and lays out their records
// anew.
func (p *planner) families() {
	var found []*Family
	byKey := map[string]*Family{}
	for i, pr := range p.plan.Probes {
		m, ok := memberOf(pr)
		if !ok {
			continue
		}
		f := byKey[m.key]
		if f == nil {
			f = &Family{Kind: pr.IR.Point.Kind, Filter: pr.Filter, Common: m.common, Entry: pr.Entry, Update: pr.Update}
			p.numberTexts(f)
			byKey[m.key] = f
			found = append(found, f)
		}
		pr.Family, pr.Reads = f, m.reads
		f.Probes = append(f.Probes, i)
	}
	p.plan.Families = slices.DeleteFunc(found, func(f *Family) bool { return len(f.Probes) < minFamily })
	for _, pr := range p.plan.Probes {
		if pr.Family != nil && len(pr.Family.Probes) < minFamily {
			pr.Family, pr.Reads = nil, nil
		}
	}
	p.separate()
	for _, f := range p.plan.Families {
		p.layOutFamily(f)
	}
}

// separate takes members out of their families that fire at a call together with a
// probe of no family, or of the same: only whole handlers keep the order of the
// script.
func (p *planner) separate() {
	type place struct {
		kind   builtin.PointKind
		number int
	}
	alone := map[place]bool{}
	last := map[place]*Family{}
	for _, pr := range p.plan.Probes {
		if !pr.InKernel {
			continue
		}
		at := place{pr.IR.Point.Kind, pr.IR.Point.Number}
		if f := last[at]; pr.Family == nil || f != nil && slices.Index(p.plan.Families, f) >= slices.Index(p.plan.Families, pr.Family) {
			alone[at] = true
		}
		last[at] = pr.Family
	}
	for i, pr := range p.plan.Probes {
		if f := pr.Family; f != nil && alone[place{pr.IR.Point.Kind, pr.IR.Point.Number}] {
			pr.Family, pr.Reads = nil, nil
			f.Probes = slices.DeleteFunc(f.Probes, func(j int) bool { return j == i })
		}
	}
	p.plan.Families = slices.DeleteFunc(p.plan.Families, func(f *Family) bool { return len(f.Probes) == 0 })
}

// member is what a probe would be to its family.
type member struct {
	key    string // what families have in common
	common []*Capture
	reads  []MemberRead
}

// MemberRead is how the kernel reads a member's field of memory, told by a table.
type MemberRead struct {
	CString bool
	Arg     int // whose value is the address, from 1
	Add     int // to the address
	Max     int // bytes
	// Length is the number of bytes, if that is not always Max.
	Length MemberLength
}

// MemberLength is a number of bytes that an argument or the result tells.
type MemberLength struct {
	Arg    int // from 1; 0: Max bytes
	Result bool
	Kind   layout.FieldKind
	Scale  int // what that is multiplied by
}

func memberOf(pr *Probe) (member, bool) {
	var m member
	if kind := pr.IR.Point.Kind; !pr.InKernel || !kind.IsSyscall() && !kind.IsUser() && !sharesProgram(pr) || pr.Mixed {
		return m, false
	}
	key := []string{pr.IR.Point.Kind.String()}
	for _, c := range pr.Filter {
		key = append(key, ir.ExprString(c.Expr))
	}
	key = append(key, "")
	for _, c := range pr.Captures {
		switch {
		case c.AtEntry:
			if c.Kind == layout.Memory || !isCommon(c) {
				return m, false
			}
			key = append(key, c.Text)
		case c.Kind == layout.Memory && c.Read.Stack:
			if c.Cond != nil {
				return m, false
			}
			m.common = append(m.common, c)
			key = append(key, c.Text)
		case c.Kind == layout.Memory:
			r, ok := readOf(c)
			if !ok || len(m.reads) == maxReads {
				return m, false
			}
			m.reads = append(m.reads, r)
		case isCommon(c):
			m.common = append(m.common, c)
			key = append(key, c.Text)
		default:
			if _, _, ok := argumentOf(c.Value); !ok {
				return m, false
			}
		}
	}
	if pr.Update != nil {
		key = append(key, withoutTexts(pr.Update))
	}
	m.key = strings.Join(key, "\n")
	return m, true
}

// isCommon reports whether a capture is the same whichever call it is.
func isCommon(c *Capture) bool {
	for n := range ir.All(c.Value) {
		b, ok := n.(*ir.Builtin)
		if ok && (b.Fn.Class == builtin.Memory || b.Fn.Class == builtin.Argument && len(b.Args) > 0) {
			return false
		}
	}
	return true
}

// argumentOf takes an argument of the call apart: its number, and how much of the
// register counts.
func argumentOf(x ir.Expr) (n int, kind layout.FieldKind, ok bool) {
	b, ok := x.(*ir.Builtin)
	if !ok || b.Fn.Class != builtin.Argument || len(b.Args) == 0 || isRegister(b) {
		return 0, 0, false
	}
	v, ok := b.Args[0].(*ir.Int)
	if !ok || v.Value < 1 || v.Value > maxArguments {
		return 0, 0, false
	}
	return int(v.Value), argumentKinds[b.Fn.Name], true
}

// argumentKinds are the functions that look at 32 bits of an argument.
var argumentKinds = map[string]layout.FieldKind{"int_arg": layout.Int, "uint_arg": layout.Uint}

// readOf is a capture of memory as a table can say it. What the handler reads only
// under a condition is read always; where the condition does not hold, the VM does
// not look.
func readOf(c *Capture) (r MemberRead, ok bool) {
	if c.Read.Vector || c.Read.Faults() {
		return r, false
	}
	r = MemberRead{CString: c.Read.CString, Max: readMax(c.Read)}
	addr := c.Addr
	if sum, isSum := addr.(*ir.Binary); isSum && sum.Op == ir.OpAdd {
		v, isInt := sum.Y.(*ir.Int)
		if !isInt || v.Value < 0 || v.Value > math.MaxInt32 {
			return r, false
		}
		r.Add, addr = int(v.Value), sum.X
	}
	kind := layout.Word
	if r.Arg, kind, ok = argumentOf(addr); !ok || kind != layout.Word {
		return r, false
	}
	if c.Len == nil {
		return r, true
	}
	length := c.Len
	r.Length.Scale = 1
	if product, isProduct := length.(*ir.Binary); isProduct && product.Op == ir.OpMul {
		v, isInt := product.Y.(*ir.Int)
		if !isInt || v.Value < 1 || v.Value > math.MaxUint16 {
			return r, false
		}
		r.Length.Scale, length = int(v.Value), product.X
	}
	if b, isCall := length.(*ir.Builtin); isCall && b.Fn.Name == "returnval" {
		r.Length.Result = true
		return r, true
	}
	r.Length.Arg, r.Length.Kind, ok = argumentOf(length)
	return r, ok
}

// layOutFamily lays out the record of a family and gives each member its part.
func (p *planner) layOutFamily(f *Family) {
	if f.Update != nil {
		return // no record is sent
	}
	for _, i := range f.Probes {
		pr := p.plan.Probes[i]
		for j, r := range pr.Reads {
			if j == len(f.Reads) {
				f.Reads = append(f.Reads, 0)
			}
			f.Reads[j] = max(f.Reads[j], r.Max)
			f.Args = max(f.Args, r.Arg, r.Length.Arg)
		}
		for _, c := range pr.Captures {
			if n, _, ok := argumentOf(c.Value); ok {
				f.Args = max(f.Args, n)
			}
		}
	}
	var kinds []layout.FieldKind
	for _, c := range f.Common {
		kinds = append(kinds, c.Kind)
	}
	kinds = append(kinds, slices.Repeat([]layout.FieldKind{layout.Word}, f.Args)...)
	kinds = append(kinds, slices.Repeat([]layout.FieldKind{layout.Memory}, len(f.Reads))...)
	_, sizes := shapes(f.Common)
	sizes = append(append(sizes, make([]int, f.Args)...), f.Reads...)
	if f.Entry != nil {
		kinds, sizes = append(kinds, layout.Memory), append(sizes, f.Entry.Record.Max)
	}
	f.Record = layout.NewRecord(kinds, sizes)
	if f.Entry != nil {
		f.Entry.Field = f.Record.Fields[len(kinds)-1]
	}
	for _, i := range f.Probes {
		p.plan.Probes[i].share(f)
	}
}

// share makes the probe's record a part of the family's.
func (p *Probe) share(f *Family) {
	p.Record = layout.Record{Fixed: f.Record.Fixed, Max: f.Record.Max}
	p.Entry = f.Entry
	reads := f.Record.Fields[len(f.Common)+f.Args:]
	for _, c := range p.Captures {
		var field layout.Field
		if c.AtEntry {
			i := slices.IndexFunc(f.Entry.Captures, func(d *Capture) bool { return d == c })
			field = f.Entry.Record.Fields[i]
		} else if n, kind, ok := argumentOf(c.Value); ok {
			field = f.Record.Fields[len(f.Common)+n-1]
			field.Kind = kind
		} else if c.Kind == layout.Memory && !c.Read.Stack {
			field, reads = reads[0], reads[1:]
		} else {
			i := slices.IndexFunc(f.Common, func(d *Capture) bool { return d == c })
			field = f.Record.Fields[i]
		}
		p.Record.Fields = append(p.Record.Fields, field)
	}
}
