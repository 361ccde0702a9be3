// Package table is the runtime's hand on the maps of resident arrays: it reads
// them in batches, empties them, and puts elements in. Start with Open.
package table

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"slices"
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

// Element is what a table has of one element. Its slices are valid as long as the
// list that it came in.
type Element struct {
	Stamp  uint64
	Key    []byte
	Shares [][]byte // the words behind the stamp: one, or one for every CPU
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

// Elements lists what is in the table, by stamp.
func (t *Table) Elements() ([]Element, error) { return t.all(unix.BPF_MAP_LOOKUP_BATCH) }

// Take empties the table of what is in it. No program may be writing to it.
func (t *Table) Take() ([]Element, error) { return t.all(unix.BPF_MAP_LOOKUP_AND_DELETE_BATCH) }

// batch is how many elements are read at a time: more, and the kernel's own copy
// would be large.
const batch = 4096

// cursorSize is enough for what the kernel notes between two batches.
const cursorSize = 8

func (t *Table) all(command int) ([]Element, error) {
	var list []Element
	cursor := make([]byte, 2*cursorSize) // where the next batch begins, and where the one behind it does
	from, to := cursor[:cursorSize], cursor[cursorSize:]
	for size, began := batch, false; ; {
		keys := make([]byte, size*t.keySize())
		values := make([]byte, size*t.valueSize())
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
		list = t.decode(list, keys, values, int(a.count))
		if err != nil {
			break
		}
		copy(from, to)
		began = true
	}
	slices.SortFunc(list, func(a, b Element) int { return cmp.Compare(a.Stamp, b.Stamp) })
	return list, nil
}

func (t *Table) keySize() int { return t.spec.Key.Size() }

func (t *Table) valueSize() int { return t.shares * t.spec.Value() }

// decode appends the elements of a batch to list.
func (t *Table) decode(list []Element, keys, values []byte, n int) []Element {
	all := make([][]byte, n*t.shares)
	list = slices.Grow(list, n)
	for i := range n {
		e := Element{Key: keys[i*t.keySize():][:t.keySize()], Shares: all[i*t.shares:][:t.shares]}
		value := values[i*t.valueSize():][:t.valueSize()]
		for j := range e.Shares {
			one := value[j*t.spec.Value():][:t.spec.Value()]
			e.Stamp = max(e.Stamp, binary.LittleEndian.Uint64(one[layout.ElementStamp:]))
			e.Shares[j] = one[layout.ElementValue:]
		}
		list = append(list, e)
	}
	return list
}
