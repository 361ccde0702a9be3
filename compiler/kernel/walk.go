package kernel

import (
	"iter"

	"github.com/cilium/ebpf/asm"

	"tapir/bpf/emit"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
)

// everything yields n and all in it, with the bodies of functions for each of
// their calls. None of them calls itself.
func everything(n ir.Node) iter.Seq[ir.Node] {
	return func(yield func(ir.Node) bool) { walk(n, yield) }
}

func walk(n ir.Node, yield func(ir.Node) bool) bool {
	for n := range ir.All(n) {
		if !yield(n) {
			return false
		}
		if c, ok := n.(*ir.Call); ok && !walk(c.Func.Body, yield) {
			return false
		}
	}
	return true
}

// residentOf is the resident global that n itself is about, or nil.
func (c *compiler) residentOf(n ir.Node) *plan.Resident {
	switch n := n.(type) {
	case *ir.GlobalRef:
		return c.residents[n.Global]
	case *ir.Elem:
		return c.residents[n.Global]
	case *ir.In:
		return c.residents[n.Global]
	case *ir.Delete:
		return c.residents[n.Global]
	}
	return nil
}

// mayFail reports whether a handler that runs in the kernel can run into an error.
func (c *compiler) mayFail(b *ir.Block) bool {
	for n := range everything(b) {
		switch n := n.(type) {
		case *ir.Elem:
			if c.residents[n.Global] != nil {
				return true
			}
		case *ir.Builtin:
			if r, ok := plan.TextReadOf(n); ok && r.Instead == nil && !r.Quoted {
				return true
			}
		case *ir.Binary:
			if fails(n) {
				return true
			}
		case *ir.Loop:
			return true
		case *ir.Assign:
			if n.Op == ir.OpDiv || n.Op == ir.OpMod {
				return true
			}
		}
	}
	return false
}

// fails reports whether x divides by what may be 0.
func fails(x *ir.Binary) bool {
	if x.Op != ir.OpDiv && x.Op != ir.OpMod {
		return false
	}
	v, ok := literal(x.Y)
	return !ok || v == 0
}

// sharedClocks are the clocks that a handler reads once for all its uses, so that
// they agree as the values of one event do.
type sharedClocks struct{ day, uptime *emit.Slot }

func (h *handler) shareClocks(list []ir.Node) sharedClocks {
	day, uptime := 0, 0
	for _, n := range list {
		for n := range everything(n) {
			if f, ok := n.(*ir.Builtin); ok {
				if clocks[f.Fn.Name] {
					day++
				}
				if f.Fn.Name == "cpu_clock_ns" {
					uptime++
				}
			}
		}
	}
	var s sharedClocks
	if day > 1 {
		s.day = h.keepClock(h.readClock)
	}
	if uptime > 1 {
		s.uptime = h.keepClock(func() { h.Call(asm.FnKtimeGetNs) })
	}
	h.clock, h.uptime = s.day, s.uptime
	return s
}

func (h *handler) keepClock(read func()) *emit.Slot {
	s := h.Alloc(8)
	read()
	h.Spill(s, 0, asm.R0)
	return &s
}

func (h *handler) freeClocks(s sharedClocks) {
	h.clock, h.uptime = nil, nil
	for _, c := range []*emit.Slot{s.uptime, s.day} {
		if c != nil {
			h.Free(*c)
		}
	}
}
