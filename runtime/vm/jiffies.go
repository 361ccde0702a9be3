package vm

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// jiffies is the kernel's count of ticks, of the monotonic clock: the kernel
// advances it by what has passed of that. No call tells the count itself, so where
// it stood at some time is read once.
func jiffies() int64 {
	return firstJiffy() + monotonic()/tick()
}

func tick() int64 { return int64(time.Second) / ticksPerSecond() }

// firstJiffy is where the count stood at time 0 of the monotonic clock: as the
// kernel's list of timers has it, or else where kernels begin to count.
var firstJiffy = sync.OnceValue(func() int64 {
	if f, err := os.Open("/proc/timer_list"); err == nil {
		defer f.Close()
		if now, count, ok := parseTimerList(f); ok {
			return count - now/tick()
		}
	}
	return 1<<32 - 300*ticksPerSecond()
})

// parseTimerList finds the time in nanoseconds at which a list of timers was made,
// and the count of ticks then.
func parseTimerList(r io.Reader) (now, count int64, ok bool) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if text, found := strings.CutPrefix(lines.Text(), "now at "); found {
			now, _ = strconv.ParseInt(strings.TrimSuffix(text, " nsecs"), 10, 64)
		}
		if text, found := strings.CutPrefix(lines.Text(), "jiffies: "); found {
			count, err := strconv.ParseInt(text, 10, 64)
			return now, count, err == nil && now > 0
		}
	}
	return 0, 0, false
}
