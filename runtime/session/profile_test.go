package session

import (
	"cmp"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"tapir/bpf/layout"
	"tapir/compiler/plan"
)

// TestProfile samples all CPUs beside a program that makes the same system call
// as fast as it can, so that profiles interrupt the other programs.
func TestProfile(t *testing.T) {
	needRoot(t)
	const script = `
global everywhere, fast, programs, calls
probe timer.profile { everywhere[cpu()]++ }
probe timer.profile.freq.hz(5000) { fast++; if (user_mode() && pid() != 0) programs++ }
probe timer.profile.tick { if (execname() == "no such task") println("impossible") }
probe kernel.syscall("getppid") { if (execname() == "no such task") calls++ }
probe kernel.syscall("getppid").return { if (execname() == "no such task") calls++ }
probe timer.ms(500) { exit() }
probe end {
  println(fast > everywhere[0], programs > 0, calls)
}`
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			noise(t)
			o := run(t, script, mode, Options{Ring: 64 << 20})
			if want := "110\n"; o.out != want {
				t.Errorf("got %q, want %q\n%s", o.out, want, o.err)
			}
			for probe, c := range o.Counts[:5] {
				if !c.Settled() || c[layout.Hits] == 0 {
					t.Errorf("probe %d: counters %v do not add up, or are none", probe, c)
				}
				if filtered := probe >= 2; mode == plan.Auto && filtered && c[layout.Sent] != 0 {
					t.Errorf("probe %d: sent %d events that no handler wants", probe, c[layout.Sent])
				}
			}
		})
	}
}

// TestProfileRunsOnEveryCPU keeps them all busy: an idle one may be silent.
func TestProfileRunsOnEveryCPU(t *testing.T) {
	needRoot(t)
	const script = `
global seen
probe timer.profile { seen[cpu()]++ }
probe timer.ms(300) { exit() }
probe end { foreach (c+ in seen) println(c) }`
	var stop atomic.Bool
	var busy sync.WaitGroup
	defer busy.Wait()
	defer stop.Store(true)
	for cpu := range runtime.NumCPU() {
		busy.Go(func() { spin(cpu, &stop) })
	}
	o := run(t, script, plan.Auto, Options{})
	online, err := os.ReadFile("/sys/devices/system/cpu/online")
	if err != nil {
		t.Fatal(err)
	}
	first, last, _ := strings.Cut(strings.TrimSpace(string(online)), "-")
	if got := o.lines(); len(got) == 0 || got[0] != first || got[len(got)-1] != cmp.Or(last, first) {
		t.Errorf("got samples on the CPUs %q, want all of %s", got, online)
	}
}

// spin keeps a CPU busy until it is told to stop. Its thread ends with it.
func spin(cpu int, stop *atomic.Bool) {
	runtime.LockOSThread()
	var set unix.CPUSet
	set.Set(cpu)
	if unix.SchedSetaffinity(0, &set) != nil {
		return
	}
	for !stop.Load() {
	}
}
