package event

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
)

func collect(t *testing.T, r *ring) []string {
	t.Helper()
	var got []string
	n, err := r.drain(func(b []byte) error { got = append(got, string(b)); return nil })
	if err != nil || n != len(got) {
		t.Fatalf("drain gave %d records and said %d, %v", len(got), n, err)
	}
	return got
}

func TestDrainInOrder(t *testing.T) {
	f := newFake(t, 256)
	want := []string{"", "a", "eight by", "nine byte", "0123456789012345678901234567"}
	for _, s := range want {
		if !f.send([]byte(s)) {
			t.Fatalf("no room for %q", s)
		}
	}
	if got := collect(t, f.ring); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !f.empty() {
		t.Error("the ring is not empty after all was read")
	}
}

func TestDrainWrapsAround(t *testing.T) {
	f := newFake(t, 128)
	for i := range 200 {
		want := fmt.Sprintf("record %d with some bytes more", i)
		if !f.send([]byte(want)) {
			t.Fatalf("record %d: no room in an empty ring", i)
		}
		if got := collect(t, f.ring); len(got) != 1 || got[0] != want {
			t.Fatalf("record %d: got %q, want %q", i, got, want)
		}
	}
}

func TestDrainStopsAtBusyAndSkipsDiscarded(t *testing.T) {
	f := newFake(t, 256)
	f.send([]byte("first"))
	discarded, _ := f.reserve([]byte("dropped"))
	f.submit(discarded, discardBit)
	f.send([]byte("second"))
	busy, _ := f.reserve([]byte("third"))
	f.send([]byte("fourth"))

	if got, want := collect(t, f.ring), []string{"first", "second"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if f.empty() {
		t.Error("a ring with a busy record is called empty")
	}
	f.submit(busy, 0)
	if got, want := collect(t, f.ring), []string{"third", "fourth"}; !slices.Equal(got, want) {
		t.Errorf("after the submission: got %q, want %q", got, want)
	}
}

func TestDrainStopsAtError(t *testing.T) {
	f := newFake(t, 256)
	for _, s := range []string{"a", "b", "c"} {
		f.send([]byte(s))
	}
	stop := errors.New("stop")
	n, err := f.drain(func(b []byte) error {
		if string(b) == "b" {
			return stop
		}
		return nil
	})
	if n != 2 || !errors.Is(err, stop) {
		t.Errorf("drain = %d, %v; want 2, %v", n, err, stop)
	}
	if got := collect(t, f.ring); !slices.Equal(got, []string{"c"}) {
		t.Errorf("then got %q, want [c]", got)
	}
}

func TestDrainPublishesOnTheWay(t *testing.T) {
	f := newFake(t, 4*publishEvery)
	body := make([]byte, 1016) // 1 KiB with its head
	for f.send(body) {
	}
	most := uint64(0)
	pos := uint64(0)
	_, err := f.drain(func([]byte) error {
		most = max(most, pos-atomic.LoadUint64(f.consumer))
		pos += 1024
		return nil
	})
	if err != nil || most > publishEvery {
		t.Errorf("the producer was told %d bytes late, want at most %d (%v)", most, publishEvery, err)
	}
}

func TestDrainRefusesCorruption(t *testing.T) {
	tests := []struct {
		name               string
		head               uint32
		consumer, producer uint64
	}{
		{"a length beyond the producer", 100, 0, 64},
		{"a length beyond the ring", lengthMask, 0, 256},
		{"a producer that ran around", 0, 0, 264},
		{"a producer behind the consumer", 0, 64, 0},
		{"an odd position", 0, 4, 64},
		{"half a head", 0, 0, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t, 256)
			*f.consumer, *f.producer = tt.consumer, tt.producer
			binary.NativeEndian.PutUint32(f.data[tt.consumer&^7:], tt.head)
			n, err := f.drain(func([]byte) error { return nil })
			if n != 0 || !errors.Is(err, errCorrupt) {
				t.Errorf("drain = %d, %v; want 0, %v", n, err, errCorrupt)
			}
		})
	}
}

func TestNewRingRefusesSizes(t *testing.T) {
	for _, n := range []int{0, 2, 24, 100} {
		if r, err := newRing(make([]byte, 8), make([]byte, 8), make([]byte, n)); err == nil && n != 2 {
			t.Errorf("newRing with %d bytes of data = %+v, want an error", n, r)
		}
	}
}

// FuzzDrain walks a ring full of anything: it must end, and stay in the data.
func FuzzDrain(f *testing.F) {
	f.Add([]byte("\x05\x00\x00\x00\x00\x00\x00\x00hello\x00\x00\x00"), uint64(0), uint64(16))
	f.Add(bytes.Repeat([]byte{0xff}, 64), uint64(8), uint64(64))
	f.Add([]byte{0, 0, 0, 0x40}, uint64(1<<63), uint64(1<<63+8))
	f.Fuzz(func(t *testing.T, data []byte, consumer, producer uint64) {
		const size = 1024
		words := make([]uint64, 2*size/8)
		memory := bytesOf(words)
		copy(memory[:size], data)
		copy(memory[size:], memory[:size])
		positions := []uint64{consumer, producer}
		r, err := newRing(bytesOf(positions[:1]), bytesOf(positions[1:]), memory)
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		n, err := r.drain(func(b []byte) error { total += headSize + len(b); return nil })
		if total > size || n > size/headSize {
			t.Errorf("drain read %d records, %d bytes, of a ring of %d (%v)", n, total, size, err)
		}
		if end := positions[0]; err == nil && producer-end > size {
			t.Errorf("consumer went from %d to %d, producer %d", consumer, end, producer)
		}
	})
}
