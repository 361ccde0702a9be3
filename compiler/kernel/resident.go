package kernel

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"

	"tapir/bpf"
	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
)

// mostPerCPU is the size up to which the elements of an array have a share for
// every CPU. In larger ones two CPUs rarely meet at an element, and reading them
// takes a tenth of the time.
const mostPerCPU = 8192

// perCPU reports whether every CPU has shares of the array's elements.
func perCPU(q *plan.Resident) bool {
	return q.Kind == plan.Summed && (q.Statistic() || cmp.Or(q.Global.Limit, bpf.MapEntries) <= mostPerCPU)
}

// slots lists the maps of arrays whose elements are found by their thread.
func slots(p *plan.Plan) []string {
	var list []string
	for _, q := range p.Residents {
		if q.Slots != "" {
			list = append(list, q.Slots)
		}
	}
	return list
}

// hashes lists the maps of the resident arrays.
func hashes(p *plan.Plan) (list []*bpf.Hash, zeros int) {
	for _, q := range p.Residents {
		for _, name := range q.Maps {
			if name == "" {
				continue
			}
			t := &bpf.Hash{
				Name: name, Key: q.Key, Words: q.Words, Entries: q.Global.Limit,
				PerCPU: perCPU(q), Exact: !perCPU(q),
			}
			list = append(list, t)
			if q.Kind == plan.Summed || q.Texts() {
				zeros = max(zeros, t.Value())
			}
		}
	}
	return list, zeros
}

func (h *handler) resident(p ir.Place) *plan.Resident {
	q := h.residentOf(p)
	if q == nil {
		h.bug(p.Span(), "%T is nothing that the kernel has", p)
	}
	return q
}

// onMap assembles code for the map that the handler writes to. Each map gets code
// of its own, since only where a call is always about the same map does the kernel
// put the look-up in its place.
func (h *handler) onMap(q *plan.Resident, code func(name string)) {
	if !q.Swapped {
		code(q.Maps[0])
		return
	}
	other, end := h.NewLabel("other_copy"), h.NewLabel("copy")
	h.Fill(asm.R1, *h.body.epoch, 0)
	h.If(asm.JNE, asm.R1, 0, other)
	code(q.Maps[0])
	h.Goto(end)
	h.Bind(other)
	code(q.Maps[1])
	h.Bind(end)
}

// elementKey is a key that was evaluated: on the stack, or, if it is too long for that,
// among the texts.
type elementKey struct {
	slot emit.Slot
	text textOffset
	size int // among the texts; 0: it is on the stack
}

// mostOnStack is the most bytes of a key that lies on the stack.
const mostOnStack = 128

// longKey reports whether keys of an array lie among the texts.
func longKey(q *plan.Resident) bool { return q.Key.Size() > mostOnStack }

// key evaluates the keys of an element.
func (h *handler) key(q *plan.Resident, keys []ir.Expr) elementKey {
	if longKey(q) {
		return h.keyText(q, keys)
	}
	s := h.Alloc(q.Key.Size())
	off := int16(0)
	for i, part := range q.Key {
		if part.Text {
			h.storeText(keys[i], s, off, part.Size)
		} else {
			h.long(keys[i], asm.R0)
			h.Spill(s, off, asm.R0)
		}
		off += int16(part.Size)
	}
	return elementKey{slot: s}
}

// keyText is key for a long one.
func (h *handler) keyText(q *plan.Resident, keys []ir.Expr) elementKey {
	k := elementKey{size: q.Key.Size()}
	k.text = h.allocText(k.size)
	at := k.text
	for i, part := range q.Key {
		if part.Text {
			h.putText(keys[i], at, part.Size, part.Quoted)
		} else {
			h.long(keys[i], asm.R0)
			h.text(asm.R1, at)
			h.Emit(asm.StoreMem(asm.R1, 0, asm.R0, asm.DWord))
		}
		at += textOffset(part.Size)
	}
	return k
}

