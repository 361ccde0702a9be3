package kernel

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf"
	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
)

// A family's handler is one for many calls. What is peculiar to each it finds in a
// table, by the call's number: the index of the probe, and how its fields of memory
// are read. See layout.MemberSize.

// family is a handler's part that is there for a family alone.
type family struct {
	*plan.Family
	index emit.Slot // holds the index of the call's probe
	entry emit.Slot // holds the address of the call's entry in the table
}

// handleFamilies assembles the handlers of the families, one behind the other.
func (d *dispatcher) handleFamilies(counters emit.Slot) {
	call := d.Alloc(8)
	d.Spill(call, 0, number)
	d.enter()
	d.keepForFamilies(call)
	for _, f := range d.families {
		first := d.plan.Probes[f.Probes[0]]
		h := &handler{
			dispatcher: d,
			index:      f.Probes[0],
			probe:      &plan.Probe{IR: first.IR, Filter: f.Filter, Captures: f.Common, Record: f.Record, Entry: f.Entry, Update: f.Update},
			counters:   counters,
			alone:      len(d.families) == 1,
			haveRegs:   d.kind != builtin.SyscallEnter,
			family:     &family{Family: f, index: d.Alloc(8), entry: d.Alloc(8)},
		}
		next := d.NewLabel("stranger")
		h.At(h.index, uint32(first.IR.Pos.Start))
		h.find(call, next)
		h.hitMember()
		h.judge()
		d.Bind(next)
		d.Free(h.family.entry)
		d.Free(h.family.index)
	}
	d.Free(call)
	d.Goto(d.exit)
}

// memberIndex and memberEntry hold what find found. They hold nothing else yet, and
// survive calls.
const memberIndex, memberEntry = asm.R8, asm.R9

// find looks for the call in the family's table.
func (h *handler) find(call emit.Slot, stranger emit.Label) {
	const index, entry = memberIndex, memberEntry
	size := int64(memberSize(h.family.Family))
	h.Fill(entry, call, 0)
	h.If(asm.JGE, entry, int64(members(h.compiler.plan, h.family.Family)), stranger)
	h.Imm(asm.Mul, entry, size)
	h.Value(asm.R1, tableName(h.compiler.plan, h.family.Family), 0)
	h.Emit(asm.Add.Reg(entry, asm.R1), asm.LoadMem(index, entry, 0, asm.Word))
	h.If(asm.JEq, index, 0, stranger)
	h.Emit(asm.Sub.Imm(index, 1))
	h.If(asm.JGE, index, int64(h.compiler.counters.Probes), stranger) // never; the verifier wants to see it
	h.Spill(h.family.index, 0, index)
	h.Spill(h.family.entry, 0, entry)
}

// hitMember counts the hit of the probe that find found.
func (h *handler) hitMember() {
	h.cpuCounters(0)
	h.Imm(asm.Mul, memberIndex, layout.CounterSize)
	h.Emit(asm.Add.Reg(asm.R1, memberIndex))
	h.Spill(h.counters, 0, asm.R1)
	h.bump(asm.R1, layout.Hits)
}

// arguments copies the call's arguments into the record.
func (h *handler) arguments() {
	fields := h.family.Record.Fields[len(h.family.Common):]
	for i := range h.family.Args {
		h.Emit(
			asm.LoadMem(asm.R0, regs, int16(h.registers()[i]), asm.DWord),
			asm.StoreMem(record, int16(fields[i].Offset), asm.R0, asm.DWord))
	}
}

