package vm

import "unsafe"

const (
	chunkSize = 64 << 10
	// crowdedAt is how many bytes one handler's strings may take before those that
	// are no longer in any register are dropped.
	crowdedAt = 1 << 20
)

// arena holds the strings that a handler makes. reset forgets them all at once
// and keeps the memory.
type arena struct {
	chunks  [][]byte
	current int
	used    int // bytes of the current chunk
	total   int
	limit   int
	crowded bool // total has passed limit: time for collect
}

func (a *arena) reset() {
	a.current, a.used, a.total, a.limit, a.crowded = 0, 0, 0, crowdedAt, false
}

// alloc gives n bytes.
func (a *arena) alloc(n int) []byte {
	a.total += n
	for {
		if a.current == len(a.chunks) {
			a.chunks = append(a.chunks, make([]byte, max(n, chunkSize)))
			a.crowded = a.total > a.limit
		}
		if c := a.chunks[a.current]; a.used+n <= len(c) {
			b := c[a.used : a.used+n : a.used+n]
			a.used += n
			return b
		}
		a.current++
		a.used = 0
		a.crowded = a.crowded || a.total > a.limit
	}
}

// keep is b as a string.
func (a *arena) keep(b []byte) string {
	c := a.alloc(len(b))
	copy(c, b)
	return view(c)
}

func (a *arena) concat(s, t string) string {
	c := a.alloc(len(s) + len(t))
	copy(c, s)
	copy(c[len(s):], t)
	return view(c)
}

// collect moves the strings in registers to new memory and leaves the old to
// the garbage collector. A loop that makes strings without end so takes no more
// memory than the strings that it still has.
func (a *arena) collect(registers []string) {
	*a = arena{limit: crowdedAt}
	for i, s := range registers {
		c := a.alloc(len(s))
		copy(c, s)
		registers[i] = view(c)
	}
	a.limit = max(crowdedAt, 2*a.total)
	a.crowded = false
}

// view is b as a string without a copy: it must not be used after b changed.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
