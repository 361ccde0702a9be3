package vm

import (
	"fmt"
	"slices"

	"tapir/compiler/bytecode"
	"tapir/lang/types"
)

// Global is a global with its value, as they were when somebody asked. It shares no
// memory with a machine.
type Global struct {
	Name      string
	Type      types.Type
	Histogram *types.Histogram // of statistics; nil if there is none
	Limit     int              // elements that an array may have
	Value     Value            // of a scalar
	Elements  []Element        // of an array, in the order of loops
	Count     int              // elements that the array has; Elements may be fewer
	form      bytecode.Stat    // how statistics were kept
}

// Fits says why a global can't go on with the value that g has, or nil: it is of another
// type, or wants to know of values that were added what nobody has kept.
func (g *Global) Fits(to *bytecode.Global) error {
	if to.Type.String() != g.Type.String() {
		return fmt.Errorf("'%s' is of type %s now, not %s", to.Name, to.Type, g.Type)
	}
	if to.Type.Kind != types.Stats || g.isEmpty() {
		return nil
	}
	if h, had := to.Stat.Histogram, g.form.Histogram; h != nil && (had == nil || *h != *had) {
		return fmt.Errorf("'%s' has values that were added before its histogram was asked for", to.Name)
	}
	if to.Stat.Variance && (!g.form.Variance || to.Stat.Shift != g.form.Shift) {
		return fmt.Errorf("'%s' has values that were added before its variance was asked for", to.Name)
	}
	return nil
}

// isEmpty reports whether no value was added to the statistics.
func (g *Global) isEmpty() bool {
	none := func(v Value) bool { return v.stat == nil || v.stat.count == 0 }
	return none(g.Value) && !slices.ContainsFunc(g.Elements, func(e Element) bool { return !none(e.Value) })
}

// Element is one of an array's.
type Element struct {
	Keys  []Value
	Value Value
}

// Stat is what a statistic knows of its values. Min, Max and Avg are 0 where there are
// none.
type Stat struct {
	Count, Sum, Min, Max, Avg int64
	Buckets                   []Bucket // of its histogram, from the first with values to the last
}

// Bucket is the part of a histogram with values from Low on.
type Bucket struct{ Low, Count int64 }

// Stat is the value, if it is a statistic; h is its global's histogram.
func (v Value) Stat(h *types.Histogram) (Stat, bool) {
	if v.stat == nil {
		return Stat{}, false
	}
	s := Stat{Count: v.stat.count, Sum: v.stat.sum, Min: v.stat.min, Max: v.stat.max}
	if s.Count > 0 {
		s.Avg = s.Sum / s.Count
	}
	if h == nil || len(v.stat.buckets) == 0 {
		return s, true
	}
	form := histogram{*h, len(v.stat.buckets)}
	for i, n := range v.stat.buckets {
		if n > 0 || len(s.Buckets) > 0 {
			s.Buckets = append(s.Buckets, Bucket{form.value(i), n})
		}
	}
	for n := len(s.Buckets); n > 0 && s.Buckets[n-1].Count == 0; n-- {
		s.Buckets = s.Buckets[:n-1]
	}
	return s, true
}

// clone is the value without the machine's memory.
func (v Value) clone() Value {
	if v.stat != nil {
		s := *v.stat
		s.buckets = slices.Clone(s.buckets)
		v.stat = &s
	}
	return v
}

// Snapshot is a global with at most limit of its elements; a negative limit is none.
func (m *Machine) Snapshot(global, limit int) Global {
	g, v := &m.prog.Globals[global], &m.globals[global]
	out := Global{Name: g.Name, Type: g.Type, Histogram: g.Stat.Histogram, form: g.Stat}
	if v.array == nil {
		out.Value = Value{Kind: g.Type.Kind, Long: v.long, Text: string(v.text)}
		if v.form != nil {
			out.Value.stat = &v.scalar
		}
		out.Value = out.Value.clone()
		return out
	}
	out.Limit, out.Count = v.array.limit, v.array.count
	for keys, value := range m.Array(global) {
		if len(out.Elements) == limit {
			break
		}
		out.Elements = append(out.Elements, Element{slices.Clone(keys), value.clone()})
	}
	return out
}

// Restore gives a global the value that g has. It fails if g does not fit, or if the
// array has no room for all elements; then it has as many as fit.
func (m *Machine) Restore(global int, g Global) error {
	to, v := &m.prog.Globals[global], &m.globals[global]
	if err := g.Fits(to); err != nil {
		return err
	}
	v.clear()
	if v.array == nil {
		v.restore(g.Value, m.maxLen)
		return nil
	}
	v.array.reserve(min(len(g.Elements), v.array.limit))
	var ints []int64
	var texts []string
	for _, e := range g.Elements {
		ints, texts = ints[:0], texts[:0]
		for _, k := range e.Keys {
			if k.Kind == types.String {
				texts = append(texts, k.Text)
			} else {
				ints = append(ints, k.Long)
			}
		}
		at := v.array.place(ints, texts)
		if at == none {
			return fmt.Errorf("'%s' has room for %d of %d elements", to.Name, v.array.count, len(g.Elements))
		}
		el := &v.array.elems[at]
		el.long, el.text = e.Value.Long, append(el.text[:0], e.Value.Text...)
		if v.form != nil && e.Value.stat != nil {
			v.array.stats[at].restore(e.Value.stat)
		}
	}
	return nil
}

func (v *variable) restore(from Value, maxLen int) {
	v.long = from.Long
	v.text = append(v.text[:0], from.Text[:min(len(from.Text), maxLen)]...)
	if v.form != nil && from.stat != nil {
		v.scalar.restore(from.stat)
	}
}

// restore copies a statistic, with the buckets of its histogram if it has one.
func (s *stat) restore(from *stat) {
	buckets := s.buckets
	copy(buckets, from.buckets)
	*s = *from
	s.buckets = buckets
}
