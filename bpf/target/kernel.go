// Package target describes the kernel that will be traced: its system calls,
// where the members of its structs lie, and which helpers it has. Start with
// Live, or Fixed where there is no kernel to ask.
package target

import (
	"fmt"
	"math/bits"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Kernel is one kernel on one machine. It is safe for concurrent use.
type Kernel struct {
	release string
	version Version
	cpus    int // possible CPUs
	tick    time.Duration
	calls   func() *callTable
	layout  func() (*Layout, error)
	types   func() (*Types, error)

	functions func() *functions
	variables func() []variable
	probing   func() Probing
	enters    func() bool // whether a trampoline can be had
	modules   *moduleTypes
	programs  *programs // that were asked for
}

// Live is the running kernel. It asks only for the release and the number of
// CPUs; whatever is dearer is found out when it is first asked for.
func Live() (*Kernel, error) {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return nil, fmt.Errorf("ask for the kernel's release: %w", err)
	}
	release := unix.ByteSliceToString(u.Release[:])
	version, err := ParseVersion(release)
	if err != nil {
		return nil, err
	}
	cpus, err := possibleCPUs("/sys/devices/system/cpu/possible")
	if err != nil {
		return nil, err
	}
	types := sync.OnceValues(func() (*Types, error) { return readTypes(BTFPath) })
	return &Kernel{
		release: release,
		version: version,
		cpus:    cpus,
		tick:    tick(),
		calls:   sync.OnceValue(x86Calls),
		layout:  sync.OnceValues(func() (*Layout, error) { return readLayout(BTFPath) }),
		types:   types,

		functions: sync.OnceValue(readFunctions),
		variables: sync.OnceValue(readVariables),
		probing:   sync.OnceValue(func() Probing { return readProbing(types) }),
		enters:    sync.OnceValue(canEnter),
		modules:   &moduleTypes{known: map[string]*Types{}},
		programs:  &programs{},
	}, nil
}

// Fixed is a certain 6.18 kernel on four CPUs, whatever machine it is asked on: for
// tests and for compiling where nothing will run.
func Fixed() *Kernel {
	return &Kernel{
		release: "6.18.44",
		version: Version{6, 18},
		cpus:    4,
		tick:    4 * time.Millisecond,
		calls:   sync.OnceValue(x86Calls),
		layout:  func() (*Layout, error) { return fixedLayout(), nil },
		types:   func() (*Types, error) { return nil, errNoBTF },

		functions: func() *functions { return &functions{} },
		variables: func() []variable { return nil },
		probing:   func() Probing { return Probing{Trampolines: true, Breakpoints: true, Many: true} },
		modules:   &moduleTypes{known: map[string]*Types{}},
		programs:  &programs{},
	}
}

// Release is what uname -r prints.
func (k *Kernel) Release() string { return k.release }

// Version is the release's first two numbers.
func (k *Kernel) Version() Version { return k.version }

// CPUs is the number of CPUs that the machine may ever have, rounded up to a
// power of two, as layout.Counters wants it.
func (k *Kernel) CPUs() int { return 1 << bits.Len(uint(k.cpus-1)) }

// HasTAIClock reports whether programs can call bpf_ktime_get_tai_ns, which 6.1
// brought.
func (k *Kernel) HasTAIClock() bool { return k.version.AtLeast(6, 1) }

// As is this kernel as if it were of another version: programs for it do without what
// came later.
func (k *Kernel) As(v Version) *Kernel {
	older := *k
	older.version = v
	return &older
}

// Cast is what programs need to look at an address as a struct, or nil if they would
// gain nothing by it. Before 6.10 the number of the CPU is the call of a helper, which
// costs as much as the one that a cast saves.
func (k *Kernel) Cast() *Cast {
	l, err := k.Layout()
	if err != nil || !k.version.AtLeast(6, 10) {
		return nil
	}
	return l.Cast
}

// HasLoop reports whether programs can call bpf_loop, which 5.17 brought.
func (k *Kernel) HasLoop() bool { return k.version.AtLeast(5, 17) }

// CountsMisses reports whether the kernel counts how often a breakpoint in its functions
// was met without a program being started, which it does from 6.7 on.
func (k *Kernel) CountsMisses() bool { return k.version.AtLeast(6, 7) }

// TicksPerSecond is the kernel's HZ.
func (k *Kernel) TicksPerSecond() int64 {
	return int64((time.Second + k.tick/2) / k.tick)
}

// tick is the time between two ticks: what the coarse clocks advance by.
func tick() time.Duration {
	var res unix.Timespec
	if err := unix.ClockGetres(unix.CLOCK_MONOTONIC_COARSE, &res); err != nil || res.Nano() <= 0 {
		return 4 * time.Millisecond // the usual one
	}
	return time.Duration(res.Nano())
}

// Layout tells where the members of the kernel's structs lie. The first call
// reads the kernel's BTF, which takes a few milliseconds.
func (k *Kernel) Layout() (*Layout, error) { return k.layout() }

// SyscallNumber is the number of a system call by the kernel's name for it.
func (k *Kernel) SyscallNumber(name string) (nr int, ok bool) {
	nr, ok = k.calls().numbers[name]
	return nr, ok
}

// SyscallNames lists all system calls, sorted.
func (k *Kernel) SyscallNames() []string { return slices.Clone(k.calls().names) }

// Version is a kernel's version, as far as features depend on it.
type Version struct{ Major, Minor int }

// AtLeast reports whether v is major.minor or newer.
func (v Version) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// ParseVersion reads the version from a release such as "6.1.0-44-cloud-amd64".
func ParseVersion(release string) (Version, error) {
	major, rest, ok := strings.Cut(release, ".")
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(rest)
	}
	x, err1 := strconv.Atoi(major)
	y, err2 := strconv.Atoi(rest[:end])
	if !ok || err1 != nil || err2 != nil || x < 0 {
		return Version{}, fmt.Errorf("kernel release %q has no version", release)
	}
	return Version{x, y}, nil
}

// possibleCPUs is one more than the highest number in a list such as "0-3,8".
func possibleCPUs(path string) (int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, fmt.Errorf("ask for the number of CPUs: %w", err)
	}
	return countCPUs(strings.TrimSpace(string(text)))
}

// maxCPUs is more than any kernel is built for.
const maxCPUs = 1 << 16

func countCPUs(list string) (int, error) {
	n := 0
	for part := range strings.SplitSeq(list, ",") {
		_, last, ok := strings.Cut(part, "-")
		if !ok {
			last = part
		}
		cpu, err := strconv.Atoi(last)
		if err != nil || cpu < 0 || cpu >= maxCPUs {
			return 0, fmt.Errorf("list of CPUs %q makes no sense", list)
		}
		n = max(n, cpu+1)
	}
	return n, nil
}
