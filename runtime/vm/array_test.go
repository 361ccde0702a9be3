package vm

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tapir/lang/types"
)

// model is an array as a list of its elements in order.
type model struct {
	elems []modelElem
	limit int
	wrap  bool
}

type modelElem struct {
	key   string
	value int64
}

func (m *model) find(key string) int {
	return slices.IndexFunc(m.elems, func(e modelElem) bool { return e.key == key })
}

// add is false if the array is full.
func (m *model) add(key string, v int64) bool {
	if i := m.find(key); i >= 0 {
		m.elems[i].value += v
		return true
	}
	if len(m.elems) == m.limit {
		if !m.wrap {
			return false
		}
		m.elems = m.elems[1:]
	}
	m.elems = append(m.elems, modelElem{key, v})
	return true
}

// TestArray does random things to arrays and to lists, and compares.
func TestArray(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, wrap := range []bool{false, true} {
		m := &model{limit: 100, wrap: wrap}
		a := newArray(types.Type{Kind: types.Long, Keys: []types.Kind{types.Long, types.String}}, m.limit, wrap)
		for step := range 20000 {
			n, s := r.Int64N(20), fmt.Sprint(r.IntN(10))
			key := fmt.Sprint(n, ",", s)
			ints, texts := []int64{n}, []string{s}
			switch r.IntN(8) {
			case 0, 1, 2, 3:
				e := a.make(ints, texts)
				if ok := m.add(key, n); ok != (e != nil) {
					t.Fatalf("step %d: make(%s) = %v, want %t", step, key, e, ok)
				}
				if e != nil {
					e.long += n
				}
			case 4, 5:
				a.delete(ints, texts)
				if i := m.find(key); i >= 0 {
					m.elems = slices.Delete(m.elems, i, i+1)
				}
			case 6:
				a.deleteMatch([]int64{2, n}, nil) // the second key is any
				m.elems = slices.DeleteFunc(m.elems, func(e modelElem) bool {
					return e.key[:len(fmt.Sprint(n))+1] == fmt.Sprint(n, ",")
				})
			case 7:
				if r.IntN(500) == 0 {
					a.clear()
					m.elems = nil
				}
			}
			if i := m.find(key); a.has(ints, texts) != (i >= 0) || i >= 0 && a.long(ints, texts) != m.elems[i].value {
				t.Fatalf("step %d: element %s is %d, want place %d", step, key, a.long(ints, texts), i)
			}
			if step%100 == 0 {
				compareOrder(t, a, m)
			}
		}
	}
}

func compareOrder(t *testing.T, a *array, m *model) {
	t.Helper()
	var got, want []string
	for e := a.first; e != none; e = a.elems[e].next {
		got = append(got, fmt.Sprintf("%d,%s=%d", a.intKeys(e)[0], a.textKeys(e)[0], a.elems[e].long))
	}
	for _, e := range m.elems {
		want = append(want, fmt.Sprintf("%s=%d", e.key, e.value))
	}
	if !slices.Equal(got, want) || a.count != len(want) {
		t.Fatalf("order: got %d %v, want %v", a.count, got, want)
	}
}