// reads reads memory into the record as the call's entry in the table says.
//
// The verifier goes through a field's ways one by one, and through all that follows
// for each, unless it has seen more than what is left of it before. Hence the way
// that may move the cursor farthest comes first.
func (h *handler) reads() {
	fields := h.family.Record.Fields[len(h.family.Common)+h.family.Args:][:len(h.family.Reads)]
	for i, f := range fields {
		at := int16(layout.MemberSize + i*layout.ReadSize)
		none, bytes, failed, end := h.NewLabel("unused"), h.NewLabel("bytes"), h.NewLabel("unreadable"), h.NewLabel("end")
		h.need(f.Max)
		h.Fill(asm.R4, h.family.entry, 0)
		h.Emit(asm.LoadMem(asm.R0, asm.R4, at+layout.ReadKind, asm.Byte))
		h.If(asm.JEq, asm.R0, layout.NoRead, none)
		h.address(at)
		h.If(asm.JEq, asm.R0, layout.ReadBytes, bytes)

		h.Emit(asm.LoadMem(asm.R2, asm.R4, at+layout.ReadMax, asm.Word))
		h.atMost(asm.R2, f.Max)
		h.tail(asm.R1)
		h.Call(asm.FnProbeReadUserStr)
		h.Emit(asm.Sub.Imm(asm.R0, 1))
		h.If(asm.JGT, asm.R0, int64(f.Max-1), failed)
		h.describe(f, asm.R0)
		h.Emit(asm.Add.Reg(cursor, asm.R0), asm.Add.Imm(cursor, 7), asm.And.Imm(cursor, -8))
		h.Goto(end)

		h.Bind(bytes)
		h.length(at, f.Max)
		h.tail(asm.R1)
		size := h.Alloc(8)
		h.Spill(size, 0, asm.R2)
		h.Call(asm.FnProbeReadUser)
		h.Fill(asm.R1, size, 0)
		h.Free(size)
		unread := h.NewLabel("unread")
		h.If(asm.JNE, asm.R0, 0, unread)
		h.atMost(asm.R1, f.Max) // older kernels forget the bounds of what is spilled
		h.describe(f, asm.R1)
		h.Emit(asm.Add.Reg(cursor, asm.R1), asm.Add.Imm(cursor, 7), asm.And.Imm(cursor, -8))
		h.Goto(end)

		h.Bind(failed)
		h.Emit(asm.Add.Imm(asm.R0, 1))
		h.Bind(unread)
		h.describe(f, asm.R0)
		h.Goto(end)

		h.Bind(none)
		h.Const(asm.R0, 0)
		h.describe(f, asm.R0)
		h.Bind(end)
		h.bound += f.Max + 7
	}
}

// address puts the address of a read into R3. R4 is the entry and stays so, as does
// R0.
func (h *handler) address(at int16) {
	h.argument8(asm.R3, at+layout.ReadArg)
	h.Emit(
		asm.LoadMem(asm.R1, asm.R4, at+layout.ReadAdd, asm.Word),
		asm.Add.Reg(asm.R3, asm.R1))
}

// argument8 puts the argument into r whose number is the byte at an offset of the
// entry, in R4. The arguments stand in the record.
func (h *handler) argument8(r asm.Register, off int16) {
	first := h.family.Record.Fields[len(h.family.Common)].Offset
	h.Emit(asm.LoadMem(r, asm.R4, off, asm.Byte))
	h.atMost(r, h.family.Args-1)
	h.Emit(
		asm.LSh.Imm(r, 3),
		asm.Add.Reg(r, record),
		asm.LoadMem(r, r, int16(first), asm.DWord))
}

// length puts the length of a read into R2, which the verifier then knows to be at
// most limit. R4 is the entry; R3 stays.
func (h *handler) length(at int16, limit int) {
	most, argument, shift, positive, end := h.NewLabel("most"), h.NewLabel("argument"), h.NewLabel("shift"), h.NewLabel("positive"), h.NewLabel("length")
	h.Emit(
		asm.LoadMem(asm.R1, asm.R4, at+layout.ReadMax, asm.Word),
		asm.LoadMem(asm.R0, asm.R4, at+layout.ReadLength, asm.Byte))
	h.If(asm.JEq, asm.R0, layout.LengthMax, most)
	h.If(asm.JNE, asm.R0, layout.LengthResult, argument)
	h.Emit(asm.LoadMem(asm.R2, regs, int16(h.layout.Regs.Result), asm.DWord))
	h.Goto(positive)
	h.Bind(argument)
	h.argument8(asm.R2, at+layout.ReadLength)
	h.Emit(asm.LoadMem(asm.R0, asm.R4, at+layout.ReadShift, asm.Byte))
	h.If(asm.JEq, asm.R0, 0, positive)
	h.Emit(asm.LSh.Imm(asm.R2, 32))
	h.Emit(asm.LoadMem(asm.R0, asm.R4, at+layout.ReadSigned, asm.Half))
	h.If(asm.JNE, asm.R0, 0, shift)
	h.Emit(asm.RSh.Imm(asm.R2, 32))
	h.Goto(positive)
	h.Bind(shift)
	h.Emit(asm.ArSh.Imm(asm.R2, 32))
	h.Bind(positive)
	h.Emit(asm.LoadMem(asm.R0, asm.R4, at+layout.ReadScale, asm.Half), asm.Mul.Reg(asm.R2, asm.R0))
	h.If(asm.JSGE, asm.R2, 0, end)
	h.Const(asm.R2, 0)
	h.Bind(end)
	h.IfReg(asm.JGT, asm.R2, asm.R1, most)
	h.Emit(asm.Mov.Reg(asm.R1, asm.R2))
	h.Bind(most)
	h.atMost(asm.R1, limit)
	h.Emit(asm.Mov.Reg(asm.R2, asm.R1))
}

