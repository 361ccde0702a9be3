package vm

import (
	"hash/maphash"
	"math/bits"
	"slices"

	"tapir/lang/types"
)

// none is the index of no element.
const none = -1

// array is an associative array of the language: a hash table over elements that
// hang in a list, which is the order of loops.
//
// Elements live in slices and are found by index; removed ones, with the memory
// of their strings, are used again. Keys are passed as the registers that hold
// them, the numbers and the strings apart, each in the order of the keys.
type array struct {
	kinds        []types.Kind
	nInts, nText int
	limit        int
	wrap         bool // a full array drops the first element of the list
	seed         maphash.Seed

	elems []element
	ints  []int64  // keys that are numbers, nInts for each element
	keys  [][]byte // keys that are strings, nText for each element
	slots []int32  // open addressing with linear probing: an index of elems, plus 1
	count int

	first, last int32
	free        int32 // list of removed elements, by next
	order       []int32

	form  *statForm // if the elements are statistics
	stats []stat    // of each element
}

type element struct {
	long       int64
	text       []byte
	hash       uint32
	next, prev int32
	live       bool
}

const minSlots = 16

func newArray(t types.Type, limit int, wrap bool) *array {
	a := &array{kinds: t.Keys, limit: limit, wrap: wrap, seed: maphash.MakeSeed(), first: none, last: none, free: none}
	for _, k := range t.Keys {
		if k == types.String {
			a.nText++
		} else {
			a.nInts++
		}
	}
	a.slots = make([]int32, minSlots)
	return a
}

const mix = 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio

func (a *array) hash(ints []int64, texts []string) uint32 {
	h := uint64(mix)
	for _, k := range ints[:a.nInts] {
		h = bits.RotateLeft64(h^uint64(k), 29) * mix
	}
	for _, k := range texts[:a.nText] {
		h = bits.RotateLeft64(h^maphash.String(a.seed, k), 29) * mix
	}
	return uint32(h >> 32)
}

// find gives the index of an element, or none, and its hash.
func (a *array) find(ints []int64, texts []string) (int32, uint32) {
	h := a.hash(ints, texts)
	mask := uint32(len(a.slots) - 1)
	for p := h & mask; a.slots[p] != 0; p = (p + 1) & mask {
		e := a.slots[p] - 1
		if a.elems[e].hash == h && a.equal(e, ints, texts) {
			return e, h
		}
	}
	return none, h
}

func (a *array) equal(e int32, ints []int64, texts []string) bool {
	for j, k := range a.intKeys(e) {
		if ints[j] != k {
			return false
		}
	}
	for j, k := range a.textKeys(e) {
		if texts[j] != string(k) {
			return false
		}
	}
	return true
}

func (a *array) intKeys(e int32) []int64 { return a.ints[int(e)*a.nInts:][:a.nInts] }

func (a *array) textKeys(e int32) [][]byte { return a.keys[int(e)*a.nText:][:a.nText] }

// long is an element's number, 0 if there is no such element.
func (a *array) long(ints []int64, texts []string) int64 {
	e, _ := a.find(ints, texts)
	if e == none {
		return 0
	}
	return a.elems[e].long
}

// text is an element's string, valid until the array changes.
func (a *array) text(ints []int64, texts []string) []byte {
	e, _ := a.find(ints, texts)
	if e == none {
		return nil
	}
	return a.elems[e].text
}

func (a *array) has(ints []int64, texts []string) bool {
	e, _ := a.find(ints, texts)
	return e != none
}

// make gives the element of the keys, a new one at the list's end if there is
// none, or nil if the array is full.
func (a *array) make(ints []int64, texts []string) *element {
	e := a.place(ints, texts)
	if e == none {
		return nil
	}
	return &a.elems[e]
}

// place is make, and gives the element's index.
func (a *array) place(ints []int64, texts []string) int32 {
	e, h := a.find(ints, texts)
	if e != none {
		return e
	}
	if a.count >= a.limit {
		if !a.wrap || a.first == none {
			return none
		}
		a.remove(a.first)
	}
	if 4*(a.count+1) > 3*len(a.slots) {
		a.rehash(2 * len(a.slots))
	}
	e = a.take()
	copy(a.intKeys(e), ints)
	for j, k := range a.textKeys(e) {
		a.textKeys(e)[j] = append(k[:0], texts[j]...)
	}
	a.elems[e].hash = h
	a.enter(e)
	a.append(e)
	a.count++
	return e
}

