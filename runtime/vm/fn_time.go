package vm

import (
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// timeFunctions know the units and the zone of time.
var timeFunctions = table{
	"HZ":        {long: func(m *Machine) int64 { return m.self.Long("HZ") }},
	"tz_gmtoff": {long: func(m *Machine) int64 { return m.self.Long("tz_gmtoff") }},
	"tz_name":   {text: func(m *Machine) string { return m.self.Text("tz_name") }},
}

type zone struct {
	name   string
	offset int64 // seconds east of UTC
}

// localZone is the zone at the first time of asking: one that changes while the
// script runs would show two times for one moment.
var localZone = sync.OnceValue(func() zone {
	name, offset := time.Now().Zone()
	return zone{name, int64(offset)}
})

// ticksPerSecond is the inverse of what the coarse clocks advance by.
var ticksPerSecond = sync.OnceValue(func() int64 {
	var tick unix.Timespec
	if err := unix.ClockGetres(unix.CLOCK_MONOTONIC_COARSE, &tick); err != nil || tick.Nano() <= 0 {
		return 250 // the usual one
	}
	return (int64(time.Second) + tick.Nano()/2) / tick.Nano()
})
