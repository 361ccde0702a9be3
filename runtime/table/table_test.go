package table

import (
	"encoding/binary"
	"fmt"
	"os"
	"testing"

	"github.com/cilium/ebpf"

	"tapir/bpf"
	"tapir/bpf/layout"
)

func open(t testing.TB, spec *bpf.Hash) *Table {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: makes eBPF maps")
	}
	o := &bpf.Object{StateSize: layout.StateParams, Counters: layout.Counters{CPUs: 1, Probes: 1}, Hashes: []*bpf.Hash{spec}}
	m, err := ebpf.NewMap(o.Spec(4096).Maps[spec.Name])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	table, err := Open(spec, m)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func fill(t testing.TB, table *Table, n int) {
	t.Helper()
	for i := range n {
		key := binary.LittleEndian.AppendUint64(nil, uint64(i))
		if err := table.Put(key, uint64(n-i), int64(2*i)); err != nil {
			t.Fatal(err)
		}
	}
}

var long = layout.ElementKey{{Size: 8}}

func TestTable(t *testing.T) {
	for _, perCPU := range []bool{false, true} {
		t.Run(fmt.Sprint(perCPU), func(t *testing.T) {
			const n = 10_000
			table := open(t, &bpf.Hash{Name: "test", Key: long, Words: 1, PerCPU: perCPU, Exact: !perCPU, Entries: n})
			if list, err := table.Elements(); err != nil || list.Len() != 0 {
				t.Fatalf("empty: got %d elements, %v", list.Len(), err)
			}
			fill(t, table, n)
			fill(t, table, 3) // stays as it is
			if err := table.Put(binary.LittleEndian.AppendUint64(nil, n), 1); err != ErrFull {
				t.Errorf("full: got %v", err)
			}
			for _, read := range []func() (*Elements, error){table.Elements, table.Take} {
				list, err := read()
				if err != nil || list.Len() != n {
					t.Fatalf("got %d elements, %v", list.Len(), err)
				}
				want := uint64(n)
				for e := range list.All() {
					want--
					got, sum := binary.LittleEndian.Uint64(e.Key()), uint64(0)
					for s := range list.Shares() {
						sum += binary.LittleEndian.Uint64(e.Words(s))
					}
					if got != want || sum != 2*got {
						t.Fatalf("got key %d, sum %d, want key %d", got, sum, want)
					}
				}
				if want != 0 {
					t.Errorf("%d elements are missing", want)
				}
			}
			if list, err := table.Elements(); err != nil || list.Len() != 0 {
				t.Errorf("taken: got %d elements, %v", list.Len(), err)
			}
		})
	}
}

func BenchmarkElements(b *testing.B) {
	for _, perCPU := range []bool{false, true} {
		b.Run(fmt.Sprintf("100000, per CPU %v", perCPU), func(b *testing.B) {
			const n = 100_000
			table := open(b, &bpf.Hash{Name: "test", Key: long, Words: 1, PerCPU: perCPU, Exact: !perCPU, Entries: n})
			fill(b, table, n)
			for b.Loop() {
				if list, err := table.Elements(); err != nil || list.Len() != n {
					b.Fatal(list.Len(), err)
				}
			}
		})
	}
}

func BenchmarkTake(b *testing.B) {
	const n = 100_000
	table := open(b, &bpf.Hash{Name: "test", Key: long, Words: 1, Exact: true, Entries: n})
	for b.Loop() {
		b.StopTimer()
		fill(b, table, n)
		b.StartTimer()
		if list, err := table.Take(); err != nil || list.Len() != n {
			b.Fatal(list.Len(), err)
		}
	}
}
