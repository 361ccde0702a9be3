// Package attach brings an object's programs and maps into the kernel and hangs
// the programs on their probe points. Start with Load, then Loaded.Attach.
//
// What the kernel refuses comes back as an error that a person can use: *Denied
// says which privilege is missing, *Refused which part of the script the verifier
// stumbled over.
package attach

import (
	"fmt"
	"slices"

	"github.com/cilium/ebpf"

	"tapir/bpf"
)

// Loaded is an object in the kernel: its maps exist, its programs are verified
// and compiled, and run nowhere yet.
type Loaded struct {
	object *bpf.Object
	coll   *ebpf.Collection
}

// Load creates the object's maps and loads its programs. ringBytes is the size of
// the ring buffer: a power of two and a multiple of the page size.
func Load(o *bpf.Object, ringBytes int) (*Loaded, error) {
	if err := lacking(o); err != nil {
		return nil, err
	}
	coll, err := ebpf.NewCollection(o.Spec(ringBytes))
	if err != nil {
		return nil, explainLoad(o, err)
	}
	return &Loaded{o, coll}, nil
}

// Map is one of the object's maps by its name, or nil.
func (l *Loaded) Map(name string) *ebpf.Map { return l.coll.Maps[name] }

// Run runs the program of a probe that is attached nowhere, on this thread.
func (l *Loaded) Run(probe int) error {
	for _, p := range l.object.Programs {
		if p.Attach.Kind != bpf.OnDemand || !slices.Contains(p.Probes, probe) {
			continue
		}
		if _, err := l.coll.Programs[p.Name].Run(&ebpf.RunOptions{}); err != nil {
			return fmt.Errorf("run program %s: %w", p.Name, err)
		}
	}
	return nil
}

// RecursionMisses is how often the kernel skipped a program because it was
// already running on that CPU; in parallel to the object's programs.
func (l *Loaded) RecursionMisses() ([]uint64, error) {
	misses := make([]uint64, len(l.object.Programs))
	for i, p := range l.object.Programs {
		stats, err := l.coll.Programs[p.Name].Stats()
		if err != nil {
			return nil, fmt.Errorf("ask for the statistics of program %s: %w", p.Name, err)
		}
		misses[i] = stats.RecursionMisses
	}
	return misses, nil
}

// Close gives everything back to the kernel.
func (l *Loaded) Close() { l.coll.Close() }
