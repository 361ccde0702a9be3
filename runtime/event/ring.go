package event

import (
	"errors"
	"fmt"
	"sync/atomic"
	"unsafe"
)

// Bits and sizes of a record's head, as the kernel's ring buffer writes them:
// {u32 length and flags; u32 page offset}, then the bytes, padded to 8.
const (
	busyBit    = 1 << 31 // reserved, not yet submitted
	discardBit = 1 << 30 // given back by the producer
	lengthMask = discardBit - 1
	headSize   = 8
)

// publishEvery is how many bytes are read before the producer is told that their
// space is free again. Telling it each time would pull the consumer's page from
// one CPU to another for every record.
const publishEvery = 64 << 10

// errCorrupt says that the ring's memory holds what no kernel writes there.
var errCorrupt = errors.New("the ring buffer is corrupt")

// ring is the memory of a ring buffer: the positions are byte counts since its
// creation, data is the buffer's space mapped twice in a row, so that a record
// that wraps around is contiguous.
type ring struct {
	consumer *uint64
	producer *uint64
	data     []byte // 2 * size bytes
	size     uint64 // a power of two
}

// newRing makes a ring of its three parts: the consumer's page, the producer's
// page, and the doubled data.
func newRing(consumer, producer, data []byte) (*ring, error) {
	size := uint64(len(data) / 2)
	if size == 0 || size&(size-1) != 0 || len(consumer) < 8 || len(producer) < 8 {
		return nil, fmt.Errorf("a ring of %d bytes with position pages of %d and %d bytes", size, len(consumer), len(producer))
	}
	return &ring{
		consumer: (*uint64)(unsafe.Pointer(unsafe.SliceData(consumer))),
		producer: (*uint64)(unsafe.Pointer(unsafe.SliceData(producer))),
		data:     data,
		size:     size,
	}, nil
}

// empty reports whether nothing is there to be read, now or soon: a record that
// is reserved and not yet submitted counts as something.
func (r *ring) empty() bool {
	return atomic.LoadUint64(r.producer) == atomic.LoadUint64(r.consumer)
}

// drain hands the records that were reserved before the call to f, in order, up
// to the first that is not yet submitted, and returns how many there were. It
// stops early if f fails; that record counts as read. The bytes that f gets are
// the ring's own: they are overwritten once drain returns.
func (r *ring) drain(f func(record []byte) error) (n int, err error) {
	pos, end := atomic.LoadUint64(r.consumer), atomic.LoadUint64(r.producer)
	published := pos
	for pos != end && err == nil {
		var record []byte
		var next uint64
		record, next, err = r.at(pos, end)
		if err != nil || next == pos {
			break
		}
		if record != nil {
			n++
			err = f(record)
		}
		pos = next
		if pos-published >= publishEvery {
			atomic.StoreUint64(r.consumer, pos)
			published = pos
		}
	}
	if pos != published {
		atomic.StoreUint64(r.consumer, pos)
	}
	return n, err
}

// at is the record at pos and the position behind it. The record is nil if the
// producer discarded it; next is pos if it is not submitted yet. Nothing that
// the memory may hold makes it look beyond data.
func (r *ring) at(pos, end uint64) (record []byte, next uint64, err error) {
	filled := end - pos
	if filled > r.size || filled < headSize || pos%8 != 0 {
		return nil, pos, fmt.Errorf("%w: %d bytes between the positions %d and %d", errCorrupt, filled, pos, end)
	}
	off := pos & (r.size - 1)
	head := atomic.LoadUint32((*uint32)(unsafe.Pointer(&r.data[off])))
	if head&busyBit != 0 {
		return nil, pos, nil
	}
	length := uint64(head & lengthMask)
	space := (headSize + length + 7) &^ 7
	if space > filled {
		return nil, pos, fmt.Errorf("%w: a record of %d bytes at %d, of which %d are there", errCorrupt, length, pos, filled)
	}
	next = pos + space
	if head&discardBit != 0 {
		return nil, next, nil
	}
	start := off + headSize
	return r.data[start : start+length : start+length], next, nil
}
