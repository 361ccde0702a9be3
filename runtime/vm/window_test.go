package vm

import (
	"encoding/binary"
	"strings"
	"testing"

	"tapir/bpf/layout"
	"tapir/compiler/bytecode"
)

// TestLookUp finds bytes by their addresses in the two parts of what an event carries.
func TestLookUp(t *testing.T) {
	const start = 0x7000_0000_0ffc // four bytes are in the first page
	record := make([]byte, 24)
	binary.LittleEndian.PutUint64(record, start)
	put := func(field int, errno int32, b []byte) {
		binary.LittleEndian.PutUint32(record[8+8*field:], uint32(len(record)))
		binary.LittleEndian.PutUint32(record[12+8*field:], uint32(len(b)))
		if errno != 0 {
			binary.LittleEndian.PutUint32(record[12+8*field:], uint32(-errno))
		}
		record = append(record, b...)
	}
	put(0, 0, []byte("abcd"))
	put(1, 0, []byte("efgh"))
	slot := func(kind layout.FieldKind, off int) bytecode.Slot {
		return bytecode.Slot{Present: true, Field: layout.Field{Kind: kind, Offset: off}}
	}
	m := &Machine{
		slots:  []bytecode.Slot{slot(layout.Word, 0), slot(layout.Memory, 8), slot(layout.Memory, 16)},
		record: record,
	}
	w := &bytecode.Window{Base: 0, Parts: [2]int{1, 2}}
	check := func(offset int64, size int, want string, wantErr int64, wantFault string) {
		t.Helper()
		m.fault = ""
		m.args = arguments{ints: []int64{start + offset}}
		b, errno := m.lookUp(w, size)
		if string(b) != want || errno != wantErr || (wantFault == "") != (m.fault == "") || !strings.Contains(m.fault, wantFault) {
			t.Errorf("%d bytes at %+d: %q, errno %d, fault %q", size, offset, b, errno, m.fault)
		}
	}
	check(0, 1, "a", 0, "")
	check(2, 2, "cd", 0, "")
	check(2, 4, "cdef", 0, "")
	check(4, 4, "efgh", 0, "")
	const outside = "is not known"
	check(7, 2, "", efault, outside)
	check(-1, 1, "", efault, outside)
	check(4095, 2, "", efault, outside)
	check(1<<40, 8, "", efault, outside)
	m.record, record = nil, record[:24]
	put(0, 0, []byte("abcd"))
	put(1, efault, nil)
	m.record = record
	check(0, 4, "abcd", 0, "")
	check(2, 4, "", efault, "")
	check(4, 1, "", efault, "")
	m.slots[2].Present = false
	check(4, 1, "", efault, "")
}