// keyAddress puts the address of a key into r.
func (h *handler) keyAddress(r asm.Register, k elementKey) {
	if k.size > 0 {
		h.text(r, k.text)
		return
	}
	h.Address(r, k.slot)
}

// freeKey gives back the key that was evaluated last.
func (h *handler) freeKey(k elementKey) {
	if k.size > 0 {
		h.freeText(k.size)
		return
	}
	h.Free(k.slot)
}

// storeText writes a text to the stack, padded with NULs.
func (h *handler) storeText(x ir.Expr, s emit.Slot, off int16, size int) {
	switch x := x.(type) {
	case *ir.Cond:
		no, end := h.NewLabel("else"), h.NewLabel("text")
		h.branch(x.C, false, no, asm.R0)
		h.storeText(x.X, s, off, size)
		h.Goto(end)
		h.Bind(no)
		h.storeText(x.Y, s, off, size)
		h.Bind(end)
		return
	case *ir.Str:
		if h.family != nil {
			if n, ok := h.family.Texts[x]; ok {
				h.memberText(n, s, off)
				return
			}
		}
		b := make([]byte, size)
		copy(b, x.Value)
		h.storeBytes(b, s, off)
		return
	}
	h.storeName(x, s, off)
	h.storeBytes(make([]byte, size-layout.CommSize), s, off+layout.CommSize)
}

// storeBytes writes bytes, a multiple of 8, to the stack. It overwrites R0.
func (h *handler) storeBytes(b []byte, s emit.Slot, off int16) {
	for at := 0; at < len(b); at += 8 {
		h.Const(asm.R0, int64(binary.LittleEndian.Uint64(b[at:])))
		h.Spill(s, off+int16(at), asm.R0)
	}
}

// lookFor leaves the address of an element in R0, or 0.
func (h *handler) lookFor(q *plan.Resident, key elementKey) {
	h.onMap(q, func(name string) {
		h.Map(asm.R1, name)
		h.keyAddress(asm.R2, key)
		h.Call(asm.FnMapLookupElem)
	})
}

// make leaves the address of an element in element. A new one is all 0 but for the
// stamp, which is taken before it is there: whoever finds it, and makes others, takes
// later ones. If there is no room for it, the handler ends.
func (h *handler) make(q *plan.Resident, key elementKey, at ir.Node) {
	found := h.NewLabel("found")
	h.lookFor(q, key)
	h.Emit(asm.Mov.Reg(element, asm.R0))
	h.If(asm.JNE, asm.R0, 0, found)
	status := h.Alloc(16) // and the stamp
	h.stamp(asm.R2)
	h.Spill(status, 8, asm.R2)
	h.onMap(q, func(name string) {
		h.Map(asm.R1, name)
		h.keyAddress(asm.R2, key)
		h.Value(asm.R3, bpf.ZerosMap, 0)
		h.Const(asm.R4, unix.BPF_NOEXIST)
		h.Call(asm.FnMapUpdateElem)
	})
	h.extend(asm.R0, 4) // see noRoom
	h.Spill(status, 0, asm.R0)
	h.lookFor(q, key)
	h.Emit(asm.Mov.Reg(element, asm.R0))
	h.Fill(asm.R1, status, 0)
	h.Fill(asm.R2, status, 8)
	h.Free(status)
	there := h.NewLabel("there")
	h.If(asm.JNE, asm.R0, 0, there)
	h.noRoom(asm.R1, q, at)
	h.Bind(there)
	h.If(asm.JNE, asm.R1, 0, found) // another CPU made it
	h.Emit(asm.StoreMem(element, layout.ElementStamp, asm.R2, asm.DWord))
	h.Bind(found)
}

// noRoom ends the handler because an element could not be made, with the status
// of that in a register: the array is full, or the kernel has no memory at hand.
// Before 6.4 the status is an int, whose sign does not reach beyond 32 bits.
func (h *handler) noRoom(status asm.Register, q *plan.Resident, at ir.Node) {
	h.body.misses = true
	h.If(asm.JNE, status, -int64(unix.E2BIG), h.body.missed)
	h.raise(bpf.Overflow, at.Token(), q.Global.Index)
}