// atMost cuts r, as an unsigned number, to limit.
func (h *handler) atMost(r asm.Register, limit int) {
	good := h.NewLabel("bounded")
	h.If(asm.JLE, r, int64(limit), good)
	h.Const(r, int64(limit))
	h.Bind(good)
}

// members is one more than the highest number of the calls of a family.
func members(p *plan.Plan, f *plan.Family) int {
	n := 0
	for _, i := range f.Probes {
		n = max(n, p.Probes[i].IR.Point.Number+1)
	}
	return n
}

func memberSize(f *plan.Family) int { return textAt(f, len(f.Sizes)) }

// textAt is where a member's entry has its n-th text.
func textAt(f *plan.Family, n int) int {
	at := layout.MemberSize + len(f.Reads)*layout.ReadSize
	for _, size := range f.Sizes[:n] {
		at += size
	}
	return at
}

func tableName(p *plan.Plan, f *plan.Family) string {
	return fmt.Sprintf("members_%d", slices.Index(p.Families, f))
}

// tables makes the tables of the families.
func tables(p *plan.Plan) []*bpf.Table {
	var list []*bpf.Table
	for _, f := range p.Families {
		size := memberSize(f)
		t := &bpf.Table{Name: tableName(p, f), Data: make([]byte, members(p, f)*size)}
		for _, i := range f.Probes {
			pr := p.Probes[i]
			entry := t.Data[pr.IR.Point.Number*size:][:size]
			binary.LittleEndian.PutUint32(entry, uint32(i+1))
			for j, r := range pr.Reads {
				encodeRead(entry[layout.MemberSize+j*layout.ReadSize:], r)
			}
			encodeTexts(entry, f, pr)
		}
		list = append(list, t)
	}
	return list
}

func encodeTexts(entry []byte, f *plan.Family, pr *plan.Probe) {
	if f.Update == nil {
		return
	}
	for j, s := range plan.KeyTexts(pr.Update) {
		plan.EncodeText(entry[textAt(f, j):][:f.Sizes[j]], s.Value, f.Quoted[j])
	}
}

// memberText copies the text that a member has in the place of the family's n-th to
// the stack, as a part of a key.
func (h *handler) memberText(n int, s emit.Slot, off int16) {
	h.Fill(asm.R1, h.family.entry, 0)
	for at := 0; at < h.family.Sizes[n]; at += 8 {
		h.Emit(asm.LoadMem(asm.R0, asm.R1, int16(textAt(h.family.Family, n)+at), asm.DWord))
		h.Spill(s, off+int16(at), asm.R0)
	}
}

func encodeRead(b []byte, r plan.MemberRead) {
	b[layout.ReadKind] = layout.ReadBytes
	if r.CString {
		b[layout.ReadKind] = layout.ReadCString
	}
	b[layout.ReadArg] = byte(r.Arg - 1)
	switch l := r.Length; {
	case l.Result:
		b[layout.ReadLength] = layout.LengthResult
	case l.Arg == 0:
		b[layout.ReadLength] = layout.LengthMax
	default:
		b[layout.ReadLength] = byte(l.Arg - 1)
		if l.Kind != layout.Word {
			b[layout.ReadShift] = 32
		}
		if l.Kind == layout.Int {
			b[layout.ReadSigned] = 1
		}
	}
	binary.LittleEndian.PutUint16(b[layout.ReadScale:], uint16(r.Length.Scale))
	binary.LittleEndian.PutUint32(b[layout.ReadMax:], uint32(r.Max))
	binary.LittleEndian.PutUint32(b[layout.ReadAdd:], uint32(r.Add))
}
