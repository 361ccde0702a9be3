// Package event reads the ring buffer that the kernel side writes its events
// to, in place and without a system call per event. Start with Open.
//
// # Waking
//
// A wake-up costs the traced program 7 to 24 µs, a record 0.1 µs, so the
// producer does not wake. While events stream, the reader looks every few
// milliseconds. Only when nothing has come for a while it says so, in the state
// map's asleep word, and sleeps on the ring's descriptor. A producer looks at the
// word once its record is in the ring; if it is set, it clears it and wakes.
//
// No event is forgotten in between:
//
//  1. The reader stores asleep = 1, and then loads the ring's positions; Go's
//     atomic store is a full barrier. A record counts from its reservation on.
//  2. A producer moves the position, and then loads asleep; the kernel's exchange
//     of the record's head, which submits it, is a full barrier between the two.
//  3. So at least one of the two sees the other: either the reader finds the ring
//     not empty and does not sleep, or the producer finds asleep set and wakes.
//     epoll keeps a wake-up that comes before the wait.
//  4. Two producers at once: the one that clears the word wakes the reader after
//     that. A wake-up hangs on a discarded record; if the ring has no room for
//     one, the word stays set, and no sleep is longer than longNap, after which
//     the ring is looked at in any case.
package event

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

// How long the reader waits. Idle, it wakes 10 times a second, at about 0.1 ms
// of CPU each: 0.1 % of a CPU. At 2.3 million records of 64 bytes a second, the
// most that one CPU can produce, an 8 MiB ring fills in 50 ms; pollEvery leaves
// room for the reader to be late.
const (
	pollEvery  = 4 * time.Millisecond
	quietPolls = 5 // empty looks at the ring after which the reader goes to sleep
	longNap    = 100 * time.Millisecond
)

// Reader takes events out of a ring buffer. Only Poller.Interrupt may be called
// while one of its methods runs.
type Reader struct {
	ring   *ring
	poller *Poller
	asleep *uint32
	nap    time.Duration // the longest sleep: longNap
	quiet  int           // looks at the ring in a row that found nothing
	unmap  [][]byte
}

// Open maps the ring buffer. The asleep word is that of the state map, at
// layout.StateAsleep. The poller tells of the ring from then on, and is closed by
// its owner.
func Open(m *ebpf.Map, asleep *uint32, p *Poller) (*Reader, error) {
	page, size := os.Getpagesize(), int(m.MaxEntries())
	consumer, err := unix.Mmap(m.FD(), 0, page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map the ring buffer's consumer page: %w", err)
	}
	rest, err := unix.Mmap(m.FD(), int64(page), page+2*size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		_ = unix.Munmap(consumer)
		return nil, fmt.Errorf("map the ring buffer: %w", err)
	}
	memory, err := newRing(consumer, rest[:page], rest[page:])
	if err == nil {
		err = p.Add(m.FD(), nil)
	}
	if err != nil {
		_, _ = unix.Munmap(consumer), unix.Munmap(rest)
		return nil, err
	}
	return &Reader{ring: memory, poller: p, asleep: asleep, nap: longNap, unmap: [][]byte{consumer, rest}}, nil
}

// Drain hands every record that is complete to f, in order, and returns their
// number; it stops at an error of f, which it returns. The bytes are valid until
// f returns.
func (r *Reader) Drain(f func(record []byte) error) (int, error) {
	n, err := r.ring.drain(f)
	if n > 0 {
		r.quiet = 0
	} else {
		r.quiet++
	}
	return n, err
}

// Wait returns when it is time to Drain again, when limit has passed (negative:
// no limit), or when the poller is interrupted or has something else to tell.
func (r *Reader) Wait(limit time.Duration) error {
	if r.quiet < quietPolls {
		return r.poller.Wait(Sooner(limit, pollEvery))
	}
	atomic.StoreUint32(r.asleep, 1)
	defer atomic.StoreUint32(r.asleep, 0)
	if !r.ring.empty() {
		r.quiet = 0
		return nil
	}
	return r.poller.Wait(Sooner(limit, r.nap))
}

// Sooner is the shorter of two times; a negative one is unlimited.
func Sooner(a, b time.Duration) time.Duration {
	if a < 0 || b < 0 {
		return max(a, b)
	}
	return min(a, b)
}

// Close unmaps the ring buffer. Records that Drain handed out are gone.
func (r *Reader) Close() {
	for _, b := range r.unmap {
		_ = unix.Munmap(b)
	}
	r.unmap, r.ring = nil, nil
}
