package kernel

import (
	"slices"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf/emit"
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/types"
)

// A number in the kernel's memory, or in a program's variable, that can't be read is an
// error of the script. The event's record says which reads of its fields failed, by a bit
// for each, and the VM raises the error when the handler asks for the field. In a filter
// it is raised at once: the event is sent whatever the rest of the filter says.

// faults is what a handler knows of reads that failed.
type faults struct {
	mask    emit.Slot     // words with a bit per read, see layout.FaultBit
	words   int           // how many besides the header's
	first   int           // the number of the first bit of the field that is being computed
	reads   []*ir.Builtin // of that field: they have the bits from there on
	atOnce  emit.Label    // where a filter goes on
	filters bool          // a filter is being computed
}

// startFaults begins to note faults, if any of the expressions can have one.
func (h *handler) startFaults(xs []ir.Expr) {
	for _, x := range xs {
		if x != nil && mayFault(x) && h.faults == nil {
			words := h.probe.FaultWords()
			h.faults = &faults{mask: h.Alloc(8 + 8*words), words: words, atOnce: h.NewLabel("fault")}
			h.Const(asm.R0, 0)
			for i := range 1 + words {
				h.Spill(h.faults.mask, int16(8*i), asm.R0)
			}
		}
	}
}

// mayFault reports whether x reads memory, and it is an error if it can't.
func mayFault(x ir.Expr) bool {
	for n := range ir.All(x) {
		if b, ok := n.(*ir.Builtin); ok && b.Fn.MayFault() && b.Fn.Result == types.Long {
			return true
		}
	}
	return false
}

// fault notes that the field at hand has one, since x failed, and in a filter leaves. It
// overwrites R1 and Scratch.
func (h *handler) fault(x *ir.Builtin) (left bool) {
	if h.faults == nil {
		return false // kept at an entry: counted, and 0
	}
	word, bit := 0, layout.FilterFault|uint64(slices.Index(h.probe.FilterReads(), x))
	if !h.faults.filters {
		n := slices.Index(h.faults.reads, x)
		if n < 0 {
			return false // the VM finds out when it reads the rest
		}
		word, bit = layout.FaultBit(h.faults.first + n)
	}
	at := int16(8 * word)
	h.Fill(asm.R1, h.faults.mask, at)
	h.Const(emit.Scratch, int64(bit))
	h.Emit(asm.Or.Reg(asm.R1, emit.Scratch))
	h.Spill(h.faults.mask, at, asm.R1)
	if h.faults.filters {
		h.Goto(h.faults.atOnce)
	}
	return h.faults.filters
}

// endFaults writes into the record which reads failed.
func (h *handler) endFaults() {
	if h.faults == nil {
		return
	}
	h.Fill(asm.R0, h.faults.mask, 0)
	h.Emit(asm.StoreMem(record, layout.HeaderFaults, asm.R0, asm.Word))
	for i := range h.faults.words {
		h.Fill(asm.R0, h.faults.mask, int16(8*(i+1)))
		h.Emit(asm.StoreMem(record, int16(h.probe.Record.Faults+8*i), asm.R0, asm.DWord))
	}
}