// stamp puts the next stamp into r. It uses R1.
func (h *handler) stamp(r asm.Register) {
	h.Value(asm.R1, bpf.StateMap, layout.StateStamp)
	h.Const(r, 1)
	h.Atomic(asm.FetchAdd, asm.R1, 0, r)
	h.Emit(asm.Add.Imm(r, 1))
}

// share puts the address of this CPU's share of a scalar into dst.
func (h *handler) share(q *plan.Resident, dst asm.Register) {
	c := h.compiler.counters
	h.counted(dst)
	if q.Swapped {
		h.Fill(emit.Scratch, *h.body.epoch, 0)
		h.Emit(asm.Mul.Imm(emit.Scratch, int32(c.Shares)), asm.Add.Reg(dst, emit.Scratch))
	}
	h.Emit(asm.Add.Imm(dst, int32(c.ShareOffset(q.Offset)-c.Offset(h.index, 0))))
}

// value evaluates what a place is updated by into R0, and puts the address of the
// place's value into element and its offset from there; the keys come first, as in
// the language.
func (h *handler) value(p ir.Place, value ir.Expr) (q *plan.Resident, off int16) {
	q = h.resident(p)
	e, ok := p.(*ir.Elem)
	if !ok {
		h.long(value, asm.R0)
		h.share(q, element)
		return q, 0
	}
	key := h.key(q, e.Keys)
	v, constant := literal(value)
	var kept emit.Slot
	if !constant {
		kept = h.Alloc(8)
		h.long(value, asm.R0)
		h.Spill(kept, 0, asm.R0)
	}
	h.make(q, key, p)
	if constant {
		h.Const(asm.R0, v)
	} else {
		h.Fill(asm.R0, kept, 0)
		h.Free(kept)
	}
	h.freeKey(key)
	return q, layout.ElementValue
}

// sum adds a number to a place. What and-ing clears is or-ed up, since a share
// begins as 0.
func (h *handler) sum(p ir.Place, op ir.Op, value ir.Expr) {
	if q := h.resident(p); q.Kind == plan.Kept {
		h.change(ir.At{Pos: p.Span()}, p, op, value)
		return
	}
	if op == ir.OpAnd {
		op, value = ir.OpOr, &ir.Unary{At: ir.At{Pos: value.Span()}, Op: ir.OpCompl, X: value}
	}
	q, off := h.value(p, value)
	if q.Maps[0] != "" && !perCPU(q) || h.kind.IsUser() {
		h.Atomic(atomics[op], element, off, asm.R0)
		return
	}
	h.Emit(
		asm.LoadMem(asm.R1, element, off, asm.DWord),
		aluOps[op].Reg(asm.R1, asm.R0),
		asm.StoreMem(element, off, asm.R1, asm.DWord))
}

var atomics = map[ir.Op]asm.AtomicOp{ir.OpAdd: asm.AddAtomic, ir.OpOr: asm.OrAtomic, ir.OpXor: asm.XorAtomic}

// change makes a new value of the one that a place has. Keys are evaluated once.
func (h *handler) change(at ir.At, p ir.Place, op ir.Op, value ir.Expr) {
	e, ok := p.(*ir.Elem)
	if !ok {
		h.set(p, &ir.Binary{At: at, Op: op, X: p, Y: value})
		return
	}
	stored := &ir.Elem{At: e.At, Global: e.Global, Keys: slices.Clone(e.Keys)}
	var slots []emit.Slot
	for i, k := range e.Keys {
		if !hasCall(k) {
			continue
		}
		s := h.Alloc(8)
		h.long(k, asm.R0)
		h.Spill(s, 0, asm.R0)
		l := &ir.Local{Name: "key"}
		h.body.vars[l] = s
		stored.Keys[i] = &ir.LocalRef{At: ir.At{Pos: k.Span()}, Local: l}
		slots = append(slots, s)
	}
	h.set(stored, &ir.Binary{At: at, Op: op, X: stored, Y: value})
	for _, s := range slices.Backward(slots) {
		h.Free(s)
	}
}

