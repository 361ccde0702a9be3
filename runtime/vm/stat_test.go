package vm

import (
	"math"
	"testing"

	"tapir/compiler/bytecode"
	"tapir/lang/types"
)

func TestVariance(t *testing.T) {
	for _, c := range []struct {
		values          []int64
		shift           int
		element, scalar int64
	}{
		{[]int64{1, 2, 3, 4}, 0, 4, 5},
		{[]int64{-7, 2}, 0, 45, 47},
		{[]int64{5}, 0, 0, 0},
		{[]int64{1, 2, 3, 4}, 10, 1, 1},
		{[]int64{10, 20, 30}, 8, 100, 100},
		{[]int64{0, 1 << 32}, 0, 0, math.MinInt64}, // the difference has 32 bits
	} {
		f := newStatForm(bytecode.Stat{Variance: true, Shift: c.shift}, logBuckets)
		s := f.new()
		for _, v := range c.values {
			f.add(&s, v)
		}
		element, _ := f.ask(bytecode.Variance, &s, true)
		scalar, _ := f.ask(bytecode.Variance, &s, false)
		if element != c.element || scalar != c.scalar {
			t.Errorf("variance of %v, shift %d: element %d, scalar %d, want %d and %d", c.values, c.shift, element, scalar, c.element, c.scalar)
		}
	}
}

// TestBuckets holds that every bucket's own value falls into it, and where the
// bounds are.
func TestBuckets(t *testing.T) {
	log := newHistogram(&types.Histogram{}, logBuckets)
	linear := newHistogram(&types.Histogram{Linear: true, Low: -10, High: 10, Width: 5}, logBuckets)
	for _, h := range []*histogram{log, linear} {
		for b := range h.buckets {
			if h.Linear && (b == 0 || b == h.buckets-1) {
				continue
			}
			if got := h.bucket(h.value(b)); got != b {
				t.Errorf("linear %t: bucket %d has value %d, whose bucket is %d", h.Linear, b, h.value(b), got)
			}
		}
	}
	for _, c := range []struct {
		h    *histogram
		v    int64
		want int
	}{
		{log, 0, 64}, {log, 1, 65}, {log, 2, 66}, {log, 3, 66}, {log, 4, 67}, {log, -1, 63}, {log, -2, 62}, {log, -3, 62},
		{log, math.MaxInt64, 127}, {log, math.MinInt64, 0},
		{linear, -11, 0}, {linear, -10, 1}, {linear, -6, 1}, {linear, 9, 4}, {linear, 10, 5}, {linear, 14, 5}, {linear, 15, 6},
		{linear, math.MinInt64, 0}, {linear, math.MaxInt64, 6},
	} {
		if got := c.h.bucket(c.v); got != c.want {
			t.Errorf("linear %t: %d falls into bucket %d, want %d", c.h.Linear, c.v, got, c.want)
		}
	}
	for _, h := range []types.Histogram{
		{Linear: true, Low: 0, High: 100, Width: 0}, {Linear: true, Low: 6, High: 5, Width: 1},
		{Linear: true, Low: 0, High: 1000, Width: 1}, {Linear: true, Low: math.MinInt64, High: math.MaxInt64, Width: 1},
	} {
		if n := newHistogram(&h, logBuckets).buckets; n != 0 {
			t.Errorf("%+v has %d buckets, want none", h, n)
		}
	}
}

func BenchmarkStatAdd(b *testing.B) {
	f := newStatForm(bytecode.Stat{Variance: true, Histogram: &types.Histogram{}}, logBuckets)
	s := f.new()
	b.ReportAllocs()
	for v := int64(0); b.Loop(); v++ {
		f.add(&s, v)
	}
}
