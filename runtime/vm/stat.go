package vm

import (
	"cmp"

	"tapir/compiler/bytecode"
)

// stat is the state of a statistic. The mean and the sum of squared deviations
// are those of the values shifted left by the statistic's number of fraction
// bits; they are kept only if the script asks for a variance.
type stat struct {
	count, sum, min, max int64
	mean, squares        int64
	buckets              []int64 // of its histogram; nil if it has none
}

// statForm is what all statistics of a global have in common.
type statForm struct {
	shift    uint
	variance bool
	hist     *histogram // nil: none
}

func newStatForm(s bytecode.Stat, maxBuckets int) *statForm {
	f := &statForm{shift: uint(s.Shift), variance: s.Variance}
	if s.Histogram != nil {
		f.hist = newHistogram(s.Histogram, maxBuckets)
	}
	return f
}

func (f *statForm) new() stat {
	if f.hist == nil {
		return stat{}
	}
	return stat{buckets: make([]int64, f.hist.buckets)}
}

func (s *stat) reset() {
	clear(s.buckets)
	*s = stat{buckets: s.buckets}
}

// add is <<<.
func (f *statForm) add(s *stat, v int64) {
	if s.count == 0 {
		s.min, s.max = v, v
		s.mean = v << f.shift
	}
	s.count++
	s.sum += v
	s.min, s.max = min(s.min, v), max(s.max, v)
	if f.variance && s.count > 1 {
		s.deviate(v<<f.shift, s.count)
	}
	if f.hist != nil && len(s.buckets) > 0 {
		s.buckets[f.hist.bucket(v)]++
	}
}

// deviate is a step of Welford's algorithm in whole numbers. The difference to
// the mean has 32 bits in SystemTap, whose results these are.
func (s *stat) deviate(v, n int64) {
	delta := int64(int32(v - s.mean))
	s.mean += delta / n
	s.squares += delta * (v - s.mean)
}

// variance of an element of an array.
func (f *statForm) elementVariance(s *stat) int64 {
	if s.count < 2 {
		return 0
	}
	return (s.squares / (s.count - 1)) >> (2 * f.shift)
}

// scalarVariance is that of a global by itself, which SystemTap puts together
// from the processors' shares: with one share, what truncation took from its
// mean is added.
func (f *statForm) scalarVariance(s *stat) int64 {
	if s.count < 2 {
		return 0
	}
	n := s.count
	off := s.mean - (s.sum<<f.shift)/n
	return ((n*off*off + (n-1)*(s.squares/(n-1))) / (n - 1)) >> (2 * f.shift)
}

// ask answers a question about a statistic; false if it has no answer, as there
// are no values. s is nil for an element that does not exist.
func (f *statForm) ask(kind bytecode.StatKind, s *stat, element bool) (int64, bool) {
	if s == nil || s.count == 0 {
		return 0, kind == bytecode.Count || kind == bytecode.Sum
	}
	switch kind {
	case bytecode.Count:
		return s.count, true
	case bytecode.Sum:
		return s.sum, true
	case bytecode.Min:
		return s.min, true
	case bytecode.Max:
		return s.max, true
	case bytecode.Avg:
		return s.sum / s.count, true
	case bytecode.Variance:
		if element {
			return f.elementVariance(s), true
		}
		return f.scalarVariance(s), true
	}
	panic("vm: no question " + kind.String())
}

// stat is the statistic of a global, or of one of its elements; nil if there is
// no such element.
func (v *variable) stat(ints []int64, texts []string) *stat {
	if v.array == nil {
		return &v.scalar
	}
	e, _ := v.array.find(ints, texts)
	if e == none {
		return nil
	}
	return &v.array.stats[e]
}

func (m *Machine) askStat(q int, ints []int64, texts []string) (int64, bool) {
	question := &m.prog.Stats[q]
	g := &m.globals[question.Global]
	return g.form.ask(question.Kind, g.stat(ints, texts), g.array != nil)
}

// compareStats is the order of statistics by an aggregate. SystemTap accepts
// @variance there, and finds all equal.
func (a *array) compareStats(kind bytecode.StatKind) func(x, y int32) int {
	if kind == bytecode.Variance {
		return func(x, y int32) int { return 0 }
	}
	return func(x, y int32) int {
		v, _ := a.form.ask(kind, &a.stats[x], true)
		w, _ := a.form.ask(kind, &a.stats[y], true)
		return cmp.Compare(v, w)
	}
}
