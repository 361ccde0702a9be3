package plan

import (
	"strings"
	"testing"

	"tapir/compiler/ir"
	"tapir/lang/builtin"
	"tapir/lang/check"
	"tapir/lang/source"
)

// TestRefusals gives Make what a checker refuses by its own rules.
func TestRefusals(t *testing.T) {
	call := func(name string, args ...ir.Expr) ir.Expr {
		return &ir.Builtin{Fn: builtin.Lookup(name), Args: args}
	}
	for _, c := range []struct {
		kind builtin.PointKind
		x    ir.Expr
		want source.Code
	}{
		{builtin.SyscallEnter, call("returnval"), NoResult},
		{builtin.SyscallEnter, call("get_cycles"), NoCycles},
		{builtin.SyscallEnter, call("int_arg", &ir.Int{Value: 7}), BadArgNumber},
		{builtin.SyscallEnter, call("int_arg", call("pid")), NotLiteral},
		{builtin.SyscallExit, call("user_int", call("strlen", &ir.Str{Value: "x"})), NotFixed},
		{builtin.Begin, call("int_arg", &ir.Int{Value: 1}), NoArgument},
		{builtin.End, call("user_int", &ir.Int{Value: 1}), NoMemory},
		{builtin.Profile, call("int_arg", &ir.Int{Value: 1}), NoArgument},
		{builtin.Profile, call("user_int", &ir.Int{Value: 1}), NoMemory},
		{builtin.Profile, call("get_cycles"), NoCycles},
		{builtin.Profile, call("execname"), ""},
		{builtin.SyscallExit, call("returnval"), ""},
		{builtin.Begin, call("get_cycles"), ""},
	} {
		probe := &ir.Probe{
			Point: check.Point{Kind: c.kind},
			Body:  &ir.Block{Stmts: []ir.Stmt{&ir.Eval{X: c.x}}},
		}
		p, diags := Options{}.Make(&ir.Program{Probes: []*ir.Probe{probe}})
		switch {
		case c.want == "" && p != nil:
		case c.want != "" && p == nil && len(diags.List) == 1 && diags.List[0].Code == c.want:
		default:
			var got []string
			for _, d := range diags.List {
				got = append(got, string(d.Code)+": "+d.Message)
			}
			t.Errorf("%s in a probe of kind %s: got %q, want code %q", ir.ExprString(c.x), c.kind, strings.Join(got, "; "), c.want)
		}
	}
}
