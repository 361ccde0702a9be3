// Package layout is what the kernel side and the user side both know: where
// things lie in event records, in the state and counter maps, and in map keys.
// All numbers are little-endian, as every kernel that tapir runs on has them.
package layout

// HeaderSize is the size in bytes of what every event record starts with: the
// index of its probe (u32), and a bit for each read of memory without which a field's
// value could not be computed (u32).
const HeaderSize = 8

// Offsets in the header.
const (
	HeaderProbe  = 0
	HeaderFaults = 4
)

// FilterFault is the bit of a fault in the filter; the other bits are the number of the
// read that failed, and the record's fields are of no worth.
const FilterFault = 1 << 31

// Bits beyond those of the header are in words of the record's own.
const (
	headerBits = 31
	wordBits   = 64
)

// FaultBit is the i-th bit: in the header's word, if word is 0, or else in
// the word-th of Record.Faults, from 1.
func FaultBit(i int) (word int, bit uint64) {
	if i < headerBits {
		return 0, 1 << i
	}
	i -= headerBits
	return 1 + i/wordBits, 1 << (i % wordBits)
}

// FaultPlace is where a record has a bit of a fault: in the word of 8 bytes at an offset,
// or, if that is 0, in the header's.
type FaultPlace struct {
	At  int    `json:"at,omitempty"`
	Bit uint64 `json:"bit"`
}

// FaultPlace is where the record has the i-th bit; it may have no room for it.
func (r Record) FaultPlace(i int) (place FaultPlace, ok bool) {
	word, bit := FaultBit(i)
	switch {
	case word == 0:
		return FaultPlace{0, bit}, true
	case r.Faults == 0:
		return FaultPlace{}, false
	}
	return FaultPlace{r.Faults + 8*(word-1), bit}, true
}

// FaultWords is how many words n bits need besides the header's.
func FaultWords(n int) int { return (max(n-headerBits, 0) + wordBits - 1) / wordBits }

// FieldKind is the shape of one captured value.
type FieldKind uint8

// The kinds of field.
const (
	Word   FieldKind = iota // 8 bytes, an int64
	Comm                    // CommSize bytes, a task's name up to its first NUL
	Memory                  // 8 bytes that say where the bytes lie: see Record
	Int                     // 8 bytes, of which the low 4 count, as an int32
	Uint                    // 8 bytes, of which the low 4 count, as a uint32
)

// CommSize is the kernel's TASK_COMM_LEN.
const CommSize = 16

// Size is the number of bytes that the field takes in the record's fixed part.
func (k FieldKind) Size() int {
	if k == Comm {
		return CommSize
	}
	return 8
}

// Field is a captured value's place in the record.
type Field struct {
	Kind   FieldKind
	Offset int // from the record's start; a multiple of 8
	Max    int // Memory: most bytes that its tail can hold
}

// Record describes the events of one probe: a header, the fixed part of every
// field, then the bytes of the Memory fields, one after another.
//
// A Memory field's fixed part is {u32 offset from the record's start; s32
// length}; a negative length is the negated errno of a read that failed. A C
// string's length does not count its NUL.
type Record struct {
	Fields []Field
	Fixed  int // bytes of header and fixed parts
	Max    int // bytes with every tail full
	Faults int // where the fixed part has FaultWords, u64 each; 0 if it has none
}

// WithFaults is r with the words for n bits of faults.
func (r Record) WithFaults(n int) Record {
	if size := 8 * FaultWords(n); size > 0 {
		r.Faults = r.Fixed
		r.Fixed += size
		r.Max += size
	}
	return r
}

// NewRecord lays out fields of the given kinds; max is read for Memory fields.
func NewRecord(kinds []FieldKind, max []int) Record {
	r := Record{Fixed: HeaderSize}
	for i, k := range kinds {
		f := Field{Kind: k, Offset: r.Fixed}
		r.Fixed += k.Size()
		if k == Memory {
			f.Max = max[i]
			r.Max += align8(f.Max)
		}
		r.Fields = append(r.Fields, f)
	}
	r.Max += r.Fixed
	return r
}

// A Vector's tail holds its elements one after another, each a multiple of 8
// bytes: {s32 length; u32 0} and, if length >= 0, that many bytes of the string,
// padded; if length is negative (the errno, negated), the pointer that could not
// be read from (u64): the string's, or, for the last element, that of the
// array's own slot, which then has bit 0 of the second word set.
//
// A path has such elements, too: its names, the last of them first, and at the end, if
// the root was reached, an element without bytes that has PathRoot set.
const (
	VectorElem     = 8 // bytes of an element's head
	VectorBadSlot  = 1 // second word of the head: the slot itself was unreadable
	PathRoot       = 2 // second word of the head: this is where the path begins
	VectorMaxElems = 128
)

