package ir

import (
	"math"
	"testing"

	"tapir/lang/types"
)

func TestArith(t *testing.T) {
	const lowest = math.MinInt64
	for _, c := range []struct {
		op   Op
		x, y int64
		want int64
		ok   bool
	}{
		{OpAdd, math.MaxInt64, 1, lowest, true},
		{OpDiv, -7, 2, -3, true},
		{OpMod, -7, 2, -1, true},
		{OpDiv, lowest, -1, lowest, true},
		{OpMod, lowest, -1, 0, true},
		{OpDiv, 1, 0, 0, false},
		{OpMod, 1, 0, 0, false},
		{OpShl, 1, 65, 2, true},
		{OpShl, 1, -1, lowest, true},
		{OpShr, 256, 65, 128, true},
		{OpShr, 256, -1, 0, true},
		{OpShr, -8, 1, -4, true},
		{OpUshr, -1, 63, 1, true},
		{OpLe, -1, 0, 1, true},
		{OpXor, 6, 3, 5, true},
	} {
		got, ok := Arith(c.op, c.x, c.y)
		if got != c.want || ok != c.ok {
			t.Errorf("%d %s %d: got %d, %t, want %d, %t", c.x, c.op, c.y, got, ok, c.want, c.ok)
		}
	}
}

func TestNegate(t *testing.T) {
	x := &LocalRef{Local: &Local{Name: "x", Type: types.TLong}}
	one := &Int{Value: 1}
	less := &Binary{Op: OpLt, X: x, Y: one}
	for _, c := range []struct {
		x    Expr
		want string
	}{
		{one, "0"},
		{x, "!x"},
		{&Unary{Op: OpNot, X: x}, "x"},
		{less, "x >= 1"},
		{&Logical{X: less, Y: x}, "x >= 1 || !x"},
		{&Logical{Or: true, X: less, Y: x}, "x >= 1 && !x"},
		{&Binary{Op: OpAnd, X: x, Y: one}, "!(x & 1)"},
	} {
		if got := ExprString(Negate(c.x)); got != c.want {
			t.Errorf("not %s: got %s, want %s", ExprString(c.x), got, c.want)
		}
	}
}

func TestSubstitute(t *testing.T) {
	x, y := &Local{Name: "x", Type: types.TLong}, &Local{Name: "y", Type: types.TLong}
	g := &Global{Name: "g", Type: types.Type{Kind: types.Long, Keys: []types.Kind{types.Long}}}
	in := &Assign{
		Left:  &Elem{Global: g, Keys: []Expr{&LocalRef{Local: x}}},
		Value: &Cond{C: &LocalRef{Local: x}, X: &LocalRef{Local: y}, Y: &Step{Left: &LocalRef{Local: y}, Delta: 1}},
	}
	value := &Binary{Op: OpAdd, X: &LocalRef{Local: y}, Y: &Int{Value: 1}}
	out := Substitute(in, map[*Local]Expr{x: value})
	if got, want := ExprString(out), "g[y + 1] = y + 1 ? y : ++y"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := ExprString(in), "g[x] = x ? y : ++y"; got != want {
		t.Errorf("the original became %s, was %s", got, want)
	}
	seen := map[Node]bool{}
	for n := range All(out) {
		if seen[n] {
			t.Errorf("%T occurs twice in %s", n, ExprString(out))
		}
		seen[n] = true
	}
}