func hasCall(x ir.Expr) bool {
	for n := range ir.All(x) {
		if _, ok := n.(*ir.Call); ok {
			return true
		}
	}
	return false
}

// set gives a place that the kernel has a new value. An element stays where it is,
// since other CPUs may be looking at it; see plan.Resident.
func (h *handler) set(p ir.Place, value ir.Expr) {
	q := h.resident(p)
	e, ok := p.(*ir.Elem)
	if q.Texts() {
		h.setText(e, value)
		return
	}
	if !ok {
		h.long(value, asm.R0)
		h.Value(asm.R1, bpf.StateMap, q.Offset)
		h.Emit(asm.StoreMem(asm.R1, 0, asm.R0, asm.DWord))
		return
	}
	if q.Slots != "" {
		h.setSlot(q, e, value)
		return
	}
	fresh := h.Alloc(16) // a new element
	key := h.key(q, e.Keys)
	h.long(value, asm.R0)
	h.Spill(fresh, layout.ElementValue, asm.R0)
	h.lookFor(q, key)
	there, end := h.NewLabel("there"), h.NewLabel("set")
	h.If(asm.JNE, asm.R0, 0, there)
	h.stamp(asm.R2)
	h.Spill(fresh, layout.ElementStamp, asm.R2)
	h.Map(asm.R1, q.Maps[0])
	h.keyAddress(asm.R2, key)
	h.Address(asm.R3, fresh)
	h.Const(asm.R4, unix.BPF_NOEXIST)
	h.Call(asm.FnMapUpdateElem)
	h.If(asm.JEq, asm.R0, 0, end)
	h.extend(asm.R0, 4) // see noRoom
	h.Spill(fresh, layout.ElementStamp, asm.R0)
	h.lookFor(q, key) // another CPU may have made it
	h.If(asm.JNE, asm.R0, 0, there)
	h.Fill(asm.R1, fresh, layout.ElementStamp)
	h.noRoom(asm.R1, q, p)
	h.Bind(there)
	h.Fill(asm.R1, fresh, layout.ElementValue)
	h.Emit(asm.StoreMem(asm.R0, layout.ElementValue, asm.R1, asm.DWord))
	h.Bind(end)
	h.freeKey(key)
	h.Free(fresh)
}

// get is the value of an element that the kernel has, 0 if there is none.
func (h *handler) get(q *plan.Resident, x *ir.Elem, dst asm.Register) {
	if q.Slots != "" {
		h.getSlot(q, x.Keys, dst)
		return
	}
	miss, end := h.NewLabel("miss"), h.NewLabel("end")
	h.test(q, x.Keys)
	h.If(asm.JEq, asm.R0, 0, miss)
	h.Emit(asm.LoadMem(dst, asm.R0, layout.ElementValue, asm.DWord))
	h.Goto(end)
	h.Bind(miss)
	h.Const(dst, 0)
	h.Bind(end)
}

// test leaves in R0 the address of an element, or something else that is not 0; 0 if
// there is none.
func (h *handler) test(q *plan.Resident, keys []ir.Expr) {
	if q.Slots != "" {
		h.testSlot(q, keys)
		return
	}
	key := h.key(q, keys)
	h.lookFor(q, key)
	h.freeKey(key)
}

func (h *handler) remove(s *ir.Delete) {
	q := h.residentOf(s)
	if q == nil || s.Keys == nil {
		h.bug(s.Span(), "a deletion in the kernel")
	}
	if q.Slots != "" {
		h.removeSlot(q, s.Keys)
		return
	}
	key := h.key(q, s.Keys)
	h.Map(asm.R1, q.Maps[0])
	h.keyAddress(asm.R2, key)
	h.Call(asm.FnMapDeleteElem)
	h.freeKey(key)
}
