package vm

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Context answers the context functions, by name, where there is no event, and what does
// not depend on one: HZ, tz_gmtoff, tz_name, stp_pid and _stp_uid.
type Context interface {
	Long(function string) int64
	Text(function string) string
	// Random is a random number from 0 on and less than n, which is more than 0.
	Random(n int64) int64
}

// Self is the context of this process, on this machine.
func Self() Context { return newProcess() }

// process is the context of tapir's own process.
type process struct {
	name, parent string
}

func newProcess() *process { return &process{} }

// Long answers the functions that give numbers; those about the probed call
// have nothing to tell, and give 0, as does user_mode.
func (p *process) Long(function string) int64 {
	switch function {
	case "pid":
		return int64(os.Getpid())
	case "tid":
		return int64(unix.Gettid())
	case "ppid":
		return int64(os.Getppid())
	case "uid":
		return int64(os.Getuid())
	case "euid":
		return int64(os.Geteuid())
	case "gid":
		return int64(os.Getgid())
	case "egid":
		return int64(os.Getegid())
	case "pgrp":
		return int64(unix.Getpgrp())
	case "sid":
		return sessionID()
	case "cpu":
		return currentCPU()
	case "gettimeofday_ns":
		return time.Now().UnixNano()
	case "gettimeofday_us":
		return time.Now().UnixMicro()
	case "gettimeofday_ms":
		return time.Now().UnixMilli()
	case "gettimeofday_s":
		return time.Now().Unix()
	case "cpu_clock_ns":
		return monotonic()
	case "jiffies":
		return jiffies()
	case "get_cycles":
		return cycles()
	case "HZ":
		return ticksPerSecond()
	case "tz_gmtoff":
		return -localZone().offset
	case "stp_pid":
		return int64(os.Getpid())
	case "_stp_uid":
		return int64(os.Getuid())
	}
	return 0
}

// Random is a number that nobody knows before.
func (p *process) Random(n int64) int64 { return rand.Int64N(n) }

// Text answers the functions that give names, which are read once.
func (p *process) Text(function string) string {
	switch function {
	case "execname":
		if p.name == "" {
			p.name = nameOf("self")
		}
		return p.name
	case "pexecname":
		if p.parent == "" {
			p.parent = nameOf(strconv.Itoa(os.Getppid()))
		}
		return p.parent
	case "tz_name":
		return localZone().name
	}
	return ""
}

// nameOf is a task's name; "" if it is gone.
func nameOf(pid string) string {
	b, err := os.ReadFile("/proc/" + pid + "/comm")
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(b), "\n")
}

// monotonic is the clock that cpu_clock_ns reads in the kernel.
func monotonic() int64 {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		return 0
	}
	return ts.Nano()
}

// sessionID is the number of the terminal session that tapir is in.
func sessionID() int64 {
	id, err := unix.Getsid(0)
	if err != nil {
		return 0
	}
	return int64(id)
}

// currentCPU asks the kernel: package unix has no call for it.
func currentCPU() int64 {
	var cpu uint32
	if _, _, errno := unix.Syscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&cpu)), 0, 0); errno != 0 {
		return 0
	}
	return int64(cpu)
}
