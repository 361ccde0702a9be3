package kernel

import (
	"github.com/cilium/ebpf/asm"

	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
)

// width says how a function reads a number from memory.
type width struct {
	bytes  int
	signed bool
}

var numbers = map[string]width{
	"user_int8": {1, true}, "user_int16": {2, true}, "user_int32": {4, true}, "user_int64": {8, true},
	"user_uint8": {1, false}, "user_uint16": {2, false}, "user_uint32": {4, false}, "user_uint64": {8, false},
	"kernel_int8": {1, true}, "kernel_int16": {2, true}, "kernel_int32": {4, true}, "kernel_int64": {8, true},
	"kernel_uint8": {1, false}, "kernel_uint16": {2, false}, "kernel_uint32": {4, false}, "kernel_uint64": {8, false},
	"kernel_char": {1, true}, "kernel_short": {2, true}, "kernel_int": {4, true}, "kernel_long": {8, true}, "kernel_pointer": {8, false},
	"_user_int8": {1, true}, "_user_int16": {2, true}, "_user_int32": {4, true}, "_user_int64": {8, true},
	"_user_uint8": {1, false}, "_user_uint16": {2, false}, "_user_uint32": {4, false}, "_user_uint64": {8, false},
	"user_char": {1, true}, "user_short": {2, true}, "user_int": {4, true}, "user_long": {8, true},
}

var sizes = map[int]asm.Size{1: asm.Byte, 2: asm.Half, 4: asm.Word, 8: asm.DWord}

// readNumber reads a number from memory; one that can't be read is 0, and counts
// in the probe's errors.
func (h *handler) readNumber(x *ir.Builtin, dst asm.Register) {
	if x.Fn.Read.Task {
		h.taskOf(x.Args[0], dst)
		return
	}
	w, ok := numbers[x.Fn.Name]
	if !ok {
		h.bug(x.Span(), "unexpected call of %s in the kernel", x.Fn.Name)
	}
	good, end := h.NewLabel("read"), h.NewLabel("end")
	h.long(x.Args[0], asm.R0)
	h.Emit(asm.Mov.Reg(asm.R3, asm.R0))
	s := h.Alloc(8)
	h.Address(asm.R1, s)
	h.Const(asm.R2, int64(w.bytes))
	h.Call(reader(x.Fn.Read))
	h.If(asm.JEq, asm.R0, 0, good)
	h.count(layout.Errors)
	if !x.Fn.Read.Faults() || !h.fault(x) {
		h.Const(dst, 0)
		h.Goto(end)
	}
	h.Bind(good)
	h.Emit(asm.LoadMem(dst, h.FrameBase(), s.Off, sizes[w.bytes]))
	if w.signed {
		h.extend(dst, w.bytes)
	}
	h.Bind(end)
	h.Free(s)
}

// reader is the helper that reads what r says.
func reader(r *builtin.Read) asm.BuiltinFunc {
	switch {
	case r.Space == builtin.User && r.CString:
		return asm.FnProbeReadUserStr
	case r.Space == builtin.User:
		return asm.FnProbeReadUser
	case r.CString:
		return asm.FnProbeReadKernelStr
	default:
		return asm.FnProbeReadKernel
	}
}

// memory captures bytes into the record's next tail. A read that fails leaves its
// errno in the field and takes no room.
//
// A read whose condition does not hold leaves an empty field.
func (h *handler) memory(c *plan.Capture, f layout.Field) {
	if c.Cond == nil {
		h.read(c, f)
		return
	}
	skip, end := h.NewLabel("unwanted"), h.NewLabel("end")
	h.branch(c.Cond, false, skip, asm.R0)
	h.read(c, f)
	h.Goto(end)
	h.Bind(skip)
	h.Const(asm.R0, 0)
	h.describe(f, asm.R0)
	h.Bind(end)
}

