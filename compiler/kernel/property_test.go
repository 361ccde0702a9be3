package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"golang.org/x/sys/unix"

	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/types"
)

// extremes are the numbers at which arithmetic goes wrong.
var extremes = []int64{
	0, 1, -1, 2, -2, 7, -7, 63, 64, 100, 1000, -1000,
	math.MaxInt32, math.MinInt32, math.MaxInt32 + 1, math.MinInt32 - 1, math.MaxUint32, 1 << 40,
	math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, math.MinInt64 + 1, 0x0123456789abcdef,
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// exprs makes random expressions over variables and an array.
type exprs struct {
	*rand.Rand
	vars  []*ir.Global
	array *ir.Global
}

func (r *exprs) expr(depth int) ir.Expr {
	if depth == 0 || r.IntN(8) == 0 {
		return r.leaf()
	}
	arith := []ir.Op{ir.OpAdd, ir.OpSub, ir.OpMul, ir.OpAnd, ir.OpOr, ir.OpXor, ir.OpShl, ir.OpShr, ir.OpUshr}
	compare := []ir.Op{ir.OpEq, ir.OpNe, ir.OpLt, ir.OpLe, ir.OpGt, ir.OpGe}
	sub := func() ir.Expr { return r.expr(depth - 1) }
	switch r.IntN(12) {
	case 0, 1, 2:
		return bin(sub(), pick(r.Rand, arith), sub())
	case 3, 4:
		d := pick(r.Rand, extremes)
		if d == 0 {
			d = 3
		}
		return bin(sub(), pick(r.Rand, []ir.Op{ir.OpDiv, ir.OpMod}), num(d))
	case 5, 6:
		return bin(sub(), pick(r.Rand, compare), sub())
	case 7:
		return &ir.Unary{Op: pick(r.Rand, []ir.Op{ir.OpNeg, ir.OpNot, ir.OpCompl}), X: sub()}
	case 8:
		return and(sub(), sub())
	case 9:
		return or(sub(), sub())
	case 10:
		return &ir.Cond{C: sub(), X: sub(), Y: sub()}
	default:
		if r.IntN(2) == 0 {
			return in(r.array, sub(), sub())
		}
		return elem(r.array, sub(), sub())
	}
}

func (r *exprs) leaf() ir.Expr {
	if r.IntN(3) == 0 {
		return num(pick(r.Rand, extremes))
	}
	return read(pick(r.Rand, r.vars))
}

// values are what the variables and the array hold.
type values struct {
	vars  map[*ir.Global]int64
	array map[[2]int64]int64
}

// eval is what the language says that x is.
func (v *values) eval(x ir.Expr) int64 {
	switch x := x.(type) {
	case *ir.Int:
		return x.Value
	case *ir.GlobalRef:
		return v.vars[x.Global]
	case *ir.Unary:
		return ir.Arith1(x.Op, v.eval(x.X))
	case *ir.Binary:
		r, _ := ir.Arith(x.Op, v.eval(x.X), v.eval(x.Y))
		return r
	case *ir.Logical:
		if (v.eval(x.X) != 0) == x.Or {
			return ir.Bool(x.Or)
		}
		return ir.Bool(v.eval(x.Y) != 0)
	case *ir.Cond:
		if v.eval(x.C) != 0 {
			return v.eval(x.X)
		}
		return v.eval(x.Y)
	case *ir.Elem:
		return v.array[[2]int64{v.eval(x.Keys[0]), v.eval(x.Keys[1])}]
	case *ir.In:
		_, ok := v.array[[2]int64{v.eval(x.Keys[0]), v.eval(x.Keys[1])}]
		return ir.Bool(ok)
	}
	panic(fmt.Sprintf("unexpected %T", x))
}

// Generated code computes what the language says, over random expressions of
// extreme numbers; it also filters by them.
func TestLiveExpressions(t *testing.T) {
	k := live(t)
	lockThread(t, "tapir-exprs")
	const programs, each, runs = 20, 20, 5
	for seed := range uint64(programs) {
		r := &exprs{Rand: rand.New(rand.NewPCG(seed, 1))}
		b := newPlan(t, k)
		offsets := map[*ir.Global]int{}
		for i := range 6 {
			g := global(fmt.Sprint("v", i), types.Long)
			r.vars = append(r.vars, g)
			offsets[g] = b.scalar(g).Offset
		}
		r.array = global("a", types.Long, types.Long, types.Long)
		b.array(r.array)
		var xs []ir.Expr
		for range each {
			x := r.expr(1 + r.IntN(5))
			xs = append(xs, x)
			b.probe(builtin.SyscallEnter, "getppid", nil, word(x))
			b.probe(builtin.SyscallEnter, "getppid", []ir.Expr{x}, word(num(1)))
		}
		l := load(t, b.compile())
		v := &values{vars: map[*ir.Global]int64{}, array: map[[2]int64]int64{}}
		for range 10 {
			key, value := [2]int64{pick(r.Rand, extremes), pick(r.Rand, extremes)}, pick(r.Rand, extremes)
			v.array[key] = value
			if err := l.Maps["arr_a"].Put(append(le64(key[0]), le64(key[1])...), value); err != nil {
				t.Fatal(err)
			}
		}
		for range runs {
			for _, g := range r.vars {
				v.vars[g] = pick(r.Rand, extremes)
				l.setState(offsets[g], le64(v.vars[g]))
			}
			l.run("sys_enter", 0, unix.SYS_GETPPID)
			checkRun(t, l, v, xs)
		}
		l.Close()
	}
}

// checkRun compares the records of one run: each expression's value, and the
// record that came if it was not 0.
func checkRun(t *testing.T, l *loaded, v *values, xs []ir.Expr) {
	t.Helper()
	for i, x := range xs {
		want := v.eval(x)
		rec := l.next()
		if probe := binary.LittleEndian.Uint32(rec); int(probe) != 2*i {
			t.Fatalf("record of probe %d, want %d: the filter before it went wrong", probe, 2*i)
		}
		if got := int64(binary.LittleEndian.Uint64(rec[8:])); got != want {
			t.Fatalf("%s\ngot  %d\nwant %d\nwith %s", ir.ExprString(x), got, want, describe(v))
		}
		if want != 0 {
			if rec := l.next(); int(binary.LittleEndian.Uint32(rec)) != 2*i+1 {
				t.Fatalf("filter %s did not hold with %s", ir.ExprString(x), describe(v))
			}
		}
	}
}

func describe(v *values) string {
	s := ""
	for g, n := range v.vars {
		s += fmt.Sprintf("%s=%d ", g.Name, n)
	}
	return s
}