// take gives an element that is in no list, with the value 0 or "".
func (a *array) take() int32 {
	if e := a.free; e != none {
		el := &a.elems[e]
		a.free = el.next
		el.live, el.long, el.text = true, 0, el.text[:0]
		if a.form != nil {
			a.stats[e].reset()
		}
		return e
	}
	e := int32(len(a.elems))
	a.elems = append(a.elems, element{live: true})
	for range a.nInts {
		a.ints = append(a.ints, 0)
	}
	for range a.nText {
		a.keys = append(a.keys, nil)
	}
	if a.form != nil {
		a.stats = append(a.stats, a.form.new())
	}
	return e
}

// enter puts an element into the hash table.
func (a *array) enter(e int32) {
	mask := uint32(len(a.slots) - 1)
	p := a.elems[e].hash & mask
	for a.slots[p] != 0 {
		p = (p + 1) & mask
	}
	a.slots[p] = e + 1
}

func (a *array) rehash(n int) {
	a.slots = make([]int32, n)
	for e := a.first; e != none; e = a.elems[e].next {
		a.enter(e)
	}
}

// reserve makes room for n elements, so that entering them moves none.
func (a *array) reserve(n int) {
	size := len(a.slots)
	for 3*size < 4*(n+1) {
		size *= 2
	}
	if size > len(a.slots) {
		a.rehash(size)
	}
	if more := n - len(a.elems); more > 0 {
		a.elems = slices.Grow(a.elems, more)
		a.ints = slices.Grow(a.ints, more*a.nInts)
		a.keys = slices.Grow(a.keys, more*a.nText)
	}
}

// append hangs an element at the list's end.
func (a *array) append(e int32) {
	a.elems[e].next, a.elems[e].prev = none, a.last
	if a.last == none {
		a.first = e
	} else {
		a.elems[a.last].next = e
	}
	a.last = e
}

func (a *array) unlink(e int32) {
	el := &a.elems[e]
	if el.prev == none {
		a.first = el.next
	} else {
		a.elems[el.prev].next = el.next
	}
	if el.next == none {
		a.last = el.prev
	} else {
		a.elems[el.next].prev = el.prev
	}
}

func (a *array) delete(ints []int64, texts []string) {
	if e, _ := a.find(ints, texts); e != none {
		a.remove(e)
	}
}

func (a *array) remove(e int32) {
	a.vacate(e)
	a.unlink(e)
	el := &a.elems[e]
	el.live, el.next = false, a.free
	a.free = e
	a.count--
}

// vacate takes an element out of the hash table and closes the gap, so that no
// search ends early.
func (a *array) vacate(e int32) {
	mask := uint32(len(a.slots) - 1)
	p := a.elems[e].hash & mask
	for a.slots[p] != e+1 {
		p = (p + 1) & mask
	}
	for q := (p + 1) & mask; a.slots[q] != 0; q = (q + 1) & mask {
		home := a.elems[a.slots[q]-1].hash & mask
		if (q-home)&mask >= (q-p)&mask {
			a.slots[p] = a.slots[q]
			p = q
		}
	}
	a.slots[p] = 0
}

func (a *array) clear() {
	for a.first != none {
		e := a.first
		a.unlink(e)
		a.elems[e].live, a.elems[e].next = false, a.free
		a.free = e
	}
	clear(a.slots)
	a.count = 0
}

// matches reports whether an element fits a pattern: ints[0] is a mask of the
// keys that may be anything, which have no register.
func (a *array) matches(e int32, ints []int64, texts []string) bool {
	mask := ints[0]
	ints = ints[1:]
	intKeys, textKeys := a.intKeys(e), a.textKeys(e)
	for n, kind := range a.kinds {
		wild := mask&(1<<n) != 0
		if kind == types.String {
			if !wild {
				if texts[0] != string(textKeys[0]) {
					return false
				}
				texts = texts[1:]
			}
			textKeys = textKeys[1:]
			continue
		}
		if !wild {
			if ints[0] != intKeys[0] {
				return false
			}
			ints = ints[1:]
		}
		intKeys = intKeys[1:]
	}
	return true
}

func (a *array) hasMatch(ints []int64, texts []string) bool {
	for e := a.first; e != none; e = a.elems[e].next {
		if a.matches(e, ints, texts) {
			return true
		}
	}
	return false
}

func (a *array) deleteMatch(ints []int64, texts []string) {
	for e := a.first; e != none; {
		next := a.elems[e].next
		if a.matches(e, ints, texts) {
			a.remove(e)
		}
		e = next
	}
}
