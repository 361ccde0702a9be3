package attach

import (
	"encoding/binary"
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

// perfEvents are a performance event, opened on each CPU. Each runs the program in the
// interrupt, or the exception, that tells of it.
type perfEvents struct {
	event bpf.Event
	files []int // descriptors
}

// perfEvent runs a program on each CPU that is online now whenever its event has
// happened there as often as asked; of a clock, a CPU that sleeps in a virtual machine
// may tick far less often. All are made before the first one counts, so that they start
// as near to each other as can be.
func perfEvent(at bpf.Attach, p *ebpf.Program) (io.Closer, error) {
	cpus, err := onlineCPUs("/sys/devices/system/cpu/online")
	if err != nil {
		return nil, err
	}
	e := &perfEvents{event: at.Event}
	for _, cpu := range cpus {
		if err := e.add(cpu, p); err != nil {
			return nil, errors.Join(fmt.Errorf("CPU %d: %w", cpu, err), e.Close())
		}
	}
	if err := e.each(unix.PERF_EVENT_IOC_ENABLE); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// add makes one CPU's event, which does not count yet.
func (e *perfEvents) add(cpu int, p *ebpf.Program) error {
	file, err := unix.PerfEventOpen(attributes(e.event), -1, cpu, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return err
	}
	e.files = append(e.files, file)
	return unix.IoctlSetInt(file, unix.PERF_EVENT_IOC_SET_BPF, p.FD())
}

// startCounters lets each CPU count what programs read, when those are attached: they
// must see every change of the task that falls into it.
func (l *Loaded) startCounters(links *Links) error {
	for _, c := range l.object.Counted {
		e := &perfEvents{event: c.Event}
		links.counters = append(links.counters, e)
		if err := e.count(l.coll.Maps[c.Map]); err != nil {
			return &Refused{Probe: c.Probe, Reason: eventReason(c.Event, err), Err: err}
		}
	}
	for _, e := range links.counters {
		if err := e.each(unix.PERF_EVENT_IOC_ENABLE); err != nil {
			return fmt.Errorf("start a counter: %w", err)
		}
	}
	return nil
}

// count opens an event that is no sample, and puts each CPU's into a map. It keeps its
// counter to itself, so that it is not out of reach while others have it.
func (e *perfEvents) count(into *ebpf.Map) error {
	cpus, err := onlineCPUs("/sys/devices/system/cpu/online")
	if err != nil {
		return err
	}
	a := attributes(e.event)
	a.Sample, a.Bits = 0, unix.PerfBitDisabled|unix.PerfBitPinned
	for _, cpu := range cpus {
		file, err := unix.PerfEventOpen(a, -1, cpu, -1, unix.PERF_FLAG_FD_CLOEXEC)
		if err != nil {
			return fmt.Errorf("CPU %d: %w", cpu, err)
		}
		e.files = append(e.files, file)
		if err := into.Put(uint32(cpu), uint32(file)); err != nil {
			return fmt.Errorf("CPU %d: %w", cpu, err)
		}
	}
	return nil
}

// attributes are an event in the kernel's form.
func attributes(e bpf.Event) *unix.PerfEventAttr {
	a := &unix.PerfEventAttr{
		Type:   e.Type,
		Config: e.Config,
		Size:   uint32(unsafe.Sizeof(unix.PerfEventAttr{})),
		Sample: e.Period,
		Bits:   unix.PerfBitDisabled,
	}
	if e.Period == 0 {
		a.Sample, a.Bits = e.Hertz, a.Bits|unix.PerfBitFreq
	}
	if e.IsWatchpoint() {
		a.Bp_type, a.Ext1, a.Ext2 = e.Access, e.Address, uint64(e.Length)
	}
	return a
}

// each asks the kernel for the same about all CPUs' events.
func (e *perfEvents) each(request uint) error {
	for _, file := range e.files {
		if err := unix.IoctlSetInt(file, request, 0); err != nil {
			return err
		}
	}
	return nil
}

// due stops the counting and is how often the program should have run since it began; ok
// is false if that can't be told.
func (e *perfEvents) due() (n uint64, ok bool) {
	if !e.event.Exact() || e.each(unix.PERF_EVENT_IOC_DISABLE) != nil {
		return 0, false
	}
	for _, file := range e.files {
		var value [8]byte
		if got, err := unix.Read(file, value[:]); err != nil || got != len(value) {
			return 0, false
		}
		n += binary.NativeEndian.Uint64(value[:]) / e.event.Period
	}
	return n, true
}

// Close stops the events: when it returns, no program is running any more.
func (e *perfEvents) Close() error {
	var errs []error
	for _, file := range e.files {
		errs = append(errs, unix.Close(file))
	}
	e.files = nil
	return errors.Join(errs...)
}

// Due is how often each of the object's programs should have run, as far as the kernel
// has counted what they are there for; -1 where it has not. It stops that counting.
func (l *Links) Due() []int64 {
	list := make([]int64, len(l.list))
	for i, x := range l.list {
		list[i] = -1
		if e, ok := x.(*perfEvents); ok {
			if n, ok := e.due(); ok {
				list[i] = int64(n)
			}
		}
	}
	return list
}

// eventReason says why the kernel refuses an event.
func eventReason(e bpf.Event, err error) string {
	what := fmt.Sprintf("performance event (type %d, config %d)", e.Type, e.Config)
	if e.IsWatchpoint() {
		what = fmt.Sprintf("watchpoint of %d bytes at %#x", e.Length, e.Address)
	}
	why := "the kernel refuses the " + what
	errno, ok := errors.AsType[unix.Errno](err)
	switch {
	case !ok:
		return fmt.Sprintf("%s: %v", why, err)
	case errno == unix.ENOSPC && e.IsWatchpoint():
		why += ", since the processor's registers for watchpoints are all taken"
	case errno == unix.ENOENT, errno == unix.EOPNOTSUPP, errno == unix.ENODEV:
		why = "this machine has no such " + what + ", as most virtual machines have none of the processor's own"
	case errno == unix.EINVAL && e.Period == 0:
		why += fmt.Sprintf(" or the rate of %d a second (/proc/sys/kernel/perf_event_max_sample_rate has the highest)", e.Hertz)
	}
	return fmt.Sprintf("%s: %s (%v)", why, unix.ErrnoName(errno), errno)
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
