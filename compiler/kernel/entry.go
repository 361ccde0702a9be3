package kernel

import (
	"fmt"
	"slices"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf"
	"tapir/bpf/emit"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
)

// What a return wants to know of the call's entry is captured there, in a record
// that the task keeps until the call returns. Storage that belongs to the task is
// faster than a hash map by its number, and goes when the task does.

// keeper is an entry that is kept: of a probe, or of a family.
type keeper struct {
	probe  int // the first one
	family *plan.Family
	entry  *plan.Entry
}

// entriesName is the map's name of what is kept for a probe or family.
func entriesName(k keeper) string { return fmt.Sprintf("entry_%d", k.probe) }

// keepersOf lists the entries that a plan's probes keep, one for a family.
func keepersOf(p *plan.Plan) []keeper {
	var list []keeper
	for i, pr := range p.Probes {
		switch {
		case pr.Entry == nil || !pr.InKernel:
		case pr.Family == nil:
			list = append(list, keeper{i, nil, pr.Entry})
		case pr.Family.Probes[0] == i:
			list = append(list, keeper{i, pr.Family, pr.Entry})
		}
	}
	return list
}

// keep captures the record at the entry.
func (h *handler) keep(k keeper, done emit.Label) {
	if k.entry.Record.Fixed > maxRecord {
		h.Fail("what @entry keeps takes %d bytes; at most %d are possible", k.entry.Record.Fixed, maxRecord)
		return
	}
	var xs []ir.Expr
	for _, c := range k.entry.Captures {
		xs = append(xs, c.Exprs()...)
	}
	h.needRegs(xs...)
	h.entryStorage(entriesName(k), true)
	h.If(asm.JEq, asm.R0, 0, done)
	h.Emit(asm.Mov.Reg(record, asm.R0), asm.Add.Imm(record, bpf.EntryHead))
	clock := h.shareClock(xs)
	h.room = new(int)
	h.bound = k.entry.Record.Fixed
	h.Const(cursor, int64(h.bound))
	for i, c := range k.entry.Captures {
		h.capture(c, k.entry.Record.Fields[i])
	}
	h.need(0)
	if clock != nil {
		h.clock = nil
		h.Free(*clock)
	}
	h.Emit(asm.StoreMem(record, -bpf.EntryHead, cursor, asm.Word))
	h.entrySizes[k.probe] = *h.room
	if *h.room > maxRecord {
		h.Fail("what @entry keeps may take %d bytes; at most %d are possible", *h.room, maxRecord)
	}
}

// storage puts the address of the task's value of a map into R0, or 0.
func (h *handler) storage(name string, create bool) {
	h.trustedTask(asm.R2)
	h.Map(asm.R1, name)
	h.Const(asm.R3, 0)
	h.Const(asm.R4, 0)
	if create {
		h.Const(asm.R4, 1) // BPF_LOCAL_STORAGE_GET_F_CREATE
	}
	h.Call(asm.FnTaskStorageGet)
}

// The frame of a handler that asks what was kept: where that is, and how long it is.
const (
	keptAddress = 0
	keptLength  = 8
	keptSize    = 16
)

// findEntry looks for what was kept at the call's entry, and has it forgotten. A call
// that began before the probes were there has no return for them.
func (h *handler) findEntry(none emit.Label) {
	h.entryStorage(entriesName(keeper{h.index, nil, h.probe.Entry}), false)
	h.If(asm.JEq, asm.R0, 0, none)
	h.Spill(h.kept, keptAddress, asm.R0)
	h.Emit(asm.LoadMem(asm.R2, asm.R0, 0, asm.Word))
	h.If(asm.JEq, asm.R2, 0, none)
	h.Spill(h.kept, keptLength, asm.R2)
	h.Const(asm.R1, 0)
	h.Emit(asm.StoreMem(asm.R0, 0, asm.R1, asm.Word))
}

