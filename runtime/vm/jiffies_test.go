package vm

import (
	"strings"
	"testing"
)

func TestParseTimerList(t *testing.T) {
	const list = "Timer List Version: v0.10\nHRTIMER_MAX_CLOCK_BASES: 8\nnow at 3219302194 nsecs\n\ncpu: 0\n  .idle_jiffies   : 4295485120\njiffies: 4294968101\n\ncpu: 1\n"
	if now, count, ok := parseTimerList(strings.NewReader(list)); now != 3219302194 || count != 4294968101 || !ok {
		t.Errorf("got %d, %d, %v", now, count, ok)
	}
	for _, bad := range []string{"", "now at 5 nsecs\n", "jiffies: 5\n", "now at 5 nsecs\njiffies: x\n"} {
		if _, _, ok := parseTimerList(strings.NewReader(bad)); ok {
			t.Errorf("%q is taken for a list of timers", bad)
		}
	}
}
