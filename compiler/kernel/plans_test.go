package kernel

import (
	"testing"

	"tapir/bpf"
	"tapir/bpf/layout"
	"tapir/bpf/target"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/types"
)

// Plans are built by hand here, so that what is tested is this package alone.

func num(v int64) ir.Expr  { return &ir.Int{Value: v} }
func str(s string) ir.Expr { return &ir.Str{Value: s} }

func fn(name string, args ...ir.Expr) ir.Expr {
	f := builtin.Lookup(name)
	if f == nil {
		panic("no built-in function " + name)
	}
	return &ir.Builtin{Fn: f, Args: args}
}

func bin(x ir.Expr, op ir.Op, y ir.Expr) ir.Expr { return &ir.Binary{Op: op, X: x, Y: y} }
func and(x, y ir.Expr) ir.Expr                   { return &ir.Logical{X: x, Y: y} }
func or(x, y ir.Expr) ir.Expr                    { return &ir.Logical{Or: true, X: x, Y: y} }
func not(x ir.Expr) ir.Expr                      { return &ir.Unary{Op: ir.OpNot, X: x} }

func global(name string, kind types.Kind, keys ...types.Kind) *ir.Global {
	return &ir.Global{Name: name, Type: types.Type{Kind: kind, Keys: keys}}
}

func read(g *ir.Global) ir.Expr { return &ir.GlobalRef{Global: g} }

func in(g *ir.Global, keys ...ir.Expr) ir.Expr   { return &ir.In{Global: g, Keys: keys} }
func elem(g *ir.Global, keys ...ir.Expr) ir.Expr { return &ir.Elem{Global: g, Keys: keys} }

// word captures a number.
func word(x ir.Expr) *plan.Capture { return &plan.Capture{Kind: layout.Word, Value: x} }

// comm captures a task's name.
func comm(x ir.Expr) *plan.Capture { return &plan.Capture{Kind: layout.Comm, Value: x} }

// bytesOf captures what a Memory function reads.
func bytesOf(name string, args ...ir.Expr) *plan.Capture {
	f := builtin.Lookup(name)
	c := &plan.Capture{Kind: layout.Memory, Addr: args[0], Read: f.Read}
	if r := f.Read; r.Size == 0 && !r.CString && !r.Vector {
		c.Len = args[r.LenArg]
	}
	return c
}

type planBuilder struct {
	t    *testing.T
	k    *target.Kernel
	plan plan.Plan
}

func newPlan(t *testing.T, k *target.Kernel) *planBuilder {
	t.Helper()
	return &planBuilder{t: t, k: k, plan: plan.Plan{IR: new(ir.Program), StateSize: layout.StateParams}}
}

// scalar adds a parameter to the state map.
func (b *planBuilder) scalar(g *ir.Global) *plan.Param {
	p := &plan.Param{Global: g, Kind: plan.LongParam, Offset: b.plan.StateSize}
	size := layout.LongParamSize
	if g.Type.Kind == types.String {
		p.Kind, size = plan.CommParam, layout.CommParamSize
	}
	b.plan.StateSize += size
	b.plan.Params = append(b.plan.Params, p)
	return p
}

// array adds a parameter with a map of its own.
func (b *planBuilder) array(g *ir.Global) *plan.Param {
	p := &plan.Param{Global: g, Kind: plan.ArrayParam, Map: "arr_" + g.Name}
	for _, k := range g.Type.Keys {
		part := layout.Word
		if k == types.String {
			part = layout.Comm
		}
		p.Key = append(p.Key, part)
	}
	b.plan.Params = append(b.plan.Params, p)
	return p
}

// probe adds a probe at a system call.
func (b *planBuilder) probe(kind builtin.PointKind, syscall string, filter []ir.Expr, captures ...*plan.Capture) *plan.Probe {
	b.t.Helper()
	nr, ok := b.k.SyscallNumber(syscall)
	if !ok {
		b.t.Fatalf("no system call %s", syscall)
	}
	p := &plan.Probe{
		IR:       &ir.Probe{Index: len(b.plan.Probes), Point: check.Point{Kind: kind, Syscall: syscall, Number: nr}},
		InKernel: true,
		Captures: captures,
	}
	for _, x := range filter {
		p.Filter = append(p.Filter, &plan.Condition{Expr: x, Pos: x.Span()})
	}
	var kinds []layout.FieldKind
	var limits []int
	for _, c := range captures {
		kinds = append(kinds, c.Kind)
		limit := 0
		if c.Read != nil {
			if limit = c.Read.Max; limit == 0 {
				limit = c.Read.Size
			}
		}
		limits = append(limits, limit)
	}
	p.Record = layout.NewRecord(kinds, limits)
	b.plan.IR.Probes = append(b.plan.IR.Probes, p.IR)
	b.plan.Probes = append(b.plan.Probes, p)
	return p
}

func (b *planBuilder) compile() *bpf.Object {
	b.t.Helper()
	o, err := Compile(&b.plan, b.k)
	if err != nil {
		b.t.Fatalf("Compile: %v", err)
	}
	return o
}

// again is p with a record for captures that were added later.
func (b *planBuilder) again(p *plan.Probe) *plan.Probe {
	kinds := make([]layout.FieldKind, len(p.Captures))
	for i, c := range p.Captures {
		kinds[i] = c.Kind
	}
	q := *p
	q.Record = layout.NewRecord(kinds, make([]int, len(kinds)))
	return &q
}
