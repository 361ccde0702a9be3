package table

import (
	"cmp"
	"encoding/binary"
	"iter"
	"slices"

	"tapir/bpf/layout"
)

// Elements is what was read of a table.
type Elements struct {
	keys, values               []byte
	keySize, valueSize, shares int
	count                      int
	order                      []int32 // by stamp
}

// Len is their number.
func (e *Elements) Len() int { return e.count }

// All yields the elements in the order in which they were made, those without a
// stamp first.
func (e *Elements) All() iter.Seq[Element] {
	return func(yield func(Element) bool) {
		for _, i := range e.order {
			if !yield(Element{e, int(i)}) {
				return
			}
		}
	}
}

// Element is one of what was read.
type Element struct {
	of *Elements
	i  int
}

// Key is its key.
func (e Element) Key() []byte { return e.of.keys[e.i*e.of.keySize:][:e.of.keySize] }

// Stamp is its stamp.
func (e Element) Stamp() uint64 { return e.of.stamp(e.i) }

// Words are those of one of its shares.
func (e Element) Words(share int) []byte {
	at := (e.i*e.of.shares + share) * e.of.valueSize
	return e.of.values[at+layout.ElementValue : at+e.of.valueSize]
}

// Shares is how many values an element has.
func (e *Elements) Shares() int { return e.shares }

// room is memory for n more elements.
func (e *Elements) room(n int) (keys, values []byte) {
	e.keys, keys = extend(e.keys, e.count*e.keySize, n*e.keySize)
	e.values, values = extend(e.values, e.count*e.shares*e.valueSize, n*e.shares*e.valueSize)
	return keys, values
}

func extend(b []byte, used, n int) (all, free []byte) {
	all = slices.Grow(b[:used], n)[:used+n]
	return all, all[used:]
}

func (e *Elements) stamp(i int) uint64 {
	var stamp uint64
	for s := range e.shares {
		at := (i*e.shares + s) * e.valueSize
		stamp = max(stamp, binary.LittleEndian.Uint64(e.values[at+layout.ElementStamp:]))
	}
	return stamp
}

// sort finds the order. Stamps are mostly without gaps, so each has its own place
// in a list; sorting 100,000 elements by comparison takes 20 ms.
func (e *Elements) sort() {
	stamps := make([]uint64, e.count)
	low, high := ^uint64(0), uint64(0)
	e.order = make([]int32, 0, e.count)
	for i := range stamps {
		stamps[i] = e.stamp(i)
		if stamps[i] == 0 {
			e.order = append(e.order, int32(i))
			continue
		}
		low, high = min(low, stamps[i]), max(high, stamps[i])
	}
	fresh := len(e.order)
	if fresh == e.count {
		return
	}
	if span := high - low + 1; span <= 8*uint64(e.count) {
		places := make([]int32, span)
		for i, s := range stamps {
			if s > 0 {
				places[s-low] = int32(i) + 1
			}
		}
		for _, p := range places {
			if p > 0 {
				e.order = append(e.order, p-1)
			}
		}
		return
	}
	for i, s := range stamps {
		if s > 0 {
			e.order = append(e.order, int32(i))
		}
	}
	slices.SortFunc(e.order[fresh:], func(i, j int32) int { return cmp.Compare(stamps[i], stamps[j]) })
}