func (h *handler) read(c *plan.Capture, f layout.Field) {
	switch {
	case c.Read.Stack:
		h.stack(c, f)
	case c.Read.Vector:
		h.vector(c, f)
	case c.Read.Path:
		h.path(c, f)
	case c.Read.Task:
		h.foundTask(c, f)
	case c.Read.CString:
		h.cString(c, f)
	default:
		h.bytes(c, f)
	}
}

// need notes that a record may touch n bytes beyond cursor's bound.
func (h *handler) need(n int) { *h.room = max(*h.room, h.bound+n) }

// tail puts the address of the next tail into r.
func (h *handler) tail(r asm.Register) {
	h.Emit(asm.Mov.Reg(r, record), asm.Add.Reg(r, cursor))
}

// describe writes a field's descriptor: the tail is at cursor, length has its
// length or an errno.
func (h *handler) describe(f layout.Field, length asm.Register) {
	h.Emit(
		asm.StoreMem(record, int16(f.Offset), cursor, asm.Word),
		asm.StoreMem(record, int16(f.Offset)+4, length, asm.Word))
}

// advance moves cursor by the length in r, which is at most limit, to the next
// multiple of 8.
func (h *handler) advance(r asm.Register, limit int) {
	h.Emit(asm.Add.Reg(cursor, r), asm.Add.Imm(cursor, 7), asm.And.Imm(cursor, -8))
	h.bound += limit + 7
}

// cString reads up to a NUL. The helper's result counts the NUL and is an errno
// if negative, so one unsigned compare finds every failure.
func (h *handler) cString(c *plan.Capture, f layout.Field) {
	failed, end := h.NewLabel("unreadable"), h.NewLabel("end")
	h.need(f.Max)
	h.long(c.Addr, asm.R0)
	h.Emit(asm.Mov.Reg(asm.R3, asm.R0))
	h.tail(asm.R1)
	h.Const(asm.R2, int64(f.Max))
	h.Call(reader(c.Read))
	h.Emit(asm.Sub.Imm(asm.R0, 1))
	h.If(asm.JGT, asm.R0, int64(f.Max-1), failed)
	h.describe(f, asm.R0)
	h.advance(asm.R0, f.Max-1)
	h.Goto(end)
	h.Bind(failed)
	h.Emit(asm.Add.Imm(asm.R0, 1))
	h.describe(f, asm.R0)
	h.Bind(end)
}

// bytes reads a number of bytes that is fixed or the value of Len, from 0 to the
// field's maximum.
func (h *handler) bytes(c *plan.Capture, f layout.Field) {
	failed, end := h.NewLabel("unreadable"), h.NewLabel("end")
	size := h.Alloc(8)
	h.need(f.Max)
	if c.Read.Size > 0 {
		h.Const(asm.R0, int64(min(c.Read.Size, f.Max)))
	} else {
		h.long(c.Len, asm.R0)
		h.clamp(asm.R0, f.Max)
	}
	h.Spill(size, 0, asm.R0)
	h.long(c.Addr, asm.R0)
	h.Emit(asm.Mov.Reg(asm.R3, asm.R0))
	h.tail(asm.R1)
	h.Fill(asm.R2, size, 0)
	h.Call(reader(c.Read))
	h.If(asm.JNE, asm.R0, 0, failed)
	h.Fill(asm.R1, size, 0)
	h.describe(f, asm.R1)
	h.advance(asm.R1, f.Max)
	h.Goto(end)
	h.Bind(failed)
	h.describe(f, asm.R0)
	h.Bind(end)
	h.Free(size)
}

// clamp forces r into 0 … limit.
func (h *handler) clamp(r asm.Register, limit int) {
	low, high := h.NewLabel("nonnegative"), h.NewLabel("bounded")
	h.If(asm.JSGE, r, 0, low)
	h.Const(r, 0)
	h.Bind(low)
	h.If(asm.JSLE, r, int64(limit), high)
	h.Const(r, int64(limit))
	h.Bind(high)
}
