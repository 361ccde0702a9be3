package layout

// Offsets in the state map's value that only programs with resident globals use.
const (
	StateEpoch     = 24 // u64: which of the two copies of what timers read programs write to, 0 or 1
	StateStamp     = 32 // u64: the last stamp that an element got
	StateErrors    = 40 // u64: run-time errors so far
	StateMaxErrors = 48 // u64: how many of them the session bears
	StateStopped   = 56 // u64: there were more: no handler runs any more
	StateActions   = 64 // u64: how many actions a handler may take
	StateZero      = 72 // u64: 0, of which the verifier knows nothing
)

// ErrorFlag is set in the index of the probe that an error's record is about; behind
// the index comes the number of the error, from 1.
const (
	ErrorFlag   = 1 << 31
	HeaderError = 4
	ErrorSize   = HeaderSize
	// ErrorDetail is the bytes that follow if a text could not be read: its address, and
	// the errno, negated.
	ErrorDetail = 16
)

// KeyPart is one key of a resident array: a number of 8 bytes, or a text that is
// padded with NULs to Size, a multiple of 8, of which the last byte is one. Where texts
// are Quoted, that byte says how: TextPlain and its like.
type KeyPart struct {
	Text, Quoted bool
	Size         int
}

// ElementKey is the key of a resident array: its parts one after another.
type ElementKey []KeyPart

// Size is the key's size in bytes.
func (k ElementKey) Size() int {
	n := 0
	for _, p := range k {
		n += p.Size
	}
	return n
}

// An element of a resident array is a stamp and its value, both u64, or the words
// of a share in place of the value. Stamps rise with every element made, so they
// give the order of insertion. In per-CPU maps the one CPU that made the element
// has its stamp; the others have 0.
const (
	ElementStamp = 0
	ElementValue = 8
)

// The words of a share of a statistic, a u64 each. The minimum and the maximum
// mean nothing while the count is 0.
const (
	ShareCount = iota
	ShareSum
	ShareMin
	ShareMax
	ShareBuckets // and all behind it: the histogram
)

// In a share whose writers may be put aside for each other, the words at ShareMin and
// ShareMax begin as 0 and only rise, as unsigned numbers. SharedMax gives the value that
// the latter stands for.
func SharedMax(w uint64) int64 { return int64(w ^ 1<<63) }

// SharedMin is SharedMax for the former.
func SharedMin(w uint64) int64 { return SharedMax(^w) }

// The elements of an array whose one key is the thread's own number lie in slots,
// which a thread finds by its number: one array map with a head and a slot for each
// of the SlotBits low bits of a number. An element whose slot another thread has is
// spilled to the hash map that the array has as well.
const (
	SlotBits = 16

	SlotsCount   = 0  // u64: elements that there are, spilled ones too
	SlotsLimit   = 8  // u64: how many there may be
	SlotsSpilled = 64 // u64: elements in the hash map
	SlotsHead    = 128

	SlotTag   = 0 // u64: the thread's number; 0: the slot is free
	SlotValue = 8
	SlotStamp = 16 // 0 if nobody looks at the order of the elements
	SlotSize  = 24

	SlotsSize = SlotsHead + SlotSize<<SlotBits
)
