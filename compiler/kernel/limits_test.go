package kernel

import (
	"errors"
	"strings"
	"testing"

	"tapir/bpf/target"
	"tapir/compiler/ir"
	"tapir/compiler/plan"
	"tapir/lang/builtin"
	"tapir/lang/source"
	"tapir/lang/types"
)

// What does not fit is an error at a place in the script.
func TestLimits(t *testing.T) {
	array := global("a", types.Long, types.Long)
	at := source.Span{Start: 17, End: 23}
	for name, test := range map[string]struct {
		build func(b *planBuilder)
		want  string
	}{
		"stack": {func(b *planBuilder) {
			b.array(array)
			x := fn("tid")
			for range 70 {
				x = elem(array, bin(fn("pid"), ir.OpAdd, x))
			}
			p := b.probe(builtin.SyscallEnter, "read", []ir.Expr{x})
			p.Filter[0].Pos = at
		}, "too deeply nested"},
		"program": {func(b *planBuilder) {
			for range 700 {
				p := b.probe(builtin.SyscallEnter, "read", []ir.Expr{bin(fn("execname"), ir.OpEq, str("x"))}, word(fn("tid")))
				p.IR.Pos = at
			}
			b.probe(builtin.SyscallEnter, "write", nil).IR.Pos = at
		}, "more instructions than a jump can cross"},
		"record": {func(b *planBuilder) {
			var captures []*plan.Capture
			for range 70 {
				captures = append(captures, bytesOf("user_string", num(0)))
			}
			b.probe(builtin.SyscallEnter, "read", nil, captures...).IR.Pos = at
		}, "may take"},
		"cycles": {func(b *planBuilder) {
			b.probe(builtin.SyscallEnter, "read", nil, word(fn("get_cycles"))).IR.Pos = at
		}, "get_cycles() is not available"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newPlan(t, target.Fixed())
			test.build(b)
			_, err := Compile(&b.plan, b.k)
			e, ok := errors.AsType[*Error](err)
			if !ok || !strings.Contains(e.Message, test.want) || e.Pos != at {
				t.Errorf("got %v, want %q at %v", err, test.want, at)
			}
		})
	}
}

// A plan without event probes needs no object.
func TestNoProbes(t *testing.T) {
	b := newPlan(t, target.Fixed())
	b.plan.Probes = []*plan.Probe{{IR: new(ir.Probe)}}
	if o, err := Compile(&b.plan, b.k); o != nil || err != nil {
		t.Errorf("got %v, %v", o, err)
	}
}

// Every built-in function that plans put into the kernel is known here.
func TestFunctionsKnown(t *testing.T) {
	for _, f := range builtin.Functions {
		_, isContext := contexts[f.Name]
		_, isArgument := arguments[f.Name]
		_, isNumber := numbers[f.Name]
		var known bool
		switch {
		case f.Class == builtin.Context && f.Result == types.String:
			known = isName(&ir.Builtin{Fn: &f})
		case f.Class == builtin.Context, f.Class == builtin.Session:
			known = isContext
		case f.Class == builtin.Argument:
			known = isContext || isArgument || f.Name == "_uregister" || f.IsCounter()
		case f.Class == builtin.Memory && f.Result == types.Long && !f.Read.Stack:
			known = f.Read.Task || isNumber && numbers[f.Name].bytes == f.Read.Size
		default:
			continue
		}
		if !known {
			t.Errorf("the kernel side lacks %s", f.Name)
		}
	}
}

// Marks tell which condition an instruction stems from.
func TestLines(t *testing.T) {
	b := newPlan(t, target.Fixed())
	p := b.probe(builtin.SyscallEnter, "read", []ir.Expr{fn("pid"), fn("tid")})
	p.IR.Pos = source.Span{Start: 10, End: 20}
	p.Filter[0].Pos = source.Span{Start: 12, End: 13}
	p.Filter[1].Pos = source.Span{Start: 15, End: 16}
	program := b.compile().Programs[0]
	var got []uint32
	for slot := range program.Slots() {
		l, ok := program.LineOf(slot)
		if !ok {
			t.Fatalf("instruction %d has no line", slot)
		}
		if n := len(got); n == 0 || got[n-1] != l.Pos {
			got = append(got, l.Pos)
		}
	}
	want := []uint32{0, 10, 12, 15, 10, 0}
	if len(got) != len(want) {
		t.Fatalf("got %d, want %d", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("got %d, want %d", got, want)
		}
	}
}
