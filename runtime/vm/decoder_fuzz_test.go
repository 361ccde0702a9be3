package vm

import (
	"encoding/binary"
	"slices"
	"testing"

	"tapir/compiler/bytecode"
	points "tapir/lang/builtin"
	"tapir/lang/types"
	"tapir/runtime/decode"
	"tapir/scripts"
)

// maxDecoded is the longest text that a decoder makes of n bytes: the escapes and
// names of the longest list for each of them, and a struct's own words.
func maxDecoded(n int) int { return 2048 + 24*n }

// FuzzDecoderFunctions gives every decoder that a script can reach the same bytes and
// numbers: none fails, and none makes an endless text.
func FuzzDecoderFunctions(f *testing.F) {
	var lists []string
	for name := range scripts.FlagSets() {
		lists = append(lists, name)
	}
	slices.Sort(lists)
	f.Add([]byte(nil), int64(0), int64(0), uint8(0), false)
	f.Add([]byte{2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}, int64(-1), int64(16), uint8(7), false)
	f.Add([]byte("caf\xc3\xa9\x00\xff"), int64(1<<62), int64(-7), uint8(99), true)
	f.Fuzz(func(t *testing.T, b []byte, value, size int64, n uint8, unreadable bool) {
		list := lists[int(n)%len(lists)]
		b = b[:min(len(b), 512)]
		record := binary.LittleEndian.AppendUint32(nil, 8)
		length := uint32(len(b))
		if unreadable {
			length = ^uint32(13)
		}
		record = append(binary.LittleEndian.AppendUint32(record, length), b...)
		decoders := 0
		for i := range points.Functions {
			f := &points.Functions[i]
			if f.Result != types.String || f.Class != points.Memory && !f.Tapset {
				continue
			}
			fn := lookup(f.Name)
			if fn.append == nil {
				continue
			}
			decoders++
			m := &Machine{
				record: record, slots: []bytecode.Slot{{Present: true}}, readErrors: []uint64{0}, maxLen: decode.MaxText,
				args: arguments{call: &bytecode.BuiltinCall{Args: 5}, ints: []int64{value, size, value, size, value}, texts: []string{list, list}},
			}
			if got := fn.append(m, nil); len(got) > maxDecoded(len(b)) {
				t.Errorf("%s: %d bytes of text of %d", f.Name, len(got), len(b))
			}
		}
		if decoders < 60 {
			t.Errorf("only %d decoders were found", decoders)
		}
	})
}
