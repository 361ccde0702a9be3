package bpf

import (
	"os"
	"strings"
	"testing"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"

	"tapir/bpf/layout"
)

func sample() *Object {
	return &Object{
		Programs: []*Program{{
			Name:         "sys_enter",
			Attach:       Attach{Kind: RawTracepoint, Name: "sys_enter"},
			Instructions: asm.Instructions{asm.LoadMapValue(asm.R1, 0, 8).WithReference(StateMap), asm.Mov.Imm(asm.R0, 0), asm.Return()},
			Lines:        []Line{{0, -1, 0}, {2, 4, 17}},
		}},
		StateSize: 88,
		Counters:  layout.Counters{CPUs: 2, Probes: 3},
		Scratch:   128,
		Arrays:    []*Array{{Name: "watch_1", Key: layout.ArrayKey{layout.Word, layout.Comm}, MaxEntries: 10}},
	}
}

func TestSpec(t *testing.T) {
	s := sample().Spec(1 << 16)
	for name, want := range map[string][3]uint32{ // key, value, entries
		EventsMap: {0, 0, 1 << 16}, StateMap: {4, 88, 1}, CountersMap: {4, 384, 1}, ScratchMap: {4, 128, 1}, "watch_1": {24, 8, 10},
	} {
		m := s.Maps[name]
		if m == nil {
			t.Errorf("no map %s", name)
			continue
		}
		if got := [3]uint32{m.KeySize, m.ValueSize, m.MaxEntries}; got != want {
			t.Errorf("map %s: got %d, want %d", name, got, want)
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("needs root: loads an eBPF program")
	}
	c, err := ebpf.NewCollection(s)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestLineOf(t *testing.T) {
	p := sample().Programs[0]
	for slot, want := range map[int]uint32{0: 0, 1: 0, 2: 17, 3: 17, 100: 17} {
		if got, ok := p.LineOf(slot); !ok || got.Pos != want {
			t.Errorf("slot %d: got %v, %v, want position %d", slot, got, ok, want)
		}
	}
	if l, ok := new(Program).LineOf(0); ok || l.Probe != -1 {
		t.Errorf("no lines: got %v, %v", l, ok)
	}
}

func TestPrint(t *testing.T) {
	var s strings.Builder
	if err := sample().Print(&s, func(l Line) string { return "probe" }); err != nil {
		t.Fatal(err)
	}
	want := `map state: 88 bytes
map counters: 384 bytes, 3 probes on 2 CPUs
map scratch: 128 bytes
map watch_1: keys of 24 bytes, 10 entries
program sys_enter: 4 instructions
; probe
    0: r1 = &state[8]
; probe
    2: r0 = 0
    3: exit
`
	if got := s.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
