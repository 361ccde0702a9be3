package target

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/features"
	"golang.org/x/sys/unix"
)

// feature is something that kernels have from a version on, unless they are built
// without it.
type feature struct {
	name  string
	since Version
	// without is a function of the kernel that is not there if the kernel was built without
	// the feature, or a file; "": it can't be.
	without string
	missing func(*Kernel) error // nil if the kernel has it
}

var errMissing = errors.New("the kernel has none, as tapir finds")

// found makes an error of what tapir finds.
func found(has func(*Kernel) bool) func(*Kernel) error {
	return func(k *Kernel) error {
		if !has(k) {
			return errMissing
		}
		return nil
	}
}

// helper asks whether programs of a type can call a helper.
func helper(p ebpf.ProgramType, f asm.BuiltinFunc) func(*Kernel) error {
	return func(*Kernel) error { return features.HaveProgramHelper(p, f) }
}

// examined is what `tapir doctor` finds.
func examined(name string) func(*Kernel) error {
	for _, a := range attempts {
		if a.name == name {
			return func(*Kernel) error { return a.try() }
		}
	}
	return func(*Kernel) error { return fmt.Errorf("nothing is found out about %s", name) }
}

// The functions without which a kernel was built without breakpoints, trampolines, and
// breakpoints at many functions at once.
const (
	breakpointFunction = "register_kprobe"
	trampolineFunction = "register_ftrace_direct"
	manyFunction       = "register_fprobe_ips"
	tracefsFolder      = "/sys/kernel/tracing/events"
)

// kernelFeatures are what tapir builds on, with the versions that brought it, by the
// kernel's history.
var kernelFeatures = []feature{
	{"raw tracepoints", Version{4, 17}, "", examined("raw tracepoints")},
	{"BTF tracepoints", Version{5, 5}, "", examined("BTF tracepoints")},
	{"tracepoints", Version{4, 7}, tracefsFolder, examined("tracepoints")},
	{"kprobes", Version{4, 1}, breakpointFunction, examined("kprobes")},
	{"fentry", Version{5, 5}, trampolineFunction, examined("fentry")},
	{"uprobes", Version{4, 1}, "", examined("uprobes")},
	{"perf events", Version{4, 9}, "", examined("perf events")},

	{"Probing: breakpoints", Version{4, 17}, breakpointFunction, found(func(k *Kernel) bool { return k.Probing().Breakpoints })},
	{"Probing: trampolines", Version{5, 5}, trampolineFunction, found(func(k *Kernel) bool { return k.Probing().Trampolines })},
	{"Probing: many", Version{5, 18}, manyFunction, found(func(k *Kernel) bool { return k.Probing().Many })},
	{"kprobe.multi", Version{5, 18}, manyFunction, func(*Kernel) error { return features.HaveBPFLinkKprobeMulti() }},
	{"HasUprobeMulti", Version{6, 6}, "", found((*Kernel).HasUprobeMulti)},
	{"uprobe.multi", Version{6, 6}, "", func(*Kernel) error { return features.HaveBPFLinkUprobeMulti() }},
	{"HasTAIClock", Version{6, 1}, "", found((*Kernel).HasTAIClock)},
	{"bpf_ktime_get_tai_ns", Version{6, 1}, "", helper(ebpf.RawTracepoint, asm.FnKtimeGetTaiNs)},
	{"HasLoop", Version{5, 17}, "", found((*Kernel).HasLoop)},
	{"bpf_loop", Version{5, 17}, "", helper(ebpf.RawTracepoint, asm.FnLoop)},
	{"CountsMisses", Version{6, 7}, "", found((*Kernel).CountsMisses)},
	{"counts of what kprobes miss", Version{6, 7}, breakpointFunction, countsMisses},
	{"the end of a process with its memory", Version{6, 16}, "", hasGroupDead},

	{"ring buffers", Version{5, 8}, "", func(*Kernel) error { return features.HaveMapType(ebpf.RingBuf) }},
	{"storage of tasks", Version{5, 11}, "", func(*Kernel) error { return features.HaveMapType(ebpf.TaskStorage) }},
	{"bpf_task_storage_get", Version{5, 11}, "", helper(ebpf.Kprobe, asm.FnTaskStorageGet)},
	{"bpf_ringbuf_reserve", Version{5, 8}, "", helper(ebpf.RawTracepoint, asm.FnRingbufReserve)},
	{"bpf_get_current_task_btf", Version{5, 11}, "", helper(ebpf.RawTracepoint, asm.FnGetCurrentTaskBtf)},
	{"bpf_task_pt_regs", Version{5, 15}, "", helper(ebpf.RawTracepoint, asm.FnTaskPtRegs)},
	{"bpf_get_attach_cookie", Version{5, 15}, "", helper(ebpf.Kprobe, asm.FnGetAttachCookie)},
	{"bpf_jiffies64", Version{5, 5}, "", helper(ebpf.RawTracepoint, asm.FnJiffies64)},
	{"bpf_get_stack", Version{4, 18}, "", helper(ebpf.RawTracepoint, asm.FnGetStack)},
	{"bpf_probe_read_kernel_str", Version{5, 5}, "", helper(ebpf.RawTracepoint, asm.FnProbeReadKernelStr)},
	{"bpf_probe_read_user_str", Version{5, 5}, "", helper(ebpf.RawTracepoint, asm.FnProbeReadUserStr)},
}

