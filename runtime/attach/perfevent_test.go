package attach

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"tapir/bpf"
)

func TestParseCPUs(t *testing.T) {
	tests := map[string][]int{
		"0": {0}, "0-3": {0, 1, 2, 3}, "0,2-3,8": {0, 2, 3, 8},
		"": nil, "x": nil, "0-": nil, "-1": nil, "99999": nil,
	}
	for list, want := range tests {
		got, err := parseCPUs(list)
		if !slices.Equal(got, want) || (err != nil) != (want == nil) {
			t.Errorf("parseCPUs(%q) = %v, %v; want %v", list, got, err, want)
		}
	}
}

func TestAttributes(t *testing.T) {
	for _, test := range []struct {
		event  bpf.Event
		sample uint64
		freq   bool
	}{
		{bpf.Clock(1e6), 1e6, false},
		{bpf.Event{Type: 4, Config: 0x1c2, Period: 7}, 7, false},
		{bpf.Event{Config: 1, Hertz: 99}, 99, true},
		{bpf.Watchpoint(0xffffffff81000000, 4, bpf.Writes), 1, false},
	} {
		a := attributes(test.event)
		if a.Type != test.event.Type || a.Config != test.event.Config || a.Sample != test.sample || a.Bits&unix.PerfBitFreq != 0 != test.freq {
			t.Errorf("%+v: got %+v", test.event, a)
		}
		if test.event.IsWatchpoint() && (a.Bp_type != bpf.Writes || a.Ext1 != test.event.Address || a.Ext2 != 4) {
			t.Errorf("%+v: got %+v", test.event, a)
		}
	}
}

func TestEventReason(t *testing.T) {
	cycles, watch := bpf.Event{Period: 1e6}, bpf.Watchpoint(0x1000, 8, bpf.Accesses)
	for _, test := range []struct {
		event bpf.Event
		err   error
		want  string
	}{
		{cycles, fmt.Errorf("CPU 0: %w", unix.ENOENT), "this machine has no such performance event (type 0, config 0), as most virtual machines have none of the processor's own: ENOENT (no such file or directory)"},
		{bpf.Event{Type: 1, Hertz: 1e6}, unix.EINVAL, "the kernel refuses the performance event (type 1, config 0) or the rate of 1000000 a second (/proc/sys/kernel/perf_event_max_sample_rate has the highest): EINVAL (invalid argument)"},
		{watch, unix.ENOSPC, "the kernel refuses the watchpoint of 8 bytes at 0x1000, since the processor's registers for watchpoints are all taken: ENOSPC (no space left on device)"},
		{watch, unix.EINVAL, "the kernel refuses the watchpoint of 8 bytes at 0x1000: EINVAL (invalid argument)"},
		{cycles, errors.New("odd"), "the kernel refuses the performance event (type 0, config 0): odd"},
	} {
		if got := eventReason(test.event, test.err); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
