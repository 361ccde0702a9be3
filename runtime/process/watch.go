package process

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/cilium/ebpf"
)

// watch is the kernel's records about processes: a ring per CPU.
type watch struct {
	rings   []*ring
	scratch []byte
	records []record
}

// ring is the buffer that one CPU writes to.
type ring struct {
	fd   int
	page *unix.PerfEventMmapPage
	data []byte
	all  []byte // as it was mapped
}

// ringPages is the size of a ring, a power of two: room for some 4000 mappings, 400
// programs that start.
const ringPages = 128

// Watch begins to note what is mapped from now on. It is for a table that has not been
// asked yet.
func (t *Table) Watch() error {
	cpus, err := ebpf.PossibleCPU()
	if err != nil {
		return err
	}
	w := &watch{}
	for cpu := range cpus {
		r, err := openRing(cpu)
		if errors.Is(err, unix.ENODEV) {
			continue // it is not there now
		}
		if err != nil {
			w.close()
			return fmt.Errorf("watch what processes map: %w", err)
		}
		w.rings = append(w.rings, r)
	}
	t.mu.Lock()
	t.watch = w
	t.mu.Unlock()
	return nil
}

// openRing opens an event that never fires, but has records of what is mapped.
func openRing(cpu int) (*ring, error) {
	attr := &unix.PerfEventAttr{
		Type:        unix.PERF_TYPE_SOFTWARE,
		Config:      unix.PERF_COUNT_SW_DUMMY,
		Size:        uint32(unsafe.Sizeof(unix.PerfEventAttr{})),
		Sample_type: unix.PERF_SAMPLE_TID | unix.PERF_SAMPLE_TIME,
		Bits: unix.PerfBitMmap | unix.PerfBitMmap2 | unix.PerfBitComm | unix.PerfBitCommExec | unix.PerfBitTask |
			unix.PerfBitSampleIDAll | unix.PerfBitUseClockID | unix.PerfBitWatermark,
		Wakeup:  uint32(ringPages * os.Getpagesize() / 4),
		Clockid: unix.CLOCK_MONOTONIC,
	}
	fd, err := unix.PerfEventOpen(attr, -1, cpu, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	all, err := unix.Mmap(fd, 0, (1+ringPages)*os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	return &ring{fd: fd, page: (*unix.PerfEventMmapPage)(unsafe.Pointer(&all[0])), data: all[os.Getpagesize():], all: all}, nil
}

// Descriptors are those that become readable when Take should be called.
func (t *Table) Descriptors() []int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.watch == nil {
		return nil
	}
	var list []int
	for _, r := range t.watch.rings {
		list = append(list, r.fd)
	}
	return list
}

// Take notes what the kernel has recorded so far.
func (t *Table) Take() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.take()
}

func (t *Table) take() {
	w := t.watch
	if w == nil {
		return
	}
	w.records = w.records[:0]
	t.taken = now()
	for _, r := range w.rings {
		w.drain(r)
	}
	slices.SortStableFunc(w.records, func(a, b record) int { return cmp.Compare(a.at, b.at) })
	for _, r := range w.records {
		t.apply(r)
	}
	clear(w.records)
}

// drain takes the records of one ring.
func (w *watch) drain(r *ring) {
	head := atomic.LoadUint64(&r.page.Data_head)
	tail := r.page.Data_tail
	if head-tail > uint64(len(r.data)) {
		tail = head // not what the kernel writes
	}
	for head-tail >= headSize {
		h := r.copy(w.buffer(headSize), tail)
		size := uint64(h[6]) | uint64(h[7])<<8
		kind, flags := le32(h), uint16(h[4])|uint16(h[5])<<8
		if size < headSize || size > head-tail {
			tail = head
			break
		}
		body := r.copy(w.buffer(int(size)-headSize), tail+headSize)
		if rec, ok := parseRecord(kind, flags, body); ok {
			w.records = append(w.records, rec)
		}
		tail += size
	}
	atomic.StoreUint64(&r.page.Data_tail, tail)
}

func (w *watch) buffer(n int) []byte {
	if n > cap(w.scratch) {
		w.scratch = make([]byte, 2*n)
	}
	return w.scratch[:n]
}

// copy fills b with what lies at a position of the ring.
func (r *ring) copy(b []byte, at uint64) []byte {
	start := int(at % uint64(len(r.data)))
	n := copy(b, r.data[start:])
	copy(b[n:], r.data)
	return b
}

// Close ends the watch. What is known stays.
func (t *Table) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	if t.watch != nil {
		t.watch.close()
		t.watch = nil
	}
}

func (w *watch) close() {
	for _, r := range w.rings {
		_ = unix.Munmap(r.all)
		_ = unix.Close(r.fd)
	}
	w.rings = nil
}

// now is the time of the clock that records and events have.
func now() int64 {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		return 0
	}
	return ts.Nano()
}
