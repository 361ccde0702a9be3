package target

import (
	"os"
	"slices"
	"testing"

	"tapir/lang/check"
)

var (
	_ check.Target = (*Kernel)(nil)
	_ check.Ticker = (*Kernel)(nil)
)

func TestParseVersion(t *testing.T) {
	for _, test := range []struct {
		release string
		want    Version
		ok      bool
	}{
		{"6.1.0-44-cloud-amd64", Version{6, 1}, true},
		{"5.15.0", Version{5, 15}, true},
		{"6.18-rc1", Version{6, 18}, true},
		{"7.0", Version{7, 0}, true},
		{"", Version{}, false},
		{"6", Version{}, false},
		{"6.x", Version{}, false},
		{"-6.1", Version{}, false},
	} {
		got, err := ParseVersion(test.release)
		if got != test.want || (err == nil) != test.ok {
			t.Errorf("%q: got %v, %v, want %v, ok %v", test.release, got, err, test.want, test.ok)
		}
	}
}

func TestCountCPUs(t *testing.T) {
	for list, want := range map[string]int{
		"0": 1, "0-1": 2, "0-3,8": 9, "0,2-5": 6, "3-5,0": 6,
		"": -1, "x": -1, "0-": -1, "0-99999999": -1,
	} {
		got, err := countCPUs(list)
		if err != nil {
			got = -1
		}
		if got != want {
			t.Errorf("%q: got %d, %v, want %d", list, got, err, want)
		}
	}
	for cpus, want := range map[int]int{1: 1, 2: 2, 3: 4, 4: 4, 5: 8, 64: 64} {
		if got := (&Kernel{cpus: cpus}).CPUs(); got != want {
			t.Errorf("%d CPUs: got %d, want %d", cpus, got, want)
		}
	}
}

func TestSyscalls(t *testing.T) {
	k := Fixed()
	for name, want := range map[string]int{
		"read": 0, "openat": 257, "fork": 57, "vfork": 58, "clone": 56, "clone3": 435,
		"ptrace": 101, "wait4": 61, "execve": 59, "exit_group": 231, "uretprobe": 335,
	} {
		if got, ok := k.SyscallNumber(name); !ok || got != want {
			t.Errorf("%s: got %d, %v, want %d", name, got, ok, want)
		}
	}
	if nr, ok := k.SyscallNumber("opennat"); ok {
		t.Errorf("opennat: got %d", nr)
	}
	names := k.SyscallNames()
	if !slices.IsSorted(names) || len(names) < 380 {
		t.Errorf("%d names, sorted: %v", len(names), slices.IsSorted(names))
	}
	numbers := map[int]string{}
	for _, name := range names {
		nr, _ := k.SyscallNumber(name)
		if other, ok := numbers[nr]; ok {
			t.Errorf("%s and %s are both %d", name, other, nr)
		}
		numbers[nr] = name
	}
}

func TestLive(t *testing.T) {
	k, err := Live()
	if err != nil {
		t.Fatal(err)
	}
	if k.Release() == "" || k.CPUs() < 1 {
		t.Errorf("got %q with %d CPUs", k.Release(), k.CPUs())
	}
	if hz := k.TicksPerSecond(); !slices.Contains([]int64{100, 250, 300, 1000}, hz) {
		t.Errorf("%d ticks a second", hz)
	}
}

func TestExamine(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: attaches probes")
	}
	found := map[string]Finding{}
	for _, f := range Examine(t.Context()) {
		t.Log(f)
		if f.Detail == "" {
			t.Errorf("%s: no detail", f.Name)
		}
		found[f.Name] = f
	}
	for _, name := range []string{"kernel", "CAP_BPF", "lockdown", "raw tracepoints", "kprobes"} {
		if _, ok := found[name]; !ok {
			t.Errorf("nothing about %s", name)
		}
	}
}
