package session

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"tapir/bpf"
	"tapir/bpf/layout"
	"tapir/runtime/attach"
	"tapir/runtime/event"
)

// kernelSide is the part of a session that lives in the kernel.
type kernelSide struct {
	object   *bpf.Object
	loaded   *attach.Loaded
	links    *attach.Links
	reader   *event.Reader
	state    []byte // the state map's value
	counters []byte // the counter map's value
	taken    uint64 // records read from the ring

	counts []Counts // once stopped
	misses []uint64 // per program, once stopped
}

// loadKernelSide loads an object and maps what is shared with it.
func loadKernelSide(o *bpf.Object, ring int, p *event.Poller) (*kernelSide, error) {
	k := &kernelSide{object: o}
	if err := k.open(ring, p); err != nil {
		k.close()
		return nil, err
	}
	return k, nil
}

func (k *kernelSide) open(ring int, p *event.Poller) (err error) {
	if k.loaded, err = attach.Load(k.object, ring); err != nil {
		return err
	}
	if k.state, err = k.mapped(bpf.StateMap, max(k.object.StateSize, layout.StateParams)); err != nil {
		return err
	}
	if k.counters, err = k.mapped(bpf.CountersMap, k.object.Counters.Size()); err != nil {
		return err
	}
	asleep := (*uint32)(unsafe.Pointer(&k.state[layout.StateAsleep]))
	k.reader, err = event.Open(k.loaded.Map(bpf.EventsMap), asleep, p)
	return err
}

// mapped maps the one value of an array map into memory.
func (k *kernelSide) mapped(name string, size int) ([]byte, error) {
	page := os.Getpagesize()
	b, err := unix.Mmap(k.loaded.Map(name).FD(), 0, (size+page-1)&^(page-1), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map the %s map: %w", name, err)
	}
	return b, nil
}

func (k *kernelSide) attach() (err error) {
	k.links, err = k.loaded.Attach()
	return err
}

// noteError counts an error of a handler outside the kernel with those in it, so
// that the kernel's handlers stop when there are too many.
func (k *kernelSide) noteError() {
	word := func(at int) *uint64 { return (*uint64)(unsafe.Pointer(&k.state[at])) }
	if atomic.AddUint64(word(layout.StateErrors), 1) > *word(layout.StateMaxErrors) {
		atomic.StoreUint64(word(layout.StateStopped), 1)
	}
}

// drain hands the events that are there to handle.
func (k *kernelSide) drain(handle func(record []byte) error) error {
	n, err := k.reader.Drain(handle)
	k.taken += uint64(n)
	return err
}

// moment takes what a probe that fires in tapir wants to know of the kernel's data: its
// record, which is nil if there was no room for it. What was in the ring before is
// handled first.
func (k *kernelSide) moment(probe int, handle func(record []byte) error) (record []byte, err error) {
	if err := k.loaded.Run(probe); err != nil {
		return nil, err
	}
	err = k.drain(func(r []byte) error {
		if len(r) >= layout.HeaderSize && int(binary.LittleEndian.Uint32(r[layout.HeaderProbe:])) == probe {
			record = bytes.Clone(r)
			return nil
		}
		return handle(r)
	})
	return record, err
}

// settleTime bounds the wait for programs that were running when they were
// detached. They take microseconds; a CPU that the host has stopped takes longer.
const settleTime = 20 * time.Millisecond

// stop detaches the programs, handles what they have left behind, and takes the
// final counts. A program may still run on another CPU then, so it looks again
// until every hit is accounted for and every record that was sent has arrived.
func (k *kernelSide) stop(handle func(record []byte) error) error {
	var missed []uint64
	var due []int64
	if k.links != nil {
		links := k.links
		k.links = nil
		missed, due = links.Missed(), links.Due()
		if err := links.Close(); err != nil {
			return err
		}
	}
	for deadline := time.Now().Add(settleTime); ; time.Sleep(100 * time.Microsecond) {
		k.counts = sumCounters(k.object.Counters, k.counters)
		if err := k.drain(handle); err != nil {
			return err
		}
		if k.settled() || time.Now().After(deadline) {
			break
		}
	}
	var err error
	k.misses, err = k.loaded.RecursionMisses()
	for i, n := range missed {
		if i < len(k.misses) {
			k.misses[i] += n
		}
	}
	for i, n := range due {
		if i < len(k.misses) {
			k.misses[i] += uint64(max(0, n-k.runs(i)))
		}
	}
	return err
}

// runs is how often a program has run, all of whose probes are met by each run.
func (k *kernelSide) runs(program int) int64 {
	probes := k.object.Programs[program].Probes
	if len(probes) == 0 {
		return 0
	}
	return int64(k.counts[probes[0]][layout.Hits])
}

// settled reports whether the counts tell of nothing that is still on its way.
func (k *kernelSide) settled() bool {
	sent := uint64(0)
	for _, c := range k.counts {
		if !c.Settled() {
			return false
		}
		sent += c[layout.Sent]
	}
	return sent == k.taken
}

// close gives all back; what is still attached is detached.
func (k *kernelSide) close() {
	var errs []error
	if k.links != nil {
		errs = append(errs, k.links.Close())
	}
	if k.reader != nil {
		k.reader.Close()
	}
	for _, b := range [][]byte{k.state, k.counters} {
		if b != nil {
			errs = append(errs, unix.Munmap(b))
		}
	}
	if k.loaded != nil {
		k.loaded.Close()
	}
	if err := errors.Join(errs...); err != nil {
		panic(fmt.Sprintf("session: give back what the kernel gave: %v", err))
	}
}
