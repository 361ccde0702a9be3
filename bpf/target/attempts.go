package target

import (
	"errors"
	"io"
	"os"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/link"
	"golang.org/x/sys/unix"
)

// attempt tries out one kind of probe.
type attempt struct {
	name   string
	detail string // if it works
	advice string // if it doesn't
	needs  string // a file without which the kernel has no such probes, or ""
	spec   ebpf.ProgramSpec
	attach func(p *ebpf.Program) (io.Closer, error) // nil: loading must do
}

// quietFunction is a kernel function that exists everywhere and is seldom called.
const quietFunction = "do_nanosleep"

var attempts = []attempt{
	{
		name: "raw tracepoints", detail: "system calls can be probed",
		advice: "tapir needs them for system calls",
		spec:   ebpf.ProgramSpec{Type: ebpf.RawTracepoint},
		attach: func(p *ebpf.Program) (io.Closer, error) {
			return link.AttachRawTracepoint(link.RawTracepointOptions{Name: "sys_enter", Program: p})
		},
	},
	{
		name: "BTF tracepoints", detail: "attached to sched_process_exit",
		spec: ebpf.ProgramSpec{Type: ebpf.Tracing, AttachType: ebpf.AttachTraceRawTp, AttachTo: "sched_process_exit"},
		attach: func(p *ebpf.Program) (io.Closer, error) {
			return link.AttachTracing(link.TracingOptions{Program: p})
		},
	},
	{
		name: "tracepoints", detail: "attached to sched:sched_process_exit",
		advice: "mount -t tracefs tracefs /sys/kernel/tracing",
		spec:   ebpf.ProgramSpec{Type: ebpf.TracePoint},
		attach: func(p *ebpf.Program) (io.Closer, error) {
			return link.Tracepoint("sched", "sched_process_exit", p, nil)
		},
	},
	{
		name: "kprobes", detail: "attached to " + quietFunction,
		advice: "the kernel must be built with CONFIG_KPROBES=y",
		spec:   ebpf.ProgramSpec{Type: ebpf.Kprobe},
		needs:  "/sys/bus/event_source/devices/kprobe/type",
		attach: func(p *ebpf.Program) (io.Closer, error) { return link.Kprobe(quietFunction, p, nil) },
	},
	{
		name: "fentry", detail: "attached to " + quietFunction,
		advice: "the kernel must be built with CONFIG_FUNCTION_TRACER=y and CONFIG_DYNAMIC_FTRACE=y",
		spec:   ebpf.ProgramSpec{Type: ebpf.Tracing, AttachType: ebpf.AttachTraceFEntry, AttachTo: quietFunction},
		attach: func(p *ebpf.Program) (io.Closer, error) {
			return link.AttachTracing(link.TracingOptions{Program: p})
		},
	},
	{
		// An attempt would put a breakpoint into a program that is running.
		name: "uprobes", detail: "the kernel has them",
		advice: "the kernel must be built with CONFIG_UPROBE_EVENTS=y",
		spec:   ebpf.ProgramSpec{Type: ebpf.Kprobe},
		needs:  "/sys/bus/event_source/devices/uprobe/type",
	},
	{
		name: "perf events", detail: "a software clock can be probed",
		advice: "the kernel must be built with CONFIG_PERF_EVENTS=y",
		spec:   ebpf.ProgramSpec{Type: ebpf.PerfEvent},
		attach: attachClock,
	},
}

// examine loads an empty program, attaches it, and takes it away.
func (a attempt) examine(permitted bool) Finding {
	err := a.try()
	if err == nil {
		return Finding{Name: a.name, OK: true, Detail: a.detail}
	}
	f := Finding{Name: a.name, Detail: reason(err, permitted), Advice: a.advice}
	if denied(err) && !permitted {
		f.Advice = "see the capabilities above"
	}
	return f
}

// errAbsent is what an attempt finds if its file is not there.
var errAbsent = errors.New("the kernel has none")

func (a attempt) try() error {
	if _, err := os.Stat(a.needs); a.needs != "" && err != nil {
		return errAbsent
	}
	spec := a.spec
	spec.Name, spec.License = "tapir_try", "GPL"
	spec.Instructions = asm.Instructions{asm.Mov.Imm(asm.R0, 0), asm.Return()}
	program, err := ebpf.NewProgram(&spec)
	if err != nil {
		return err
	}
	defer program.Close()
	if a.attach == nil {
		return nil
	}
	attached, err := a.attach(program)
	if err != nil {
		return err
	}
	return attached.Close()
}

// attachClock attaches to a software clock of this process that never ticks.
func attachClock(p *ebpf.Program) (io.Closer, error) {
	fd, err := unix.PerfEventOpen(&unix.PerfEventAttr{
		Type:   unix.PERF_TYPE_SOFTWARE,
		Config: unix.PERF_COUNT_SW_CPU_CLOCK,
		Size:   unix.PERF_ATTR_SIZE_VER5,
		Sample: 1e12,
		Bits:   unix.PerfBitDisabled,
	}, 0, -1, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	return link.AttachRawLink(link.RawLinkOptions{Target: fd, Program: p, Attach: ebpf.AttachPerfEvent})
}
