package attach

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"tapir/bpf"
	"tapir/lang/source"
)

// Refused is a program that the kernel's verifier did not accept.
type Refused struct {
	Program string
	Probe   int        // whose code it is about; -1: that of none
	Pos     source.Pos // in the script, if it is about a part of it
	Reason  string     // one sentence, lower case, without a final stop
	Log     []string   // what the verifier said, line by line
	Err     error      // the kernel's error number
}

func (e *Refused) Error() string { return e.Reason }

func (e *Refused) Unwrap() error { return e.Err }

// Denied is something that the kernel lets only privileged callers do.
type Denied struct {
	What   string // what was tried: "load an eBPF program"
	Advice string // which privilege is missing and how to get it
	Err    error
}

func (e *Denied) Error() string {
	return fmt.Sprintf("the kernel does not let this user %s: %s", e.What, e.Advice)
}

func (e *Denied) Unwrap() error { return e.Err }

// explainLoad makes an error of loading readable. The verifier answers EACCES and
// EPERM too, but it has something to say about it in its log.
func explainLoad(o *bpf.Object, err error) error {
	var ve *ebpf.VerifierError
	if errors.As(err, &ve) && len(ve.Log) > 0 {
		return refused(programOf(o, err), ve)
	}
	denied := errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES)
	switch p := programOf(o, err); {
	case denied && p.Attach.Kind.IsTrampoline() && len(ReadPrivileges().Missing()) == 0:
		return &Refused{Program: p.Name, Probe: firstProbe(o, p), Reason: noTrampolines, Err: err}
	case denied:
		return &Denied{"load eBPF programs", ReadPrivileges().Advice(), err}
	case errors.Is(err, unix.E2BIG):
		return &Refused{Probe: -1, Reason: "the probes' code is larger than this kernel accepts", Err: err}
	case errors.Is(err, unix.ENOMEM):
		return fmt.Errorf("the kernel has no memory for the maps (a smaller ring buffer needs less): %w", err)
	}
	return fmt.Errorf("load into the kernel: %w", err)
}

// noTrampolines is why a program for a function may not even be loaded by those who may
// load others.
const noTrampolines = "this kernel refuses programs at its functions: it is locked down, or a security module forbids them, and kprobes (CONFIG_KPROBES) are not there instead"

// firstProbe is a probe that a program is for. One that only keeps what others want at a
// return is for that return's.
func firstProbe(o *bpf.Object, p *bpf.Program) int {
	for _, q := range append([]*bpf.Program{p}, o.Programs...) {
		if len(q.Probes) > 0 && q.Attach.Name == p.Attach.Name {
			return q.Probes[0]
		}
	}
	return -1
}

func explainAttach(p *bpf.Program, err error) error {
	switch {
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return &Denied{"attach to " + p.Attach.Name, ReadPrivileges().Advice(), err}
	case p.Attach.Kind == bpf.PerfEvent:
		return &Refused{Program: p.Name, Probe: p.Probes[0], Reason: eventReason(p.Attach.Event, err), Err: err}
	case errors.Is(err, unix.ENOENT) && p.Attach.Kind == bpf.RawTracepoint:
		return fmt.Errorf("this kernel has no tracepoint %q: %w", p.Attach.Name, err)
	}
	return fmt.Errorf("attach to %s: %w", p.Attach.Name, err)
}

// programOf is the program that an error of the library is about: it names it,
// and there is no other sign.
func programOf(o *bpf.Object, err error) *bpf.Program {
	for _, p := range o.Programs {
		if strings.Contains(err.Error(), "program "+p.Name+":") {
			return p
		}
	}
	return &bpf.Program{}
}

func refused(p *bpf.Program, ve *ebpf.VerifierError) *Refused {
	e := &Refused{Program: p.Name, Probe: -1, Log: ve.Log, Err: ve.Cause}
	complaint := complaint(ve.Log)
	if slot, ok := lastInstruction(ve.Log); ok {
		if line, ok := p.LineOf(slot); ok {
			e.Probe, e.Pos = line.Probe, source.Pos(line.Pos)
		}
	}
	e.Reason = reason(complaint)
	return e
}

// lastInstruction is the number of the last instruction that the verifier's log
// lists ("12: (85) call bpf_probe_read_user#112"): the one that it stumbled over.
func lastInstruction(log []string) (slot int, ok bool) {
	for i := len(log) - 1; i >= 0; i-- {
		number, rest, found := strings.Cut(strings.TrimSpace(log[i]), ": (")
		if !found || len(rest) < 3 || rest[2] != ')' {
			continue
		}
		if n, err := strconv.Atoi(number); err == nil && n >= 0 {
			return n, true
		}
	}
	return 0, false
}

// complaint is the last line of a log that is not about statistics.
func complaint(log []string) string {
	for i := len(log) - 1; i >= 0; i-- {
		line := strings.TrimSpace(log[i])
		statistics := strings.HasPrefix(line, "processed ") || strings.HasPrefix(line, "verification time ") ||
			strings.HasPrefix(line, "stack depth ") || strings.HasPrefix(line, "max_")
		if line != "" && !statistics {
			return line
		}
	}
	return ""
}

// reasons are sentences for the verifier's complaints that have nothing to do
// with a mistake in the code, by a part of their text.
var reasons = []struct{ has, sentence string }{
	{"unknown func", "this kernel lacks a helper function that the probe needs"},
	{"helper call is not allowed", "this kernel does not let tracing programs call a helper function that the probe needs"},
	{"cannot use helper", "this kernel does not let tracing programs call a helper function that the probe needs"},
	{"invalid func unknown", "this kernel lacks a helper function that the probe needs"},
	{"program is too large", "the probe's code is larger than this kernel accepts"},
	{"too complex", "the probe's code has more branches than this kernel follows"},
	{"too many subprogs", "the probe's code is larger than this kernel accepts"},
	{"combined stack size", "the probe's code needs more than the 512 bytes of stack that this kernel gives"},
	{"invalid stack", "the probe's code needs more than the 512 bytes of stack that this kernel gives"},
	{"lockdown", "this kernel is locked down and keeps its memory from tracing programs"},
}

func reason(complaint string) string {
	for _, r := range reasons {
		if strings.Contains(complaint, r.has) {
			return fmt.Sprintf("%s (%s)", r.sentence, complaint)
		}
	}
	if complaint == "" {
		return "this kernel's verifier does not accept the probe's code"
	}
	return fmt.Sprintf("this kernel's verifier does not accept the probe's code, which is a mistake of tapir's: %s", complaint)
}
