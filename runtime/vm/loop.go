package vm

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strconv"

	"tapir/compiler/bytecode"
	"tapir/lang/types"
)

// iterator is a foreach that is under way.
type iterator struct {
	spec        *bytecode.Loop
	array       *array
	next        int32
	left        int64
	ints, texts uint8   // the pattern's registers
	buckets     []int64 // of the histogram, if that is walked; next is the bucket
}

// startLoop begins a foreach; false if it is over a histogram without values.
func (m *Machine) startLoop(in *bytecode.Instr, i *[window]int64, s *[window]string) bool {
	spec := &m.prog.Loops[in.Imm]
	if spec.Hist {
		return m.startBuckets(in, spec, i, s)
	}
	a := m.globals[spec.Global].array
	it := iterator{spec: spec, array: a, left: math.MaxInt64, ints: in.B, texts: in.C}
	if spec.Limit {
		it.left = i[in.A]
	}
	if spec.Sort >= 0 && it.left >= 0 {
		a.sort(spec, it.left)
	}
	it.next = a.first
	m.loops = append(m.loops, it)
	return true
}

func (m *Machine) startBuckets(in *bytecode.Instr, spec *bytecode.Loop, i *[window]int64, s *[window]string) bool {
	st := m.globals[spec.Global].stat(i[in.B:], s[in.C:])
	if st == nil || st.count == 0 {
		return false
	}
	it := iterator{spec: spec, left: math.MaxInt64, buckets: st.buckets}
	if spec.Limit {
		it.left = i[in.A]
	}
	m.loops = append(m.loops, it)
	return true
}

// nextBucket is nextElement for a histogram.
func (it *iterator) nextBucket(i *[window]int64) bool {
	if int(it.next) == len(it.buckets) {
		return false
	}
	i[it.spec.Keys[0]] = int64(it.next)
	if it.spec.Value >= 0 {
		i[it.spec.Value] = it.buckets[it.next]
	}
	it.next++
	it.left--
	return true
}

// nextElement puts the next element of the innermost loop into its variables. A
// loop whose next element was deleted meanwhile is at its end.
func (m *Machine) nextElement(i *[window]int64, s *[window]string) bool {
	it := &m.loops[len(m.loops)-1]
	if it.left <= 0 {
		return false
	}
	if it.spec.Hist {
		return it.nextBucket(i)
	}
	a := it.array
	e := it.next
	for {
		if e == none || !a.elems[e].live {
			return false
		}
		if !it.spec.Sliced || a.matches(e, i[it.ints:], s[it.texts:]) {
			break
		}
		e = a.elems[e].next
	}
	it.next = a.elems[e].next
	it.left--
	m.loadElement(it.spec, a, e, i, s)
	return true
}

func (m *Machine) loadElement(spec *bytecode.Loop, a *array, e int32, i *[window]int64, s *[window]string) {
	intKeys, textKeys := a.intKeys(e), a.textKeys(e)
	for n, kind := range a.kinds {
		if kind == types.String {
			s[spec.Keys[n]] = m.arena.keep(textKeys[0])
			textKeys = textKeys[1:]
			continue
		}
		i[spec.Keys[n]] = intKeys[0]
		intKeys = intKeys[1:]
	}
	switch {
	case spec.Value < 0:
	case m.isText(spec.Global):
		s[spec.Value] = m.arena.keep(a.elems[e].text)
	default:
		i[spec.Value] = a.elems[e].long
	}
}

func (m *Machine) isText(global int) bool { return m.prog.Globals[global].Type.Kind == types.String }

// full is the error of storing into a full array.
func (m *Machine) full(pc, global int) *RuntimeError { return m.fail(pc, m.Overflow(global)) }

// Overflow is the message of the error of storing into a full array.
func (m *Machine) Overflow(global int) string {
	if n := m.prog.Globals[global].Limit; n > 0 {
		return "Array overflow, check size limit (" + strconv.Itoa(n) + ")"
	}
	return msgFull
}

// selectAtMost is the limit up to which a sorted loop only brings the elements
// that it needs to the front; it is SystemTap's, and later loops show the
// difference.
const selectAtMost = 30

// sort brings the list into a loop's order, in which it stays.
func (a *array) sort(spec *bytecode.Loop, limit int64) {
	compare := a.comparison(spec)
	if spec.Limit && !spec.Sliced && 0 < limit && limit <= selectAtMost {
		a.selectFirst(int(limit), compare)
		return
	}
	a.order = a.order[:0]
	for e := a.first; e != none; e = a.elems[e].next {
		a.order = append(a.order, e)
	}
	slices.SortStableFunc(a.order, compare)
	a.first, a.last = none, none
	for _, e := range a.order {
		a.append(e)
	}
}

// selectFirst moves the first n elements of the order to the front: whatever
// comes before the element at a place goes in front of it.
func (a *array) selectFirst(n int, compare func(x, y int32) int) {
	at := a.first
	for ; n > 0 && at != none; n-- {
		for e := a.elems[at].next; e != none; {
			next := a.elems[e].next
			if compare(e, at) < 0 {
				a.moveBefore(e, at)
				at = e
			}
			e = next
		}
		at = a.elems[at].next
	}
}

func (a *array) moveBefore(e, at int32) {
	a.unlink(e)
	prev := a.elems[at].prev
	a.elems[e].prev, a.elems[e].next = prev, at
	a.elems[at].prev = e
	if prev == none {
		a.first = e
	} else {
		a.elems[prev].next = e
	}
}

// comparison is the order of a loop that sorts.
func (a *array) comparison(spec *bytecode.Loop) func(x, y int32) int {
	compare := a.compareValues
	switch {
	case spec.Sort > 0:
		compare = a.compareKeys(spec.Sort - 1)
	case a.form != nil:
		compare = a.compareStats(spec.Aggregate)
	}
	if spec.Descending {
		return func(x, y int32) int { return compare(y, x) }
	}
	return compare
}

// compareValues: an array's elements are all numbers, or all strings.
func (a *array) compareValues(x, y int32) int {
	if c := cmp.Compare(a.elems[x].long, a.elems[y].long); c != 0 {
		return c
	}
	return bytes.Compare(a.elems[x].text, a.elems[y].text)
}

func (a *array) compareKeys(n int) func(x, y int32) int {
	place := 0 // among the keys of its kind
	for _, k := range a.kinds[:n] {
		if k == a.kinds[n] {
			place++
		}
	}
	if a.kinds[n] == types.String {
		return func(x, y int32) int { return bytes.Compare(a.textKeys(x)[place], a.textKeys(y)[place]) }
	}
	return func(x, y int32) int { return cmp.Compare(a.intKeys(x)[place], a.intKeys(y)[place]) }
}
