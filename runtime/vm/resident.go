package vm

import (
	"tapir/bpf/layout"
	"tapir/lang/source"
)

// Keys are those of an element: the numbers and the texts apart, each in the order
// of the keys. The machine keeps neither slice.
type Keys struct {
	Ints  []int64
	Texts []string
}

// Add puts to a number what the kernel has collected for it, and reports false if
// that needs a new element and the array is full. Scalars have no keys.
func (m *Machine) Add(global int, k Keys, share int64, add func(x, y int64) int64) bool {
	g := &m.globals[global]
	if g.array == nil {
		g.long = add(g.long, share)
		return true
	}
	e := g.array.make(k.Ints, k.Texts)
	if e == nil {
		return false
	}
	e.long = add(e.long, share)
	return true
}

// Reserve makes room for n elements of an array.
func (m *Machine) Reserve(global, n int) { m.globals[global].array.reserve(n) }

// Collect is Add for a statistic; the share has the words that layout.ShareCount
// and its like say.
func (m *Machine) Collect(global int, k Keys, share []int64) bool {
	g := &m.globals[global]
	s := &g.scalar
	if g.array != nil {
		e := g.array.place(k.Ints, k.Texts)
		if e == none {
			return false
		}
		s = &g.array.stats[e]
	}
	s.merge(share)
	return true
}

// merge adds the values of a share.
func (s *stat) merge(share []int64) {
	n := share[layout.ShareCount]
	if n == 0 {
		return
	}
	low, high := share[layout.ShareMin], share[layout.ShareMax]
	if s.count > 0 {
		low, high = min(low, s.min), max(high, s.max)
	}
	s.min, s.max = low, high
	s.count += n
	s.sum += share[layout.ShareSum]
	if len(s.buckets) == 0 {
		return // the script's limits allow no such histogram
	}
	for i, b := range share[layout.ShareBuckets:] {
		s.buckets[i] += b
	}
}

// Clear makes a global 0, "" or empty.
func (m *Machine) Clear(global int) { m.globals[global].clear() }

// KernelError is an error that a handler ran into in the kernel.
func KernelError(probe int, msg string, pos source.Span, calls []source.Span) *RuntimeError {
	return &RuntimeError{Msg: msg, Pos: pos, Calls: calls, Probe: probe}
}

// SetText gives an element of an array of texts, of which there is room for no fewer than
// the kernel has.
func (m *Machine) SetText(global int, k Keys, text string) {
	if e := m.globals[global].array.make(k.Ints, k.Texts); e != nil {
		e.text = append(e.text[:0], text...)
	}
}

// LongestText is the most bytes that a text can have.
func (m *Machine) LongestText() int { return m.maxLen }

// TextFault is the message that a text could not be read in the kernel.
func TextFault(kernel bool, addr uint64, errno int64) string {
	if kernel {
		return string(appendKernelTextFault(nil, addr))
	}
	return string(appendUserFault(nil, "string", errno, addr))
}

// The messages of errors that a handler may run into in the kernel.
const (
	DivisionByZero  = msgDivision
	ActionsExceeded = msgActions
)

// Allowance is how many actions a handler of an event may take.
func (m *Machine) Allowance() int64 { return int64(m.limits.Actions) }
