package attach

import (
	"errors"
	"strings"
	"testing"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"tapir/bpf"
)

func TestLastInstruction(t *testing.T) {
	tests := []struct {
		name string
		log  string
		want int
		ok   bool
	}{
		{"plain", "0: (b7) r1 = 0\n1: (85) call bpf_ktime_get_ns#5\n2: (79) r0 = *(u64 *)(r1 +0)\nR1 invalid mem access 'scalar'", 2, true},
		{"with states between", "10: (bf) r1 = r6                      ; R1_w=ctx() R6=ctx()\nfrom 8 to 12: R0=0 R1=ctx()\n12: R0=0\n12: (95) exit\nprocessed 5 insns", 12, true},
		{"no instruction", "unknown opcode 00\nprocessed 0 insns", 0, false},
		{"numbers that are none", "x: (b7) r1\n-3: (b7) r1\n12: (bad", 0, false},
		{"empty", "", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := lastInstruction(strings.Split(tt.log, "\n"))
			if got != tt.want || ok != tt.ok {
				t.Errorf("lastInstruction = %d, %v; want %d, %v\n%s", got, ok, tt.want, tt.ok, tt.log)
			}
		})
	}
}

func TestRefusedNamesScriptLine(t *testing.T) {
	p := &bpf.Program{Name: "sys_enter", Lines: []bpf.Line{
		{Instruction: 0, Probe: -1}, {Instruction: 5, Probe: 2, Pos: 40}, {Instruction: 9, Probe: 3, Pos: 70},
	}}
	log := []string{"7: (85) call bpf_get_current_task_btf#158", "unknown func bpf_get_current_task_btf#158", "processed 8 insns (limit 1000000)"}
	got := refused(p, &ebpf.VerifierError{Cause: unix.EINVAL, Log: log})
	if got.Probe != 2 || got.Pos != 40 || !errors.Is(got, unix.EINVAL) {
		t.Errorf("refused = probe %d at %d, %v; want probe 2 at 40, EINVAL", got.Probe, got.Pos, got.Err)
	}
	const want = "this kernel lacks a helper function that the probe needs (unknown func bpf_get_current_task_btf#158)"
	if got.Reason != want {
		t.Errorf("reason = %q\nwant %q", got.Reason, want)
	}
}

func TestAdvice(t *testing.T) {
	const admin, both = 1 << unix.CAP_SYS_ADMIN, 1<<unix.CAP_BPF | 1<<unix.CAP_PERFMON
	tests := []struct {
		name string
		p    Privileges
		want string
	}{
		{"user", Privileges{}, "lacks CAP_BPF and CAP_PERFMON; run tapir as root"},
		{"user with one capability", Privileges{Capabilities: 1 << unix.CAP_BPF}, "lacks CAP_PERFMON;"},
		{"root in a container", Privileges{Root: true}, "root without CAP_BPF and CAP_PERFMON; start the container"},
		{"locked down", Privileges{Root: true, Capabilities: admin, Lockdown: "confidentiality"}, "lockdown=integrity"},
		{"all there", Privileges{Capabilities: both, Lockdown: "integrity"}, "security module"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.p.Advice(); !strings.Contains(got, tt.want) {
				t.Errorf("advice = %q, want %q in it", got, tt.want)
			}
		})
	}
}

func TestChosen(t *testing.T) {
	for list, want := range map[string]string{
		"none [integrity] confidentiality\n": "integrity", "[none] integrity": "none", "none": "", "[none": "", "": "",
	} {
		if got := chosen(list); got != want {
			t.Errorf("chosen(%q) = %q, want %q", list, got, want)
		}
	}
}
