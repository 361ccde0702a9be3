package attach

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"tapir/bpf"
)

// clocks are performance events that count a CPU's time, one for each CPU. Each
// runs the program in the interrupt of the CPU's timer.
type clocks struct {
	events []int // file descriptors
}

// cpuClock runs a program on each CPU that is online now whenever a period has
// passed there; a CPU that sleeps in a virtual machine may tick far less often.
// All clocks are made before the first one starts, so that they start as near to
// each other as can be.
func cpuClock(at bpf.Attach, p *ebpf.Program) (io.Closer, error) {
	cpus, err := onlineCPUs("/sys/devices/system/cpu/online")
	if err != nil {
		return nil, err
	}
	c := &clocks{}
	for _, cpu := range cpus {
		if err := c.add(cpu, at.Period, p); err != nil {
			return nil, errors.Join(fmt.Errorf("CPU %d: %w", cpu, err), c.Close())
		}
	}
	for _, event := range c.events {
		if err := unix.IoctlSetInt(event, unix.PERF_EVENT_IOC_ENABLE, 0); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// add makes one CPU's clock, which does not run yet.
func (c *clocks) add(cpu int, period int64, p *ebpf.Program) error {
	event, err := unix.PerfEventOpen(&unix.PerfEventAttr{
		Type:   unix.PERF_TYPE_SOFTWARE,
		Config: unix.PERF_COUNT_SW_CPU_CLOCK,
		Size:   uint32(unsafe.Sizeof(unix.PerfEventAttr{})),
		Sample: uint64(period),
		Bits:   unix.PerfBitDisabled,
	}, -1, cpu, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return err
	}
	c.events = append(c.events, event)
	return unix.IoctlSetInt(event, unix.PERF_EVENT_IOC_SET_BPF, p.FD())
}

// Close stops the clocks: when it returns, no program is running any more.
func (c *clocks) Close() error {
	var errs []error
	for _, event := range c.events {
		errs = append(errs, unix.Close(event))
	}
	c.events = nil
	return errors.Join(errs...)
}

// onlineCPUs reads a list of numbers such as "0-3,8".
func onlineCPUs(path string) ([]int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("ask which CPUs are online: %w", err)
	}
	return parseCPUs(strings.TrimSpace(string(text)))
}

func parseCPUs(list string) ([]int, error) {
	var cpus []int
	for part := range strings.SplitSeq(list, ",") {
		low, high, ok := strings.Cut(part, "-")
		if !ok {
			high = low
		}
		first, err1 := strconv.ParseUint(low, 10, 16)
		last, err2 := strconv.ParseUint(high, 10, 16)
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("list of CPUs %q makes no sense", list)
		}
		for cpu := first; cpu <= last; cpu++ {
			cpus = append(cpus, int(cpu))
		}
	}
	return cpus, nil
}