// entryWord loads a number that was kept at the call's entry.
func (h *handler) entryWord(x *ir.AtEntry, dst asm.Register) {
	text := plan.EntryText(x)
	i := slices.IndexFunc(h.probe.Entry.Captures, func(c *plan.Capture) bool { return c.Text == text })
	if i < 0 {
		h.bug(x.Span(), "%s was not kept", text)
	}
	h.Fill(dst, h.kept, keptAddress)
	h.Emit(asm.LoadMem(dst, dst, int16(bpf.EntryHead+h.probe.Entry.Record.Fields[i].Offset), asm.DWord))
}

// takeEntry copies the record of the entry into the next tail.
func (h *handler) takeEntry() {
	f := h.probe.Entry.Field
	h.need(f.Max)
	h.Fill(asm.R3, h.kept, keptAddress)
	h.Fill(asm.R2, h.kept, keptLength)
	h.atMost(asm.R2, f.Max)
	size := h.Alloc(8)
	h.Spill(size, 0, asm.R2)
	h.Emit(asm.Add.Imm(asm.R3, bpf.EntryHead))
	h.tail(asm.R1)
	h.Call(asm.FnProbeReadKernel)
	h.Fill(asm.R1, size, 0)
	h.Free(size)
	h.atMost(asm.R1, f.Max) // older kernels forget the bounds of what is spilled
	h.describe(f, asm.R1)
	h.advance(asm.R1, f.Max)
	if byFrame(h.kind) {
		h.forgetFrame(entriesName(keeper{h.index, nil, h.probe.Entry}))
	}
}

// keepAt assembles what is kept at one call for its returns.
func (d *dispatcher) keepAt(call call) {
	for _, k := range call.keepers {
		d.keeping(k, func(h *handler, done emit.Label) { h.keep(k, done) })
	}
}

// keepForFamilies assembles what is kept at the calls of families.
func (d *dispatcher) keepForFamilies(call emit.Slot) {
	for _, k := range d.keepers {
		d.keeping(k, func(h *handler, done emit.Label) {
			h.family = &family{Family: k.family, index: d.Alloc(8), entry: d.Alloc(8)}
			h.find(call, done)
			h.keep(k, done)
			d.Free(h.family.entry)
			d.Free(h.family.index)
		})
	}
}

// keeping makes a handler that sees the call as a probe of its entry would.
func (d *dispatcher) keeping(k keeper, body func(h *handler, done emit.Label)) {
	pr := d.plan.Probes[k.probe]
	counters := d.Alloc(8) // reads of numbers that fail are counted
	h := &handler{dispatcher: d, index: k.probe, probe: pr, counters: counters, haveRegs: d.kind != builtin.SyscallEnter}
	done := h.NewLabel("kept")
	h.At(k.probe, uint32(pr.IR.Pos.Start))
	h.cpuCounters(k.probe)
	h.Spill(counters, 0, asm.R1)
	body(h, done)
	h.Bind(done)
	d.Free(counters)
}

// addKeepers puts the entries that are kept where the calls begin.
func addKeepers(p *plan.Plan, groups []program) []program {
	for _, k := range keepersOf(p) {
		var g *program
		groups, g = programAt(groups, entryHook(p.Probes[k.probe]))
		if k.family != nil {
			g.keepers = append(g.keepers, k)
			continue
		}
		c := g.call(p.Probes[k.probe].IR.Point.Number)
		c.keepers = append(c.keepers, k)
	}
	return groups
}

// entries lists the maps of what is kept.
func (c *compiler) entries() []*bpf.Entries {
	var list []*bpf.Entries
	for _, k := range keepersOf(c.plan) {
		list = append(list, &bpf.Entries{
			Name: entriesName(k), Size: (c.entrySizes[k.probe] + 7) &^ 7,
			ByFrame: byFrame(c.plan.Probes[k.probe].IR.Point.Kind),
		})
	}
	return list
}