// countsMisses looks for where the kernel tells of the breakpoints that were missed.
func countsMisses(k *Kernel) error {
	t := k.Type("bpf_link_info")
	if t == nil {
		return errors.New("bpf_link_info is unknown")
	}
	if m, ok := t.Find("kprobe_multi"); !ok {
		return errMissing
	} else if _, ok := m.Type.Find("missed"); !ok {
		return errMissing
	}
	return nil
}

// hasGroupDead looks for what a tracepoint hands over.
func hasGroupDead(k *Kernel) error {
	params, ok := k.Tracepoint("sched_process_exit")
	for _, p := range params {
		if ok && p.Name == "group_dead" {
			return nil
		}
	}
	return errMissing
}

// forbidden reports whether an error is for a machine that forbids what its kernel can: a
// refusal to root, unless the kernel says that it is not locked down.
func forbidden(err error) bool {
	return errors.Is(err, unix.EPERM) && examineLockdown().Detail != "none"
}

// excused reports whether the kernel was built without a feature, or the file that it
// needs is not there.
func (f feature) excused(symbols map[string]bool) bool {
	if strings.HasPrefix(f.without, "/") {
		_, err := os.Stat(f.without)
		return err != nil
	}
	return f.without != "" && !symbols[f.without]
}

// TestFeatures holds what tapir finds of the kernel against what its version promises: a
// feature that is missing though the version has it, and the kernel was not built without
// it, is not found for a mistake of tapir's.
func TestFeatures(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: attaches probes")
	}
	k, err := Live()
	if err != nil {
		t.Fatal(err)
	}
	symbols := map[string]bool{}
	for _, s := range readFunctions().symbols {
		symbols[s.name] = true
	}
	if len(symbols) < 1000 {
		t.Fatalf("the kernel has %d functions", len(symbols))
	}
	for _, f := range kernelFeatures {
		missing := f.missing(k)
		switch promised := k.Version().AtLeast(f.since.Major, f.since.Minor); {
		case missing == nil && !promised:
			t.Logf("%s is there before %s", f.name, f.since)
		case missing != nil && !promised:
			t.Logf("%s came with %s: %v", f.name, f.since, missing)
		case forbidden(missing):
			t.Logf("%s is forbidden on this machine: %v", f.name, missing)
		case missing != nil && f.excused(symbols):
			t.Logf("%s is missing, as is %s", f.name, f.without)
		case missing != nil:
			t.Errorf("%s is there from %s on, and missing on %s: %v", f.name, f.since, k.Release(), missing)
		}
	}
}

// TestExaminedIsWhatIsDone holds that what tapir builds on, without a try, agrees with
// what `tapir doctor` has tried.
func TestExaminedIsWhatIsDone(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: attaches probes")
	}
	k, err := Live()
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range []struct {
		name string
		done bool
		try  error
	}{
		{"breakpoints", k.Probing().Breakpoints, examined("kprobes")(k)},
		{"trampolines", k.Probing().Trampolines, examined("fentry")(k)},
		{"many breakpoints", k.Probing().Many, features.HaveBPFLinkKprobeMulti()},
		{"many places in programs", k.HasUprobeMulti(), features.HaveBPFLinkUprobeMulti()},
	} {
		if pair.done != (pair.try == nil) && !forbidden(pair.try) {
			t.Errorf("%s: tapir builds on %t, a try says %v", pair.name, pair.done, pair.try)
		}
	}
}
