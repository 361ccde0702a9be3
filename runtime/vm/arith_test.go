package vm_test

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/compiler/user"
	"tapir/lang/types"
	"tapir/runtime/vm"
)

// TestArithmetic runs random expressions and computes them again with big
// integers that are cut to 64 bits after every step.
func TestArithmetic(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		g := generator{rand: r}
		for i := range g.locals {
			g.locals[i] = &ir.Local{Name: fmt.Sprintf("v%d", i), Type: types.TLong, Index: i}
			g.values[i] = interesting(r)
		}
		x, want, failed := g.expr(4)
		got, err := evaluate(&g, x)
		switch {
		case failed != (err != nil):
			t.Fatalf("%s\nwith %v: error %v, want one: %t", ir.ExprString(x), g.values, err, failed)
		case !failed && got != fmt.Sprint(want):
			t.Fatalf("%s\nwith %v: got %s, want %d", ir.ExprString(x), g.values, got, want)
		}
	}
}

func interesting(r *rand.Rand) int64 {
	edges := []int64{0, 1, -1, 2, 63, 64, 65, math.MaxInt64, math.MinInt64, math.MaxInt32, math.MinInt32, math.MaxInt16, math.MinInt16 - 1}
	if r.IntN(2) == 0 {
		return edges[r.IntN(len(edges))]
	}
	return r.Int64() >> r.IntN(64) * (1 - 2*r.Int64N(2))
}

type generator struct {
	rand   *rand.Rand
	locals [3]*ir.Local
	values [3]int64
}

var operators = []ir.Op{
	ir.OpAdd, ir.OpSub, ir.OpMul, ir.OpDiv, ir.OpMod, ir.OpAnd, ir.OpOr, ir.OpXor, ir.OpShl, ir.OpShr, ir.OpUshr,
	ir.OpEq, ir.OpNe, ir.OpLt, ir.OpLe, ir.OpGt, ir.OpGe,
}

// expr makes an expression with its value, and whether it divides by 0.
func (g *generator) expr(depth int) (x ir.Expr, v int64, failed bool) {
	if depth == 0 || g.rand.IntN(8) == 0 {
		return g.leaf()
	}
	left, a, failed := g.expr(depth - 1)
	switch g.rand.IntN(8) {
	case 0:
		op := []ir.Op{ir.OpNeg, ir.OpNot, ir.OpCompl}[g.rand.IntN(3)]
		return &ir.Unary{Op: op, X: left}, bigUnary(op, a), failed
	case 1:
		right, b, failedRight := g.expr(depth - 1)
		or := g.rand.IntN(2) == 0
		x := &ir.Logical{Or: or, X: left, Y: right}
		if (a != 0) == or {
			return x, flag(a != 0), failed
		}
		return x, flag(b != 0), failed || failedRight
	case 2:
		yes, b, failedYes := g.expr(depth - 1)
		no, c, failedNo := g.expr(depth - 1)
		x := &ir.Cond{C: left, X: yes, Y: no}
		if a != 0 {
			return x, b, failed || failedYes
		}
		return x, c, failed || failedNo
	}
	right, b, failedRight := g.expr(depth - 1)
	op := operators[g.rand.IntN(len(operators))]
	x = &ir.Binary{Op: op, X: left, Y: right}
	if failed || failedRight || (op == ir.OpDiv || op == ir.OpMod) && b == 0 {
		return x, 0, true
	}
	return x, bigBinary(op, a, b), false
}

func (g *generator) leaf() (ir.Expr, int64, bool) {
	if g.rand.IntN(2) == 0 {
		v := interesting(g.rand)
		return &ir.Int{Value: v}, v, false
	}
	i := g.rand.IntN(len(g.locals))
	return &ir.LocalRef{Local: g.locals[i]}, g.values[i], false
}

func bigUnary(op ir.Op, a int64) int64 {
	switch op {
	case ir.OpNot:
		return flag(a == 0)
	case ir.OpCompl:
		return wrap(new(big.Int).Not(big.NewInt(a)))
	}
	return wrap(new(big.Int).Neg(big.NewInt(a)))
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// wrap cuts a number to 64 bits with a sign.
func wrap(x *big.Int) int64 {
	low := new(big.Int).And(x, new(big.Int).SetUint64(math.MaxUint64))
	return int64(low.Uint64())
}

func bigBinary(op ir.Op, a, b int64) int64 {
	x, y := big.NewInt(a), big.NewInt(b)
	count := uint(((b % 64) + 64) % 64)
	z := new(big.Int)
	switch op {
	case ir.OpAdd:
		z.Add(x, y)
	case ir.OpSub:
		z.Sub(x, y)
	case ir.OpMul:
		z.Mul(x, y)
	case ir.OpDiv:
		z.Quo(x, y)
	case ir.OpMod:
		z.Rem(x, y)
	case ir.OpAnd:
		z.And(x, y)
	case ir.OpOr:
		z.Or(x, y)
	case ir.OpXor:
		z.Xor(x, y)
	case ir.OpShl:
		z.Lsh(x, count)
	case ir.OpShr:
		z.Rsh(x, count)
	case ir.OpUshr:
		z.Rsh(new(big.Int).SetUint64(uint64(a)), count)
	default:
		c := x.Cmp(y)
		return flag(map[ir.Op]bool{ir.OpEq: c == 0, ir.OpNe: c != 0, ir.OpLt: c < 0, ir.OpLe: c <= 0, ir.OpGt: c > 0, ir.OpGe: c >= 0}[op])
	}
	return wrap(z)
}

// evaluate runs a handler that sets the variables and prints x.
func evaluate(g *generator, x ir.Expr) (string, error) {
	body := &ir.Block{}
	for i, l := range g.locals {
		body.Stmts = append(body.Stmts, &ir.Eval{X: &ir.Assign{Left: &ir.LocalRef{Local: l}, Value: &ir.Int{Value: g.values[i]}}})
	}
	body.Stmts = append(body.Stmts, &ir.Print{Format: printOf(x)})
	pr := &ir.Probe{Spelling: "begin", Body: body, Locals: g.locals[:]}
	tree := &ir.Program{Probes: []*ir.Probe{pr}}
	code, err := user.Compile(&plan.Plan{IR: tree, Probes: []*plan.Probe{{IR: pr, Body: body}}})
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = vm.New(code, vm.Options{Out: &out}).Run(0, nil)
	return out.String(), err
}
