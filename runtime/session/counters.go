package session

import (
	"sync/atomic"
	"unsafe"

	"tapir/bpf/layout"
	"tapir/compiler/plan"
)

// Counts are one probe's kernel counters, summed over the CPUs.
type Counts [layout.NumCounters]uint64

// Settled reports whether every hit is accounted for, which is so whenever the
// probe is not just running on some CPU.
func (c Counts) Settled() bool {
	return c[layout.Hits] == c[layout.Rejected]+c[layout.Aggregated]+c[layout.Sent]+c[layout.Lost]
}

func (c *Counts) add(d Counts) {
	for i := range c {
		c[i] += d[i]
	}
}

// sumCounters reads the counter map's value, in memory that programs may be
// writing to, and sums each probe's counters over the CPUs.
func sumCounters(l layout.Counters, memory []byte) []Counts {
	sums := make([]Counts, l.Probes)
	for cpu := range l.CPUs {
		for probe := range sums {
			for k := range layout.NumCounters {
				at := cpu*l.Stride() + l.Offset(probe, k)
				sums[probe][k] += atomic.LoadUint64((*uint64)(unsafe.Pointer(&memory[at : at+8][0])))
			}
		}
	}
	return sums
}

// probeCounts is a line of the report: a probe of the script, and the attach
// points that it stands for.
type probeCounts struct {
	spelling string
	total    Counts
	points   []pointCounts
}

type pointCounts struct {
	name string
	Counts
}

// groupCounts joins what stems from the same probe point of the script. An event
// probe that an alias spreads over several attach points is one of them.
func groupCounts(p *plan.Plan, counts []Counts) []probeCounts {
	type key struct {
		spelling string
		at       uint32
	}
	groups := []probeCounts{}
	index := map[key]int{}
	for i, probe := range p.Probes {
		if !probe.InKernel {
			continue
		}
		k := key{probe.IR.Spelling, uint32(probe.IR.Pos.Start)}
		g, ok := index[k]
		if !ok {
			g = len(groups)
			index[k] = g
			groups = append(groups, probeCounts{spelling: probe.IR.Spelling})
		}
		groups[g].total.add(counts[i])
		groups[g].points = append(groups[g].points, pointCounts{probe.IR.Point.Name, counts[i]})
	}
	return groups
}

// skippedCounts is the line for runs of a program that the kernel itself skipped:
// hits, all of them lost. Of which probe they would have been, nobody knows.
func skippedCounts(program string, misses uint64) probeCounts {
	c := Counts{layout.Hits: misses, layout.Lost: misses}
	return probeCounts{spelling: "skipped by the kernel: " + program, total: c}
}
