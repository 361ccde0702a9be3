// Package table is the runtime's hand on the maps of resident arrays: it reads
// them in batches, empties them, and puts elements in. Start with Open.
package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"tapir/bpf"
	"tapir/bpf/layout"
)

// Table is one map.
type Table struct {
	spec   *bpf.Hash
	m      *ebpf.Map
	shares int // values that an element has
}

// Open makes a table of a map that is loaded.
func Open(spec *bpf.Hash, m *ebpf.Map) (*Table, error) {
	t := &Table{spec: spec, m: m, shares: 1}
	if spec.PerCPU {
		cpus, err := ebpf.PossibleCPU()
		if err != nil {
			return nil, fmt.Errorf("ask for the number of CPUs: %w", err)
		}
		t.shares = cpus
	}
	return t, nil
}

// ErrFull is what Put says when the array has as many elements as it may have.
var ErrFull = errors.New("the array is full")

// Put makes an element; if there is one already, that stays as it is. The other
// CPUs' shares of a new element are 0.
func (t *Table) Put(key []byte, stamp uint64, words ...int64) error {
	value := make([]byte, t.shares*t.spec.Value())
	binary.LittleEndian.PutUint64(value[layout.ElementStamp:], stamp)
	for i, w := range words {
		binary.LittleEndian.PutUint64(value[layout.ElementValue+8*i:], uint64(w))
	}
	a := elementAttr{fd: uint32(t.m.FD()), key: address(key), value: address(value), flags: unix.BPF_NOEXIST}
	err := call(unix.BPF_MAP_UPDATE_ELEM, unsafe.Pointer(&a), unsafe.Sizeof(a))
	runtime.KeepAlive(key)
	runtime.KeepAlive(value)
	switch {
	case errors.Is(err, unix.EEXIST):
		return nil
	case errors.Is(err, unix.E2BIG):
		return ErrFull
	case err != nil:
		return fmt.Errorf("write to map %s: %w", t.spec.Name, err)
	}
	return nil
}

// Elements lists what is in the table.
func (t *Table) Elements() (*Elements, error) { return t.all(unix.BPF_MAP_LOOKUP_BATCH) }

// Take empties the table of what is in it. No program may be writing to it.
func (t *Table) Take() (*Elements, error) { return t.all(unix.BPF_MAP_LOOKUP_AND_DELETE_BATCH) }

// batch is how many elements are read at a time: more, and the kernel's own copy
// would be large.
const batch = 4096

// cursorSize is enough for what the kernel notes between two batches.
const cursorSize = 8

func (t *Table) all(command int) (*Elements, error) {
	e := &Elements{keySize: t.spec.Key.Size(), valueSize: t.spec.Value(), shares: t.shares}
	cursor := make([]byte, 2*cursorSize) // where the next batch begins, and where the one behind it does
	from, to := cursor[:cursorSize], cursor[cursorSize:]
	for size, began := batch, false; ; {
		keys, values := e.room(size)
		a := batchAttr{
			out: address(to), keys: address(keys), values: address(values),
			count: uint32(size), fd: uint32(t.m.FD()),
		}
		if began {
			a.in = address(from)
		}
		err := call(command, unsafe.Pointer(&a), unsafe.Sizeof(a))
		runtime.KeepAlive(cursor)
		if errors.Is(err, unix.ENOSPC) { // the first bucket has more than that
			size *= 2
			continue
		}
		if err != nil && !errors.Is(err, unix.ENOENT) {
			return nil, fmt.Errorf("read map %s: %w", t.spec.Name, err)
		}
		e.count += int(a.count)
		if err != nil {
			break
		}
		copy(from, to)
		began = true
	}
	e.sort()
	return e, nil
}