func align8(n int) int { return (n + 7) &^ 7 }

// Offsets in the state map's one value. Scalar parameters follow at StateParams.
const (
	StateAsleep      = 0  // u32: the reader sleeps and wants to be woken
	StateStack       = 4  // u32: how far from a kernel stack's lowest address the registers of a system call are
	StateTarget      = 8  // s64: target()
	StateClockOffset = 16 // s64: nanoseconds to add to the kernel's clock to get the time of day
	StateParams      = 80
)

// Sizes in bytes of a scalar parameter in the state map.
//
// A long is its value. A string that is compared with a task's name is a value
// and a mask of CommSize bytes each: name & mask == value holds exactly if the
// strings are equal. See CommParam.
const (
	LongParamSize = 8
	CommParamSize = 2 * CommSize
)

// CommParam encodes the string s for the comparison with a task's name: the mask
// covers the string and its NUL, since older kernels leave garbage behind it. A
// string too long for a name matches none.
func CommParam(s string) (b [CommParamSize]byte) {
	if len(s) >= CommSize {
		b[0] = 1 // value 1 under mask 0: never equal
		return b
	}
	copy(b[:], s)
	for i := range len(s) + 1 {
		b[CommSize+i] = 0xff
	}
	return b
}

// The counters of one probe on one CPU are CounterSize bytes: a u64 per Counter.
const CounterSize = 64

// Counter names one of a probe's counters. Hits == Rejected + Aggregated + Sent
// + Lost at any time when the probe is not running.
type Counter int

// The counters.
const (
	Hits       Counter = iota // events at the probe point, of the call that it is about
	Rejected                  // filtered out in the kernel
	Aggregated                // dealt with wholly in the kernel
	Sent                      // records put into the ring buffer
	Lost                      // not dealt with: the ring buffer was full, or memory was short or in use
	Errors                    // reads of memory that failed in the kernel part
	NumCounters
)

// CounterTask is the offset of a word behind the counters of the first probe, on each
// CPU: the address of the task whose system call was the last one there.
const CounterTask = CounterSize - 16

// CounterScratch is the offset of a probe's word behind its counters on each CPU,
// in which programs put a number through memory.
const CounterScratch = CounterSize - 8

// Counters is the layout of the counter map's one value: per CPU, per probe. A
// CPU's counters are contiguous, so no two CPUs write to the same cache line.
//
// Behind a CPU's counters lie its shares of resident scalars, in two copies; see
// StateEpoch.
type Counters struct {
	CPUs   int // a power of two, not less than the number of possible CPUs
	Probes int
	Shares int // bytes of one copy of the shares; a multiple of CounterSize
}

// Stride is the number of bytes that one CPU's counters and shares take.
func (c Counters) Stride() int { return c.Probes*CounterSize + 2*c.Shares }

// ShareOffset is where a share lies for CPU 0, given its place among the shares;
// the second copy follows Shares bytes behind.
func (c Counters) ShareOffset(place int) int { return c.Probes*CounterSize + place }

// Size is the size of the whole value in bytes.
func (c Counters) Size() int { return c.CPUs * c.Stride() }

// Offset is where counter k of a probe lies for CPU 0.
func (c Counters) Offset(probe int, k Counter) int { return probe*CounterSize + int(k)*8 }

// A table of members tells a handler that serves many calls what each is about: for
// every number of a call an entry of MemberSize bytes and ReadSize for each read.
// An entry begins with the index of the call's probe plus one (u32), 0 if there is
// none.
const (
	MemberSize = 8
	ReadSize   = 16
)

// Offsets in the part of an entry that describes a read.
const (
	ReadKind   = 0  // u8: NoRead and its like
	ReadArg    = 1  // u8: the argument, from 0, that is the address
	ReadLength = 2  // u8: the argument, from 0, that is the length; LengthResult; LengthMax
	ReadShift  = 3  // u8: how far the length is shifted up and down again: 0 or 32
	ReadMax    = 4  // u32: most bytes
	ReadAdd    = 8  // u32: to be added to the address
	ReadSigned = 12 // u16: whether the length is signed
	ReadScale  = 14 // u16: what the length is multiplied by
)

// Kinds of read.
const (
	NoRead      = 0
	ReadCString = 1
	ReadBytes   = 2
)

// Lengths that no argument tells.
const (
	LengthResult = 0xfe // the call's result
	LengthMax    = 0xff // as many bytes as may be
)

// ArrayKey is the form of a parameter array's key: its parts one after another,
// a Word or a Comm (padded with NULs) each. The value is an int64.
type ArrayKey []FieldKind

// Size is the key's size in bytes.
func (k ArrayKey) Size() int {
	n := 0
	for _, p := range k {
		n += p.Size()
	}
	return n
}
