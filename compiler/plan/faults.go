package plan

import (
	"tapir/bpf/layout"
	"tapir/compiler/ir"
	"tapir/lang/source"
)

// Where a number is made of several reads of memory, any of which is an error if it
// fails, the event says of each whether it did: the first of them, in the order in which
// the VM would make them, is what the script is told of.

// Reads are the reads of a capture's number that may fail, in that order.
func (c *Capture) Reads() []*ir.Builtin {
	if c.Kind != layout.Word || c.Value == nil || c.AtEntry {
		return nil
	}
	return readsIn(c.Value, nil)
}

// readsIn appends the reads in n that may fail to list: arguments before the call.
func readsIn(n ir.Node, list []*ir.Builtin) []*ir.Builtin {
	for m := range ir.Children(n) {
		list = readsIn(m, list)
	}
	if mayFault(n) {
		list = append(list, n.(*ir.Builtin))
	}
	return list
}

// FaultBits are the numbers of the first bit of each of the probe's captures, see
// layout.FaultBit, and how many bits there are. One that can't fail has one too: where
// nothing could be captured at all, all are set.
func (p *Probe) FaultBits() []int {
	bits, n := []int{0}, 0
	for _, c := range p.Captures {
		n += max(len(c.Reads()), 1)
		bits = append(bits, n)
	}
	return bits
}

// FaultPlaces are where the probe's record has the bits of each of its captures, in the
// order of their reads; none of what is captured at a call's entry, or by a family.
func (p *Probe) FaultPlaces() [][]layout.FaultPlace {
	bits := p.FaultBits()
	all := make([][]layout.FaultPlace, len(p.Captures))
	for i, c := range p.Captures {
		if c.AtEntry || p.Family != nil {
			continue
		}
		for n := bits[i]; n < bits[i+1]; n++ {
			if place, ok := p.Record.FaultPlace(n); ok {
				all[i] = append(all[i], place)
			}
		}
	}
	return all
}

// FaultWords is how many words the probe's record has for such bits besides its header.
func (p *Probe) FaultWords() int {
	if p.Record.Faults == 0 {
		return 0
	}
	return layout.FaultWords(p.FaultBits()[len(p.Captures)])
}

// withFaults is r with room for the bits, if any can ever be set.
func (p *Probe) withFaults(r layout.Record) layout.Record {
	for _, c := range p.Captures {
		if len(c.Reads()) > 0 {
			return r.WithFaults(p.FaultBits()[len(p.Captures)])
		}
	}
	return r
}

// tokensOf are the places of calls, as messages name them.
func tokensOf(calls []*ir.Builtin) []source.Span {
	var list []source.Span
	for _, x := range calls {
		list = append(list, x.Token())
	}
	return list
}
