package event

import (
	"encoding/binary"
	"sync/atomic"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// fake is a ring in ordinary memory, with a producer that does what the kernel's
// does: it writes every byte where both mappings of the data would show it.
type fake struct {
	*ring
	asleep uint32
	fd     int // eventfd in the place of the ring's descriptor
	woken  atomic.Int64
}

func newFake(t testing.TB, size int) *fake {
	t.Helper()
	// uint64s, so that positions and heads are aligned
	pages, data := make([]uint64, 2), make([]uint64, 2*size/8)
	r, err := newRing(bytesOf(pages[:1]), bytesOf(pages[1:]), bytesOf(data))
	if err != nil {
		t.Fatalf("newRing(%d bytes): %v", size, err)
	}
	f := &fake{ring: r, fd: -1}
	if f.fd, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		t.Fatalf("eventfd: %v", err)
	}
	t.Cleanup(func() { _ = unix.Close(f.fd) })
	return f
}

func bytesOf(words []uint64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), 8*len(words))
}

func (f *fake) reader(t testing.TB) (*Reader, *Poller) {
	t.Helper()
	p, err := NewPoller()
	if err != nil {
		t.Fatalf("NewPoller: %v", err)
	}
	t.Cleanup(p.Close)
	if err := p.Add(f.fd, nil); err != nil {
		t.Fatalf("Add: %v", err)
	}
	return &Reader{ring: f.ring, poller: p, asleep: &f.asleep, nap: longNap}, p
}

func (f *fake) head(pos uint64) *uint32 {
	return (*uint32)(unsafe.Pointer(&f.data[pos&(f.size-1)]))
}

// reserve makes a busy record, as bpf_ringbuf_reserve does; ok is false if the
// ring is full.
func (f *fake) reserve(body []byte) (pos uint64, ok bool) {
	pos = atomic.LoadUint64(f.producer)
	next := pos + (headSize+uint64(len(body))+7)&^7
	if next-atomic.LoadUint64(f.consumer) > f.size {
		return 0, false
	}
	atomic.StoreUint32(f.head(pos), uint32(len(body))|busyBit)
	for i, b := range body {
		at := (pos + headSize + uint64(i)) & (f.size - 1)
		f.data[at], f.data[at+f.size] = b, b
	}
	atomic.StoreUint64(f.producer, next)
	return pos, true
}

func (f *fake) submit(pos uint64, flags uint32) {
	head := f.head(pos)
	atomic.StoreUint32(head, atomic.LoadUint32(head)&^busyBit|flags)
}

// wake is what programs do behind a record: see the package's comment.
func (f *fake) wake() {
	if atomic.LoadUint32(&f.asleep) == 0 {
		return
	}
	pos, ok := f.reserve(make([]byte, 8))
	if !ok {
		return
	}
	atomic.StoreUint32(&f.asleep, 0)
	f.submit(pos, discardBit)
	f.woken.Add(1)
	var one [8]byte
	binary.NativeEndian.PutUint64(one[:], 1)
	_, _ = unix.Write(f.fd, one[:])
}

func (f *fake) send(body []byte) bool {
	pos, ok := f.reserve(body)
	if !ok {
		return false
	}
	f.submit(pos, 0)
	f.wake()
	return true
}
