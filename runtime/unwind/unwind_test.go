package unwind

import (
	"encoding/binary"
	"slices"
	"testing"

	"tapir/bpf/callframe"
)

// TestWalk goes from a function without a frame pointer through one with to one of which
// nothing is known, and to the outermost.
func TestWalk(t *testing.T) {
	rows := map[uint64]callframe.Row{
		1: {End: 24, Return: -8},
		2: {ByBase: true, End: 16, Return: -8, Base: -16, BaseSaved: true},
		4: {Outermost: true, End: 8, Return: -8},
	}
	code := func(address uint64) (callframe.Row, bool, bool) {
		row, ok := rows[address>>12]
		return row, ok, address>>12 >= 1 && address>>12 <= 4
	}
	words := []uint64{11, 12, 0x2010, 13, 0x5040 /* base of 3 */, 0x3010, 14, 15, 0, 0x4010, 16}
	const start = 0x5000
	var bytes []byte
	for _, w := range words {
		bytes = binary.LittleEndian.AppendUint64(bytes, w)
	}
	at := Registers{Instruction: 0x1010, Stack: start, Base: start + 0x20}
	want := []uint64{0x1010, 0x2010, 0x3010, 0x4010}
	got, complete := Walk(nil, at, Memory{start, bytes}, code)
	if !slices.Equal(got, want) || !complete {
		t.Errorf("got %#x, %v; want %#x", got, complete, want)
	}
	got, complete = Walk(nil, at, Memory{start, bytes[:0x20]}, code) // the copy is short
	if !slices.Equal(got, want[:2]) || complete {
		t.Errorf("of a short copy: got %#x, %v; want %#x", got, complete, want[:2])
	}
	for i := range bytes {
		bytes[i] = 0xff
	}
	if got, _ = Walk(nil, at, Memory{start, bytes}, code); len(got) != 1 {
		t.Errorf("of garbage: got %#x", got)
	}
}

// FuzzWalk walks on any stack, by rows of any kind.
func FuzzWalk(f *testing.F) {
	f.Add(make([]byte, 64), uint64(0x1000), uint64(0x2000), int64(16), int64(-8), true)
	f.Fuzz(func(t *testing.T, stack []byte, instruction, base uint64, end, back int64, byBase bool) {
		code := func(uint64) (callframe.Row, bool, bool) {
			return callframe.Row{ByBase: byBase, End: end, Return: back, Base: end, BaseSaved: true}, end != 0, true
		}
		got, _ := Walk(nil, Registers{instruction, base, base}, Memory{base, stack}, code)
		if len(got) > MaxFrames {
			t.Errorf("%d frames", len(got))
		}
	})
}
